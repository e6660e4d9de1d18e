"""What waits to be sent to people of other servers' channels, part by part, in order.

``ready`` is sent as soon as it is due, ``kept`` waits until the person writes again, ``sending`` is
under way in one copy of the server; a part that was under way when its server died is sent again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import conversations, tables, transcripts
from desk.channel_tables import channel_outbox as table
from desk.channel_tables import channel_people as people
from desk.conversations import Message
from desk.times import or_now

# Longer than a server is waited for.
SENDING = timedelta(seconds=30)
KEPT_SENT = timedelta(days=1)


class State(str, Enum):
    """How far a part is."""

    READY = "ready"
    SENDING = "sending"
    KEPT = "kept"
    SENT = "sent"
    FAILED = "failed"


_WAITING = (State.READY.value, State.KEPT.value)
_UNSENT = (*_WAITING, State.SENDING.value)


@dataclass(frozen=True)
class Part:
    """One message to another server; ``message`` is the conversation's message it belongs to."""

    id: int
    person: int
    message: str
    number: int
    body: Mapping[str, Any]
    state: State
    attempts: int
    error: int | None


def add(
    conn: Connection,
    person: int,
    message: str,
    bodies: Sequence[Mapping[str, Any]],
    state: State,
    *,
    now: datetime | None = None,
) -> int:
    """Put the parts of a message at the end; the same message again adds nothing.

    :return: how many parts were added.
    """
    moment = or_now(now)
    known = sa.select(table.c.id).where(table.c.person_id == person, table.c.message == message)
    if not bodies or conn.execute(known.limit(1)).first() is not None:
        return 0
    conn.execute(
        sa.insert(table),
        [
            {
                "person_id": person,
                "message": message,
                "part": number,
                "body": dict(body),
                "state": state.value,
                "attempts": 0,
                "due_at": moment,
                "created_at": moment,
            }
            for number, body in enumerate(bodies)
        ],
    )
    return len(bodies)


def waiting(conn: Connection, person: int) -> tuple[Part, ...]:
    """What a person has not been sent and nobody sends now, in order; locked for this transaction."""
    query = sa.select(table).where(table.c.person_id == person, table.c.state.in_(_WAITING))
    rows = conn.execute(query.order_by(table.c.id).with_for_update()).all()
    return tuple(_part(row) for row in rows)


def is_idle(conn: Connection, person: int) -> bool:
    """Whether nothing is on its way to a person or about to be."""
    query = sa.select(table.c.id).where(
        table.c.person_id == person,
        table.c.state.in_((State.READY.value, State.SENDING.value)),
    )
    return conn.execute(query.limit(1)).first() is None


def claim_due(
    conn: Connection, channel: str, most: int, *, now: datetime | None = None
) -> tuple[Part, ...]:
    """The first unsent part of each person whose turn it is, claimed for this copy of the server."""
    moment = or_now(now)
    conn.execute(
        sa.update(table)
        .where(table.c.state == State.SENDING.value, table.c.due_at < moment)
        .values(state=State.READY.value)
    )
    first = (
        sa.select(sa.func.min(table.c.id))
        .join(people, people.c.id == table.c.person_id)
        .where(people.c.channel == channel, table.c.state.in_(_UNSENT))
        .group_by(table.c.person_id)
    )
    query = sa.select(table).where(
        table.c.id.in_(first), table.c.state == State.READY.value, table.c.due_at <= moment
    )
    rows = conn.execute(query.order_by(table.c.id).limit(most).with_for_update()).all()
    _set(conn, [row.id for row in rows], state=State.SENDING.value, due_at=moment + SENDING)
    return tuple(_part(row) for row in rows)


def sent(conn: Connection, parts: Collection[int]) -> None:
    """These parts have arrived at the other server."""
    _set(conn, parts, state=State.SENT.value, error=None)


def back(conn: Connection, parts: Collection[int], state: State) -> None:
    """These parts did not arrive after all."""
    _set(conn, parts, state=state.value)


