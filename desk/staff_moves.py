"""What staff make of a ticket: claim, release, transfer, answer, close, serve again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.engine import Connection

from desk import recording
from desk.conversations import Message
from desk.errors import (
    ClaimedError,
    InvalidRecordError,
    OwnershipError,
    TransitionError,
)
from desk.ticket_states import (
    SYSTEM,
    Action,
    by_reference,
    check_assignee,
    move,
    open_row,
    staff_actor,
    update,
)
from desk.tickets import Status, Ticket, ticket_from_row
from desk.times import or_now
from knowledge.types import Citation


def claim(conn: Connection, reference: str, staff: str, *, now: datetime | None = None) -> Ticket:
    """Take a waiting person (or a callback) over; claiming one's own ticket again changes nothing.

    :param staff: the claimant, as stored in ``assignee``.
    :raises ClaimedError: when somebody else was faster; it names them.
    """
    moment = or_now(now)
    conversation_id, row = by_reference(conn, reference, moment)
    if Status(row.status) is Status.ACTIVE:
        if row.assignee == staff:
            return ticket_from_row(conn, row, now=moment)
        raise ClaimedError(f"{row.reference} 已由 {row.assignee} 接待", row.assignee)
    waited = None
    if Status(row.status) is Status.WAITING:
        waited = max(0, int((moment - row.queued_at).total_seconds()))
    row = move(
        conn, row, conversation_id, Action.CLAIM, Status.ACTIVE, actor=staff_actor(staff), moment=moment, waited_s=waited,
        assignee=staff, claimed_at=moment,
    )  # fmt: skip
    return ticket_from_row(conn, row, now=moment)


def release(conn: Connection, reference: str, staff: str, *, now: datetime | None = None) -> Ticket:
    """Put a person back into the queue, at the place their original time gives."""
    moment = or_now(now)
    conversation_id, row = by_reference(conn, reference, moment)
    check_assignee(row, staff)
    row = move(
        conn,
        row,
        conversation_id,
        Action.RELEASE,
        Status.WAITING,
        actor=staff_actor(staff),
        moment=moment,
        assignee=None,
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
    conversation_id, row = by_reference(conn, reference, moment)
    status = Status(row.status)
    if status is Status.ACTIVE:
        check_assignee(row, actor)
    elif to_staff is not None:
        raise TransitionError("还没有人接待，请对方直接接待，不必转交")
    target = (
        Status.CALLBACK
        if status is Status.CALLBACK
        else (Status.ACTIVE if to_staff is not None else Status.WAITING)
    )
    detail = {"reason": reason, "to_staff": to_staff, "to_center": to_center}
    row = move(
        conn, row, conversation_id, Action.TRANSFER, target, actor=staff_actor(actor), moment=moment, detail=detail,
        assignee=to_staff, center=to_center or row.center,
    )  # fmt: skip
    return ticket_from_row(conn, row, now=moment)


def assign(
    conn: Connection, reference: str, staff: str, actor: str, *, now: datetime | None = None
) -> Ticket:
    """Say who is to take a waiting ticket or a callback; the person's place in the queue stays."""
    moment = or_now(now)
    conversation_id, row = by_reference(conn, reference, moment)
    status = Status(row.status)
    if status not in (Status.WAITING, Status.CALLBACK):
        raise TransitionError(f"{row.reference} 现在是「{status.label}」，不能再分派")
    row = move(
        conn, row, conversation_id, Action.TRANSFER, status, actor=staff_actor(actor), moment=moment,
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
    _, row = by_reference(conn, reference, moment)
    if Status(row.status) is not Status.ACTIVE or row.assignee != staff:
        raise OwnershipError(f"{row.reference} 现在不由您接待，请先接待再回复")
    message = recording.add_message(
        conn, row.sender, "out", "text", text,
        author=staff_actor(staff), citations=citations, client_id=client_id, now=moment,
        payload={"data": dict(data)} if data else None,
    )  # fmt: skip
    if row.first_reply_at is None:
        update(conn, row, {"first_reply_at": moment})
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
    conversation_id, row = by_reference(conn, reference, moment)
    status = Status(row.status)
    if status is Status.ACTIVE:
        check_assignee(row, staff)
    row = move(
        conn, row, conversation_id, Action.CLOSE, Status.RATING if status is Status.ACTIVE else Status.CLOSED, actor=staff_actor(staff), moment=moment,
        detail={"outcome": outcome}, outcome=outcome[:40], note=note, follow_up_on=follow_up_on,
        closed_at=moment, assignee=row.assignee or staff,
    )  # fmt: skip
    return ticket_from_row(conn, row, now=moment)


def reopen(conn: Connection, reference: str, staff: str, *, now: datetime | None = None) -> Ticket:
    """Serve an ended ticket again; refused while the person has another one open."""
    moment = or_now(now)
    conversation_id, row = by_reference(conn, reference, moment)
    other = open_row(conn, row.sender)
    if other is not None and other.id != row.id:
        raise TransitionError(f"此人另有未结束的登记 {other.reference}，请在那里继续")
    row = move(
        conn, row, conversation_id, Action.REOPEN, Status.ACTIVE, actor=staff_actor(staff), moment=moment,
        assignee=staff, claimed_at=moment, closed_at=None, outcome=None, rating=None,
        rating_reason=None,
    )  # fmt: skip
    return ticket_from_row(conn, row, now=moment)


def time_out(conn: Connection, reference: str, *, now: datetime | None = None) -> Ticket:
    """Nobody answered, or the human fell silent: the bot speaks again and a callback is owed."""
    moment = or_now(now)
    conversation_id, row = by_reference(conn, reference, moment)
    row = move(
        conn, row, conversation_id, Action.TIME_OUT, Status.CALLBACK, actor=SYSTEM, moment=moment
    )
    return ticket_from_row(conn, row, now=moment)
