"""Replays of real conversations against a draft: how far each is, and the answers that would change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit, tables
from desk.masking import mask, mask_companies
from desk.replay_tables import replay_changes, replays
from desk.times import or_now

# So many of a month's messages are asked again at most.
MOST = 3000


class Change(str, Enum):
    """What would be different."""

    GAINED = "gained"
    LOST = "lost"
    PASSAGE = "passage"
    TEXT = "text"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {
            "gained": "现在能答了",
            "lost": "现在答不了",
            "passage": "换了一段回答",
            "text": "文字不同",
        }[self.value]


@dataclass(frozen=True)
class Replay:
    """One replay; ``reached`` is the last conversation asked again."""

    id: int
    started_by: str
    started_at: datetime
    since: datetime
    until: int
    draft: str
    state: str
    reached: int
    asked: int


@dataclass(frozen=True)
class Changed:
    """A message that would be answered otherwise, with both answers."""

    message: int
    kind: Change
    question: str
    before: str
    after: str


def begin(
    conn: Connection, draft: str, *, since: datetime, by: str, now: datetime | None = None
) -> Replay:
    """Begin a replay over the messages that are there now; an older one is given up with its changes."""
    conn.execute(sa.delete(replays))
    until = conn.execute(sa.select(sa.func.max(tables.messages.c.id))).scalar() or 0
    conn.execute(
        sa.insert(replays).values(
            started_by=by, started_at=or_now(now), since=since, until=until, draft=draft,
            state="running", reached=0, asked=0,
        )
    )  # fmt: skip
    audit.record(conn, by, "replay", draft, now=now)
    found = last(conn)
    assert found is not None  # noqa: S101  (just inserted)
    return found


def last(conn: Connection) -> Replay | None:
    """The replay under way or the last one."""
    row = conn.execute(sa.select(replays).order_by(replays.c.id.desc()).limit(1)).first()
    return None if row is None else Replay(**row._mapping)


def set_state(conn: Connection, identifier: int, state: str) -> None:
    """Note that it is stopping, stopped or done."""
    conn.execute(sa.update(replays).where(replays.c.id == identifier).values(state=state))


def _heard(replay: Replay) -> Any:
    said, people = tables.messages, tables.conversations
    return (
        sa.select(said.c.conversation_id, said.c.id, said.c.text)
        .join(people, people.c.id == said.c.conversation_id)
        .where(
            said.c.direction == "in",
            said.c.kind == "text",
            said.c.created_at >= replay.since,
            said.c.id <= replay.until,
        )
    )


def count(conn: Connection, replay: Replay) -> int:
    """How many messages it asks again."""
    query = sa.select(sa.func.count()).select_from(_heard(replay).subquery())
    return min(MOST, int(conn.execute(query).scalar_one()))


def left(conn: Connection, replay: Replay) -> list[tuple[int, list[tuple[int, str]]]]:
    """The conversations still to be asked again, in order, each with its messages and their ids."""
    query = _heard(replay).where(tables.messages.c.conversation_id > replay.reached)
    query = query.order_by(tables.messages.c.conversation_id, tables.messages.c.seq)
    rows = conn.execute(query.limit(max(0, MOST - replay.asked))).all()
    return [
        (key, [(row.id, row.text) for row in group])
        for key, group in groupby(rows, key=lambda row: row.conversation_id)
    ]


def keep(
    conn: Connection, replay: int, conversation: int, asked: int, changes: Iterable[Changed]
) -> str:
    """Note that a conversation was asked again, with what would change.

    :return: the state of the replay, so that whoever works at it sees that it is to stop.
    """
    table = replays
    here = table.c.id == replay
    conn.execute(
        sa.update(table).where(here).values(reached=conversation, asked=table.c.asked + asked)
    )
    said = tables.messages
    found = list(changes)
    query = sa.select(said.c.id).where(said.c.id.in_([item.message for item in found]))
    present = set(conn.execute(query).scalars()) if found else set()
    rows = [
        {
            "replay_id": replay,
            "message_id": item.message,
            "kind": item.kind.value,
            "question": _masked(item.question),
            "before": _masked(item.before),
            "after": _masked(item.after),
        }
        for item in found
        if item.message in present  # others were erased meanwhile
    ]
    if rows:
        conn.execute(sa.insert(replay_changes), rows)
    state = conn.execute(sa.select(table.c.state).where(here)).scalar()
    return str(state or "stopping")  # a newer replay took its place


def _masked(text: str) -> str:
    return mask_companies(mask(text))


def counts(conn: Connection, replay: int) -> dict[Change, int]:
    """How many messages would change in each way."""
    table = replay_changes
    query = sa.select(table.c.kind, sa.func.count()).where(table.c.replay_id == replay)
    found = {
        Change(kind): int(number) for kind, number in conn.execute(query.group_by(table.c.kind))
    }
    return {kind: found.get(kind, 0) for kind in Change}


def changes(conn: Connection, replay: int, kind: Change, *, limit: int = 100) -> list[Changed]:
    """The messages that would change in one way."""
    table = replay_changes
    query = sa.select(table).where(table.c.replay_id == replay, table.c.kind == kind.value)
    return [
        Changed(row.message_id, Change(row.kind), row.question, row.before, row.after)
        for row in conn.execute(query.order_by(table.c.id).limit(limit))
    ]
