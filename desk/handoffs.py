"""A person asks for a human: the ticket that is opened, waited with, taken back, rated, and read.

Every function that changes something is one step in the caller's transaction; what the steps may be is in
:mod:`desk.ticket_states`, what staff do in :mod:`desk.staff_moves`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import conversations, known, tables
from desk.conversations import Owner
from desk.errors import (
    InvalidRecordError,
    NotFoundError,
)
from desk.references import canonical_reference
from desk.ticket_states import (
    BY_HAND,
    USER,
    Action,
    by_sender,
    insert_ticket,
    move,
    open_row,
    record,
    skip_ratings,
    staff_actor,
    update,
)
from desk.tickets import Status, Ticket, ticket_from_row
from desk.times import or_now


@dataclass(frozen=True)
class Event:
    """One recorded transition."""

    at: datetime
    actor: str
    action: str
    from_status: str | None
    to_status: str
    detail: Mapping[str, Any]


def open_ticket(
    conn: Connection,
    sender: str,
    reason: str = "",
    *,
    channel: str = "web",
    center: str | None = None,
    facts: Mapping[str, Any] | None = None,
    deadline_on: date | None = None,
    now: datetime | None = None,
) -> Ticket:
    """Ask for a human: the conversation waits from now on.

    Asking again while a ticket is open gives the same ticket (a callback goes back to the queue).

    :param facts: what the bot already knows (slots, route, deadline), for the staff to read.
    :param deadline_on: by default the last deadline that the person was told.
    :return: the ticket with position and expected wait; ``created`` when it is a new one.
    """
    moment = or_now(now)
    conversation = conversations.ensure(conn, sender, channel, now=moment)
    deadline_on = deadline_on or known.deadline(conn, sender)
    row = open_row(conn, sender)
    if row is None:
        skip_ratings(conn, conversation, moment)
        row = insert_ticket(
            conn,
            conversation.sender,
            reason,
            channel=channel,
            center=center,
            facts=facts or {},
            deadline_on=deadline_on,
            moment=moment,
        )
        conversations.set_owner(conn, conversation.id, Owner.WAITING, moment)
        record(conn, row.id, Action.OPEN, Status.WAITING, actor=USER, moment=moment)
        return ticket_from_row(conn, row, now=moment, created=True)
    merged = {**row.facts, **(facts or {})}
    changes: dict[str, Any] = {"facts": merged, "deadline_on": deadline_on or row.deadline_on}
    if Status(row.status) is Status.CALLBACK:
        row = move(
            conn, row, conversation.id, Action.OPEN, Status.WAITING, actor=USER, moment=moment,
            queued_at=moment, assignee=None, **changes,
        )  # fmt: skip
    else:
        row = update(conn, row, changes)
    return ticket_from_row(conn, row, now=moment)


def register(
    conn: Connection,
    staff: str,
    reason: str,
    *,
    channel: str,
    center: str | None,
    facts: Mapping[str, Any],
    deadline_on: date | None = None,
    now: datetime | None = None,
) -> Ticket:
    """Register somebody who called or came in: a callback of a conversation nobody types in.

    :param staff: who registers; the ticket is given to nobody yet.
    """
    moment = or_now(now)
    sender = f"{BY_HAND}{secrets.token_hex(8)}"
    conversation = conversations.ensure(conn, sender, channel, now=moment)
    row = insert_ticket(
        conn,
        conversation.sender,
        reason,
        channel=channel,
        center=center,
        facts=facts,
        deadline_on=deadline_on,
        moment=moment,
    )
    row = update(conn, row, {"status": Status.CALLBACK.value})
    record(conn, row.id, Action.REGISTER, Status.CALLBACK, actor=staff_actor(staff), moment=moment)
    return ticket_from_row(conn, row, now=moment, created=True)


def owe_call(
    conn: Connection,
    sender: str,
    reason: str,
    phone: str,
    *,
    channel: str = "web",
    center: str | None = None,
    facts: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Ticket:
    """Somebody left a number to be called at; the bot goes on speaking with them.

    An open ticket of theirs takes the number and what is known.
    """
    moment = or_now(now)
    conversation = conversations.ensure(conn, sender, channel, now=moment)
    row = open_row(conn, sender)
    if row is None:
        row = insert_ticket(
            conn, conversation.sender, reason, channel=channel, center=center, facts=facts or {},
            deadline_on=known.deadline(conn, sender), moment=moment,
        )  # fmt: skip
        row = update(conn, row, {"status": Status.CALLBACK.value})
        record(conn, row.id, Action.REGISTER, Status.CALLBACK, actor=USER, moment=moment)
    changes = {"callback_phone": phone[:32], "facts": {**row.facts, **(facts or {})}}
    return ticket_from_row(conn, update(conn, row, changes), now=moment)


def take_back(conn: Connection, sender: str, *, now: datetime | None = None) -> Ticket:
    """The person goes on with the bot; the ticket stays open as a callback."""
    return by_sender(conn, sender, Action.TAKE_BACK, Status.CALLBACK, USER, now)


def set_callback(
    conn: Connection, sender: str, *, phone: str | None = None, time: str | None = None
) -> Ticket:
    """Note where and when the person would like to be called; both are optional.

    :raises NotFoundError: when the sender has no open ticket.
    """
    conversations.ensure(conn, sender, "web")
    row = open_row(conn, sender)
    if row is None:
        raise NotFoundError("现在没有等待人工的登记，请先说「转人工」")
    changes = {
        "callback_phone": row.callback_phone
        if phone is None
        else conversations.storable(phone)[:32],
        "callback_time": row.callback_time if time is None else conversations.storable(time)[:200],
    }
    return ticket_from_row(conn, update(conn, row, changes))


def abandon(
    conn: Connection, sender: str, *, actor: str = USER, now: datetime | None = None
) -> Ticket:
    """The person left while waiting and wants no callback."""
    return by_sender(conn, sender, Action.ABANDON, Status.ABANDONED, actor, now, closes=True)


def awaiting_rating(conn: Connection, sender: str) -> Ticket | None:
    """The closed ticket this person has not rated yet."""
    table = tables.tickets
    query = sa.select(table).where(table.c.sender == sender, table.c.status == Status.RATING.value)
    row = conn.execute(query.order_by(table.c.id.desc())).first()
    return None if row is None else ticket_from_row(conn, row)


def rate(
    conn: Connection,
    sender: str,
    score: int,
    reason: str | None = None,
    *,
    now: datetime | None = None,
) -> Ticket:
    """Rate the service that just ended, 1 (worst) to 5 (best); once per ticket."""
    if not 1 <= score <= 5:
        raise InvalidRecordError("评分应为1到5分")
    words = None if reason is None else conversations.storable(reason)
    return by_sender(
        conn, sender, Action.RATE, Status.CLOSED, USER, now, rating=score, rating_reason=words
    )


def skip_rating(
    conn: Connection, sender: str, *, actor: str = USER, now: datetime | None = None
) -> Ticket:
    """The person went on without rating."""
    return by_sender(conn, sender, Action.SKIP_RATING, Status.CLOSED, actor, now)


def current(conn: Connection, sender: str, *, now: datetime | None = None) -> Ticket | None:
    """The person's open ticket with its present position, or None."""
    row = open_row(conn, sender)
    return None if row is None else ticket_from_row(conn, row, now=now)


