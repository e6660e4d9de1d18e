"""Conversations and their messages, in both directions, in order, each stored once.

A transcript is rendered from rows: an answer's citations are stored with it and never searched again.
Every function that writes takes the conversation's lock first, so sequence numbers have no gaps or
doubles whoever writes at the same time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import tables
from desk.errors import InvalidRecordError, OwnershipError
from desk.times import or_now
from knowledge.types import Citation

MAX_SENDER = 64
BOT = "bot"
USER = "user"
SYSTEM = "system"
# Staff who serve in another system; their id there follows after a colon.
RECEPTION = "wecom"


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


# --- conversations -----------------------------------------------------------------------------


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
    query = sa.select(tables.conversations).where(tables.conversations.c.sender == sender)
    row = conn.execute(query).first()
    return None if row is None else _conversation(row)


def first_replied_to(conn: Connection, sender: str) -> tuple[str, str] | None:
    """The first message of a sender that was answered: its id and the client's id (empty without).

    :return: None for a sender who was never told anything; both empty where that was erased.
    """
    said, heard = tables.messages.alias(), tables.messages.alias()
    query = (
        sa.select(said.c.reply_to, heard.c.client_id)
        .join(tables.conversations, said.c.conversation_id == tables.conversations.c.id)
        .outerjoin(heard, heard.c.uid == said.c.reply_to)
        .where(tables.conversations.c.sender == sender, said.c.direction == "out")
        .order_by(said.c.seq)
        .limit(1)
    )
    row = conn.execute(query).first()
    if row is not None:
        return row.reply_to or "", row.client_id or ""
    return ("", "") if _has_lost_its_beginning(conn, sender) else None


def _has_lost_its_beginning(conn: Connection, sender: str) -> bool:
    """Whether the first message was erased: the conversation is still somebody's."""
    people, table = tables.conversations, tables.messages
    first = sa.and_(table.c.conversation_id == people.c.id, table.c.seq == 1)
    query = (
        sa.select(people.c.id)
        .outerjoin(table, first)
        .where(people.c.sender == sender, people.c.last_seq > 0, table.c.id.is_(None))
    )
    return conn.execute(query).first() is not None


def owner(conn: Connection, sender: str) -> Owner:
    """Who may speak to this sender now; the bot for somebody unknown."""
    query = sa.select(tables.conversations.c.owner).where(tables.conversations.c.sender == sender)
    value = conn.execute(query).scalar()
    return Owner.BOT if value is None else Owner(value)


def set_owner(conn: Connection, conversation_id: int, new_owner: Owner, moment: datetime) -> None:
    """Change the owner; only :mod:`desk.handoffs` calls this, inside a recorded transition."""
    conn.execute(
        sa.update(tables.conversations)
        .where(tables.conversations.c.id == conversation_id)
        .values(owner=new_owner.value, updated_at=moment)
    )


# --- messages ----------------------------------------------------------------------------------


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
        known = _by_client_id(conn, conversation.id, client_id)
        if known is not None:
            return Exchange(known, replies_to(conn, known.id), is_repeat=True)
    message = _insert(
        conn,
        conversation,
        "in",
        USER,
        "text",
        text,
        payload or {},
        (),
        client_id,
        None,
        None,
        or_now(now),
    )
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
    moment = or_now(now)
    return tuple(
        _insert_reply(conn, conversation, author, reply, reply_to, moment) for reply in replies
    )


def record_exchange(
    conn: Connection,
    sender: str,
    channel: str,
    text: str,
    replies: Sequence[Mapping[str, Any]],
    *,
    client_id: str | None = None,
    now: datetime | None = None,
) -> Exchange:
    """Store a person's message and the bot's replies in the caller's one transaction."""
    received = receive(conn, sender, channel, text, client_id=client_id, now=now)
    if received.is_repeat and received.replies:
        return received
    stored = record_replies(conn, sender, replies, reply_to=received.inbound.id, now=now)
    return Exchange(received.inbound, stored, received.is_repeat)


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
        known = _by_client_id(conn, conversation.id, client_id)
        if known is not None:
            return known
    if speaker == BOT and conversation.owner is Owner.HUMAN:
        raise OwnershipError("人工正在服务，机器人不能发言")
    return _insert(
        conn,
        conversation,
        direction,
        speaker,
        kind,
        text,
        payload or {},
        citations,
        client_id,
        reply_to,
        None,
        or_now(now),
    )


def history(
    conn: Connection,
    sender: str,
    limit: int = 50,
    *,
    before_seq: int | None = None,
    after_seq: int | None = None,
) -> tuple[Message, ...]:
    """The last ``limit`` messages (or the first after ``after_seq``), oldest first."""
    table = tables.messages
    query = _of_sender(sender)
    if before_seq is not None:
        query = query.where(table.c.seq < before_seq)
    if after_seq is not None:
        query = query.where(table.c.seq > after_seq).order_by(table.c.seq).limit(limit)
        return _messages(conn, conn.execute(query).all())
    rows = conn.execute(query.order_by(table.c.seq.desc()).limit(limit)).all()
    return _messages(conn, list(reversed(rows)))


