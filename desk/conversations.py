"""Conversations and their messages, in both directions, in order, each stored once.

A transcript is rendered from rows: an answer's citations are stored with it and never searched again.
Every function that writes takes the conversation's lock first, so sequence numbers have no gaps or
doubles whoever writes at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import tables
from desk.errors import InvalidRecordError
from desk.times import or_now
from knowledge.types import Citation

MAX_SENDER = 64
BOT = "bot"
USER = "user"
SYSTEM = "system"
# Staff who serve in another system; their id there follows after a colon.
RECEPTION = "wecom"
# How long after the first answer whoever did not get it may send the first message again.
REPEATABLE = timedelta(minutes=10)


class Owner(str, Enum):
    """Who may speak to the person now."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"


@dataclass(frozen=True)
class Conversation:
    """One sender's thread."""

    id: int
    sender: str
    channel: str
    owner: Owner
    last_seq: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Message:
    """One line of a conversation as it was said; ``seq`` orders both directions, from 1."""

    id: str
    seq: int
    direction: str
    author: str
    kind: str
    text: str
    payload: Mapping[str, Any]
    citations: tuple[Citation, ...]
    client_id: str | None
    reply_to: str | None
    created_at: datetime
    delivered_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """The message object of the contract, with the fields a transcript adds."""
        return {
            "id": self.id,
            "kind": self.kind,
            "text": self.text,
            "citations": [citation.to_json() for citation in self.citations],
            "buttons": list(self.payload.get("buttons", [])),
            "data": dict(self.payload.get("data", {})),
            "seq": self.seq,
            "direction": self.direction,
            "author": self.author,
            "at": self.created_at.isoformat(timespec="milliseconds"),
        }


@dataclass(frozen=True)
class Exchange:
    """What a person said and what was said back; ``is_repeat`` when it had been recorded before."""

    inbound: Message
    replies: tuple[Message, ...] = field(default=())
    is_repeat: bool = False


@dataclass(frozen=True)
class Beginning:
    """The first message that was answered; every field is empty where it was erased."""

    record: str = ""
    client_id: str = ""
    text: str = ""
    answered_at: datetime | None = None

    def is_repeated(self, client_id: str | None, text: str, now: datetime | None = None) -> bool:
        """Whether somebody who knows the message sends it again, soon after it was answered.

        An id alone proves nothing: clients number their messages.
        """
        return (
            bool(client_id)
            and client_id == self.client_id
            and storable(text) == self.text
            and self.answered_at is not None
            and or_now(now) <= self.answered_at + REPEATABLE
        )


def ensure(
    conn: Connection, sender: str, channel: str, *, now: datetime | None = None
) -> Conversation:
    """The sender's conversation, begun when there is none, locked until the transaction ends.

    :raises InvalidRecordError: when the sender is empty or longer than 64 characters.
    """
    if not sender or len(sender) > MAX_SENDER or "\x00" in sender:
        raise InvalidRecordError(f"会话标识应为1至{MAX_SENDER}个字符")
    row = _locked(conn, sender)
    if row is None:
        moment = or_now(now)
        try:
            with conn.begin_nested():
                conn.execute(
                    sa.insert(tables.conversations).values(
                        sender=sender,
                        channel=channel[:32],
                        owner=Owner.BOT.value,
                        last_seq=0,
                        created_at=moment,
                        updated_at=moment,
                    )
                )
        except IntegrityError:
            row = _locked(conn, sender)  # begun by another connection in the meantime
        else:
            row = _locked(conn, sender)
    assert row is not None  # noqa: S101  # inserted above or by the other connection
    return _conversation(row)


def find(conn: Connection, sender: str) -> Conversation | None:
    """The sender's conversation, or None when they never wrote."""
    row = conn.execute(_OF_SENDER, {"of": sender}).first()
    return None if row is None else _conversation(row)


def _first_answer() -> sa.sql.Select:
    """What was said first to a sender (``of``), and what it answers."""
    said, heard = tables.messages.alias(), tables.messages.alias()
    return (
        sa.select(said.c.reply_to, said.c.created_at, heard.c.client_id, heard.c.text)
        .join(tables.conversations, said.c.conversation_id == tables.conversations.c.id)
        .outerjoin(heard, heard.c.uid == said.c.reply_to)
        .where(tables.conversations.c.sender == sa.bindparam("of"), said.c.direction == "out")
        .order_by(said.c.seq)
        .limit(1)
    )


def _without_beginning() -> sa.sql.Select:
    """The conversation of a sender (``of``) whose first message is gone."""
    people, table = tables.conversations, tables.messages
    first = sa.and_(table.c.conversation_id == people.c.id, table.c.seq == 1)
    return (
        sa.select(people.c.id)
        .outerjoin(table, first)
        .where(people.c.sender == sa.bindparam("of"), people.c.last_seq > 0, table.c.id.is_(None))
    )


# Asked for every message; to put them together takes longer than to run them.
_FIRST_ANSWER = _first_answer()
_WITHOUT_BEGINNING = _without_beginning()
_OF_SENDER = sa.select(tables.conversations).where(
    tables.conversations.c.sender == sa.bindparam("of")
)
_LOCKED = _OF_SENDER.with_for_update()
_OWNER = sa.select(tables.conversations.c.owner).where(
    tables.conversations.c.sender == sa.bindparam("of")
)


def beginning(conn: Connection, sender: str) -> Beginning | None:
    """What began a sender's conversation; None for a sender who was never told anything."""
    row = conn.execute(_FIRST_ANSWER, {"of": sender}).first()
    if row is not None:
        return Beginning(
            row.reply_to or "", row.client_id or "", row.text or "", answered_at=row.created_at
        )
    return Beginning() if _has_lost_its_beginning(conn, sender) else None


def _has_lost_its_beginning(conn: Connection, sender: str) -> bool:
    """Whether the first message was erased: the conversation is still somebody's."""
    return conn.execute(_WITHOUT_BEGINNING, {"of": sender}).first() is not None


def owner(conn: Connection, sender: str) -> Owner:
    """Who may speak to this sender now; the bot for somebody unknown."""
    value = conn.execute(_OWNER, {"of": sender}).scalar()
    return Owner.BOT if value is None else Owner(value)


def set_owner(conn: Connection, conversation_id: int, new_owner: Owner, moment: datetime) -> None:
    """Change the owner; only :mod:`desk.handoffs` calls this, inside a recorded transition."""
    conn.execute(
        sa.update(tables.conversations)
        .where(tables.conversations.c.id == conversation_id)
        .values(owner=new_owner.value, updated_at=moment)
    )


def storable(text: str) -> str:
    """Text that every database accepts: without NUL and unpaired surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _locked(conn: Connection, sender: str) -> Any:
    return conn.execute(_LOCKED, {"of": sender}).first()


def _conversation(row: Any) -> Conversation:
    return Conversation(
        id=row.id,
        sender=row.sender,
        channel=row.channel,
        owner=Owner(row.owner),
        last_seq=row.last_seq,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
