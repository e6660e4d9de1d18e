"""Who owns a conversation: the bot, the queue, or one human.

::

    bot ─open▶ waiting ─claim▶ active ─close▶ rating ─rate▶ closed        (owner: bot waiting human bot bot)
               waiting ─take_back, time_out▶ callback ─open▶ waiting, ─claim▶ active, ─close▶ closed
               waiting ─abandon▶ abandoned        active ─release, transfer to a center▶ waiting
               active ─take_back, time_out▶ callback        closed, abandoned, rating ─reopen▶ active

:data:`TRANSITIONS` is the whole machine.  Every function here is one step in the caller's transaction:
it locks the conversation, checks the state it finds, changes ticket and owner together and records the
event; a step the state does not allow raises and changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import conversations, known, recording, tables
from desk.conversations import Message, Owner
from desk.errors import (
    ClaimedError,
    InvalidRecordError,
    NotFoundError,
    OwnershipError,
    TransitionError,
)
from desk.references import TICKET_PREFIX, canonical_reference, new_reference
from desk.tickets import Status, Ticket, ticket_from_row
from desk.times import or_now
from knowledge.types import Citation

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


_W, _A, _C = Status.WAITING, Status.ACTIVE, Status.CALLBACK
_R, _X, _Q = Status.RATING, Status.CLOSED, Status.ABANDONED

TRANSITIONS: Mapping[tuple[Action, Status], frozenset[Status]] = {
    (Action.OPEN, _C): frozenset({_W}),
    (Action.CLAIM, _W): frozenset({_A}),
    (Action.CLAIM, _C): frozenset({_A}),
    (Action.RELEASE, _A): frozenset({_W}),
    (Action.TRANSFER, _A): frozenset({_A, _W}),
    (Action.TRANSFER, _W): frozenset({_W}),
    (Action.TRANSFER, _C): frozenset({_C}),
    (Action.TAKE_BACK, _W): frozenset({_C}),
    (Action.TAKE_BACK, _A): frozenset({_C}),
    (Action.TIME_OUT, _W): frozenset({_C}),
    (Action.TIME_OUT, _A): frozenset({_C}),
    (Action.ABANDON, _W): frozenset({_Q}),
    (Action.CLOSE, _W): frozenset({_X}),
    (Action.CLOSE, _A): frozenset({_R}),
    (Action.CLOSE, _C): frozenset({_X}),
    (Action.RATE, _R): frozenset({_X}),
    (Action.SKIP_RATING, _R): frozenset({_X}),
    (Action.REOPEN, _R): frozenset({_A}),
    (Action.REOPEN, _X): frozenset({_A}),
    (Action.REOPEN, _Q): frozenset({_A}),
    (Action.ERASE, _W): frozenset({_X}),
    (Action.ERASE, _A): frozenset({_X}),
    (Action.ERASE, _C): frozenset({_X}),
    (Action.ERASE, _R): frozenset({_X}),
}

# Begins the id of whoever was registered by the staff and has no page of ours open.
BY_HAND = "desk-"
OWNER_OF = {Status.WAITING: Owner.WAITING, Status.ACTIVE: Owner.HUMAN}


@dataclass(frozen=True)
class Event:
    """One recorded transition."""

    at: datetime
    actor: str
    action: str
    from_status: str | None
    to_status: str
    detail: Mapping[str, Any]


# --- what the person does ----------------------------------------------------------------------


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
    row = _open_row(conn, sender)
    if row is None:
        _skip_ratings(conn, conversation, moment)
        row = _insert_ticket(
            conn, conversation.sender, channel, reason, center, facts or {}, deadline_on, moment
        )
        conversations.set_owner(conn, conversation.id, Owner.WAITING, moment)
        _record(conn, row.id, moment, USER, Action.OPEN, None, Status.WAITING)
        return ticket_from_row(conn, row, now=moment, created=True)
    merged = {**row.facts, **(facts or {})}
    changes: dict[str, Any] = {"facts": merged, "deadline_on": deadline_on or row.deadline_on}
    if Status(row.status) is Status.CALLBACK:
        row = _move(
            conn, row, conversation.id, Action.OPEN, _W, USER, moment,
            queued_at=moment, assignee=None, **changes,
        )  # fmt: skip
    else:
        row = _update(conn, row, changes)
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
    row = _insert_ticket(
        conn, conversation.sender, channel, reason, center, facts, deadline_on, moment
    )
    row = _update(conn, row, {"status": Status.CALLBACK.value})
    _record(conn, row.id, moment, _staff(staff), Action.REGISTER, None, Status.CALLBACK)
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
    row = _open_row(conn, sender)
    if row is None:
        row = _insert_ticket(
            conn, conversation.sender, channel, reason, center, facts or {},
            known.deadline(conn, sender), moment,
        )  # fmt: skip
        row = _update(conn, row, {"status": Status.CALLBACK.value})
        _record(conn, row.id, moment, USER, Action.REGISTER, None, Status.CALLBACK)
    changes = {"callback_phone": phone[:32], "facts": {**row.facts, **(facts or {})}}
    return ticket_from_row(conn, _update(conn, row, changes), now=moment)


def take_back(conn: Connection, sender: str, *, now: datetime | None = None) -> Ticket:
    """The person goes on with the bot; the ticket stays open as a callback."""
    return _by_sender(conn, sender, Action.TAKE_BACK, Status.CALLBACK, USER, now)


def set_callback(
    conn: Connection, sender: str, *, phone: str | None = None, time: str | None = None
) -> Ticket:
    """Note where and when the person would like to be called; both are optional.

    :raises NotFoundError: when the sender has no open ticket.
    """
    conversations.ensure(conn, sender, "web")
    row = _open_row(conn, sender)
    if row is None:
        raise NotFoundError("现在没有等待人工的登记，请先说「转人工」")
    changes = {
        "callback_phone": row.callback_phone
        if phone is None
        else conversations.storable(phone)[:32],
        "callback_time": row.callback_time if time is None else conversations.storable(time)[:200],
    }
    return ticket_from_row(conn, _update(conn, row, changes))


def abandon(
    conn: Connection, sender: str, *, actor: str = USER, now: datetime | None = None
) -> Ticket:
    """The person left while waiting and wants no callback."""
    return _by_sender(conn, sender, Action.ABANDON, Status.ABANDONED, actor, now, closes=True)


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
    return _by_sender(
        conn, sender, Action.RATE, Status.CLOSED, USER, now, rating=score, rating_reason=words
    )


def skip_rating(
    conn: Connection, sender: str, *, actor: str = USER, now: datetime | None = None
) -> Ticket:
    """The person went on without rating."""
    return _by_sender(conn, sender, Action.SKIP_RATING, Status.CLOSED, actor, now)


def current(conn: Connection, sender: str, *, now: datetime | None = None) -> Ticket | None:
    """The person's open ticket with its present position, or None."""
    row = _open_row(conn, sender)
    return None if row is None else ticket_from_row(conn, row, now=now)