def message(conn: Connection, uid: str) -> Message | None:
    """One message by the id that the contract shows."""
    found = _messages(
        conn, conn.execute(sa.select(tables.messages).where(tables.messages.c.uid == uid)).all()
    )
    return found[0] if found else None


def sender_of(conn: Connection, uid: str) -> str | None:
    """Whose conversation a message belongs to."""
    query = (
        sa.select(tables.conversations.c.sender)
        .join(tables.messages, tables.messages.c.conversation_id == tables.conversations.c.id)
        .where(tables.messages.c.uid == uid)
    )
    value = conn.execute(query).scalar()
    return None if value is None else str(value)


def replies_to(conn: Connection, uid: str) -> tuple[Message, ...]:
    """What was said in answer to one message, in order."""
    table = tables.messages
    query = sa.select(table).where(table.c.reply_to == uid).order_by(table.c.seq)
    return _messages(conn, conn.execute(query).all())


def replies_by_client_id(conn: Connection, sender: str, client_id: str) -> tuple[Message, ...]:
    """What was said in answer to the message that a client gave this id, in order."""
    conversation = find(conn, sender)
    said = None if conversation is None else _by_client_id(conn, conversation.id, client_id)
    return () if said is None else replies_to(conn, said.id)


def undelivered(conn: Connection, sender: str) -> tuple[Message, ...]:
    """Outgoing messages no channel has confirmed yet, in order."""
    table = tables.messages
    query = _of_sender(sender).where(table.c.direction == "out", table.c.delivered_at.is_(None))
    return _messages(conn, conn.execute(query.order_by(table.c.seq)).all())


def mark_delivered(
    conn: Connection,
    uids: Sequence[str],
    *,
    sender: str | None = None,
    now: datetime | None = None,
) -> int:
    """Note that a channel handed these messages over.

    :param sender: when given, only messages of this person's conversation count.
    :return: how many were not marked before.
    """
    table = tables.messages
    is_theirs = sa.true()
    if sender is not None:
        people = tables.conversations
        own = sa.select(people.c.id).where(people.c.sender == sender).scalar_subquery()
        is_theirs = table.c.conversation_id == own
    done = conn.execute(
        sa.update(table)
        .where(
            table.c.uid.in_(list(uids)),
            table.c.direction == "out",
            table.c.delivered_at.is_(None),
            is_theirs,
        )
        .values(delivered_at=or_now(now))
    )
    return int(done.rowcount)


# --- tokens ------------------------------------------------------------------------------------


def issue_token(conn: Connection, sender: str, channel: str = "web") -> str | None:
    """A secret for the one who began this conversation; only its hash is stored.

    :return: None when the conversation already has one: nobody else can obtain it.
    """
    conversation = ensure(conn, sender, channel)
    token = secrets.token_urlsafe(32)
    table = tables.conversations
    done = conn.execute(
        sa.update(table)
        .where(table.c.id == conversation.id, table.c.token_hash.is_(None))
        .values(token_hash=_hash(token))
    )
    return token if done.rowcount == 1 else None


def verify_token(conn: Connection, sender: str, token: str | None) -> bool:
    """Whether ``token`` is the one issued to this sender."""
    query = sa.select(tables.conversations.c.token_hash).where(
        tables.conversations.c.sender == sender
    )
    stored = conn.execute(query).scalar()
    # The comparison is made in every case so that its duration tells nothing.
    matches = hmac.compare_digest(_hash(token or ""), stored or _hash("no token was issued"))
    return bool(matches and stored and token)


def has_token(conn: Connection, sender: str) -> bool:
    """Whether this sender's conversation is protected by a token."""
    query = sa.select(tables.conversations.c.token_hash).where(
        tables.conversations.c.sender == sender
    )
    return conn.execute(query).scalar() is not None


# --- rows --------------------------------------------------------------------------------------