def again(conn: Connection, part: Part, error: int | None, due_at: datetime) -> None:
    """Try this part later."""
    _set(
        conn,
        [part.id],
        state=State.READY.value,
        attempts=part.attempts + 1,
        error=error,
        due_at=due_at,
    )


def keep(conn: Connection, person: int, error: int | None) -> None:
    """Whatever waits for a person stays until they write again."""
    conn.execute(
        sa.update(table)
        .where(table.c.person_id == person, table.c.state.in_(_UNSENT))
        .values(state=State.KEPT.value, error=error)
    )


def fail(conn: Connection, part: Part, error: int | None) -> None:
    """The other server will never take this part."""
    _set(conn, [part.id], state=State.FAILED.value, error=error)


def resume(
    conn: Connection, person: int, *, message: str | None = None, now: datetime | None = None
) -> int:
    """What was kept (or failed, of one message) is sent now.

    :return: how many parts.
    """
    states = (State.KEPT.value,) if message is None else (State.KEPT.value, State.FAILED.value)
    query = sa.update(table).where(table.c.person_id == person, table.c.state.in_(states))
    if message is not None:
        query = query.where(table.c.message == message)
    done = conn.execute(query.values(state=State.READY.value, due_at=or_now(now), attempts=0))
    return int(done.rowcount)


def is_sent(conn: Connection, person: int, message: str) -> bool:
    """Whether every part of a message has arrived."""
    left = sa.select(table.c.id).where(
        table.c.person_id == person,
        table.c.message == message,
        table.c.state != State.SENT.value,
    )
    return conn.execute(left.limit(1)).first() is None


def missing(conn: Connection, channel: str, since: datetime) -> tuple[tuple[str, Message], ...]:
    """What the desk said to people of a channel and a killed server never put here, in order.

    :return: whose conversation, and the message.
    """
    said, whose = tables.messages, tables.conversations
    is_here = sa.select(table.c.id).where(table.c.message == said.c.uid).exists()
    query = (
        sa.select(said.c.uid, whose.c.sender)
        .join(whose, whose.c.id == said.c.conversation_id)
        .where(
            said.c.direction == "out",
            said.c.author != conversations.BOT,
            said.c.delivered_at.is_(None),
            said.c.created_at > since,
            whose.c.sender.in_(sa.select(people.c.sender).where(people.c.channel == channel)),
            sa.not_(is_here),
        )
        .order_by(said.c.id)
    )
    found = [(row.sender, transcripts.message(conn, row.uid)) for row in conn.execute(query).all()]
    return tuple((sender, message) for sender, message in found if message is not None)


def errors(conn: Connection, messages: Sequence[str]) -> dict[str, tuple[State, int | None]]:
    """How messages stand that did not arrive: the state and the other server's code."""
    if not messages:
        return {}
    query = sa.select(table.c.message, table.c.state, table.c.error).where(
        table.c.message.in_(list(messages)), table.c.state.in_(("kept", "failed"))
    )
    return {row.message: (State(row.state), row.error) for row in conn.execute(query)}


def purge(conn: Connection, *, now: datetime | None = None) -> int:
    """Remove what has arrived and is old; the conversation has it.

    :return: how many parts.
    """
    gone = sa.delete(table).where(
        table.c.state == State.SENT.value, table.c.created_at < or_now(now) - KEPT_SENT
    )
    return int(conn.execute(gone).rowcount)


def forget_old(conn: Connection, before: datetime) -> int:
    """Remove parts from before a moment whose message is no longer on record.

    :return: how many.
    """
    is_on_record = table.c.message.in_(sa.select(tables.messages.c.uid))
    gone = sa.delete(table).where(table.c.created_at < before, sa.not_(is_on_record))
    return int(conn.execute(gone).rowcount)


def _set(conn: Connection, parts: Collection[int], **values: Any) -> None:
    if parts:
        conn.execute(sa.update(table).where(table.c.id.in_(list(parts))).values(**values))


def _part(row: Any) -> Part:
    return Part(
        id=row.id,
        person=row.person_id,
        message=row.message,
        number=row.part,
        body=row.body,
        state=State(row.state),
        attempts=row.attempts,
        error=row.error,
    )
