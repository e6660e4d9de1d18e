"""What staff mark on tickets: how far each has read, and tags."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import tables
from desk.conversations import storable
from desk.errors import InvalidRecordError
from desk.inbox_tables import ticket_reads, ticket_tags

LONGEST_TAG = 20
MOST_TAGS = 8


def read_up_to(conn: Connection, ticket: int, login: str, seq: int) -> None:
    """Note that a colleague has seen a ticket's conversation up to a message; never goes back."""
    table = ticket_reads
    mine = sa.and_(table.c.ticket_id == ticket, table.c.login == login)
    seen = conn.execute(sa.select(table.c.seq).where(mine)).scalar()
    if seen is None:
        try:
            with conn.begin_nested():
                conn.execute(sa.insert(table).values(ticket_id=ticket, login=login, seq=seq))
        except IntegrityError:  # another page of the same person was faster
            seen = 0
    if seen is not None and seen < seq:
        conn.execute(sa.update(table).where(mine, table.c.seq < seq).values(seq=seq))


def is_read(conn: Connection, ticket: int, login: str, seq: int) -> bool:
    """Whether a colleague has seen a conversation up to a message."""
    table = ticket_reads
    query = sa.select(table.c.seq).where(table.c.ticket_id == ticket, table.c.login == login)
    seen = conn.execute(query).scalar()
    return seen is not None and int(seen) >= seq


def set_tags(conn: Connection, ticket: int, tags: Sequence[str]) -> tuple[str, ...]:
    """Give a ticket these tags and no others.

    :return: the tags as they are kept: trimmed, each once.
    :raises InvalidRecordError: for a long tag or too many.
    """
    kept = tuple(dict.fromkeys(word for tag in tags if (word := storable(tag).strip("# ,，、\n"))))
    if any(len(tag) > LONGEST_TAG for tag in kept):
        raise InvalidRecordError(f"标签最长{LONGEST_TAG}个字，没有保存")
    if len(kept) > MOST_TAGS:
        raise InvalidRecordError(f"一条登记最多{MOST_TAGS}个标签，没有保存")
    conn.execute(sa.delete(ticket_tags).where(ticket_tags.c.ticket_id == ticket))
    if kept:
        rows = [{"ticket_id": ticket, "tag": tag} for tag in kept]
        conn.execute(sa.insert(ticket_tags), rows)
    return kept


def tags_of(conn: Connection, tickets: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of each ticket that has some."""
    found: dict[int, tuple[str, ...]] = {}
    if not tickets:
        return found
    query = sa.select(ticket_tags).where(ticket_tags.c.ticket_id.in_(list(tickets)))
    for row in conn.execute(query.order_by(ticket_tags.c.tag)):
        found[row.ticket_id] = (*found.get(row.ticket_id, ()), row.tag)
    return found


def used_tags(conn: Connection, center: str | None, limit: int = 40) -> tuple[str, ...]:
    """The tags of a center's tickets (None: of all), the most used first."""
    number = sa.func.count().label("number")
    query = sa.select(ticket_tags.c.tag, number).join(
        tables.tickets, ticket_tags.c.ticket_id == tables.tickets.c.id
    )
    if center is not None:
        query = query.where(tables.tickets.c.center == center)
    query = query.group_by(ticket_tags.c.tag).order_by(number.desc(), ticket_tags.c.tag)
    return tuple(row.tag for row in conn.execute(query.limit(limit)))


def forget(conn: Connection, ticket: int) -> None:
    """Remove what was marked on a ticket."""
    for table in (ticket_reads, ticket_tags):
        conn.execute(sa.delete(table).where(table.c.ticket_id == ticket))