def storable(text: str) -> str:
    """Text that every database accepts: without NUL and unpaired surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _hash(token: str) -> str:
    # Tokens are 32 random bytes, so a plain digest cannot be searched.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _locked(conn: Connection, sender: str) -> Any:
    table = tables.conversations
    query = sa.select(table).where(table.c.sender == sender).with_for_update()
    return conn.execute(query).first()


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


def _of_sender(sender: str) -> Any:
    table = tables.messages
    return (
        sa.select(table)
        .join(tables.conversations, table.c.conversation_id == tables.conversations.c.id)
        .where(tables.conversations.c.sender == sender)
    )


def _by_client_id(conn: Connection, conversation_id: int, client_id: str) -> Message | None:
    table = tables.messages
    query = sa.select(table).where(
        table.c.conversation_id == conversation_id, table.c.client_id == client_id[:128]
    )
    found = _messages(conn, conn.execute(query).all())
    return found[0] if found else None


def _insert_reply(
    conn: Connection,
    conversation: Conversation,
    author: str,
    reply: Mapping[str, Any],
    reply_to: str | None,
    moment: datetime,
) -> Message:
    return _insert(
        conn,
        conversation,
        "out",
        author,
        str(reply.get("kind", "text")),
        str(reply.get("text", "")),
        {"buttons": list(reply.get("buttons") or []), "data": dict(reply.get("data") or {})},
        tuple(citation_from_json(item) for item in reply.get("citations") or []),
        None,
        reply_to,
        reply.get("id"),
        moment,
    )


def _insert(
    conn: Connection,
    conversation: Conversation,
    direction: str,
    author: str,
    kind: str,
    text: str,
    payload: Mapping[str, Any],
    cited: Sequence[Citation],
    client_id: str | None,
    reply_to: str | None,
    wanted_uid: Any,
    moment: datetime,
) -> Message:
    table = tables.conversations
    conn.execute(
        sa.update(table)
        .where(table.c.id == conversation.id)
        .values(last_seq=table.c.last_seq + 1, updated_at=moment)
    )
    seq = conn.execute(
        sa.select(table.c.last_seq).where(table.c.id == conversation.id)
    ).scalar_one()
    values = {
        "uid": _uid(conn, wanted_uid),
        "conversation_id": conversation.id,
        "seq": seq,
        "direction": direction,
        "author": author,
        "client_id": None if client_id is None else client_id[:128],
        "reply_to": reply_to,
        "kind": kind,
        "text": storable(text),
        "payload": dict(payload),
        "created_at": moment,
    }
    message_id = conn.execute(sa.insert(tables.messages).values(**values)).inserted_primary_key[0]
    if cited:
        conn.execute(
            sa.insert(tables.citations),
            [
                {"message_id": message_id, "position": position, **_citation_row(citation)}
                for position, citation in enumerate(cited)
            ],
        )
    return Message(
        id=values["uid"],
        seq=seq,
        direction=direction,
        author=author,
        kind=kind,
        text=values["text"],
        payload=values["payload"],
        citations=tuple(cited),
        client_id=values["client_id"],
        reply_to=reply_to,
        created_at=moment,
        delivered_at=None,
    )


def _uid(conn: Connection, wanted: Any) -> str:
    if isinstance(wanted, str) and 0 < len(wanted) <= MAX_SENDER:
        taken = sa.select(tables.messages.c.id).where(tables.messages.c.uid == wanted)
        if conn.execute(taken).first() is None:
            return wanted
    return secrets.token_urlsafe(12)


def _messages(conn: Connection, rows: Sequence[Any]) -> tuple[Message, ...]:
    cited = _citations(conn, [row.id for row in rows if row.direction == "out"])
    return tuple(
        Message(
            id=row.uid,
            seq=row.seq,
            direction=row.direction,
            author=row.author,
            kind=row.kind,
            text=row.text,
            payload=row.payload,
            citations=tuple(cited.get(row.id, ())),
            client_id=row.client_id,
            reply_to=row.reply_to,
            created_at=row.created_at,
            delivered_at=row.delivered_at,
        )
        for row in rows
    )


def _citations(conn: Connection, message_ids: Sequence[int]) -> dict[int, list[Citation]]:
    found: dict[int, list[Citation]] = {}
    if not message_ids:
        return found
    table = tables.citations
    query = (
        sa.select(table)
        .where(table.c.message_id.in_(list(message_ids)))
        .order_by(table.c.message_id, table.c.position)
    )
    for row in conn.execute(query):
        found.setdefault(row.message_id, []).append(
            Citation(
                document=row.document,
                title=row.title,
                heading=tuple(row.heading),
                jurisdiction=row.jurisdiction,
                basis=row.basis,
                as_of=row.as_of,
                url=row.url,
                quote=row.quote,
                snapshot=row.snapshot,
                passage=row.passage,
                version=row.version,
            )
        )
    return found


def citation_from_json(value: Mapping[str, Any] | Citation) -> Citation:
    """A citation from the contract's object."""
    if isinstance(value, Citation):
        return value
    return Citation(
        document=str(value.get("document", "")),
        title=str(value.get("title", "")),
        heading=tuple(value.get("heading") or ()),
        jurisdiction=value.get("jurisdiction"),
        basis=value.get("basis"),
        as_of=value.get("as_of"),
        url=value.get("url"),
        quote=str(value.get("quote", "")),
        snapshot=str(value.get("snapshot", "")),
        passage=str(value.get("passage", "")),
        version=str(value.get("version", "")),
    )


def _citation_row(citation: Citation) -> dict[str, Any]:
    return {**citation.to_json(), "heading": list(citation.heading)}