# --- what the staff does -----------------------------------------------------------------------


def claim(conn: Connection, reference: str, staff: str, *, now: datetime | None = None) -> Ticket:
    """Take a waiting person (or a callback) over; claiming one's own ticket again changes nothing.

    :param staff: the claimant, as stored in ``assignee``.
    :raises ClaimedError: when somebody else was faster; it names them.
    """
    moment = or_now(now)
    conversation_id, row = _by_reference(conn, reference, moment)
    if Status(row.status) is Status.ACTIVE:
        if row.assignee == staff:
            return ticket_from_row(conn, row, now=moment)
        raise ClaimedError(f"{row.reference} 已由 {row.assignee} 接待", row.assignee)
    waited = None
    if Status(row.status) is Status.WAITING:
        waited = max(0, int((moment - row.queued_at).total_seconds()))
    row = _move(
        conn, row, conversation_id, Action.CLAIM, _A, _staff(staff), moment, waited_s=waited,
        assignee=staff, claimed_at=moment,
    )  # fmt: skip
    return ticket_from_row(conn, row, now=moment)


def release(conn: Connection, reference: str, staff: str, *, now: datetime | None = None) -> Ticket:
    """Put a person back into the queue, at the place their original time gives."""
    moment = or_now(now)
    conversation_id, row = _by_reference(conn, reference, moment)
    _check_assignee(row, staff)
    row = _move(
        conn, row, conversation_id, Action.RELEASE, _W, _staff(staff), moment, assignee=None
    )
    return ticket_from_row(conn, row, now=moment)


