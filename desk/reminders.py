"""Reminders of staff: found once a person and cause, then seen, shown by the browser, sent by mail.

Each of the three ways tells once, whichever copy of the server does it: who tells marks first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from desk.due import What
from desk.engine import is_sqlite
from desk.errors import InvalidRecordError
from desk.reminder_tables import reminders, staff_reminding
from desk.service_clock import CHINA
from desk.times import or_now

# How often a mail is tried that the mail server did not take, and how long after the last time at most.
MOST_TRIES = 20
_LONGEST_WAIT = timedelta(hours=1)
# What the list of what is due shows.
LISTED = tuple(what for what in What if what.is_listed)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LONGEST_ADDRESS = 254


@dataclass(frozen=True)
class Wishes:
    """How a person wants to be reminded; without an ``email`` no mail is sent.

    Nothing comes by itself from ``quiet_from`` to ``quiet_to`` o'clock in China; equal hours are no quiet.
    """

    is_on: bool = True
    email: str = ""
    quiet_from: int = 20
    quiet_to: int = 8

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing may be sent or shown by itself at this moment."""
        hour = now.astimezone(CHINA).hour
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= hour < self.quiet_to
        return hour >= self.quiet_from or hour < self.quiet_to


@dataclass(frozen=True)
class Reminder:
    """One cause for one person, as it is found or kept."""

    login: str
    key: str
    what: What
    reference: str
    due_on: date
    id: int = 0


def wishes(conn: Connection) -> Mapping[str, Wishes]:
    """What each person wants who has said so; for the others :class:`Wishes` holds as it is."""
    return {
        row.login: Wishes(row.is_on, row.email, row.quiet_from, row.quiet_to)
        for row in conn.execute(sa.select(staff_reminding))
    }


def wishes_of(conn: Connection, login: str) -> Wishes:
    """What one person wants."""
    return wishes(conn).get(login, Wishes())


def wish(conn: Connection, login: str, wanted: Wishes, *, now: datetime | None = None) -> Wishes:
    """Keep what a person wants.

    :raises InvalidRecordError: for what is no mail address or no hour.
    """
    email = wanted.email.strip()
    if email and (len(email) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(email)):
        raise InvalidRecordError("邮箱地址写作 name@example.com 这样的形式，没有保存")
    if not all(0 <= hour <= 23 for hour in (wanted.quiet_from, wanted.quiet_to)):
        raise InvalidRecordError("免打扰的钟点应为0到23，没有保存")
    kept = Wishes(wanted.is_on, email, wanted.quiet_from, wanted.quiet_to)
    values = {
        "is_on": kept.is_on,
        "email": kept.email,
        "quiet_from": kept.quiet_from,
        "quiet_to": kept.quiet_to,
        "changed_at": or_now(now),
    }
    insert = _insert(conn, staff_reminding).values(login=login, **values)
    conn.execute(insert.on_conflict_do_update(index_elements=["login"], set_=values))
    return kept


def find(conn: Connection, present: Sequence[Reminder], *, now: datetime | None = None) -> int:
    """Keep what reminds at this moment; what is kept and not among it has ended.

    :return: how many are new.
    """
    moment = or_now(now)
    known = sa.or_(
        reminders.c.ended_at.is_(None), reminders.c.key.in_({item.key for item in present})
    )
    query = sa.select(reminders).where(known)
    kept = {(row.login, row.key): row for row in conn.execute(query)}
    there = {(item.login, item.key) for item in present}
    fresh = [item for item in present if (item.login, item.key) not in kept]
    for item in fresh:
        values = {
            "login": item.login, "key": item.key, "what": item.what.value,
            "reference": item.reference, "due_on": item.due_on, "found_at": moment,
            "mail_tries": 0,
        }  # fmt: skip
        conn.execute(_insert(conn, reminders).values(**values).on_conflict_do_nothing())
    _end(conn, [row.id for name, row in kept.items() if name not in there], moment)
    _end(conn, [row.id for name, row in kept.items() if name in there and row.ended_at], None)
    return len(fresh)


def unseen(conn: Connection, login: str, whats: Collection[What] = LISTED) -> frozenset[str]:
    """The causes of these kinds that a person has not looked at yet."""
    query = sa.select(reminders.c.key).where(_not_seen(login, whats))
    return frozenset(conn.execute(query).scalars())


def see(
    conn: Connection,
    login: str,
    whats: Collection[What] = LISTED,
    *,
    now: datetime | None = None,
) -> None:
    """Note that a person looked at these kinds: the browser need not show any of them any more."""
    moment = or_now(now)
    table = reminders
    conn.execute(
        sa.update(table)
        .where(_not_seen(login, whats))
        .values(seen_at=moment, shown_at=sa.func.coalesce(table.c.shown_at, moment))
    )


