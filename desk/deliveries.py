"""What other servers deliver: kept before it is acknowledged, worked on by one copy of the server, known again.

The content goes as soon as it stands in the conversation; the digest of the delivery's key stays for
two days, so that a delivery that comes again is not a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk.channel_tables import channel_inbox as table
from desk.times import or_now

# Longer than a turn may take; a copy of the server that died frees its deliveries by then.
LEASE = timedelta(seconds=90)
KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Delivered:
    """One delivery; ``is_ours`` when this copy of the server has to work on it.

    ``answer`` is what was sent back with it.
    """

    id: int
    channel: str
    person: int | None
    heard: Mapping[str, Any]
    is_done: bool = False
    answer: str | None = None
    is_ours: bool = False
    is_new: bool = False


def receive(
    conn: Connection,
    channel: str,
    key: str,
    person: int,
    heard: Mapping[str, Any],
    claimant: str,
    *,
    now: datetime | None = None,
) -> Delivered:
    """Keep a delivery, once; one that died with its copy of the server is taken over.

    :param key: what the other server means to be unique.
    """
    moment = or_now(now)
    digest = hashlib.sha256(f"{channel}\n{key}".encode()).hexdigest()
    known = conn.execute(sa.select(table).where(table.c.key == digest)).first()
    if known is None:
        try:
            with conn.begin_nested():
                new = conn.execute(
                    sa.insert(table).values(
                        key=digest,
                        channel=channel,
                        person_id=person,
                        heard=dict(heard),
                        claimed_by=claimant,
                        claimed_until=moment + LEASE,
                        received_at=moment,
                    )
                ).inserted_primary_key[0]
            return Delivered(int(new), channel, person, heard, is_ours=True, is_new=True)
        except IntegrityError:
            known = conn.execute(sa.select(table).where(table.c.key == digest)).first()
    is_ours = known.done_at is None and _claim(conn, known.id, claimant, moment)
    return _delivered(known, is_ours=is_ours)


def find(conn: Connection, delivery: int) -> Delivered | None:
    """One delivery as it stands now."""
    row = conn.execute(sa.select(table).where(table.c.id == delivery)).first()
    return None if row is None else _delivered(row)


def unfinished(
    conn: Connection, channel: str, claimant: str, *, now: datetime | None = None
) -> tuple[Delivered, ...]:
    """Deliveries that nobody works on, claimed for this copy of the server, oldest first."""
    moment = or_now(now)
    query = (
        sa.select(table)
        .where(
            table.c.channel == channel, table.c.done_at.is_(None), table.c.claimed_until < moment
        )
        .order_by(table.c.id)
    )
    rows = conn.execute(query).all()
    return tuple(
        _delivered(row, is_ours=True) for row in rows if _claim(conn, row.id, claimant, moment)
    )


def release(conn: Connection, claimant: str, *, now: datetime | None = None) -> int:
    """Free what this copy of the server worked on before it ended.

    :return: how many.
    """
    done = conn.execute(
        sa.update(table)
        .where(table.c.claimed_by == claimant, table.c.done_at.is_(None))
        .values(claimed_until=or_now(now) - timedelta(seconds=1))
    )
    return int(done.rowcount)


def finish(
    conn: Connection, delivery: int, answer: str | None = None, *, now: datetime | None = None
) -> None:
    """The delivery is worked off; its content goes, what was answered with it is kept for a repeat."""
    conn.execute(
        sa.update(table)
        .where(table.c.id == delivery)
        .values(done_at=or_now(now), heard={}, answer=answer)
    )


def answered(conn: Connection, delivery: int, answer: str | None) -> None:
    """Note what a delivery was answered with, or that the answer did not go out by it."""
    conn.execute(sa.update(table).where(table.c.id == delivery).values(answer=answer))


def forget(conn: Connection, person: int) -> None:
    """Remove the content of what a person sent; that it came stays known."""
    conn.execute(
        sa.update(table)
        .where(table.c.person_id == person)
        .values(person_id=None, heard={}, answer=None)
    )


def purge(conn: Connection, *, now: datetime | None = None) -> int:
    """Remove what is worked off and too old to come again.

    :return: how many.
    """
    before = or_now(now) - KEPT
    gone = sa.delete(table).where(table.c.done_at.is_not(None), table.c.received_at < before)
    return int(conn.execute(gone).rowcount)


def _claim(conn: Connection, delivery: int, claimant: str, moment: datetime) -> bool:
    done = conn.execute(
        sa.update(table)
        .where(
            table.c.id == delivery,
            table.c.done_at.is_(None),
            sa.or_(table.c.claimed_until.is_(None), table.c.claimed_until < moment),
        )
        .values(claimed_by=claimant, claimed_until=moment + LEASE)
    )
    return bool(done.rowcount)


def _delivered(row: Any, *, is_ours: bool = False) -> Delivered:
    return Delivered(
        id=row.id,
        channel=row.channel,
        person=row.person_id,
        heard=row.heard,
        is_done=row.done_at is not None,
        answer=row.answer,
        is_ours=is_ours,
    )