def transfer(
    conn: Connection,
    reference: str,
    actor: str,
    reason: str,
    *,
    to_staff: str | None = None,
    to_center: str | None = None,
    now: datetime | None = None,
) -> Ticket:
    """Hand a ticket to another person (they own it at once) or to a center's queue.

    :param actor: who transfers; while somebody serves, only they may.
    """
    if (to_staff is None) == (to_center is None):
        raise InvalidRecordError("转交要写明转给谁：一位工作人员，或一个中心")
    if not reason.strip():
        raise InvalidRecordError("转交要写明原因")
    moment = or_now(now)
    conversation_id, row = _by_reference(conn, reference, moment)
    status = Status(row.status)
    if status is Status.ACTIVE:
        _check_assignee(row, actor)
    elif to_staff is not None:
        raise TransitionError("还没有人接待，请对方直接接待，不必转交")
    target = _C if status is _C else (_A if to_staff is not None else _W)
    detail = {"reason": reason, "to_staff": to_staff, "to_center": to_center}
    row = _move(
        conn, row, conversation_id, Action.TRANSFER, target, _staff(actor), moment, detail=detail,
        assignee=to_staff, center=to_center or row.center,
    )  # fmt: skip
    return ticket_from_row(conn, row, now=moment)


def assign(
    conn: Connection, reference: str, staff: str, actor: str, *, now: datetime | None = None
) -> Ticket:
    """Say who is to take a waiting ticket or a callback; the person's place in the queue stays."""
    moment = or_now(now)
    conversation_id, row = _by_reference(conn, reference, moment)
    status = Status(row.status)
    if status not in (_W, _C):
        raise TransitionError(f"{row.reference} 现在是「{status.label}」，不能再分派")
    row = _move(
        conn, row, conversation_id, Action.TRANSFER, status, _staff(actor), moment,
        detail={"to_staff": staff}, assignee=staff,
    )  # fmt: skip
    return ticket_from_row(conn, row, now=moment)


