"""Who should take a ticket: the people of its center, those who have least to do first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import handoffs, staff, staff_moves, tables
from desk.errors import InvalidRecordError
from desk.permissions import Permission, sees
from desk.staff import Staff
from desk.tickets import Status, Ticket
from desk.times import or_now

_AT_THE_DESK = timedelta(minutes=10)


@dataclass(frozen=True)
class Load:
    """How much a colleague has in hand, and whether they are at the desk now."""

    person: Staff
    open_tickets: int
    is_here: bool


def loads(conn: Connection, center: str | None, *, now: datetime | None = None) -> tuple[Load, ...]:
    """Everybody who serves a center's people, the national desk included; all centers for None."""
    serving = [
        member
        for member in staff.listing(conn)
        if member.has_password
        and member.may(Permission.SERVE, anywhere=True)
        and (center is None or sees(member.center, center))
    ]
    return _in_order(conn, serving, center, or_now(now))


def fit(conn: Connection, center: str | None, *, now: datetime | None = None) -> tuple[Load, ...]:
    """Who may take a ticket of this center (None: of no center, so the national desk), fittest first.

    Those who are at the desk come before those who are not, then those who have fewer open tickets,
    then those of the center itself before the national desk.
    """
    serving = [
        member
        for member in staff.listing(conn)
        if member.has_password and member.may(Permission.SERVE, center)
    ]
    return _in_order(conn, serving, center, or_now(now))


def assign(
    conn: Connection, reference: str, to: str | None, actor: str, *, now: datetime | None = None
) -> Ticket:
    """Give a waiting ticket or a callback to a colleague, who still has to take it.

    :param to: a login; None takes the colleague of the ticket's center who has least to do.
    :raises InvalidRecordError: when there is nobody, or the person named may not serve it.
    """
    ticket = handoffs.find(conn, reference)
    loads_of_fit = fit(conn, None if ticket is None else ticket.center, now=now)
    chosen = next(
        (load.person.login for load in loads_of_fit if to in (None, load.person.login)), None
    )
    if chosen is None:
        raise InvalidRecordError("没有能接待这条登记的同事，请先添加人员或转给其他中心")
    return staff_moves.assign(conn, reference, chosen, actor, now=now)


def spread(
    conn: Connection, person: Staff, actor: str, *, now: datetime | None = None
) -> tuple[Ticket, ...]:
    """Give every ticket that nobody holds to somebody at the desk, evenly.

    :return: what was given; tickets of centers where nobody is at the desk stay.
    """
    table = tables.tickets
    query = (
        sa.select(table.c.reference, table.c.center)
        .where(
            table.c.assignee.is_(None),
            table.c.status.in_([Status.WAITING.value, Status.CALLBACK.value]),
        )
        .order_by(table.c.queued_at, table.c.id)
    )
    if person.center is not None:
        query = query.where(table.c.center == person.center)
    given = []
    for row in conn.execute(query).all():
        here = [load for load in fit(conn, row.center, now=now) if load.is_here]
        if here:
            given.append(
                staff_moves.assign(conn, row.reference, here[0].person.login, actor, now=now)
            )
    return tuple(given)


def _in_order(
    conn: Connection, serving: Sequence[Staff], center: str | None, moment: datetime
) -> tuple[Load, ...]:
    table = tables.tickets
    query = (
        sa.select(table.c.assignee, sa.func.count().label("number"))
        .where(table.c.status.in_(tables.OPEN_STATUSES), table.c.assignee.is_not(None))
        .group_by(table.c.assignee)
    )
    held = {row.assignee: int(row.number) for row in conn.execute(query)}
    found = [
        Load(member, held.get(member.login, 0), _is_here(member, moment)) for member in serving
    ]
    return tuple(
        sorted(
            found,
            key=lambda load: (
                not load.is_here,
                load.open_tickets,
                load.person.center != center,
                load.person.login,
            ),
        )
    )


def _is_here(member: Staff, moment: datetime) -> bool:
    return member.last_seen_at is not None and moment - member.last_seen_at <= _AT_THE_DESK
