"""Who owns a conversation: the bot, the queue, or one human.

::

    bot ─open▶ waiting ─claim▶ active ─close▶ rating ─rate▶ closed        (owner: bot waiting human bot bot)
               waiting ─take_back, time_out▶ callback ─open▶ waiting, ─claim▶ active, ─close▶ closed
               waiting ─abandon▶ abandoned        active ─release, transfer to a center▶ waiting
               active ─take_back, time_out▶ callback        closed, abandoned, rating ─reopen▶ active

:data:`TRANSITIONS` is the whole machine.  Every step is taken in the caller's transaction:
it locks the conversation, checks the state it finds, changes ticket and owner together and records the
event; a step the state does not allow raises and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import conversations, tables
from desk.conversations import Owner
from desk.errors import (
    ClaimedError,
    NotFoundError,
    TransitionError,
)
from desk.references import TICKET_PREFIX, canonical_reference, new_reference
from desk.tickets import Status, Ticket, ticket_from_row
from desk.times import or_now

USER = "user"
SYSTEM = "system"


class Action(str, Enum):
    """A step of the machine, as it stands in the event record."""

    OPEN = "open"
    REGISTER = "register"
    CLAIM = "claim"
    RELEASE = "release"
    TRANSFER = "transfer"
    TAKE_BACK = "take_back"
    TIME_OUT = "time_out"
    ABANDON = "abandon"
    CLOSE = "close"
    RATE = "rate"
    SKIP_RATING = "skip_rating"
    REOPEN = "reopen"
    ERASE = "erase"


TRANSITIONS: Mapping[tuple[Action, Status], frozenset[Status]] = {
    (Action.OPEN, Status.CALLBACK): frozenset({Status.WAITING}),
    (Action.CLAIM, Status.WAITING): frozenset({Status.ACTIVE}),
    (Action.CLAIM, Status.CALLBACK): frozenset({Status.ACTIVE}),
    (Action.RELEASE, Status.ACTIVE): frozenset({Status.WAITING}),
    (Action.TRANSFER, Status.ACTIVE): frozenset({Status.ACTIVE, Status.WAITING}),
    (Action.TRANSFER, Status.WAITING): frozenset({Status.WAITING}),
    (Action.TRANSFER, Status.CALLBACK): frozenset({Status.CALLBACK}),
    (Action.TAKE_BACK, Status.WAITING): frozenset({Status.CALLBACK}),
    (Action.TAKE_BACK, Status.ACTIVE): frozenset({Status.CALLBACK}),
    (Action.TIME_OUT, Status.WAITING): frozenset({Status.CALLBACK}),
    (Action.TIME_OUT, Status.ACTIVE): frozenset({Status.CALLBACK}),
    (Action.ABANDON, Status.WAITING): frozenset({Status.ABANDONED}),
    (Action.CLOSE, Status.WAITING): frozenset({Status.CLOSED}),
    (Action.CLOSE, Status.ACTIVE): frozenset({Status.RATING}),
    (Action.CLOSE, Status.CALLBACK): frozenset({Status.CLOSED}),
    (Action.RATE, Status.RATING): frozenset({Status.CLOSED}),
    (Action.SKIP_RATING, Status.RATING): frozenset({Status.CLOSED}),
    (Action.REOPEN, Status.RATING): frozenset({Status.ACTIVE}),
    (Action.REOPEN, Status.CLOSED): frozenset({Status.ACTIVE}),
    (Action.REOPEN, Status.ABANDONED): frozenset({Status.ACTIVE}),
    (Action.ERASE, Status.WAITING): frozenset({Status.CLOSED}),
    (Action.ERASE, Status.ACTIVE): frozenset({Status.CLOSED}),
    (Action.ERASE, Status.CALLBACK): frozenset({Status.CLOSED}),
    (Action.ERASE, Status.RATING): frozenset({Status.CLOSED}),
}
# Begins the id of whoever was registered by the staff and has no page of ours open.
BY_HAND = "desk-"
OWNER_OF = {Status.WAITING: Owner.WAITING, Status.ACTIVE: Owner.HUMAN}


def staff_actor(name: str) -> str:
    """How a colleague stands in the record."""
    return f"staff:{name}"


def open_row(conn: Connection, sender: str) -> Any:
    """The open ticket of a person; None without one."""
    table = tables.tickets
    query = sa.select(table).where(
        table.c.sender == sender, table.c.status.in_(tables.OPEN_STATUSES)
    )
    return conn.execute(query.with_for_update()).first()


def by_reference(conn: Connection, reference: str, moment: datetime) -> tuple[int, Any]:
    """Lock conversation, then ticket: the same order everywhere, so nobody waits in a circle."""
    table = tables.tickets
    is_it = table.c.reference == canonical_reference(reference)
    sender = conn.execute(sa.select(table.c.sender).where(is_it)).scalar()
    if sender is None:
        raise NotFoundError(f"没有编号为 {reference} 的人工登记")
    conversation = conversations.ensure(conn, sender, "web", now=moment)
    return conversation.id, conn.execute(sa.select(table).where(is_it).with_for_update()).one()


def by_sender(
    conn: Connection,
    sender: str,
    action: Action,
    target: Status,
    actor: str,
    now: datetime | None,
    *,
    closes: bool = False,
    **changes: Any,
) -> Ticket:
    """Take the open ticket of a person to another state."""
    moment = or_now(now)
    conversation = conversations.ensure(conn, sender, "web", now=moment)
    table = tables.tickets
    allowed = [status.value for (step, status) in TRANSITIONS if step is action]
    query = sa.select(table).where(table.c.sender == sender, table.c.status.in_(allowed))
    row = conn.execute(query.order_by(table.c.id.desc()).with_for_update()).first()
    if row is None:
        raise TransitionError(_REFUSALS.get(action, "现在不能这样做"))
    if closes:
        changes["closed_at"] = moment
    row = move(conn, row, conversation.id, action, target, actor=actor, moment=moment, **changes)
    return ticket_from_row(conn, row, now=moment)


_REFUSALS = {
    Action.TAKE_BACK: "现在没有在等待人工，直接提问就可以",
    Action.ABANDON: "现在没有在等待人工",
    Action.RATE: "没有待评价的人工服务",
    Action.SKIP_RATING: "没有待评价的人工服务",
}


def check_assignee(row: Any, staff: str) -> None:
    """Only who serves may go on."""
    if row.assignee != staff:
        raise ClaimedError(
            f"{row.reference} 由 {row.assignee} 接待，只有对方可以操作", row.assignee
        )


def move(
    conn: Connection,
    row: Any,
    conversation_id: int,
    action: Action,
    target: Status,
    *,
    actor: str,
    moment: datetime,
    detail: Mapping[str, Any] | None = None,
    waited_s: int | None = None,
    **changes: Any,
) -> Any:
    """One transition: ticket, owner and event together, only from the state that was read."""
    source = Status(row.status)
    if target not in TRANSITIONS.get((action, source), frozenset()):
        raise TransitionError(f"{row.reference} 现在是「{source.label}」，不能这样操作")
    row = update(conn, row, {"status": target.value, **changes})
    if source.is_open or target.is_open:  # a rating says nothing about who speaks now
        conversations.set_owner(conn, conversation_id, OWNER_OF.get(target, Owner.BOT), moment)
    record(
        conn,
        row.id,
        action,
        target,
        actor=actor,
        moment=moment,
        source=source,
        detail=detail,
        waited_s=waited_s,
    )
    return row


def update(conn: Connection, row: Any, changes: Mapping[str, Any]) -> Any:
    """Write values into the row of a ticket."""
    table = tables.tickets
    done = conn.execute(
        sa.update(table).where(table.c.id == row.id, table.c.status == row.status).values(**changes)
    )
    if done.rowcount != 1:
        raise TransitionError(f"{row.reference} 的状态刚刚被他人改变，请刷新后再试")
    return conn.execute(sa.select(table).where(table.c.id == row.id)).one()


def record(
    conn: Connection,
    ticket_id: int,
    action: Action,
    target: Status,
    *,
    actor: str,
    moment: datetime,
    source: Status | None = None,
    detail: Mapping[str, Any] | None = None,
    waited_s: int | None = None,
) -> None:
    """Write an event of a ticket."""
    conn.execute(
        sa.insert(tables.ticket_events).values(
            ticket_id=ticket_id,
            at=moment,
            actor=actor,
            action=action.value,
            from_status=None if source is None else source.value,
            to_status=target.value,
            waited_s=waited_s,
            detail=dict(detail or {}),
        )
    )


def skip_ratings(conn: Connection, conversation: Any, moment: datetime) -> None:
    """End what still waits to be rated."""
    table = tables.tickets
    query = sa.select(table).where(
        table.c.sender == conversation.sender, table.c.status == Status.RATING.value
    )
    for row in conn.execute(query.with_for_update()).all():
        move(
            conn,
            row,
            conversation.id,
            Action.SKIP_RATING,
            Status.CLOSED,
            actor=SYSTEM,
            moment=moment,
        )


def insert_ticket(
    conn: Connection,
    sender: str,
    reason: str,
    *,
    channel: str,
    center: str | None,
    facts: Mapping[str, Any],
    deadline_on: date | None,
    moment: datetime,
) -> Any:
    """Write a new ticket under a reference of its own."""
    table = tables.tickets
    for _attempt in range(5):
        try:
            with conn.begin_nested():
                key = conn.execute(
                    sa.insert(table).values(
                        reference=new_reference(TICKET_PREFIX),
                        sender=sender,
                        channel=channel[:32],
                        status=Status.WAITING.value,
                        reason=conversations.storable(reason),
                        center=center,
                        facts=dict(facts),
                        deadline_on=deadline_on,
                        created_at=moment,
                        queued_at=moment,
                    )
                ).inserted_primary_key[0]
        except IntegrityError:
            continue  # the reference is taken; draw another
        return conn.execute(sa.select(table).where(table.c.id == key)).one()
    raise TransitionError("登记编号分配失败，请再试一次")
