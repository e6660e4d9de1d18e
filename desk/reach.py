"""People of other servers' channels: who they are there, and whether and how often they may be written to.

A server lets an account write to a person only for some time after they did something, and only so
many times; what each act allows is in :data:`GRANTS`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import deliveries, lead_tables, tables
from desk.channel_tables import channel_people as table
from desk.conversations import storable
from desk.times import or_now


@dataclass(frozen=True)
class Grant:
    """How long after an act a person may be written to, and how many times."""

    lasts: timedelta
    messages: int


# The platform's rules for customer-service messages since June 2023; an act raises what is left to
# its number, it does not add.
MESSAGE = Grant(timedelta(hours=48), 5)
MENU = Grant(timedelta(minutes=1), 3)
SUBSCRIBE = Grant(timedelta(minutes=1), 3)
SCAN = Grant(timedelta(minutes=1), 3)
GRANTS: Mapping[str, Grant] = {
    "message": MESSAGE,
    "menu": MENU,
    "subscribe": SUBSCRIBE,
    "scan": SCAN,
}


@dataclass(frozen=True)
class Address:
    """Where a person is on another server: the channel, the account they write to, their id there."""

    channel: str
    account: str
    person: str


@dataclass(frozen=True)
class Reached:
    """A person of a channel; ``choices`` are the texts that 1, 2 … stand for after the last answer."""

    id: int
    address: Address
    sender: str
    is_reachable: bool = True
    campaign: str | None = None
    choices: tuple[str, ...] = ()
    pending: Mapping[str, Any] = field(default_factory=dict)
    window_until: datetime | None = None
    window_left: int = 0
    heard_at: datetime | None = None

    def may_be_written_to(self, now: datetime | None = None) -> bool:
        """Whether the server takes a message for this person now."""
        is_open = self.window_until is not None and self.window_until > or_now(now)
        return self.is_reachable and is_open and self.window_left > 0


def meet(conn: Connection, address: Address, *, now: datetime | None = None) -> Reached:
    """The person at an address, known from now on."""
    known = _at(conn, address)
    if known is not None:
        return known
    moment = or_now(now)
    try:
        with conn.begin_nested():
            conn.execute(
                sa.insert(table).values(
                    channel=address.channel,
                    account=address.account,
                    address=address.person,
                    sender=f"{address.channel}~{secrets.token_urlsafe(16)}",
                    is_reachable=True,
                    choices=[],
                    pending={},
                    window_left=0,
                    created_at=moment,
                )
            )
    except IntegrityError:  # met by another copy of the server in between
        pass
    found = _at(conn, address)
    assert found is not None  # noqa: S101  # inserted above or by the other
    return found


def get(conn: Connection, person: int) -> Reached | None:
    """One person by the row's number; None once they were erased."""
    row = conn.execute(sa.select(table).where(table.c.id == person)).first()
    return None if row is None else _reached(row)


def of_sender(conn: Connection, sender: str) -> tuple[Reached, ...]:
    """Where the person of a conversation can be written to, the latest heard first."""
    query = sa.select(table).where(table.c.sender == sender)
    rows = conn.execute(query.order_by(table.c.heard_at.desc(), table.c.id.desc()))
    return tuple(_reached(row) for row in rows)


def heard(conn: Connection, person: int, grant: Grant, *, now: datetime | None = None) -> None:
    """They did something that lets them be written to."""
    moment = or_now(now)
    row = conn.execute(sa.select(table).where(table.c.id == person).with_for_update()).first()
    if row is None:
        return
    is_open = row.window_until is not None and row.window_until > moment
    left = max(row.window_left, grant.messages) if is_open else grant.messages
    until = moment + grant.lasts
    _set(
        conn,
        person,
        heard_at=moment,
        is_reachable=True,
        window_until=max(until, row.window_until) if is_open else until,
        window_left=left,
    )


def spent(conn: Connection, person: int) -> None:
    """A message of ours was taken."""
    conn.execute(
        sa.update(table)
        .where(table.c.id == person, table.c.window_left > 0)
        .values(window_left=table.c.window_left - 1)
    )


def exhausted(conn: Connection, person: int) -> None:
    """The server says that no more messages are allowed."""
    _set(conn, person, window_left=0)


def closed(conn: Connection, person: int, *, now: datetime | None = None) -> None:
    """The server says that the time to write is over."""
    _set(conn, person, window_until=or_now(now), window_left=0)


def left(conn: Connection, person: int) -> None:
    """They unsubscribed or refused our messages: nothing is sent; what is on record stays."""
    _set(conn, person, is_reachable=False)


def came_by(conn: Connection, person: int, campaign: str) -> None:
    """Note the scene of the code they scanned; the first one counts."""
    conn.execute(
        sa.update(table)
        .where(table.c.id == person, table.c.campaign.is_(None))
        .values(campaign=storable(campaign)[:64])
    )


def offer(conn: Connection, person: int, choices: Sequence[str]) -> None:
    """Remember what the numbers after an answer stand for."""
    _set(conn, person, choices=list(choices))


def put_off(conn: Connection, person: int, pending: Mapping[str, Any]) -> None:
    """Remember what waits for the person's word."""
    _set(conn, person, pending=dict(pending))


def join(conn: Connection, sender: str, other: str) -> None:
    """Whoever wrote as one sender writes as another from now on."""
    conn.execute(sa.update(table).where(table.c.sender == sender).values(sender=other))


def forget(conn: Connection, sender: str) -> int:
    """Remove a person's ids on other servers, and what waits to be sent there.

    :return: how many.
    """
    return int(conn.execute(sa.delete(table).where(table.c.sender == sender)).rowcount)


def purge(conn: Connection, before: datetime) -> int:
    """Remove ids of people who were silent since a moment and of whom nothing else is on record.

    :return: how many.
    """
    people, leads = tables.conversations, lead_tables.leads
    is_known = sa.or_(
        table.c.sender.in_(sa.select(people.c.sender)),
        table.c.sender.in_(sa.select(leads.c.sender).where(leads.c.sender.is_not(None))),
    )
    idle = sa.select(table.c.id).where(
        sa.func.coalesce(table.c.heard_at, table.c.created_at) < before, sa.not_(is_known)
    )
    ids = list(conn.execute(idle).scalars())
    for person in ids:
        deliveries.forget(conn, person)
        conn.execute(sa.delete(table).where(table.c.id == person))
    return len(ids)


def _set(conn: Connection, person: int, **values: Any) -> None:
    conn.execute(sa.update(table).where(table.c.id == person).values(**values))


def _at(conn: Connection, address: Address) -> Reached | None:
    row = conn.execute(
        sa.select(table).where(
            table.c.channel == address.channel,
            table.c.account == address.account,
            table.c.address == address.person,
        )
    ).first()
    return None if row is None else _reached(row)


def _reached(row: Any) -> Reached:
    return Reached(
        id=row.id,
        address=Address(row.channel, row.account, row.address),
        sender=row.sender,
        is_reachable=row.is_reachable,
        campaign=row.campaign,
        choices=tuple(row.choices),
        pending=row.pending,
        window_until=row.window_until,
        window_left=row.window_left,
        heard_at=row.heard_at,
    )
