"""What is said, written down once: a person's message, the replies to it, messages of the desk."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.conversations import (
    BOT,
    MAX_SENDER,
    USER,
    Conversation,
    Exchange,
    Message,
    Owner,
    ensure,
    storable,
)
from desk.errors import OwnershipError
from desk.times import or_now
from desk.transcripts import by_client_id, citation_from_json, replies_to
from knowledge.types import Citation


def receive(
    conn: Connection,
    sender: str,
    channel: str,
    text: str,
    *,
    client_id: str | None = None,
    payload: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Exchange:
    """Store what a person said, once.

    :param client_id: the channel's own message id; the same one again returns the first exchange with
        ``is_repeat`` set and the replies recorded so far.
    """
    conversation = ensure(conn, sender, channel, now=now)
    if client_id is not None:
        known = by_client_id(conn, conversation.id, client_id)
        if known is not None:
            return Exchange(known, replies_to(conn, known.id), is_repeat=True)
    said = _Said("in", USER, "text", text, payload or {}, client_id=client_id)
    message = _insert(conn, conversation, said, or_now(now))
    return Exchange(message)


def record_replies(
    conn: Connection,
    sender: str,
    replies: Sequence[Mapping[str, Any]],
    *,
    reply_to: str | None = None,
    author: str = BOT,
    even_if_served: bool = False,
    now: datetime | None = None,
) -> tuple[Message, ...]:
    """Store outgoing messages of the contract's shape, in order.

    :param replies: message objects; an unused ``id`` is kept, otherwise one is made.
    :param even_if_served: the bot may speak beside a human (of erasing what the person left).
    :return: what was stored.  Otherwise nothing when the bot speaks and a human has taken over meanwhile: the
        caller must then not deliver.
    """
    conversation = ensure(conn, sender, "web", now=now)
    if author == BOT and conversation.owner is Owner.HUMAN and not even_if_served:
        return ()
    said = [_reply(author, reply, reply_to) for reply in replies]
    return _insert_all(conn, conversation, said, or_now(now))


def add_message(
    conn: Connection,
    sender: str,
    direction: str,
    kind: str,
    text: str,
    *,
    channel: str = "web",
    author: str | None = None,
    payload: Mapping[str, Any] | None = None,
    citations: Sequence[Citation] = (),
    client_id: str | None = None,
    reply_to: str | None = None,
    now: datetime | None = None,
) -> Message:
    """Store one message; the same ``client_id`` again returns the first.

    :raises OwnershipError: when the bot speaks while a human owns the conversation.
    """
    conversation = ensure(conn, sender, channel, now=now)
    speaker = author or (USER if direction == "in" else BOT)
    if client_id is not None:
        known = by_client_id(conn, conversation.id, client_id)
        if known is not None:
            return known
    if speaker == BOT and conversation.owner is Owner.HUMAN:
        raise OwnershipError("人工正在服务，机器人不能发言")
    said = _Said(direction, speaker, kind, text, payload or {}, citations, client_id, reply_to)
    return _insert(conn, conversation, said, or_now(now))


def _reply(author: str, reply: Mapping[str, Any], reply_to: str | None) -> _Said:
    return _Said(
        "out",
        author,
        str(reply.get("kind", "text")),
        str(reply.get("text", "")),
        {"buttons": list(reply.get("buttons") or []), "data": dict(reply.get("data") or {})},
        tuple(citation_from_json(item) for item in reply.get("citations") or []),
        reply_to=reply_to,
        wanted_uid=reply.get("id"),
    )


@dataclass(frozen=True)
class _Said:
    """One message before it has its place in a conversation; an unused ``wanted_uid`` is kept."""

    direction: str
    author: str
    kind: str
    text: str
    payload: Mapping[str, Any]
    cited: Sequence[Citation] = ()
    client_id: str | None = None
    reply_to: str | None = None
    wanted_uid: Any = None


def _insert(conn: Connection, conversation: Conversation, said: _Said, moment: datetime) -> Message:
    return _insert_all(conn, conversation, [said], moment)[0]


def _insert_all(
    conn: Connection, conversation: Conversation, said: Sequence[_Said], moment: datetime
) -> tuple[Message, ...]:
    """Store messages as the next ones of a conversation, which is locked and as it was read under the lock."""
    if not said:
        return ()
    counted = {"of": conversation.id, "many": len(said), "moment": moment}
    conn.execute(_COUNT_UP, counted)
    first = conversation.last_seq + 1
    return tuple(
        _insert_one(conn, conversation.id, _message(conn, one, first + place, moment))
        for place, one in enumerate(said)
    )


def _message(conn: Connection, said: _Said, seq: int, moment: datetime) -> Message:
    return Message(
        id=_uid(conn, said.wanted_uid),
        seq=seq,
        direction=said.direction,
        author=said.author,
        kind=said.kind,
        text=storable(said.text),
        payload=dict(said.payload),
        citations=tuple(said.cited),
        client_id=None if said.client_id is None else said.client_id[:128],
        reply_to=said.reply_to,
        created_at=moment,
        delivered_at=None,
    )


def _insert_one(conn: Connection, conversation_id: int, message: Message) -> Message:
    written = {
        "uid": message.id,
        "conversation_id": conversation_id,
        "seq": message.seq,
        "direction": message.direction,
        "author": message.author,
        "client_id": message.client_id,
        "reply_to": message.reply_to,
        "kind": message.kind,
        "text": message.text,
        "payload": message.payload,
        "created_at": message.created_at,
    }
    message_id = conn.execute(_MESSAGE, written).inserted_primary_key[0]
    cited = [
        {"message_id": message_id, "position": position, **_citation_row(citation)}
        for position, citation in enumerate(message.citations)
    ]
    if cited:
        conn.execute(_CITATION, cited)
    return message


# Each made once: every message asks the same.
_MESSAGE, _CITATION = sa.insert(tables.messages), sa.insert(tables.citations)
_TAKEN = sa.select(tables.messages.c.id).where(tables.messages.c.uid == sa.bindparam("of"))
_COUNT_UP = (
    sa.update(tables.conversations)
    .where(tables.conversations.c.id == sa.bindparam("of"))
    .values(
        last_seq=tables.conversations.c.last_seq + sa.bindparam("many"),
        updated_at=sa.bindparam("moment"),
    )
)


def _uid(conn: Connection, wanted: Any) -> str:
    is_usable = isinstance(wanted, str) and 0 < len(wanted) <= MAX_SENDER
    if is_usable and conn.execute(_TAKEN, {"of": wanted}).first() is None:
        return str(wanted)
    return secrets.token_urlsafe(12)


def _citation_row(citation: Citation) -> dict[str, Any]:
    return {**citation.to_json(), "heading": list(citation.heading)}
