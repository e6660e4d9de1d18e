"""Answers drawn at random for colleagues to judge, and their judgements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit, tables
from desk.conversations import BOT, storable
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.masking import mask, mask_companies
from desk.sample_tables import judgements, sampled_answers
from desk.times import or_now

MAX_NOTE = 300
# The latest answers are drawn from; more would only make a draw slow.
MOST = 5000
# From these confidences on the bot was certain, or fairly so.
HIGH, MIDDLE = 0.85, 0.6


class Verdict(str, Enum):
    """What a colleague holds of an answer."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"right": "对", "partly": "部分对", "wrong": "错"}[self.value]


class Taken(str, Enum):
    """What the second look made of a judged answer."""

    ANSWER = "answer"
    REFUSE = "refuse"
    LEFT = "left"


@dataclass(frozen=True)
class Answered:
    """An answer that the bot gave; ``message`` is the row of the message."""

    message: int
    question: str
    text: str
    sources: tuple[str, ...]
    passage: str
    place: str
    confidence: float

    @property
    def certainty(self) -> str:
        """How certain the bot was: high, middle, low."""
        return (
            "high" if self.confidence >= HIGH else "middle" if self.confidence >= MIDDLE else "low"
        )


@dataclass(frozen=True)
class Judgement:
    """What one colleague held."""

    by: str
    verdict: Verdict
    note: str
    at: datetime


@dataclass(frozen=True)
class Sample:
    """A drawn answer with its judgements in order; ``weight`` answers are like it."""

    id: int
    question: str
    answer: str
    sources: tuple[str, ...]
    passage: str
    place: str
    procedure: str
    certainty: str
    weight: float
    drawn_at: datetime
    taken_as: Taken | None = None
    judged: tuple[Judgement, ...] = ()

    def is_judged_by(self, login: str) -> bool:
        """Whether this colleague judged it."""
        return any(item.by == login for item in self.judged)


def answered(conn: Connection, *, since: datetime) -> list[Answered]:
    """Answers from the shelf since then that were not drawn yet, latest first."""
    said, heard, cited = tables.messages, tables.messages.alias(), tables.citations
    query = (
        sa.select(said, heard.c.text.label("question"))
        .join(heard, heard.c.uid == said.c.reply_to)
        .outerjoin(sampled_answers, sampled_answers.c.message_id == said.c.id)
        .where(
            said.c.created_at >= since,
            said.c.author == BOT,
            said.c.kind == "answer",
            sampled_answers.c.id.is_(None),
        )
        .order_by(said.c.id.desc())
        .limit(MOST)
    )
    rows = {row.id: row for row in conn.execute(query)}
    sources: dict[int, list[Any]] = {}
    query = sa.select(cited).where(cited.c.message_id.in_(rows)).order_by(cited.c.position)
    for row in conn.execute(query) if rows else ():
        sources.setdefault(row.message_id, []).append(row)
    return [
        Answered(
            message=key,
            question=row.question,
            text=row.text,
            sources=tuple(" › ".join((item.title, *item.heading)) for item in sources.get(key, ())),
            passage=first.passage,
            place=first.jurisdiction or "",
            confidence=_confidence(row.payload),
        )
        for key, row in rows.items()
        if (first := next(iter(sources.get(key, ())), None)) is not None
    ]


def _confidence(payload: Mapping[str, Any]) -> float:
    value = (payload.get("data") or {}).get("confidence")
    return float(value) if isinstance(value, (int, float)) else 0.0


def draw(
    conn: Connection,
    chosen: Iterable[tuple[Answered, str, float]],
    *,
    by: str,
    now: datetime | None = None,
) -> int:
    """Keep drawn answers, masked.

    :param chosen: each with its procedure and how many answers it stands for.
    :return: how many.
    """
    rows = [
        {
            "message_id": item.message,
            "question": _masked(item.question),
            "answer": _masked(item.text),
            "sources": list(item.sources),
            "passage": item.passage,
            "place": item.place,
            "procedure": procedure[:64],
            "certainty": item.certainty,
            "weight": weight,
            "drawn_by": by,
            "drawn_at": or_now(now),
        }
        for item, procedure, weight in chosen
    ]
    if rows:
        conn.execute(sa.insert(sampled_answers), rows)
        audit.record(conn, by, "sample", "answers", detail={"count": len(rows)}, now=now)
    return len(rows)


