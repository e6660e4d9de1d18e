"""What staff write for each other beside a ticket; the person it is about never sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.console_tables import ticket_notes
from desk.conversations import storable
from desk.errors import InvalidRecordError, NotFoundError
from desk.references import canonical_reference
from desk.times import or_now

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Note:
    """One note; ``author`` is a login."""

    at: datetime
    author: str
    text: str


def add(
    conn: Connection, reference: str, author: str, text: str, *, now: datetime | None = None
) -> None:
    """Write a note beside a ticket.

    :raises InvalidRecordError: when it is empty or too long.
    """
    words = storable(text).strip()
    if not words:
        raise InvalidRecordError("备注是空的，没有保存")
    if len(words) > LONGEST_NOTE:
        raise InvalidRecordError(f"备注最多{LONGEST_NOTE}个字，没有保存")
    key = conn.execute(
        sa.select(tables.tickets.c.id).where(
            tables.tickets.c.reference == canonical_reference(reference)
        )
    ).scalar()
    if key is None:
        raise NotFoundError(f"没有编号为 {reference} 的人工登记")
    conn.execute(
        sa.insert(ticket_notes).values(ticket_id=key, at=or_now(now), author=author, text=words)
    )


def of_sender(conn: Connection, sender: str) -> tuple[Note, ...]:
    """The notes of all tickets of a person, oldest first."""
    query = (
        sa.select(ticket_notes)
        .join(tables.tickets, ticket_notes.c.ticket_id == tables.tickets.c.id)
        .where(tables.tickets.c.sender == sender)
        .order_by(ticket_notes.c.id)
    )
    return tuple(Note(row.at, row.author, row.text) for row in conn.execute(query))
