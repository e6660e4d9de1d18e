"""What people thought of an answer, kept with the passages it rested on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import conversations, tables, transcripts
from desk.errors import NotFoundError
from desk.times import or_now
from knowledge.types import Citation

MAX_REASON = 500


class Rating(str, Enum):
    """Helpful or not."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Feedback:
    """One rating; ``passages`` are ``{"document", "passage", "version", "snapshot"}`` of the answer."""

    message: str
    rating: Rating
    reason: str | None
    question: str | None
    passages: tuple[Mapping[str, Any], ...]
    at: datetime


def record(
    conn: Connection,
    message_uid: str,
    rating: Rating | str,
    reason: str | None = None,
    *,
    sender: str | None = None,
    now: datetime | None = None,
) -> Feedback:
    """Rate one outgoing message; rating it again replaces the first opinion.

    :param sender: when given, the message must be this person's.
    :raises NotFoundError: when there is no such message to rate.
    """
    value = Rating(rating)
    whose = transcripts.sender_of(conn, message_uid)
    if whose is not None and (sender is None or whose == sender):
        # The lock: two clicks at once are one row.
        conversations.ensure(conn, whose, "web", now=now)
    answer = transcripts.message(conn, message_uid)
    if answer is None or answer.direction != "out" or (sender is not None and whose != sender):
        raise NotFoundError("没有找到要评价的回答")
    asked = transcripts.message(conn, answer.reply_to) if answer.reply_to else None
    table = tables.feedback
    key = sa.select(tables.messages.c.id).where(tables.messages.c.uid == message_uid)
    message_id = conn.execute(key).scalar_one()
    words = conversations.storable(reason).strip()[:MAX_REASON] if reason else None
    values: dict[str, Any] = {
        "rating": value.value,
        "reason": words or None,
        "question": None if asked is None else asked.text,
        "passages": [_quoted(citation) for citation in answer.citations],
        "at": or_now(now),
    }
    done = conn.execute(sa.update(table).where(table.c.message_id == message_id).values(**values))
    if done.rowcount == 0:
        conn.execute(sa.insert(table).values(message_id=message_id, **values))
    return Feedback(
        message_uid,
        value,
        values["reason"],
        values["question"],
        tuple(values["passages"]),
        values["at"],
    )


def _quoted(citation: Citation) -> dict[str, str]:
    """Which passage an answer quoted, and as it stood where."""
    return {
        "document": citation.document,
        "passage": citation.passage,
        "version": citation.version,
        "snapshot": citation.snapshot,
    }


def latest_answer(conn: Connection, sender: str) -> str | None:
    """The id of the last answer this person got, for a rating that is typed (有帮助 / 没用)."""
    table = tables.messages
    query = (
        sa.select(table.c.uid)
        .join(tables.conversations, table.c.conversation_id == tables.conversations.c.id)
        .where(
            tables.conversations.c.sender == sender,
            table.c.direction == "out",
            table.c.kind.in_(["answer", "deadline", "center", "checklist"]),
        )
        .order_by(table.c.seq.desc())
    )
    value = conn.execute(query.limit(1)).scalar()
    return None if value is None else str(value)


def listing(
    conn: Connection, *, rating: Rating | None = None, limit: int = 100
) -> tuple[Feedback, ...]:
    """Ratings, newest first."""
    table = tables.feedback
    query = sa.select(table, tables.messages.c.uid).join(
        tables.messages, table.c.message_id == tables.messages.c.id
    )
    if rating is not None:
        query = query.where(table.c.rating == rating.value)
    return tuple(
        Feedback(row.uid, Rating(row.rating), row.reason, row.question, tuple(row.passages), row.at)
        for row in conn.execute(query.order_by(table.c.id.desc()).limit(limit))
    )
