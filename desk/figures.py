"""Counts over a period: conversations, answers, handoffs, leads, and what people asked.

Everything is computed from rows at the time of asking.  Numbers that could point at one enterprise are
suppressed in what leaves the center (:func:`digest`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables, tables
from desk.measure_queries import count
from desk.measures import (
    ANSWER_KINDS,
    LEAD_FIELDS,
    NOT_SAID,
    Measure,
    Period,
    answers_in,
    incoming_in,
    leads_in,
    questions,
    tickets_in,
)
from desk.service_clock import CHINA, ServiceHours

SMALL_CELL = 3
DIGEST_FIELDS = ("country", "right", "procedure", "industry")
_TOP = 10


@dataclass(frozen=True)
class Durations:
    """Opening time things took, in minutes; None when there were none."""

    count: int
    median_minutes: float | None
    p90_minutes: float | None


@dataclass(frozen=True)
class Figures:
    """The numbers of one period.

    ``wrong`` are answers that a colleague judged wrong or that were rated of no help, each once;
    ``judged_wrong`` of the ``judged`` by colleagues.
    """

    conversations: int
    messages_in: int
    answered: int
    refused: int
    rated_up: int
    rated_down: int
    wrong: int
    judged: int
    judged_wrong: int
    handed_off: int
    abandoned: int
    closed: int
    service_ratings: Mapping[int, int]
    first_response: Durations
    resolution: Durations
    leads: int
    leads_by: Mapping[str, Mapping[str, int]]
    unanswered: int
    top_questions: tuple[tuple[str, int], ...]
    top_documents: tuple[tuple[str, int], ...]


def figures(conn: Connection, period: Period, hours: ServiceHours) -> Figures:
    """Compute a period; what is counted is said in :mod:`desk.measures`.

    :param hours: opening hours in which response and resolution times are counted.
    """

    def number(measure: Measure) -> int:
        return count(conn, measure, period)

    answered = _tickets(conn, Measure.FIRST_RESPONSE, period)
    ended = _tickets(conn, Measure.CLOSED, period)
    return Figures(
        conversations=number(Measure.CONVERSATIONS),
        messages_in=number(Measure.MESSAGES),
        answered=number(Measure.ANSWERED),
        refused=number(Measure.REFUSED),
        rated_up=number(Measure.RATED_UP),
        rated_down=number(Measure.RATED_DOWN),
        wrong=number(Measure.WRONG),
        judged=number(Measure.JUDGED),
        judged_wrong=number(Measure.JUDGED_WRONG),
        handed_off=number(Measure.HANDED_OFF),
        abandoned=number(Measure.ABANDONED),
        closed=len(ended),
        service_ratings=dict(Counter(row.rating for row in ended if row.rating is not None)),
        first_response=_durations([(row.queued_at, row.first_reply_at) for row in answered], hours),
        resolution=_durations([(row.created_at, row.closed_at) for row in ended], hours),
        leads=number(Measure.LEADS),
        leads_by={name: _leads_by(conn, name, period) for name in LEAD_FIELDS},
        unanswered=number(Measure.UNANSWERED),
        top_questions=_top_questions(conn, period),
        top_documents=_top_documents(conn, period),
    )


@dataclass(frozen=True)
class Day:
    """What happened on one day in China."""

    day: date
    conversations: int
    handed_off: int
    leads: int


def daily(conn: Connection, period: Period) -> tuple[Day, ...]:
    """Every day of a period, oldest first, those without anything included."""
    talks: dict[date, set[int]] = {}
    for moment, conversation in conn.execute(
        sa.select(tables.messages.c.created_at, tables.messages.c.conversation_id).where(
            incoming_in(period)
        )
    ):
        talks.setdefault(_day(moment), set()).add(conversation)
    tickets, leads = tables.tickets, lead_tables.leads
    asked = Counter(
        _day(moment)
        for moment in conn.execute(
            sa.select(tickets.c.created_at).where(tickets_in(Measure.HANDED_OFF, period))
        ).scalars()
    )
    left = Counter(
        _day(moment)
        for moment in conn.execute(sa.select(leads.c.created_at).where(leads_in(period))).scalars()
    )
    first, last = _day(period.since), _day(period.until - timedelta(microseconds=1))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(Day(day, len(talks.get(day, ())), asked[day], left[day]) for day in days)


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


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
    counted = _counted(conn, DIGEST_FIELDS, period)
    hidden = _hidden(counted, smallest)
    return tuple(
        DigestRow(key[0], key[1], key[2], key[3], None if key in hidden else number)
        for key, number in counted
    )


def digest_of(
    conn: Connection, name: str, period: Period, *, smallest: int = SMALL_CELL
) -> tuple[tuple[str, int | None], ...]:
    """Leads by one field of the digest, suppressed in the same way."""
    counted = _counted(conn, (name,), period)
    hidden = _hidden(counted, smallest)
    return tuple((key[0], None if key in hidden else number) for key, number in counted)


def _counted(
    conn: Connection, names: Sequence[str], period: Period
) -> list[tuple[tuple[str, ...], int]]:
    """How many leads share these fields, most first."""
    columns = [lead_tables.leads.c[name] for name in names]
    rows = conn.execute(
        sa.select(*columns, sa.func.count()).where(leads_in(period)).group_by(*columns)
    ).all()
    counts: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        counts[tuple(value or NOT_SAID for value in row[:-1])] += int(row[-1])
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _hidden(counted: Sequence[tuple[tuple[str, ...], int]], smallest: int) -> set[tuple[str, ...]]:
    hidden = {key for key, number in counted if number < smallest}
    if len(hidden) == 1 and len(counted) > 1:
        shown = [item for item in counted if item[0] not in hidden]
        hidden.add(min(shown, key=lambda item: item[1])[0])
    return hidden


def _tickets(conn: Connection, measure: Measure, period: Period) -> Sequence[Any]:
    query = sa.select(tables.tickets).where(tickets_in(measure, period))
    rows: Sequence[Any] = conn.execute(query).all()
    return rows


def _leads_by(conn: Connection, name: str, period: Period) -> dict[str, int]:
    column = lead_tables.leads.c[name]
    query = (
        sa.select(column, sa.func.count().label("count"))
        .where(leads_in(period))
        .group_by(column)
        .order_by(sa.desc("count"), column)
    )
    return {value or NOT_SAID: count for value, count in conn.execute(query).all()}


def _durations(spans: Sequence[tuple[datetime, datetime]], hours: ServiceHours) -> Durations:
    taken = sorted(hours.between(start, end) / timedelta(minutes=1) for start, end in spans)
    if not taken:
        return Durations(0, None, None)
    place = min(len(taken) - 1, int(0.9 * len(taken)))
    return Durations(len(taken), round(median(taken), 1), round(taken[place], 1))


def _top_questions(conn: Connection, period: Period) -> tuple[tuple[str, int], ...]:
    """What was asked about: never in people's own words, which may tell whose matter it is."""
    counts = Counter(asked.topic for asked in questions(conn, period))
    return tuple(counts.most_common(_TOP))


def document_titles(conn: Connection, documents: Sequence[str]) -> dict[str, str]:
    """What cited documents were called when they were last cited."""
    cited = tables.citations
    latest = (
        sa.select(sa.func.max(cited.c.id))
        .where(cited.c.document.in_(list(documents)))
        .group_by(cited.c.document)
    )
    rows = conn.execute(sa.select(cited.c.document, cited.c.title).where(cited.c.id.in_(latest)))
    return {document: title for document, title in rows}


def _top_documents(conn: Connection, period: Period) -> tuple[tuple[str, int], ...]:
    cited, said = tables.citations, tables.messages
    count = sa.func.count(sa.distinct(cited.c.message_id)).label("count")
    query = (
        sa.select(cited.c.document, count)
        .join(said, cited.c.message_id == said.c.id)
        .where(answers_in(period), said.c.kind.in_(ANSWER_KINDS))
        .group_by(cited.c.document)
        .order_by(count.desc(), cited.c.document)
        .limit(_TOP)
    )
    return tuple((document, number) for document, number in conn.execute(query).all())
