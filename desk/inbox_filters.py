"""Which tickets a list of the inbox has: the three lists, what narrows them, and who sees what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa

from desk import tables
from desk.conversations import storable
from desk.inbox_tables import ticket_reads, ticket_tags
from desk.references import canonical_reference
from desk.staff import Staff
from desk.tickets import Status

# Written for whoever holds a ticket that nobody holds.
NOBODY = "-"


class Tab(str, Enum):
    """The three lists of the inbox."""

    WAITING = "waiting"
    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True)
class Sought:
    """What a list is narrowed to.

    ``within`` is days until the date, past ones included; ``holder`` a login, or ``-`` for nobody.
    """

    statuses: tuple[Status, ...] = ()
    center: str | None = None
    words: str = ""
    within: int | None = None
    holder: str = ""
    tag: str = ""
    is_unread: bool = False
    is_due_for_follow_up: bool = False


EVERYTHING = Sought()


def visible(person: Staff) -> Any:
    """The condition on tickets of this person's center, or theirs by transfer."""
    table = tables.tickets
    if person.center is None:
        return sa.true()
    return sa.or_(table.c.center == person.center, table.c.assignee == person.login)


def _last_seq_of(direction: str) -> Any:
    """The place of the last message of a direction in a ticket's conversation; null without one."""
    people, said = tables.conversations, tables.messages.alias()
    return (
        sa.select(sa.func.max(said.c.seq))
        .join(people, people.c.id == said.c.conversation_id)
        .where(people.c.sender == tables.tickets.c.sender, said.c.direction == direction)
        .correlate(tables.tickets)
        .scalar_subquery()
    )


def unread(login: str) -> Any:
    """Whether the person of an open ticket said something that whoever should know has not seen."""
    table, seen = tables.tickets, ticket_reads.alias()
    read = (
        sa.select(seen.c.seq)
        .where(seen.c.ticket_id == table.c.id, seen.c.login == login)
        .correlate(table)
        .scalar_subquery()
    )
    return sa.and_(
        table.c.status.in_(tables.OPEN_STATUSES),
        sa.or_(table.c.assignee.is_(None), table.c.assignee == login),
        _last_seq_of("in") > sa.func.coalesce(read, 0),
    )


def condition(person: Staff, tab: Tab, sought: Sought, today: date) -> Any:
    """The condition on tickets of one list."""
    table = tables.tickets
    parts: list[Any] = [visible(person)]
    if tab is Tab.WAITING:
        waiting = table.c.status == Status.WAITING.value
        called = sa.and_(table.c.status == Status.CALLBACK.value, table.c.assignee.is_(None))
        parts.append(sa.or_(waiting, called))
    elif tab is Tab.MINE:
        parts.append(table.c.assignee == person.login)
        running = [*tables.OPEN_STATUSES, Status.RATING.value]
        parts.append(sa.or_(table.c.status.in_(running), table.c.follow_up_on.is_not(None)))
    return sa.and_(*parts, *_narrowed(sought, person, today))


def _narrowed(sought: Sought, person: Staff, today: date) -> list[Any]:
    table = tables.tickets
    parts: list[Any] = []
    if sought.statuses:
        parts.append(table.c.status.in_([status.value for status in sought.statuses]))
    if sought.center is not None:
        parts.append(table.c.center == sought.center)
    if sought.within is not None:
        parts.append(table.c.deadline_on <= today + timedelta(days=sought.within))
    if sought.holder:
        is_held = table.c.assignee == sought.holder
        parts.append(table.c.assignee.is_(None) if sought.holder == NOBODY else is_held)
    if sought.tag:
        tagged = sa.select(ticket_tags.c.ticket_id).where(ticket_tags.c.tag == sought.tag)
        parts.append(table.c.id.in_(tagged))
    if sought.is_unread:
        parts.append(unread(person.login))
    if sought.is_due_for_follow_up:
        parts.append(table.c.follow_up_on <= today)
    if sought.words.strip():
        parts.append(_said_about(storable(sought.words.strip())[:100]))
    return parts


def _said_about(words: str) -> Any:
    """Part of a reference, of the reason, the note or of what is known."""
    table = tables.tickets
    return sa.or_(
        table.c.reference == canonical_reference(words),
        table.c.reason.contains(words, autoescape=True),
        sa.cast(table.c.facts, sa.Text).contains(words, autoescape=True),
        table.c.note.contains(words, autoescape=True),
    )
