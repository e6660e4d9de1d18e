"""What waits at the desk: lists of tickets with the last thing said, for the people who serve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables, marks, tables
from desk.errors import TransitionError
from desk.inbox_filters import EVERYTHING, Sought, Tab, condition, unread, visible
from desk.references import canonical_reference
from desk.staff import Staff
from desk.tickets import Filed, Status, Ticket
from desk.times import or_now

URGENT_DAYS = 7
_MOST = 300


@dataclass(frozen=True)
class Line(Filed):
    """One ticket as a list shows it.

    ``last_text`` is what the person said last, ``last_at`` when anybody spoke last; ``is_unanswered``
    when that was the person.
    """

    has_phone: bool
    last_text: str
    last_at: datetime | None
    is_unanswered: bool
    is_unread: bool
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Pressing:
    """How many open tickets a person should look at first, and ended ones to follow up today."""

    unread: int = 0
    near: int = 0
    unheld: int = 0
    follow_up: int = 0


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
    sought: Sought = EVERYTHING,
    *,
    limit: int = _MOST,
    offset: int = 0,
    today: date | None = None,
) -> tuple[Line, ...]:
    """One list: those who wait by urgency then time, all newest first.

    Of one's own the unanswered come first, and last those that nothing is left to do for but to be rated.
    """
    day = today or or_now(None).date()
    query = _lines(condition(person, tab, sought, day), person.login)
    table = tables.tickets
    if tab is Tab.ALL:
        query = query.order_by(table.c.queued_at.desc(), table.c.id.desc())
    else:
        last_urgent = day + timedelta(days=URGENT_DAYS)
        is_urgent = sa.case((table.c.deadline_on <= last_urgent, 0), else_=1)
        is_done = sa.case((table.c.status == Status.RATING.value, 1), else_=0)
        first = is_urgent if tab is Tab.WAITING else is_done
        query = query.order_by(first, table.c.queued_at, table.c.id)
    rows = conn.execute(query.limit(limit).offset(offset)).all()
    tags = marks.tags_of(conn, [row.id for row in rows])
    found = [_line(row, tags.get(row.id, ())) for row in rows]
    if tab is Tab.MINE:
        found.sort(
            key=lambda line: (line.status is Status.RATING, not line.is_unanswered, line.queued_at)
        )
    return tuple(found)


def count(
    conn: Connection,
    person: Staff,
    tab: Tab,
    sought: Sought = EVERYTHING,
    *,
    today: date | None = None,
) -> int:
    """How many tickets a list has."""
    wanted = condition(person, tab, sought, today or or_now(None).date())
    return int(
        conn.execute(
            sa.select(sa.func.count()).select_from(tables.tickets).where(wanted)
        ).scalar_one()
    )


def pressing(conn: Connection, person: Staff, today: date) -> Pressing:
    """What this person should look at first, counted in one pass."""
    table = tables.tickets
    is_open = table.c.status.in_(tables.OPEN_STATUSES)
    last_urgent = today + timedelta(days=URGENT_DAYS)

    def number(condition: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    query = (
        sa.select(
            number(unread(person.login)),
            number(sa.and_(is_open, table.c.deadline_on <= last_urgent)),
            number(sa.and_(is_open, table.c.assignee.is_(None))),
            number(table.c.follow_up_on <= today),
        )
        .select_from(table)
        .where(visible(person), sa.or_(is_open, table.c.follow_up_on <= today))
    )
    return Pressing(*(int(value) for value in conn.execute(query).one()))


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


def centers(conn: Connection) -> tuple[str, ...]:
    """The centers where somebody works or that were given a ticket or a lead."""
    table, people, leads = tables.tickets, tables.staff, lead_tables.leads
    works = sa.select(people.c.center).where(people.c.is_active, people.c.center.is_not(None))
    given = sa.select(table.c.center).where(table.c.center.is_not(None))
    asked = sa.select(leads.c.center).where(leads.c.center.is_not(None))
    return tuple(sorted({str(row[0]) for row in conn.execute(works.union(given, asked))}))


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
        _lines(tables.tickets.c.status == Status.ACTIVE.value, "")
        .outerjoin(owner, owner.c.login == tables.tickets.c.assignee)
        .where(
            left,
            tables.tickets.c.claimed_at < before,
            tables.messages.c.direction == "in",
            tables.messages.c.created_at < before,
        )
    )
    return tuple(row.reference for row in conn.execute(query))


def _lines(wanted: Any, login: str) -> Any:
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
            sa.case((unread(login), 1), else_=0).label("is_unread"),
            said.c.created_at.label("last_at"),
            said.c.direction.label("last_direction"),
        )
        .select_from(
            table.outerjoin(people, people.c.sender == table.c.sender).outerjoin(
                said,
                sa.and_(said.c.conversation_id == people.c.id, said.c.seq == people.c.last_seq),
            )
        )
        .where(wanted)
    )


def _line(row: Any, tags: tuple[str, ...]) -> Line:
    is_theirs = row.last_direction == "in"
    return Line(
        **Filed.of(row),
        has_phone=row.callback_phone is not None,
        last_text=row.last_text or "",
        last_at=row.last_at,
        is_unanswered=is_theirs and row.status == Status.ACTIVE.value,
        is_unread=bool(row.is_unread),
        tags=tags,
    )
