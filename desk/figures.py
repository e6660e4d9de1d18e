"""Counts over a period: conversations, answers, handoffs, leads, and what people asked.

Everything is computed from rows at the time of asking.  Numbers that could point at one enterprise are
suppressed in what leaves the center (:func:`digest`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.masking import mask
from desk.service_clock import ServiceHours
from desk.unanswered import question_key

SMALL_CELL = 3
_TOP = 10
# Newest first; more would not change which questions lead the list.
_QUESTIONS_READ = 20_000
_ANSWER_KINDS = ("answer", "deadline", "center", "checklist")


@dataclass(frozen=True)
class Period:
    """From ``since`` up to, not including, ``until``; of one center or of all."""

    since: datetime
    until: datetime
    center: str | None = None


@dataclass(frozen=True)
class Durations:
    """Opening time things took, in minutes; None when there were none."""

    count: int
    median_minutes: float | None
    p90_minutes: float | None


@dataclass(frozen=True)
class Figures:
    """The numbers of one period."""

    conversations: int
    messages_in: int
    answered: int
    refused: int
    rated_up: int
    rated_down: int
    handed_off: int
    abandoned: int
    closed: int
    service_ratings: Mapping[int, int]
    first_response: Durations
    resolution: Durations
    leads: int
    leads_by: Mapping[str, Mapping[str, int]]
    top_questions: tuple[tuple[str, int], ...]
    top_documents: tuple[tuple[str, int], ...]


def figures(conn: Connection, period: Period, hours: ServiceHours) -> Figures:
    """Compute a period.  Conversations belong to no center, so with one only tickets and leads count.

    :param hours: opening hours in which response and resolution times are counted.
    """
    said, tickets = tables.messages, tables.tickets
    incoming = said.c.direction == "in"
    in_period = _between(said.c.created_at, period)
    by_kind = dict(
        conn.execute(
            sa.select(said.c.kind, sa.func.count())
            .where(in_period, said.c.direction == "out")
            .group_by(said.c.kind)
        ).all()
    )
    ratings = dict(
        conn.execute(
            sa.select(tables.feedback.c.rating, sa.func.count())
            .where(_between(tables.feedback.c.at, period))
            .group_by(tables.feedback.c.rating)
        ).all()
    )
    opened = _tickets(conn, tickets.c.created_at, period)
    ended = _tickets(conn, tickets.c.closed_at, period)
    return Figures(
        conversations=_number(
            conn,
            sa.select(sa.func.count(sa.distinct(said.c.conversation_id))).where(
                in_period, incoming
            ),
        ),
        messages_in=_number(
            conn, sa.select(sa.func.count()).select_from(said).where(in_period, incoming)
        ),
        answered=sum(by_kind.get(kind, 0) for kind in _ANSWER_KINDS),
        refused=by_kind.get("refusal", 0),
        rated_up=ratings.get("up", 0),
        rated_down=ratings.get("down", 0),
        handed_off=len(opened),
        abandoned=sum(row.status == "abandoned" for row in opened),
        closed=sum(row.status != "abandoned" for row in ended),
        service_ratings=dict(Counter(row.rating for row in ended if row.rating is not None)),
        first_response=_durations(
            [(row.queued_at, row.first_reply_at) for row in opened if row.first_reply_at], hours
        ),
        resolution=_durations(
            [(row.created_at, row.closed_at) for row in ended if row.status != "abandoned"], hours
        ),
        leads=_number(
            conn,
            sa.select(sa.func.count()).select_from(tables.leads).where(*_leads_in(period)),
        ),
        leads_by={
            name: _leads_by(conn, name, period)
            for name in ("stage", "country", "right", "procedure", "district")
        },
        top_questions=_top_questions(conn, period),
        top_documents=_top_documents(conn, period),
    )


@dataclass(frozen=True)
class DigestRow:
    """One cell of the report; ``count`` is None where it is suppressed."""

    country: str
    right: str
    procedure: str
    industry: str
    count: int | None


def digest(
    conn: Connection, period: Period, *, smallest: int = SMALL_CELL
) -> tuple[DigestRow, ...]:
    """Leads by country, right, procedure and industry, for the national center.

    Counts below ``smallest`` are suppressed; where a single one is, the next smallest goes with it, since
    it could otherwise be worked out from the total.
    """
    table = tables.leads
    columns = (table.c.country, table.c.right, table.c.procedure, table.c.industry)
    rows = conn.execute(
        sa.select(*columns, sa.func.count().label("count"))
        .where(*_leads_in(period))
        .group_by(*columns)
    ).all()
    counted = sorted(
        ((tuple(value or "未填" for value in row[:4]), int(row[4])) for row in rows),
        key=lambda item: (-item[1], item[0]),
    )
    hidden = {key for key, count in counted if count < smallest}
    if len(hidden) == 1 and len(counted) > 1:
        hidden.add(min((item for item in counted if item[0] not in hidden), key=lambda i: i[1])[0])
    return tuple(
        DigestRow(key[0], key[1], key[2], key[3], None if key in hidden else count)
        for key, count in counted
    )


def _between(column: Any, period: Period) -> Any:
    return sa.and_(column >= period.since, column < period.until)


def _number(conn: Connection, query: Any) -> int:
    return int(conn.execute(query).scalar_one())


def _tickets(conn: Connection, column: Any, period: Period) -> Sequence[Any]:
    query = sa.select(tables.tickets).where(_between(column, period))
    if period.center is not None:
        query = query.where(tables.tickets.c.center == period.center)
    rows: Sequence[Any] = conn.execute(query).all()
    return rows


def _leads_in(period: Period) -> list[Any]:
    conditions = [_between(tables.leads.c.created_at, period)]
    if period.center is not None:
        conditions.append(tables.leads.c.center == period.center)
    return conditions


def _leads_by(conn: Connection, name: str, period: Period) -> dict[str, int]:
    column = tables.leads.c[name]
    query = (
        sa.select(column, sa.func.count().label("count"))
        .where(*_leads_in(period))
        .group_by(column)
        .order_by(sa.desc("count"), column)
    )
    return {value or "未填": count for value, count in conn.execute(query).all()}


def _durations(spans: Sequence[tuple[datetime, datetime]], hours: ServiceHours) -> Durations:
    taken = sorted(hours.between(start, end) / timedelta(minutes=1) for start, end in spans)
    if not taken:
        return Durations(0, None, None)
    place = min(len(taken) - 1, int(0.9 * len(taken)))
    return Durations(len(taken), round(median(taken), 1), round(taken[place], 1))


def _top_questions(conn: Connection, period: Period) -> tuple[tuple[str, int], ...]:
    """Questions that were answered or refused by the bot, equal ones together, masked."""
    asked, reply = tables.messages.alias("asked"), tables.messages.alias("reply")
    query = (
        sa.select(asked.c.id, asked.c.text)
        .distinct()
        .join(reply, reply.c.reply_to == asked.c.uid)
        .where(_between(asked.c.created_at, period), reply.c.kind.in_(["answer", "refusal"]))
        .order_by(asked.c.id.desc())
        .limit(_QUESTIONS_READ)
    )
    counts: Counter[str] = Counter()
    wording: dict[str, str] = {}
    for _id, text in conn.execute(query):
        key = question_key(text)
        counts[key] += 1
        wording.setdefault(key, mask(text))
    return tuple((wording[key], count) for key, count in counts.most_common(_TOP))


def _top_documents(conn: Connection, period: Period) -> tuple[tuple[str, int], ...]:
    cited, said = tables.citations, tables.messages
    count = sa.func.count(sa.distinct(cited.c.message_id)).label("count")
    query = (
        sa.select(cited.c.document, count)
        .join(said, cited.c.message_id == said.c.id)
        .where(_between(said.c.created_at, period))
        .group_by(cited.c.document)
        .order_by(count.desc(), cited.c.document)
        .limit(_TOP)
    )
    return tuple((document, number) for document, number in conn.execute(query).all())