def reply(
    conn: Connection,
    reference: str,
    staff: str,
    text: str,
    *,
    citations: Sequence[Citation] = (),
    client_id: str | None = None,
    data: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Message:
    """Say something as the human who owns the conversation; the same ``client_id`` is said once.

    :param data: what the person's page shows beside the words: ``by`` is the colleague's name,
        ``file`` a file that was sent.
    :raises OwnershipError: when the ticket is not this person's to answer.
    """
    moment = or_now(now)
    _, row = _by_reference(conn, reference, moment)
    if Status(row.status) is not Status.ACTIVE or row.assignee != staff:
        raise OwnershipError(f"{row.reference} 现在不由您接待，请先接待再回复")
    message = recording.add_message(
        conn, row.sender, "out", "text", text,
        author=_staff(staff), citations=citations, client_id=client_id, now=moment,
        payload={"data": dict(data)} if data else None,
    )  # fmt: skip
    if row.first_reply_at is None:
        _update(conn, row, {"first_reply_at": moment})
    return message


def close(
    conn: Connection,
    reference: str,
    staff: str,
    outcome: str,
    note: str | None = None,
    *,
    follow_up_on: date | None = None,
    now: datetime | None = None,
) -> Ticket:
    """End the service with an outcome; whoever was served in the chat is asked for a rating."""
    moment = or_now(now)
    conversation_id, row = _by_reference(conn, reference, moment)
    status = Status(row.status)
    if status is Status.ACTIVE:
        _check_assignee(row, staff)
    row = _move(
        conn, row, conversation_id, Action.CLOSE, _R if status is _A else _X, _staff(staff), moment,
        detail={"outcome": outcome}, outcome=outcome[:40], note=note, follow_up_on=follow_up_on,
        closed_at=moment, assignee=row.assignee or staff,
    )  # fmt: skip
    return ticket_from_row(conn, row, now=moment)


def reopen(conn: Connection, reference: str, staff: str, *, now: datetime | None = None) -> Ticket:
    """Serve an ended ticket again; refused while the person has another one open."""
    moment = or_now(now)
    conversation_id, row = _by_reference(conn, reference, moment)
    other = _open_row(conn, row.sender)
    if other is not None and other.id != row.id:
        raise TransitionError(f"此人另有未结束的登记 {other.reference}，请在那里继续")
    row = _move(
        conn, row, conversation_id, Action.REOPEN, _A, _staff(staff), moment,
        assignee=staff, claimed_at=moment, closed_at=None, outcome=None, rating=None,
        rating_reason=None,
    )  # fmt: skip
    return ticket_from_row(conn, row, now=moment)


def time_out(conn: Connection, reference: str, *, now: datetime | None = None) -> Ticket:
    """Nobody answered, or the human fell silent: the bot speaks again and a callback is owed."""
    moment = or_now(now)
    conversation_id, row = _by_reference(conn, reference, moment)
    row = _move(conn, row, conversation_id, Action.TIME_OUT, _C, SYSTEM, moment)
    return ticket_from_row(conn, row, now=moment)


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


# --- the machine -------------------------------------------------------------------------------


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
        _move(conn, row, conversation.id, Action.ERASE, _X, USER, moment, closed_at=moment)
    return len(rows)


def _staff(name: str) -> str:
    return f"staff:{name}"


def _open_row(conn: Connection, sender: str) -> Any:
    table = tables.tickets
    query = sa.select(table).where(
        table.c.sender == sender, table.c.status.in_(tables.OPEN_STATUSES)
    )
    return conn.execute(query.with_for_update()).first()


def _by_reference(conn: Connection, reference: str, moment: datetime) -> tuple[int, Any]:
    """Lock conversation, then ticket: the same order everywhere, so nobody waits in a circle."""
    table = tables.tickets
    is_it = table.c.reference == canonical_reference(reference)
    sender = conn.execute(sa.select(table.c.sender).where(is_it)).scalar()
    if sender is None:
        raise NotFoundError(f"没有编号为 {reference} 的人工登记")
    conversation = conversations.ensure(conn, sender, "web", now=moment)
    return conversation.id, conn.execute(sa.select(table).where(is_it).with_for_update()).one()


def _by_sender(
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
    row = _move(conn, row, conversation.id, action, target, actor, moment, **changes)
    return ticket_from_row(conn, row, now=moment)


_REFUSALS = {
    Action.TAKE_BACK: "现在没有在等待人工，直接提问就可以",
    Action.ABANDON: "现在没有在等待人工",
    Action.RATE: "没有待评价的人工服务",
    Action.SKIP_RATING: "没有待评价的人工服务",
}


def _check_assignee(row: Any, staff: str) -> None:
    if row.assignee != staff:
        raise ClaimedError(
            f"{row.reference} 由 {row.assignee} 接待，只有对方可以操作", row.assignee
        )


def _move(
    conn: Connection,
    row: Any,
    conversation_id: int,
    action: Action,
    target: Status,
    actor: str,
    moment: datetime,
    *,
    detail: Mapping[str, Any] | None = None,
    waited_s: int | None = None,
    **changes: Any,
) -> Any:
    """One transition: ticket, owner and event together, only from the state that was read."""
    source = Status(row.status)
    if target not in TRANSITIONS.get((action, source), frozenset()):
        raise TransitionError(f"{row.reference} 现在是「{source.label}」，不能这样操作")
    row = _update(conn, row, {"status": target.value, **changes})
    if source.is_open or target.is_open:  # a rating says nothing about who speaks now
        conversations.set_owner(conn, conversation_id, OWNER_OF.get(target, Owner.BOT), moment)
    _record(conn, row.id, moment, actor, action, source, target, detail, waited_s)
    return row


def _update(conn: Connection, row: Any, changes: Mapping[str, Any]) -> Any:
    table = tables.tickets
    done = conn.execute(
        sa.update(table).where(table.c.id == row.id, table.c.status == row.status).values(**changes)
    )
    if done.rowcount != 1:
        raise TransitionError(f"{row.reference} 的状态刚刚被他人改变，请刷新后再试")
    return conn.execute(sa.select(table).where(table.c.id == row.id)).one()


def _record(
    conn: Connection,
    ticket_id: int,
    moment: datetime,
    actor: str,
    action: Action,
    source: Status | None,
    target: Status,
    detail: Mapping[str, Any] | None = None,
    waited_s: int | None = None,
) -> None:
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


def _skip_ratings(conn: Connection, conversation: Any, moment: datetime) -> None:
    table = tables.tickets
    query = sa.select(table).where(
        table.c.sender == conversation.sender, table.c.status == Status.RATING.value
    )
    for row in conn.execute(query.with_for_update()).all():
        _move(conn, row, conversation.id, Action.SKIP_RATING, _X, SYSTEM, moment)


def _insert_ticket(
    conn: Connection,
    sender: str,
    channel: str,
    reason: str,
    center: str | None,
    facts: Mapping[str, Any],
    deadline_on: date | None,
    moment: datetime,
) -> Any:
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
