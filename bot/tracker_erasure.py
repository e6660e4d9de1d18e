"""Letting go of dialogue state, on request and by age, without loading Rasa.

Rasa keeps every event of every conversation in one table, with the words in it.  What it needs to go
on is the present session alone: earlier ones were carried over into its slots.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from desk import audit
from desk.engine import clear_log, open_engine, reading, sqlite_file, writing
from desk.tables import audit_log

_EVENTS = sa.table(
    "events",
    sa.column("id"),
    sa.column("sender_id"),
    sa.column("type_name"),
    sa.column("timestamp"),
)
_SESSION_STARTED = "session_started"
# Entries of the audit log after which nothing of a sender's dialogue may be left: erased, or joined to another's.
_ENDINGS = ("erase", "join")


@contextmanager
def opened(url: str) -> Iterator[Engine | None]:
    """The tracker database; None where no conversation was ever kept."""
    path = sqlite_file(url)
    if path is not None and not path.exists():
        yield None
        return
    engine = open_engine(url)
    try:
        yield engine if sa.inspect(engine).has_table(_EVENTS.name) else None
    finally:
        engine.dispose()


def forget(engine: Engine, sender: str) -> int:
    """Remove all that a person's conversations left.

    :return: how many events.
    """
    with writing(engine) as conn:
        done = conn.execute(sa.delete(_EVENTS).where(_EVENTS.c.sender_id == sender)).rowcount
    clear_log(engine)
    return int(done)


def purge(engine: Engine, before: datetime, kept: Collection[str], *, dry_run: bool = False) -> int:
    """Remove events of ended sessions, and of people who were silent since, from before a moment.

    :param kept: people who are still being served.
    :return: how many events.
    """
    moment = before.timestamp()
    last = sa.func.max(_EVENTS.c.timestamp)
    silent = sa.select(_EVENTS.c.sender_id).group_by(_EVENTS.c.sender_id).having(last < moment)
    later = _EVENTS.alias()
    present = (
        sa.select(sa.func.max(later.c.id))
        .where(later.c.sender_id == _EVENTS.c.sender_id, later.c.type_name == _SESSION_STARTED)
        .scalar_subquery()
    )
    statement = sa.delete(_EVENTS).where(
        _EVENTS.c.timestamp < moment,
        _EVENTS.c.sender_id.not_in(sorted(kept)),
        sa.or_(_EVENTS.c.sender_id.in_(silent), _EVENTS.c.id < present),
    )
    with writing(engine) as conn:
        done = int(conn.execute(statement).rowcount)
        if dry_run:
            conn.rollback()
    if not dry_run:
        clear_log(engine)
    return done


def finish_erasures(engine: Engine, desk: Engine) -> int:
    """Remove what a process that was killed after erasing, or joining, at the desk left here.

    :return: how many people.
    """
    with reading(desk) as conn:
        erased = _erased(conn)
    if not erased:
        return 0
    with writing(engine) as conn:
        first = sa.select(_EVENTS.c.sender_id, sa.func.min(_EVENTS.c.timestamp).label("first"))
        people = conn.execute(first.group_by(_EVENTS.c.sender_id)).all()
        left = {
            row.sender_id: at
            for row in people
            if (at := erased.get(audit.sender_subject(row.sender_id), 0.0)) > row.first
        }
        for sender, at in left.items():
            conn.execute(
                sa.delete(_EVENTS).where(_EVENTS.c.sender_id == sender, _EVENTS.c.timestamp <= at)
            )
    if left:
        clear_log(engine)
    return len(left)


def _erased(conn: Connection) -> dict[str, float]:
    """Whose dialogue has ended for good, by digest, and when last."""
    query = (
        sa.select(audit_log.c.subject, sa.func.max(audit_log.c.id).label("id"))
        .where(audit_log.c.action.in_(_ENDINGS))
        .group_by(audit_log.c.subject)
        .subquery()
    )
    rows = conn.execute(
        sa.select(audit_log.c.subject, audit_log.c.at).join(query, audit_log.c.id == query.c.id)
    )
    return {row.subject: row.at.timestamp() for row in rows}
