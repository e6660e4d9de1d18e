"""Questions the knowledge base could not answer: the trainers' to-do list.

Each refusal is a row of its own, masked, so that a person's rows can be erased; the list groups equal
questions and counts them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.conversations import storable
from desk.errors import NotFoundError
from desk.masking import mask
from desk.times import or_now


class Progress(str, Enum):
    """What became of a question."""

    OPEN = "open"
    ADDED = "added"
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class UnansweredQuestion:
    """Equal questions together; ``nearest`` are the passages that came closest the last time."""

    key: str
    question: str
    count: int
    band: str
    confidence: float | None
    nearest: tuple[Mapping[str, Any], ...]
    first_at: datetime
    last_at: datetime


def question_key(question: str) -> str:
    """Equal for questions that differ only in width, case, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", question).casefold()
    return hashlib.sha256(re.sub(r"[\s\W_]+", "", folded).encode()).hexdigest()[:32]


def record(
    conn: Connection,
    sender: str,
    question: str,
    band: str,
    *,
    confidence: float | None = None,
    nearest: Sequence[Mapping[str, Any]] = (),
    now: datetime | None = None,
) -> None:
    """Note a question that was refused (or answered only with choices).

    :param nearest: closest passages, such as ``{"document", "heading", "score"}``.
    """
    text = mask(storable(question).strip())
    if not text:
        return
    conn.execute(
        sa.insert(tables.unanswered).values(
            key=question_key(text),
            sender=sender,
            question=text,
            band=band[:16],
            confidence=confidence,
            nearest=[dict(item) for item in nearest],
            status=Progress.OPEN.value,
            at=or_now(now),
        )
    )


def listing(
    conn: Connection, *, progress: Progress = Progress.OPEN, limit: int = 100
) -> tuple[UnansweredQuestion, ...]:
    """Questions in this state, most often asked first, then latest first."""
    table = tables.unanswered
    count, last = sa.func.count().label("count"), sa.func.max(table.c.id).label("last_id")
    groups = (
        sa.select(count, last, sa.func.min(table.c.at).label("first_at"))
        .where(table.c.status == progress.value)
        .group_by(table.c.key)
        .order_by(count.desc(), last.desc())
        .limit(limit)
        .subquery()
    )
    query = (
        sa.select(table, groups.c.count.label("times"), groups.c.first_at)
        .join(groups, table.c.id == groups.c.last_id)
        .order_by(groups.c.count.desc(), groups.c.last_id.desc())
    )
    return tuple(
        UnansweredQuestion(
            key=row.key,
            question=row.question,
            count=row.times,
            band=row.band,
            confidence=row.confidence,
            nearest=tuple(row.nearest),
            first_at=row.first_at,
            last_at=row.at,
        )
        for row in conn.execute(query)
    )


def settle(conn: Connection, key: str, progress: Progress) -> int:
    """Note what became of a question.

    :return: how many times it had been asked.
    :raises NotFoundError: when it is not on the list.
    """
    table = tables.unanswered
    done = conn.execute(sa.update(table).where(table.c.key == key).values(status=progress.value))
    if done.rowcount == 0:
        raise NotFoundError("待办里没有这个问题")
    return int(done.rowcount)
