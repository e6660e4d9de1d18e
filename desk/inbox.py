"""What waits at the desk: lists of tickets with the last thing said, for the people who serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.conversations import storable
from desk.errors import TransitionError
from desk.references import canonical_reference
from desk.staff import Staff
from desk.tickets import Status, Ticket
from desk.times import or_now

URGENT_DAYS = 7
_MOST = 300


class Tab(str, Enum):
    """The three lists of the inbox."""

    WAITING = "waiting"
    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True)
class Line:
    """One ticket as a list shows it.

    ``last_text`` is what the person said last, ``last_at`` when anybody spoke last; ``is_unanswered``
    when that was the person.
    """

    reference: str
    sender: str
    channel: str
    status: Status
    reason: str
    center: str | None
    assignee: str | None
    facts: Mapping[str, Any]
    deadline_on: date | None
    created_at: datetime
    queued_at: datetime
    first_reply_at: datetime | None
    closed_at: datetime | None
    has_phone: bool
    follow_up_on: date | None
    outcome: str | None
    rating: int | None
    last_text: str
    last_at: datetime | None
    is_unanswered: bool


@dataclass(frozen=True)
class Waiting:
    """How many open tickets one queue or person has."""

    center: str | None
    assignee: str | None
    status: Status
    number: int


def may_see(person: Staff, ticket: Ticket | Line) -> bool:
    """Whether a ticket is of this person's center, or theirs by transfer."""
    return (
        person.center is None or ticket.center == person.center or (ticket.assignee == person.login)
    )


def lines(
    conn: Connection,
    person: Staff,
    tab: Tab,
    *,
    status: Status | None = None,
    center: str | None = None,
    words: str = "",
    limit: int = _MOST,
    offset: int = 0,
    today: date | None = None,
) -> tuple[Line, ...]:
    """One list: those who wait by urgency then time, one's own with the unanswered first, all newest first.

    :param words: part of a reference, of the reason or of what is known, for the list of all.
    """
    query = _lines(_condition(person, tab, status, center, words))
    table = tables.tickets
    if tab is Tab.ALL:
        query = query.order_by(table.c.queued_at.desc(), table.c.id.desc())
    else:
        last_urgent = (today or or_now(None).date()) + timedelta(days=URGENT_DAYS)
        is_urgent = sa.case((table.c.deadline_on <= last_urgent, 0), else_=1)
        urgency = [is_urgent] if tab is Tab.WAITING else []
        query = query.order_by(*urgency, table.c.queued_at, table.c.id)
    found = [_line(row) for row in conn.execute(query.limit(limit).offset(offset))]
    if tab is Tab.MINE:
        found.sort(key=lambda line: (not line.is_unanswered, line.queued_at))
    return tuple(found)


def count(
    conn: Connection,
    person: Staff,
    tab: Tab,
    *,
    status: Status | None = None,
    center: str | None = None,
    words: str = "",
) -> int:
    """How many tickets a list has."""
    condition = _condition(person, tab, status, center, words)
    return int(
        conn.execute(
            sa.select(sa.func.count()).select_from(tables.tickets).where(condition)
        ).scalar_one()
    )


def open_numbers(conn: Connection) -> tuple[Waiting, ...]:
    """Open tickets counted by center, assignee and state."""
    table = tables.tickets
    columns = (table.c.center, table.c.assignee, table.c.status)
    query = (
        sa.select(*columns, sa.func.count().label("number"))
        .where(table.c.status.in_(tables.OPEN_STATUSES))
        .group_by(*columns)
    )
    return tuple(
        Waiting(row.center, row.assignee, Status(row.status), row.number)
        for row in conn.execute(query)
    )


def standings(conn: Connection) -> tuple[tuple[str, str, int], ...]:
    """Sender, reference and place in the queue of everybody who waits, from 1 in each center's queue."""
    table = tables.tickets
    query = (
        sa.select(table.c.sender, table.c.reference, table.c.center)
        .where(table.c.status == Status.WAITING.value)
        .order_by(table.c.queued_at, table.c.id)
    )
    places: dict[str | None, int] = {}
    found = []
    for row in conn.execute(query):
        places[row.center] = places.get(row.center, 0) + 1
        found.append((row.sender, row.reference, places[row.center]))
    return tuple(found)