def waits_to_show(conn: Connection, login: str, *, now: datetime | None = None) -> bool:
    """Whether a person's browser could show something now."""
    wanted = wishes_of(conn, login)
    if not wanted.is_on or wanted.is_quiet(or_now(now)):
        return False
    return (
        conn.execute(sa.select(reminders.c.id).where(_not_shown(login)).limit(1)).first()
        is not None
    )


def take_to_show(
    conn: Connection, login: str, *, now: datetime | None = None
) -> tuple[Reminder, ...]:
    """What a person's browser is to show now, marked as shown: the next page that asks gets nothing."""
    moment = or_now(now)
    if not waits_to_show(conn, login, now=moment):
        return ()
    query = sa.select(reminders).where(_not_shown(login)).order_by(reminders.c.id)
    rows = conn.execute(query).all()
    taken = []
    for row in rows:
        mark = sa.update(reminders).where(reminders.c.id == row.id, reminders.c.shown_at.is_(None))
        if conn.execute(mark.values(shown_at=moment)).rowcount:
            taken.append(_reminder(row))
    return tuple(taken)


def take_to_mail(
    conn: Connection, *, now: datetime | None = None
) -> Mapping[str, tuple[Reminder, ...]]:
    """What is to be mailed now, by address, marked as mailed: :func:`not_mailed` gives back what was refused.

    Whoever switched reminders off, has no address or wants quiet gets nothing now.
    """
    moment = or_now(now)
    found: dict[str, tuple[Reminder, ...]] = {}
    for login, wanted in wishes(conn).items():
        if not wanted.is_on or not wanted.email or wanted.is_quiet(moment):
            continue
        after = sa.func.coalesce(reminders.c.mail_after, reminders.c.found_at)
        waits = sa.and_(
            _open(login),
            reminders.c.mailed_at.is_(None),
            reminders.c.mail_tries < MOST_TRIES,
            after <= moment,
        )
        rows = conn.execute(
            sa.select(reminders).where(waits).order_by(reminders.c.due_on, reminders.c.id)
        ).all()
        if rows:
            conn.execute(
                sa.update(reminders)
                .where(reminders.c.id.in_([row.id for row in rows]))
                .values(mailed_at=moment, mail_tries=reminders.c.mail_tries + 1)
            )
            # Two accounts with one address get one mail.
            found[wanted.email] = (*found.get(wanted.email, ()), *map(_reminder, rows))
    return found


def not_mailed(
    conn: Connection, refused: Iterable[Reminder], *, now: datetime | None = None
) -> None:
    """Give back what the mail server did not take: it is tried again, each time after a longer while."""
    moment, table = or_now(now), reminders
    numbers = [item.id for item in refused]
    for row in conn.execute(sa.select(table).where(table.c.id.in_(numbers))).all():
        wait = min(timedelta(minutes=2**row.mail_tries), _LONGEST_WAIT)
        conn.execute(
            sa.update(table)
            .where(table.c.id == row.id)
            .values(mailed_at=None, mail_after=moment + wait)
        )


def purge(conn: Connection, before: datetime) -> int:
    """Remove what ended before a moment.

    :return: how many.
    """
    done = conn.execute(sa.delete(reminders).where(reminders.c.ended_at < before))
    return int(done.rowcount)


def _open(login: str) -> Any:
    return sa.and_(reminders.c.login == login, reminders.c.ended_at.is_(None))


def _not_seen(login: str, whats: Collection[What]) -> Any:
    kinds = reminders.c.what.in_([what.value for what in whats])
    return sa.and_(_open(login), reminders.c.seen_at.is_(None), kinds)


def _not_shown(login: str) -> Any:
    return sa.and_(_open(login), reminders.c.shown_at.is_(None))


def _end(conn: Connection, numbers: Sequence[int], moment: datetime | None) -> None:
    if numbers:
        is_open = reminders.c.ended_at.is_(None)
        wanted = is_open if moment is not None else sa.not_(is_open)
        conn.execute(
            sa.update(reminders).where(reminders.c.id.in_(numbers), wanted).values(ended_at=moment)
        )


def _reminder(row: Any) -> Reminder:
    return Reminder(row.login, row.key, What(row.what), row.reference, row.due_on, row.id)


def _insert(conn: Connection, table: sa.Table) -> Any:
    make = sqlite.insert if is_sqlite(conn) else postgresql.insert
    return make(table)