def find(conn: Connection, reference: str, *, now: datetime | None = None) -> Ticket | None:
    """A ticket by its reference, however it was typed."""
    table = tables.tickets
    query = sa.select(table).where(table.c.reference == canonical_reference(reference))
    row = conn.execute(query).first()
    return None if row is None else ticket_from_row(conn, row, now=now)


def listing(
    conn: Connection,
    *,
    statuses: Sequence[Status] = (Status.WAITING,),
    center: str | None = None,
    assignee: str | None = None,
    sender: str | None = None,
    limit: int = 200,
    now: datetime | None = None,
) -> tuple[Ticket, ...]:
    """Tickets of a queue, longest waiting first."""
    table = tables.tickets
    query = sa.select(table).where(table.c.status.in_([status.value for status in statuses]))
    if center is not None:
        query = query.where(table.c.center == center)
    if assignee is not None:
        query = query.where(table.c.assignee == assignee)
    if sender is not None:
        query = query.where(table.c.sender == sender)
    rows = conn.execute(query.order_by(table.c.queued_at, table.c.id).limit(limit)).all()
    return tuple(ticket_from_row(conn, row, now=now) for row in rows)


def overdue(
    conn: Connection, waiting: timedelta, *, now: datetime | None = None
) -> tuple[str, ...]:
    """References that have waited longer than ``waiting``; time each out in its own transaction."""
    table = tables.tickets
    query = sa.select(table.c.reference).where(
        table.c.status == Status.WAITING.value, table.c.queued_at < or_now(now) - waiting
    )
    return tuple(conn.execute(query.order_by(table.c.queued_at)).scalars())


def events(conn: Connection, reference: str) -> tuple[Event, ...]:
    """Every transition of a ticket, oldest first."""
    table, ticket = tables.ticket_events, tables.tickets
    query = (
        sa.select(table)
        .join(ticket, table.c.ticket_id == ticket.c.id)
        .where(ticket.c.reference == canonical_reference(reference))
        .order_by(table.c.id)
    )
    return tuple(
        Event(row.at, row.actor, row.action, row.from_status, row.to_status, row.detail)
        for row in conn.execute(query)
    )


def end_for_erasure(conn: Connection, sender: str, *, now: datetime | None = None) -> int:
    """End whatever is still running for a person whose data is being erased.

    :return: how many tickets were ended.
    """
    moment = or_now(now)
    conversation = conversations.ensure(conn, sender, "web", now=moment)
    table = tables.tickets
    live = [*tables.OPEN_STATUSES, Status.RATING.value]
    query = sa.select(table).where(table.c.sender == sender, table.c.status.in_(live))
    rows = conn.execute(query.with_for_update()).all()
    for row in rows:
        move(
            conn,
            row,
            conversation.id,
            Action.ERASE,
            Status.CLOSED,
            actor=USER,
            moment=moment,
            closed_at=moment,
        )
    return len(rows)
