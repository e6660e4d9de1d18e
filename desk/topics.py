"""Questions the bot could not answer or answered badly, put together as topics that somebody works on.

What people asked stands in ``unanswered`` and ``feedback``; a topic remembers which of those questions
were taken up, by whom and how, so that the same question asked again is seen as coming back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit, tables
from desk.errors import InvalidRecordError, NotFoundError
from desk.masking import mask
from desk.times import or_now
from desk.unanswered import Progress, question_key
from desk.workbench_tables import question_topics, topic_questions

RECENT = timedelta(days=7)
# Questions looked at together; the latest ones, so that the page stays quick.
MOST = 1500


class TopicState(str, Enum):
    """What was done about a topic."""

    ASSIGNED = "assigned"
    ATTACHED = "attached"
    ANSWERED = "answered"
    OUT_OF_SCOPE = "out-of-scope"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {
            "assigned": "已分派",
            "attached": "已归入已有段落",
            "answered": "已写答案",
            "out-of-scope": "不在服务范围",
        }[self.value]


@dataclass(frozen=True)
class Heard:
    """Equal questions together; ``recent`` were asked within the last week, ``before`` the week before."""

    key: str
    question: str
    refused: int
    disliked: int
    recent: int
    before: int
    first_at: datetime
    last_at: datetime

    @property
    def count(self) -> int:
        """How often it was asked in vain."""
        return self.refused + self.disliked


@dataclass(frozen=True)
class Topic:
    """Questions taken up together."""

    id: int
    title: str
    state: TopicState
    assignee: str | None
    passage: str | None
    document: str | None
    note: str
    created_at: datetime
    resolved_by: str | None
    resolved_at: datetime | None
    questions: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its questions."""
        return frozenset(key for key, _ in self.questions)


def heard(conn: Connection, *, now: datetime | None = None) -> tuple[Heard, ...]:
    """Questions that nobody settled, latest first: refused ones, and those whose answer was rated badly."""
    moment = or_now(now)
    found: dict[str, Heard] = {}
    table, ratings = tables.unanswered, tables.feedback
    refused = sa.select(table.c.key, table.c.question, table.c.at).where(
        table.c.status == Progress.OPEN.value
    )
    for row in conn.execute(refused.order_by(table.c.id.desc()).limit(MOST * 4)):
        _hear(found, row.key, row.question, row.at, moment, is_refusal=True)
    settled = _resolved_at(conn)
    disliked = sa.select(ratings.c.question, ratings.c.at).where(
        ratings.c.rating == "down", ratings.c.question.is_not(None)
    )
    for row in conn.execute(disliked.order_by(ratings.c.id.desc()).limit(MOST)):
        text = mask(row.question.strip())
        key = question_key(text)
        if text and not (key in settled and row.at <= settled[key]):
            _hear(found, key, text, row.at, moment, is_refusal=False)
    return tuple(sorted(found.values(), key=lambda item: item.last_at, reverse=True)[:MOST])


def _hear(
    found: dict[str, Heard], key: str, text: str, at: datetime, now: datetime, *, is_refusal: bool
) -> None:
    known = found.get(key) or Heard(key, text, 0, 0, 0, 0, at, at)
    found[key] = replace(
        known,
        refused=known.refused + is_refusal,
        disliked=known.disliked + (not is_refusal),
        recent=known.recent + (at > now - RECENT),
        before=known.before + (now - 2 * RECENT < at <= now - RECENT),
        first_at=min(known.first_at, at),
        last_at=max(known.last_at, at),
    )


def _resolved_at(conn: Connection) -> dict[str, datetime]:
    query = sa.select(topic_questions.c.key, question_topics.c.resolved_at).join(
        question_topics, topic_questions.c.topic_id == question_topics.c.id
    )
    rows = conn.execute(query.where(question_topics.c.resolved_at.is_not(None)))
    return {row.key: row.resolved_at for row in rows}


