"""One query a measure, counted or listed, so that a number and the list behind it agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit, lead_tables, tables
from desk.leads import Stage
from desk.masking import mask, mask_companies
from desk.measures import (
    ANSWER_KINDS,
    NOT_SAID,
    Asked,
    Measure,
    Period,
    answers_in,
    between,
    incoming_in,
    leads_in,
    questions,
    scope,
    senders_in,
    tickets_in,
)
from desk.sample_tables import judgements, sampled_answers
from desk.samples import Verdict

_ROW_CHARS = 200
_PERSON_DIGITS = 6


@dataclass(frozen=True)
class FigureRow:
    """One record behind a number, masked.

    ``kind`` is conversation, ticket, lead or question; ``reference`` names it where it has a number;
    ``person`` is equal for one person and says nothing else.
    """

    kind: str
    reference: str
    person: str
    at: datetime
    title: str
    text: str
    center: str | None = None


def count(conn: Connection, measure: Measure, period: Period, key: str | None = None) -> int:
    """How many records a measure has in a period."""
    if measure is Measure.QUESTION:
        return len(_asked(conn, period, key))
    query = _QUERIES[measure](measure, period, key).subquery()
    return int(conn.execute(sa.select(sa.func.count()).select_from(query)).scalar_one())


def records(
    conn: Connection,
    measure: Measure,
    period: Period,
    key: str | None = None,
    *,
    limit: int = 50,
    offset: int = 0,
) -> tuple[FigureRow, ...]:
    """The records behind a number, newest first.

    :param key: the value of the lead's field, the topic of a question, or the document.
    """
    if measure is Measure.QUESTION:
        asked = _asked(conn, period, key)[offset : offset + limit]
        return tuple(
            FigureRow("question", "", _person(one.sender), one.at, "", _line(one.text), None)
            for one in asked
        )
    query = _QUERIES[measure](measure, period, key)
    rows = conn.execute(query.order_by(sa.desc("at")).limit(limit).offset(offset)).all()
    return tuple(_shown(row) for row in rows)


def _columns(kind: str, **given: Any) -> list[Any]:
    """The columns of a :class:`FigureRow`, in one order for every measure."""
    empty = sa.literal("")
    values = {
        "reference": empty,
        "title": empty,
        "text": empty,
        "center": sa.null(),
        **given,
    }
    return [sa.literal(kind).label("kind"), *(values[name].label(name) for name in _NAMES)]


_NAMES = ("reference", "sender", "at", "title", "text", "center")


def _conversations(measure: Measure, period: Period, key: str | None) -> Any:
    said, people = tables.messages, tables.conversations
    times = sa.func.count(said.c.id)
    return (
        sa.select(
            *_columns(
                "conversation",
                sender=people.c.sender,
                at=sa.func.max(said.c.created_at),
                title=sa.cast(times, sa.String),
            )
        )
        .join(people, people.c.id == said.c.conversation_id)
        .where(incoming_in(period))
        .group_by(people.c.sender)
    )


def _messages(measure: Measure, period: Period, key: str | None) -> Any:
    said, people = tables.messages, tables.conversations
    return (
        sa.select(
            *_columns(
                "conversation", sender=people.c.sender, at=said.c.created_at, text=said.c.text
            )
        )
        .join(people, people.c.id == said.c.conversation_id)
        .where(incoming_in(period))
    )


def _answers(measure: Measure, period: Period, key: str | None) -> Any:
    """Outgoing messages with the question they answer."""
    said, asked, people = tables.messages, tables.messages.alias("asked"), tables.conversations
    kinds = ["refusal"] if measure is Measure.REFUSED else list(ANSWER_KINDS)
    return (
        sa.select(
            *_columns(
                "conversation",
                sender=people.c.sender,
                at=said.c.created_at,
                title=sa.func.coalesce(asked.c.text, ""),
                text=said.c.text,
            )
        )
        .join(people, people.c.id == said.c.conversation_id)
        .outerjoin(asked, asked.c.uid == said.c.reply_to)
        .where(answers_in(period), said.c.kind.in_(kinds))
    )


def _ratings(measure: Measure, period: Period, key: str | None) -> Any:
    given, said, people = tables.feedback, tables.messages, tables.conversations
    rating = "up" if measure is Measure.RATED_UP else "down"
    return (
        sa.select(
            *_columns(
                "conversation",
                sender=people.c.sender,
                at=given.c.at,
                title=sa.func.coalesce(given.c.question, ""),
                text=sa.func.coalesce(given.c.reason, said.c.text),
            )
        )
        .join(said, said.c.id == given.c.message_id)
        .join(people, people.c.id == said.c.conversation_id)
        .where(between(given.c.at, period), given.c.rating == rating, scope(period))
    )


def _wrong(measure: Measure, period: Period, key: str | None) -> Any:
    """Answers that a colleague judged wrong or a person found of no help, each once, with why.

    A refusal that was of no help is no wrong answer; it counts among the refused.
    """
    given, said, people = tables.feedback, tables.messages, tables.conversations
    judged, drawn = _last_judgements(Measure.JUDGED_WRONG, period), sampled_answers
    is_down = sa.and_(
        given.c.message_id == said.c.id, given.c.rating == "down", between(given.c.at, period)
    )
    is_judged = judged.c.message_id == said.c.id
    told = sa.func.coalesce(sa.func.nullif(judged.c.note, ""), given.c.reason, said.c.text)
    why = sa.case((judged.c.at.is_not(None), "抽查判错："), else_="评价没帮助：")
    return (
        sa.select(
            *_columns(
                "conversation",
                sender=people.c.sender,
                at=sa.func.coalesce(judged.c.at, given.c.at),
                title=sa.func.coalesce(given.c.question, drawn.c.question, ""),
                text=why + told,
            )
        )
        .select_from(said)
        .join(people, people.c.id == said.c.conversation_id)
        .outerjoin(drawn, drawn.c.message_id == said.c.id)
        .outerjoin(judged, is_judged)
        .outerjoin(given, is_down)
        .where(
            sa.or_(judged.c.at.is_not(None), given.c.at.is_not(None)),
            said.c.kind.in_(ANSWER_KINDS),
            scope(period),
        )
    )


def _judged(measure: Measure, period: Period, key: str | None) -> Any:
    said, people, drawn = tables.messages, tables.conversations, sampled_answers
    judged = _last_judgements(measure, period)
    return (
        sa.select(
            *_columns(
                "conversation",
                sender=people.c.sender,
                at=judged.c.at,
                title=drawn.c.question,
                text=sa.func.coalesce(sa.func.nullif(judged.c.note, ""), drawn.c.answer),
            )
        )
        .select_from(drawn)
        .join(judged, judged.c.message_id == drawn.c.message_id)
        .join(said, said.c.id == drawn.c.message_id)
        .join(people, people.c.id == said.c.conversation_id)
        .where(scope(period))
    )


def _last_judgements(measure: Measure, period: Period) -> Any:
    """The last judgement of a period of each answer judged in it, or judged wrong in it."""
    wanted = between(judgements.c.at, period)
    if measure is Measure.JUDGED_WRONG:
        wanted = sa.and_(wanted, judgements.c.verdict == Verdict.WRONG.value)
    last = sa.select(sa.func.max(judgements.c.id)).where(wanted).group_by(judgements.c.sample_id)
    return (
        sa.select(sampled_answers.c.message_id, judgements.c.at, judgements.c.note)
        .join(sampled_answers, sampled_answers.c.id == judgements.c.sample_id)
        .where(judgements.c.id.in_(last))
        .subquery()
    )


def _tickets(measure: Measure, period: Period, key: str | None) -> Any:
    table = tables.tickets
    moment = table.c.closed_at if measure is Measure.CLOSED else table.c.created_at
    columns = _columns(
        "ticket",
        reference=table.c.reference,
        sender=table.c.sender,
        at=moment,
        title=table.c.status,
        text=table.c.reason,
        center=table.c.center,
    )
    return sa.select(*columns).where(tickets_in(measure, period))


def _unanswered(measure: Measure, period: Period, key: str | None) -> Any:
    table = tables.unanswered
    columns = _columns("question", sender=table.c.sender, at=table.c.at, text=table.c.question)
    return sa.select(*columns).where(
        between(table.c.at, period), table.c.status == "open", senders_in(table.c.sender, period)
    )


def _documents(measure: Measure, period: Period, key: str | None) -> Any:
    cited, said = tables.citations, tables.messages
    with_it = sa.select(cited.c.message_id).where(cited.c.document == (key or ""))
    return _answers(Measure.ANSWERED, period, None).where(said.c.id.in_(with_it))


def _leads(measure: Measure, period: Period, key: str | None) -> Any:
    table = lead_tables.leads
    columns = _columns(
        "lead",
        reference=table.c.reference,
        sender=table.c.sender,
        at=table.c.created_at,
        title=table.c.company,
        text=table.c.stage,
        center=table.c.center,
    )
    query = sa.select(*columns).where(leads_in(period))
    if measure.lead_field is None or key is None:
        return query
    column = table.c[measure.lead_field]
    if key == NOT_SAID:
        return query.where(sa.or_(column.is_(None), column.in_(["", NOT_SAID])))
    return query.where(column == key)


_QUERIES: dict[Measure, Callable[[Measure, Period, str | None], Any]] = {
    Measure.CONVERSATIONS: _conversations,
    Measure.MESSAGES: _messages,
    Measure.ANSWERED: _answers,
    Measure.REFUSED: _answers,
    Measure.RATED_UP: _ratings,
    Measure.RATED_DOWN: _ratings,
    Measure.WRONG: _wrong,
    Measure.JUDGED: _judged,
    Measure.JUDGED_WRONG: _judged,
    Measure.HANDED_OFF: _tickets,
    Measure.ABANDONED: _tickets,
    Measure.CLOSED: _tickets,
    Measure.FIRST_RESPONSE: _tickets,
    Measure.UNANSWERED: _unanswered,
    Measure.DOCUMENT: _documents,
    **{measure: _leads for measure in Measure if measure.value.startswith("leads")},
}


def _asked(conn: Connection, period: Period, key: str | None) -> list[Asked]:
    return [asked for asked in questions(conn, period) if asked.topic == key]


def _shown(row: Any) -> FigureRow:
    values = row._mapping
    return FigureRow(
        kind=values.get("kind", "conversation"),
        reference=values.get("reference", ""),
        person=_person(values["sender"]),
        at=values["at"],
        title=_words(values, "title"),
        text=_words(values, "text"),
        center=values.get("center"),
    )


def _words(values: Any, name: str) -> str:
    text = str(values.get(name, "") or "")
    if values.get("kind") == "lead" and name == "text":
        return Stage(text).label
    return mask(text)[:_ROW_CHARS] if values.get("kind") == "lead" else _line(text)


def _person(sender: str) -> str:
    """Six digits that are equal for one person."""
    named = audit.sender_subject(sender).removeprefix("sender:")
    return f"{int(named[:12], 16) % 10**_PERSON_DIGITS:0{_PERSON_DIGITS}d}"


def _line(text: str) -> str:
    """What somebody wrote, in one line without contacts and names of companies."""
    return " ".join(mask_companies(mask(text)).split())[:_ROW_CHARS]
