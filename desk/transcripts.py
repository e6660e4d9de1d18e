"""What was said, read back: a person's messages in order, the replies to one, what was not shown yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.conversations import BOT, Message, Owner, find
from desk.times import or_now
from knowledge.types import Citation


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
    return _messages(conn, conn.execute(_REPLIES, {"of": uid}).all())


def replies_by_client_id(conn: Connection, sender: str, client_id: str) -> tuple[Message, ...]:
    """What was said in answer to the message that a client gave this id, in order."""
    conversation = find(conn, sender)
    said = None if conversation is None else by_client_id(conn, conversation.id, client_id)
    return () if said is None else replies_to(conn, said.id)


def undelivered(
    conn: Connection, sender: str, *, author: str | None = None, kind: str | None = None
) -> tuple[Message, ...]:
    """Outgoing messages no channel has confirmed yet, in order; of one author or kind where given."""
    query = _undelivered(of_author=author is not None, of_kind=kind is not None)
    given = {"of": sender, "of_author": author, "of_kind": kind}
    asked = {name: value for name, value in given.items() if value is not None}
    return _messages(conn, conn.execute(query, asked).all())


@lru_cache(maxsize=4)
def _undelivered(*, of_author: bool, of_kind: bool) -> Any:
    """What is asked for every message of a program, made once."""
    table = tables.messages
    query = _of_sender(sa.bindparam("of")).where(
        table.c.direction == "out", table.c.delivered_at.is_(None)
    )
    if of_author:
        query = query.where(table.c.author == sa.bindparam("of_author"))
    if of_kind:
        query = query.where(table.c.kind == sa.bindparam("of_kind"))
    return query.order_by(table.c.seq)


def not_delivered(conn: Connection, sender: str, uids: Sequence[str]) -> tuple[str, ...]:
    """Those of these messages that are the person's and that no channel has confirmed yet."""
    table = tables.messages
    query = _of_sender(sender).where(
        table.c.uid.in_(list(uids)), table.c.direction == "out", table.c.delivered_at.is_(None)
    )
    return tuple(row.uid for row in conn.execute(query.order_by(table.c.seq)))


def unconfirmed(
    conn: Connection, *, since: datetime, sender: str | None = None
) -> list[tuple[str, Owner, Message]]:
    """What the desk, not the bot, said since then and no channel has confirmed, oldest first.

    :param sender: when given, to this person alone.
    :return: whose conversation it is, who owns that now, and the message.
    """
    table, people = tables.messages, tables.conversations
    query = (
        sa.select(table, people.c.sender, people.c.owner)
        .join(people, table.c.conversation_id == people.c.id)
        .where(
            table.c.created_at >= since,
            table.c.direction == "out",
            table.c.author != BOT,
            table.c.delivered_at.is_(None),
            sa.true() if sender is None else people.c.sender == sender,
        )
        .order_by(table.c.id)
    )
    rows = conn.execute(query).all()
    found = _messages(conn, rows)
    return [
        (row.sender, Owner(row.owner), message) for row, message in zip(rows, found, strict=True)
    ]


def exchange(
    conn: Connection, sender: str, client_id: str | None, replies: Sequence[str]
) -> Message | None:
    """What a person said, by the id that their client gave it or else by an answer to it."""
    if client_id is not None:
        conversation = find(conn, sender)
        return None if conversation is None else by_client_id(conn, conversation.id, client_id)
    answer = message(conn, replies[0]) if replies else None
    if answer is None or answer.reply_to is None or sender_of(conn, answer.id) != sender:
        return None
    return message(conn, answer.reply_to)


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


def _of_sender(sender: Any) -> Any:
    table = tables.messages
    return (
        sa.select(table)
        .join(tables.conversations, table.c.conversation_id == tables.conversations.c.id)
        .where(tables.conversations.c.sender == sender)
    )


def by_client_id(conn: Connection, conversation_id: int, client_id: str) -> Message | None:
    """The message that a channel delivered under an id of its own."""
    asked = {"of": conversation_id, "said": client_id[:128]}
    found = _messages(conn, conn.execute(_BY_CLIENT, asked).all())
    return found[0] if found else None


# Asked for every message, so they are made once.
_REPLIES = (
    sa.select(tables.messages)
    .where(tables.messages.c.reply_to == sa.bindparam("of"))
    .order_by(tables.messages.c.seq)
)
_BY_CLIENT = sa.select(tables.messages).where(
    tables.messages.c.conversation_id == sa.bindparam("of"),
    tables.messages.c.client_id == sa.bindparam("said"),
)


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
