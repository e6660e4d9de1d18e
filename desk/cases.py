"""What staff do with a ticket: each step with what the person is told, in one transaction.

Every function takes a connection and the acting person, hides tickets of other centers, and returns
what has to reach the person's open page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from desk import (
    audit,
    conversations,
    handoffs,
    inbox,
    notes,
    phrases,
    recording,
    sent_files,
    staff,
    staff_moves,
    transcripts,
    unanswered,
)
from desk.attachments import Upload
from desk.conversations import SYSTEM, Message, Owner
from desk.errors import ClaimedError, InvalidRecordError, NotFoundError
from desk.messages import OutboundMessage
from desk.permissions import Permission
from desk.staff import Staff
from desk.tickets import Status, Ticket
from knowledge.types import Citation

OUTCOMES = (
    "已解答",
    "已登记线索",
    "已转介其他机构",
    "建议委托律师",
    "已回电",
    "联系不上",
    "不属于受理范围",
    "其他",
)
_BY_STAFF = "staff"
# 回电 says it all.
SHORTEST_REASON = 2


@dataclass(frozen=True)
class Step:
    """What came of a step: the ticket now, who owns the conversation, what the person is to see."""

    ticket: Ticket
    owner: Owner
    said: tuple[Message, ...] = ()


def find(conn: Connection, person: Staff, reference: str) -> Ticket:
    """A ticket this person may see.

    :raises NotFoundError: also for a ticket of another center.
    """
    ticket = handoffs.find(conn, reference)
    if ticket is None or not inbox.may_see(person, ticket):
        raise NotFoundError("没有这条登记，或不属于您的中心")
    return ticket


def claim(conn: Connection, person: Staff, reference: str) -> Step:
    """Take a person over; the one who comes second is told by name who was faster."""
    before = find(conn, person, reference)
    try:
        ticket = staff_moves.claim(conn, reference, person.login)
    except ClaimedError as error:
        raise ClaimedError(
            f"{before.reference} 已由 {_name(conn, error.assignee)} 接待", error.assignee
        ) from error
    if before.status is Status.ACTIVE:
        return _step(conn, ticket)
    return _step(conn, ticket, phrases.staff_joined(ticket.reference, person.name))


def release(conn: Connection, person: Staff, reference: str) -> Step:
    """Back into the queue."""
    find(conn, person, reference)
    ticket = staff_moves.release(conn, reference, person.login)
    return _step(conn, ticket, phrases.queued_again(ticket.reference, ticket.position))


def transfer(
    conn: Connection,
    person: Staff,
    reference: str,
    reason: str,
    *,
    to_staff: str | None,
    to_center: str | None,
) -> Step:
    """Hand over to a colleague or a center; recorded in the audit log."""
    before = find(conn, person, reference)
    if to_staff is not None:
        receiver = staff.get(conn, to_staff)
        if not receiver.may(Permission.SERVE, anywhere=True) or receiver.login == person.login:
            raise InvalidRecordError("请选择另一位在岗的工作人员")
    ticket = staff_moves.transfer(
        conn, reference, person.login, reason[:500], to_staff=to_staff, to_center=to_center
    )
    audit.record(
        conn,
        f"staff:{person.login}",
        "transfer",
        ticket.reference,
        center=before.center,
        detail={"to_staff": to_staff, "to_center": to_center, "reason": reason[:200]},
    )
    if before.status is Status.CALLBACK:
        return _step(conn, ticket)
    if to_staff is not None:
        return _step(conn, ticket, phrases.handed_over(ticket.reference, _name(conn, to_staff)))
    return _step(conn, ticket, phrases.queued_again(ticket.reference, ticket.position))


def close(
    conn: Connection,
    person: Staff,
    reference: str,
    outcome: str,
    note: str,
    follow_up_on: date | None,
) -> Step:
    """End the service; whoever was served in the chat is asked for a rating."""
    if outcome not in OUTCOMES:
        raise InvalidRecordError("请选择处理结果")
    find(conn, person, reference)
    ticket = staff_moves.close(
        conn,
        reference,
        person.login,
        outcome,
        note.strip()[: notes.LONGEST_NOTE] or None,
        follow_up_on=follow_up_on,
    )
    if ticket.status is not Status.RATING:
        return _step(conn, ticket)
    return _step(conn, ticket, phrases.service_ended(ticket.reference))


def reopen(conn: Connection, person: Staff, reference: str) -> Step:
    """Serve an ended ticket again."""
    find(conn, person, reference)
    ticket = staff_moves.reopen(conn, reference, person.login)
    return _step(conn, ticket, phrases.staff_joined(ticket.reference, person.name))


def reply(
    conn: Connection,
    person: Staff,
    reference: str,
    text: str,
    citations: Sequence[Citation],
    client_id: str | None,
) -> Step:
    """Say something to the person, signed; the same ``client_id`` is said once."""
    find(conn, person, reference)
    said = staff_moves.reply(
        conn, reference, person.login, text, citations=citations, client_id=client_id,
        data={"by": person.name},
    )  # fmt: skip
    ticket = find(conn, person, reference)
    return Step(ticket, conversations.owner(conn, ticket.sender), (said,))


def send_file(
    conn: Connection, person: Staff, reference: str, folder: Path, upload: Upload, name: str
) -> Step:
    """Send the person a file that has arrived whole."""
    ticket = find(conn, person, reference)
    kept = sent_files.add(conn, folder, ticket.id, upload, name, f"staff:{person.login}")
    file = {"uid": kept.uid, "name": kept.name, "size": kept.size}
    said = staff_moves.reply(
        conn, ticket.reference, person.login, f"发来文件「{kept.name}」，在网页的这段对话里可以下载。",
        data={"by": person.name, "file": file},
    )  # fmt: skip
    ticket = find(conn, person, reference)
    return Step(ticket, conversations.owner(conn, ticket.sender), (said,))


def time_out(conn: Connection, reference: str) -> Step:
    """Nobody came: the bot speaks again and a callback is owed."""
    ticket = staff_moves.time_out(conn, reference)
    has_phone = ticket.callback_phone is not None
    return _step(conn, ticket, phrases.timed_out(ticket.reference, has_phone=has_phone))


def note(conn: Connection, person: Staff, reference: str, text: str) -> None:
    """Write a note for colleagues."""
    ticket = find(conn, person, reference)
    notes.add(conn, ticket.reference, person.login, text)


def follow_up(
    conn: Connection, person: Staff, reference: str, text: str, again_on: date | None
) -> None:
    """Note what came of a follow-up, and when the next one is."""
    ticket = find(conn, person, reference)
    inbox.followed_up(conn, ticket.reference, again_on)
    notes.add(
        conn, ticket.reference, person.login, f"回访：{text.strip()}" if text.strip() else "已回访"
    )


def add_question(conn: Connection, person: Staff, reference: str, message: str) -> None:
    """Put a question of the person on the trainers' list."""
    ticket = find(conn, person, reference)
    asked = transcripts.message(conn, message)
    whose = transcripts.sender_of(conn, message)
    if asked is None or whose != ticket.sender or asked.direction != "in":
        raise NotFoundError("没有找到这条消息")
    unanswered.record(conn, ticket.sender, asked.text, _BY_STAFF)