def _masked(text: str) -> str:
    return mask_companies(mask(storable(text).strip()))


def listing(conn: Connection, *, limit: int = 2000) -> list[Sample]:
    """Drawn answers with their judgements, latest first."""
    query = sa.select(sampled_answers).order_by(sampled_answers.c.id.desc()).limit(limit)
    return _with_judgements(conn, conn.execute(query).all())


def find(conn: Connection, identifier: int) -> Sample:
    """One drawn answer.

    :raises NotFoundError: it is not there, or was erased with its conversation.
    """
    rows = conn.execute(sa.select(sampled_answers).where(sampled_answers.c.id == identifier)).all()
    if not rows:
        raise NotFoundError("这条抽查已不在（用户可能删除了自己的数据）")
    return _with_judgements(conn, rows)[0]


def judge(
    conn: Connection,
    identifier: int,
    verdict: str,
    note: str,
    *,
    by: str,
    now: datetime | None = None,
) -> Sample:
    """Note what a colleague holds of an answer; judging again replaces one's own judgement.

    :raises InvalidRecordError: there is no such verdict, or the note is too long.
    :raises NotFoundError: there is no such answer.
    """
    try:
        value = Verdict(verdict)
    except ValueError as error:
        raise InvalidRecordError("请选择 对、部分对 或 错") from error
    words = _masked(note)
    if len(words) > MAX_NOTE:
        raise InvalidRecordError(f"备注超过 {MAX_NOTE} 字，请缩短")
    sample = find(conn, identifier)
    if sample.taken_as is not None:
        raise TransitionError("这条已经复看过，不能再改判断")
    values = {"verdict": value.value, "note": words, "at": or_now(now)}
    own = sa.and_(judgements.c.sample_id == identifier, judgements.c.by == by)
    if conn.execute(sa.update(judgements).where(own).values(**values)).rowcount == 0:
        conn.execute(sa.insert(judgements).values(sample_id=identifier, by=by, **values))
    return find(conn, identifier)


def take(
    conn: Connection, identifier: int, taken: Taken, *, by: str, now: datetime | None = None
) -> Sample:
    """Settle a judged answer by a second look.

    :raises TransitionError: nobody judged it, the only judge is looking again, or somebody was faster.
    """
    sample = find(conn, identifier)
    if not sample.judged:
        raise TransitionError("还没有人判断过这条，不能复看")
    if all(item.by == by for item in sample.judged):
        raise TransitionError("复看要由另一位同事来做")
    table = sampled_answers
    done = conn.execute(
        sa.update(table)
        .where(table.c.id == identifier, table.c.taken_as.is_(None))
        .values(taken_as=taken.value, taken_by=by, taken_at=or_now(now))
    )
    if done.rowcount == 0:
        raise TransitionError("这条刚刚被别的同事复看过")
    return replace(sample, taken_as=taken)


def _with_judgements(conn: Connection, rows: Sequence[Any]) -> list[Sample]:
    found: dict[int, list[Judgement]] = {}
    query = sa.select(judgements).where(judgements.c.sample_id.in_([row.id for row in rows]))
    for row in conn.execute(query.order_by(judgements.c.id)) if rows else ():
        told = Judgement(row.by, Verdict(row.verdict), row.note, row.at)
        found.setdefault(row.sample_id, []).append(told)
    return [
        Sample(
            id=row.id,
            question=row.question,
            answer=row.answer,
            sources=tuple(row.sources),
            passage=row.passage,
            place=row.place,
            procedure=row.procedure,
            certainty=row.certainty,
            weight=row.weight,
            drawn_at=row.drawn_at,
            taken_as=None if row.taken_as is None else Taken(row.taken_as),
            judged=tuple(found.get(row.id, ())),
        )
        for row in rows
    ]