def followed_up(conn: Connection, reference: str, again_on: date | None) -> None:
    """Note that an ended ticket was followed up; ``again_on`` sets the next date."""
    table = tables.tickets
    done = conn.execute(
        sa.update(table)
        .where(
            table.c.reference == canonical_reference(reference), table.c.follow_up_on.is_not(None)
        )
        .values(follow_up_on=again_on)
    )
    if done.rowcount != 1:
        raise TransitionError("这条登记没有待办的回访")


def silent(conn: Connection, since: timedelta, *, now: datetime | None = None) -> tuple[str, ...]:
    """References of people whom nobody answers though a human owns the conversation.

    The person spoke last, longer than ``since`` ago, and whoever serves has left the console as long.
    """
    before = or_now(now) - since
    owner = tables.staff
    left = sa.or_(owner.c.last_seen_at.is_(None), owner.c.last_seen_at < before)
    query = (
        _lines(tables.tickets.c.status == Status.ACTIVE.value)
        .outerjoin(owner, owner.c.login == tables.tickets.c.assignee)
        .where(
            left,
            tables.tickets.c.claimed_at < before,
            tables.messages.c.direction == "in",
            tables.messages.c.created_at < before,
        )
    )
    return tuple(row.reference for row in conn.execute(query))


def _condition(
    person: Staff, tab: Tab, status: Status | None, center: str | None, words: str
) -> Any:
    table = tables.tickets
    parts: list[Any] = [sa.true()]
    if person.center is not None:
        parts.append(sa.or_(table.c.center == person.center, table.c.assignee == person.login))
    if tab is Tab.WAITING:
        waiting = table.c.status == Status.WAITING.value
        called = sa.and_(table.c.status == Status.CALLBACK.value, table.c.assignee.is_(None))
        parts.append(sa.or_(waiting, called))
    elif tab is Tab.MINE:
        parts.append(table.c.assignee == person.login)
        running = [Status.ACTIVE.value, Status.CALLBACK.value, Status.RATING.value]
        parts.append(sa.or_(table.c.status.in_(running), table.c.follow_up_on.is_not(None)))
    if status is not None:
        parts.append(table.c.status == status.value)
    if center is not None:
        parts.append(table.c.center == center)
    if words.strip():
        sought = storable(words.strip())[:100]
        parts.append(
            sa.or_(
                table.c.reference == canonical_reference(sought),
                table.c.reason.contains(sought, autoescape=True),
                sa.cast(table.c.facts, sa.Text).contains(sought, autoescape=True),
                table.c.note.contains(sought, autoescape=True),
            )
        )
    return sa.and_(*parts)


def _lines(condition: Any) -> Any:
    table, people, said = tables.tickets, tables.conversations, tables.messages
    theirs = said.alias()
    last_of_theirs = (
        sa.select(theirs.c.text)
        .where(theirs.c.conversation_id == people.c.id, theirs.c.direction == "in")
        .order_by(theirs.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(
            table,
            last_of_theirs.label("last_text"),
            said.c.created_at.label("last_at"),
            said.c.direction.label("last_direction"),
        )
        .select_from(
            table.outerjoin(people, people.c.sender == table.c.sender).outerjoin(
                said,
                sa.and_(said.c.conversation_id == people.c.id, said.c.seq == people.c.last_seq),
            )
        )
        .where(condition)
    )


def _line(row: Any) -> Line:
    status = Status(row.status)
    return Line(
        reference=row.reference,
        sender=row.sender,
        channel=row.channel,
        status=status,
        reason=row.reason,
        center=row.center,
        assignee=row.assignee,
        facts=row.facts,
        deadline_on=row.deadline_on,
        created_at=row.created_at,
        queued_at=row.queued_at,
        first_reply_at=row.first_reply_at,
        closed_at=row.closed_at,
        has_phone=row.callback_phone is not None,
        follow_up_on=row.follow_up_on,
        outcome=row.outcome,
        rating=row.rating,
        last_text=row.last_text or "",
        last_at=row.last_at,
        is_unanswered=status is Status.ACTIVE and row.last_direction == "in",
    )
