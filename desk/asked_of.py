"""What people asked that an answer from one passage was given to, and what was refused: for its wordings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.masking import mask, mask_companies
from desk.unanswered import Progress, question_key

# A wording is one sentence; longer messages tell a story.
LONGEST = 80
_MOST = 2000


@dataclass(frozen=True)
class Question:
    """Equal questions together, masked; ``confidence`` is the bot's, the last time."""

    text: str
    times: int
    confidence: float
    last_at: datetime


def answered_from(
    conn: Connection, document: str, passage: str, *, since: datetime, below: float
) -> tuple[Question, ...]:
    """Questions answered first of all from a passage without full certainty, most often asked first.

    :param below: the confidence from which on an answer was certain.
    """
    said, heard, cited = tables.messages, tables.messages.alias(), tables.citations
    query = (
        sa.select(heard.c.text, said.c.payload, heard.c.created_at)
        .join(cited, cited.c.message_id == said.c.id)
        .join(heard, heard.c.uid == said.c.reply_to)
        .where(
            cited.c.document == document,
            cited.c.passage == passage,
            cited.c.position == 0,
            said.c.kind == "answer",
            said.c.created_at >= since,
        )
        .order_by(said.c.id.desc())
        .limit(_MOST)
    )
    rows = (
        (row.text, row.payload.get("data", {}).get("confidence"), row.created_at)
        for row in conn.execute(query)
    )
    return _together(
        (text, float(confidence), at)
        for text, confidence, at in rows
        if isinstance(confidence, (int, float)) and confidence < below
    )


def refused(conn: Connection, *, since: datetime) -> tuple[Question, ...]:
    """Questions that were refused or only answered with choices and that nobody settled."""
    table = tables.unanswered
    query = (
        sa.select(table.c.question, table.c.confidence, table.c.at)
        .where(table.c.status == Progress.OPEN.value, table.c.at >= since)
        .order_by(table.c.id.desc())
        .limit(_MOST)
    )
    return _together((row.question, row.confidence or 0.0, row.at) for row in conn.execute(query))


def _together(rows: Iterable[tuple[str, float, datetime]]) -> tuple[Question, ...]:
    """Equal questions once with their count; the rows come latest first."""
    found: dict[str, Question] = {}
    for text, confidence, at in rows:
        shown = " ".join(mask_companies(mask(text)).split())
        if not shown or len(shown) > LONGEST:
            continue
        known = found.get(key := question_key(shown))
        found[key] = (
            replace(known, times=known.times + 1) if known else Question(shown, 1, confidence, at)
        )
    return tuple(sorted(found.values(), key=lambda item: -item.times))