def reveal(conn: Connection, person: Staff, reference: str, reason: str) -> Ticket:
    """Let contact details be seen, on record.

    Whoever serves a ticket may see how to reach its person; others need the permission.

    :raises NotFoundError: when the ticket is another center's.
    """
    ticket = find(conn, person, reference)
    is_own = ticket.assignee == person.login and ticket.status.is_open
    if not (is_own or person.may(Permission.REVEAL, ticket.center)):
        raise NotFoundError("只有正在接待的人员或有查看权限的角色可以查看联系方式")
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidRecordError(f"请写明查看联系方式的原因（至少{SHORTEST_REASON}个字）")
    audit.record(
        conn,
        f"staff:{person.login}",
        "view",
        ticket.reference,
        center=ticket.center,
        detail={"reason": reason.strip()[:200]},
    )
    return ticket


def _step(conn: Connection, ticket: Ticket, said: OutboundMessage | None = None) -> Step:
    messages: tuple[Message, ...] = ()
    if said is not None:
        payload: dict[str, Any] = {
            "buttons": [button.to_json() for button in said.buttons],
            "data": dict(said.data),
        }
        messages = (
            recording.add_message(
                conn, ticket.sender, "out", said.kind.value, said.text,
                author=SYSTEM, payload=payload,
            ),
        )  # fmt: skip
    return Step(ticket, conversations.owner(conn, ticket.sender), messages)


def _name(conn: Connection, login: str) -> str:
    try:
        return staff.get(conn, login).name
    except NotFoundError:  # an account of an earlier time
        return login
