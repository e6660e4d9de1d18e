"""The desk as the channels use it: one transaction for what comes in, one for what goes out.

A message of a person is committed before the bot sees it, so a process killed in between loses
nothing: sent again with the same id it is answered, not recorded twice.  Everything here blocks and is
called off the event loop.  Before an answer is given away everything that led to it is brought to the disk
(:mod:`desk.flushing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection, Engine

from desk import (
    conversations,
    feedback,
    handoffs,
    papers,
    phrases,
    privacy,
    recording,
    transcripts,
)
from desk.conversations import SYSTEM, Message, Owner
from desk.engine import reading, writing
from desk.flushing import flush
from desk.messages import Button, InboundMessage, MessageKind, OutboundMessage
from desk.privacy import Erased
from desk.service_clock import answer_in_words, hours_of, service_hours
from desk.tickets import Status, Ticket
from desk.times import utc_now
from settings import ROOT

_LOOK_BACK = 50


@dataclass(frozen=True)
class Receipt:
    """A recorded message; ``reply`` is what was answered before when it is a repeat.

    A repeat without a reply is one whose process died before the reply stood in the record, or one
    that nobody was to answer: it is handled again.  ``is_first`` says that whoever sent it may be told
    how the conversation is opened from now on.
    """

    record: str
    owner: Owner
    reply: tuple[OutboundMessage, ...] | None = None
    is_first: bool = False
    is_repeat: bool = False


@dataclass(frozen=True)
class Standing:
    """Where a person stands who asked for a human; ``told`` once the gate has said so."""

    ticket: str
    position: int | None
    expected: str
    is_online: bool
    told: bool
    has_phone: bool

    def in_words(self) -> OutboundMessage:
        """What the person is told of it."""
        return phrases.waiting(
            self.ticket,
            self.position,
            self.expected,
            is_online=self.is_online,
            has_phone=self.has_phone,
        )


class Casework:
    """Records exchanges and answers the gate's questions."""

    def __init__(self, engine: Engine, tables_dir: Path = ROOT / "knowledge" / "tables") -> None:
        self._engine = engine
        self._hours = service_hours(tables_dir)

    def receive(self, inbound: InboundMessage) -> Receipt:
        """Record what a person said, unless it is recorded already.

        It survives a power cut when it is answered (:meth:`settle`), or was answered before.
        """
        with writing(self._engine, flushed=False) as conn:
            exchange = recording.receive(
                conn,
                inbound.sender,
                inbound.channel,
                inbound.text,
                client_id=inbound.client_id,
                payload={"metadata": dict(inbound.metadata)} if inbound.metadata else None,
            )
            owner = conversations.owner(conn, inbound.sender)
            began = conversations.beginning(conn, inbound.sender)
        if exchange.replies:
            flush(self._engine)
        return Receipt(
            record=exchange.inbound.id,
            owner=owner,
            reply=tuple(outbound(item) for item in exchange.replies) or None,
            is_first=began is None or began.is_repeated(inbound.client_id, inbound.text),
            is_repeat=exchange.is_repeat,
        )

    def was_asked(self, sender: str, record: str, payload: str | None = None) -> bool:
        """Whether the person's message before this one was answered by a question.

        :param record: the id of the message that may be the answer.
        :param payload: what one of the question's buttons must send; any question when omitted.
        """
        with reading(self._engine) as conn:
            said = transcripts.history(conn, sender, _LOOK_BACK)
            before = [m for m in said if m.direction == "in" and m.id != record]
            replies = transcripts.replies_to(conn, before[-1].id) if before else ()
        return any(
            reply.kind == MessageKind.QUESTION.value
            and (
                payload is None or payload in (item["payload"] for item in reply.payload["buttons"])
            )
            for reply in replies
        )

    def settle(
        self,
        inbound: InboundMessage,
        receipt: Receipt,
        messages: Sequence[OutboundMessage],
        *,
        even_if_served: bool = False,
        takes_back: bool = False,
    ) -> tuple[Owner, tuple[OutboundMessage, ...]]:
        """Record what was answered; it and what it answers survive a power cut from then on.

        :param even_if_served: also beside a human who owns the conversation.
        :param takes_back: the bot answered; a human who was waited for is owed a callback from now on.
        :return: who owns the conversation now, and the messages to deliver: none when a human took
            it over while the bot was thinking.
        """
        if not messages:
            flush(self._engine)
            with reading(self._engine) as conn:
                return conversations.owner(conn, inbound.sender), ()
        with writing(self._engine, flushed=False) as conn:
            was_waiting = takes_back and receipt.owner is Owner.WAITING
            # Staff may have claimed or closed it while the bot was thinking.
            if was_waiting and conversations.owner(conn, inbound.sender) is Owner.WAITING:
                handoffs.take_back(conn, inbound.sender)
            stored = recording.record_replies(
                conn,
                inbound.sender,
                [message.to_json() for message in messages],
                reply_to=receipt.record,
                even_if_served=even_if_served,
            )
            owner = conversations.owner(conn, inbound.sender)
        flush(self._engine)
        return owner, tuple(outbound(item) for item in stored)

    def history(self, sender: str, limit: int) -> dict[str, Any]:
        """A conversation as its person may read it, oldest message first."""
        with reading(self._engine) as conn:
            messages = transcripts.history(conn, sender, limit)
            owner = conversations.owner(conn, sender)
            ticket = handoffs.current(conn, sender)
        return {
            "sender": sender,
            "owner": owner.value,
            "ticket": None if ticket is None else ticket.to_json(),
            "messages": [public(item) for item in messages],
        }

    def missed(self, sender: str) -> tuple[OutboundMessage, ...]:
        """What the desk sent about the person's request for aid and no channel has shown yet.

        It counts as shown from now on, so that it is told once.
        """
        with reading(self._engine) as conn:
            if not _missed(conn, sender):
                return ()
        with writing(self._engine) as conn:
            found = _missed(conn, sender)
            transcripts.mark_delivered(conn, [item.id for item in found], sender=sender)
        return tuple(outbound(item) for item in found)

    def standing(self, sender: str) -> Standing | None:
        """Where the person stands; None without an open ticket."""
        with reading(self._engine) as conn:
            ticket = handoffs.current(conn, sender)
            return None if ticket is None else self._standing(conn, ticket)

    def open_ticket(self, sender: str, channel: str, reason: str) -> Standing:
        """Ask for a human on the person's behalf."""
        with writing(self._engine) as conn:
            return self._standing(conn, handoffs.open_ticket(conn, sender, reason, channel=channel))

    def take_back(self, sender: str) -> str:
        """Give the conversation back to the bot.

        :return: the reference of the ticket, which stays open as a callback.
        """
        with writing(self._engine) as conn:
            return handoffs.take_back(conn, sender).reference

    def erase(self, sender: str) -> Erased:
        """Remove everything a person left in the records, at their own confirmed word."""
        with writing(self._engine) as conn:
            return privacy.erase(conn, sender)

    def keep_contact(self, sender: str, phone: str | None, words: str) -> str:
        """Note a phone number, or what was written about when to call, with the person's ticket.

        :return: the ticket's reference.
        """
        with writing(self._engine) as conn:
            return handoffs.set_callback(conn, sender, phone=phone, time=words or None).reference

    def rate(self, sender: str, message: str, rating: str, reason: str | None) -> bool:
        """Store whether an answer helped.

        :return: False when the sender has no such message.
        """
        with writing(self._engine) as conn:
            if transcripts.sender_of(conn, message) != sender:
                return False
            feedback.record(conn, message, rating, reason)
            return True

    def rate_service(self, sender: str, score: int, reason: str | None) -> str | None:
        """Store how the service that just ended was.

        :return: the ticket's reference; None when there is nothing to rate.
        """
        with writing(self._engine) as conn:
            if handoffs.awaiting_rating(conn, sender) is None:
                return None
            return handoffs.rate(conn, sender, score, reason).reference

    def is_free(self, sender: str, said: InboundMessage | None = None) -> bool:
        """Whether anybody may post under this id: nothing was answered yet, or just now this message."""
        with reading(self._engine) as conn:
            if papers.has_any(conn, sender):
                return False
            began = conversations.beginning(conn, sender)
        if began is None:
            return True
        return said is not None and began.is_repeated(said.client_id, said.text)

    def check(self) -> None:
        """:raises StorageError: when the records cannot be written."""
        with writing(self._engine) as conn:
            conversations.find(conn, "")

    def _standing(self, conn: Connection, ticket: Ticket) -> Standing:
        said = transcripts.history(conn, ticket.sender, _LOOK_BACK)
        return Standing(
            ticket=ticket.reference,
            position=ticket.position if ticket.status is Status.WAITING else None,
            expected=answer_in_words(
                hours_of(self._hours, ticket.center),
                ticket.queued_at,
                utc_now(),
                minutes=None if ticket.expected is None else ticket.expected.minutes,
                is_online=ticket.staff_online,
            ),
            is_online=ticket.staff_online,
            told=any(_tells(item, ticket) for item in said),
            has_phone=ticket.callback_phone is not None,
        )


def _missed(conn: Connection, sender: str) -> list[Message]:
    lead = MessageKind.LEAD.value
    return list(transcripts.undelivered(conn, sender, author=SYSTEM, kind=lead))


def _tells(message: Message, ticket: Ticket) -> bool:
    """Whether this is the gate's own word on this wait (not on an earlier one)."""
    return (
        message.direction == "out"
        and message.kind == MessageKind.NOTICE.value
        and message.created_at >= ticket.queued_at
        and message.payload.get("data", {}).get("standing") == ticket.reference
    )


def outbound(message: Message) -> OutboundMessage:
    """A message of the record as it was sent."""
    buttons = message.payload.get("buttons", [])
    return OutboundMessage(
        kind=MessageKind(message.kind),
        text=message.text,
        citations=message.citations,
        buttons=tuple(Button(item["title"], item["payload"]) for item in buttons),
        data=message.payload.get("data", {}),
        id=message.id,
    )


def public(message: Message) -> dict[str, Any]:
    """A transcript line without the names of staff."""
    body = message.to_json()
    if message.direction == "in":
        body["message_id"] = message.client_id
    if message.author.startswith(("staff:", f"{conversations.RECEPTION}:")):
        body["author"] = "staff"
    return body