def listing(conn: Connection, *states: TopicState, limit: int = 300) -> tuple[Topic, ...]:
    """Topics in these states (all when none is named), newest first, with their questions."""
    query = sa.select(question_topics).order_by(question_topics.c.id.desc()).limit(limit)
    if states:
        query = query.where(question_topics.c.state.in_([state.value for state in states]))
    rows = conn.execute(query).all()
    questions: dict[int, list[tuple[str, str]]] = {row.id: [] for row in rows}
    members = sa.select(topic_questions).where(topic_questions.c.topic_id.in_(list(questions)))
    for row in conn.execute(members):
        questions[row.topic_id].append((row.key, row.question))
    return tuple(_topic(row, questions[row.id]) for row in rows)


def get(conn: Connection, identifier: int) -> Topic:
    """:raises NotFoundError: there is no such topic."""
    row = conn.execute(sa.select(question_topics).where(question_topics.c.id == identifier)).first()
    if row is None:
        raise NotFoundError("没有这个问题主题")
    members = conn.execute(
        sa.select(topic_questions.c.key, topic_questions.c.question).where(
            topic_questions.c.topic_id == identifier
        )
    )
    return _topic(row, [(item.key, item.question) for item in members])


def take_up(
    conn: Connection,
    questions: Sequence[str],
    state: TopicState,
    *,
    by: str,
    title: str | None = None,
    assignee: str | None = None,
    passage: str | None = None,
    document: str | None = None,
    note: str = "",
    now: datetime | None = None,
) -> Topic:
    """Note what is done about questions; those of an earlier topic move to the new one.

    :param questions: the texts, the one that names the topic first.
    :raises InvalidRecordError: there is no question, or nobody to assign it to.
    """
    members = {question_key(text): text for text in map(str.strip, questions) if text}
    if not members:
        raise InvalidRecordError("请至少勾选一个问题")
    if state is TopicState.ASSIGNED and not assignee:
        raise InvalidRecordError("请选择分派给谁")
    moment = or_now(now)
    is_resolved = state is not TopicState.ASSIGNED
    conn.execute(sa.delete(topic_questions).where(topic_questions.c.key.in_(list(members))))
    done = conn.execute(
        sa.insert(question_topics).values(
            title=(title or next(iter(members.values())))[:500],
            state=state.value,
            assignee=assignee,
            passage=passage,
            document=document,
            note=note.strip(),
            created_at=moment,
            resolved_by=by if is_resolved else None,
            resolved_at=moment if is_resolved else None,
        )
    )
    identifier = int(done.inserted_primary_key[0])
    rows = [{"topic_id": identifier, "key": key, "question": text} for key, text in members.items()]
    conn.execute(sa.insert(topic_questions), rows)
    if is_resolved:
        progress = Progress.DISMISSED if state is TopicState.OUT_OF_SCOPE else Progress.ADDED
        _settle(conn, members, progress)
    _drop_empty(conn)
    detail = {"state": state.value, "questions": len(members), "assignee": assignee}
    audit.record(conn, by, "topic", f"topic:{identifier}", detail=detail, now=moment)
    return get(conn, identifier)


def _settle(conn: Connection, keys: Iterable[str], progress: Progress) -> None:
    table = tables.unanswered
    conn.execute(
        sa.update(table)
        .where(table.c.key.in_(list(keys)), table.c.status == Progress.OPEN.value)
        .values(status=progress.value)
    )


def _drop_empty(conn: Connection) -> None:
    kept = sa.select(topic_questions.c.topic_id)
    conn.execute(sa.delete(question_topics).where(question_topics.c.id.not_in(kept)))


def _topic(row: Any, questions: Sequence[tuple[str, str]]) -> Topic:
    return Topic(
        id=row.id,
        title=row.title,
        state=TopicState(row.state),
        assignee=row.assignee,
        passage=row.passage,
        document=row.document,
        note=row.note,
        created_at=row.created_at,
        resolved_by=row.resolved_by,
        resolved_at=row.resolved_at,
        questions=tuple(questions),
    )
