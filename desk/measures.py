"""What is counted over a period, and the conditions that say what belongs to each measure.

A conversation belongs to no center; for one center only the conversations of people count who have a
ticket or a lead there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables, tables
from desk.errors import InvalidRecordError

ANSWER_KINDS = ("answer", "deadline", "center", "checklist")
LEAD_FIELDS = ("stage", "country", "right", "procedure", "district", "industry")
NOT_SAID = "未填"
# Replies whose citations are read with one statement.
_AT_ONCE = 500
UNANSWERED_TOPIC = "没有答到的问题"
# Newest first; more would not change which questions lead the list.
_QUESTIONS_READ = 20_000


@dataclass(frozen=True)
class Period:
    """From ``since`` up to, not including, ``until``; of one center or of all."""

    since: datetime
    until: datetime
    center: str | None = None


class Measure(str, Enum):
    """One thing that is counted; :attr:`label` is what staff read."""

    CONVERSATIONS = "conversations"
    MESSAGES = "messages"
    ANSWERED = "answered"
    REFUSED = "refused"
    RATED_UP = "rated-up"
    RATED_DOWN = "rated-down"
    WRONG = "wrong"
    JUDGED = "judged"
    JUDGED_WRONG = "judged-wrong"
    HANDED_OFF = "handed-off"
    ABANDONED = "abandoned"
    CLOSED = "closed"
    FIRST_RESPONSE = "first-response"
    UNANSWERED = "unanswered"
    QUESTION = "question"
    DOCUMENT = "document"
    LEADS = "leads"
    LEADS_BY_STAGE = "leads-stage"
    LEADS_BY_COUNTRY = "leads-country"
    LEADS_BY_RIGHT = "leads-right"
    LEADS_BY_PROCEDURE = "leads-procedure"
    LEADS_BY_DISTRICT = "leads-district"
    LEADS_BY_INDUSTRY = "leads-industry"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self.value]

    @property
    def lead_field(self) -> str | None:
        """The field of a lead that a key of this measure is a value of."""
        return self.value.removeprefix("leads-") if self.value.startswith("leads-") else None

    @classmethod
    def parse(cls, text: str) -> Measure:
        """A measure by code.

        :raises InvalidRecordError: when there is none.
        """
        for measure in cls:
            if text == measure.value:
                return measure
        raise InvalidRecordError("没有这项数据")


_LABELS = {
    "conversations": "咨询会话",
    "messages": "用户消息",
    "answered": "机器人答复",
    "refused": "未能回答",
    "rated-up": "评价有帮助",
    "rated-down": "评价没帮助",
    "wrong": "被判答错",
    "judged": "抽查判过",
    "judged-wrong": "抽查判错",
    "handed-off": "转人工",
    "abandoned": "排队中放弃",
    "closed": "人工办结",
    "first-response": "有首次回复的转人工",
    "unanswered": "待补充的问题",
    "question": "高频问题",
    "document": "引用的文档",
    "leads": "援助线索",
    "leads-stage": "线索（按阶段）",
    "leads-country": "线索（按国家或地区）",
    "leads-right": "线索（按权利）",
    "leads-procedure": "线索（按程序）",
    "leads-district": "线索（按区）",
    "leads-industry": "线索（按行业）",
}


def incoming_in(period: Period) -> Any:
    """The condition on what people said in a period."""
    said = tables.messages
    return sa.and_(between(said.c.created_at, period), said.c.direction == "in", scope(period))


def answers_in(period: Period) -> Any:
    """The condition on bot answers of a period."""
    said = tables.messages
    return sa.and_(between(said.c.created_at, period), said.c.direction == "out", scope(period))


def between(column: Any, period: Period) -> Any:
    """Whether a moment lies in a period."""
    return sa.and_(column >= period.since, column < period.until)


def leads_in(period: Period) -> Any:
    """The condition on leads of a period."""
    condition = between(lead_tables.leads.c.created_at, period)
    if period.center is None:
        return condition
    return sa.and_(condition, lead_tables.leads.c.center == period.center)


def tickets_in(measure: Measure, period: Period) -> Any:
    """The condition on tickets that a measure counts."""
    table = tables.tickets
    moment = table.c.closed_at if measure is Measure.CLOSED else table.c.created_at
    found = [between(moment, period)]
    if period.center is not None:
        found.append(table.c.center == period.center)
    if measure is Measure.ABANDONED:
        found.append(table.c.status == "abandoned")
    if measure is Measure.CLOSED:
        found.append(table.c.status != "abandoned")
    if measure is Measure.FIRST_RESPONSE:
        found.append(table.c.first_reply_at.is_not(None))
    return sa.and_(*found)


@dataclass(frozen=True)
class Asked:
    """What a person asked, and the topic: what was answered from, in the words of the knowledge base."""

    sender: str
    at: datetime
    text: str
    topic: str


def questions(conn: Connection, period: Period) -> list[Asked]:
    """What people asked and the bot answered or refused, newest first."""
    asked, reply, people = (
        tables.messages.alias("asked"),
        tables.messages.alias("reply"),
        tables.conversations,
    )
    query = (
        sa.select(
            asked.c.id,
            people.c.sender.label("sender"),
            asked.c.created_at.label("at"),
            asked.c.text.label("text"),
            reply.c.id.label("reply"),
        )
        .join(reply, reply.c.reply_to == asked.c.uid)
        .join(people, people.c.id == asked.c.conversation_id)
        .where(
            between(asked.c.created_at, period),
            reply.c.kind.in_(["answer", "refusal"]),
            senders_in(people.c.sender, period),
        )
        .order_by(asked.c.id.desc())
        .limit(_QUESTIONS_READ)
    )
    rows = conn.execute(query).all()
    topics = _topics(conn, [row.reply for row in rows])
    found: dict[int, Asked] = {}
    for row in rows:
        topic = topics.get(row.reply, UNANSWERED_TOPIC)
        if row.id not in found or found[row.id].topic == UNANSWERED_TOPIC:
            found[row.id] = Asked(row.sender, row.at, row.text, topic)
    return list(found.values())


def _topics(conn: Connection, replies: Sequence[int]) -> dict[int, str]:
    """The document and heading that each reply cites first."""
    cited = tables.citations
    found: dict[int, str] = {}
    for start in range(0, len(replies), _AT_ONCE):
        query = sa.select(cited.c.message_id, cited.c.title, cited.c.heading).where(
            cited.c.message_id.in_(replies[start : start + _AT_ONCE])
        )
        for row in conn.execute(query.order_by(cited.c.message_id, cited.c.position)):
            heading = f"：{row.heading[-1]}" if row.heading else ""
            found.setdefault(row.message_id, f"{row.title}{heading}")
    return found


def senders_in(column: Any, period: Period) -> Any:
    """Whether a person has to do with the period's center; true without one."""
    if period.center is None:
        return sa.true()
    tickets, leads = tables.tickets, lead_tables.leads
    return sa.or_(
        column.in_(sa.select(tickets.c.sender).where(tickets.c.center == period.center)),
        column.in_(sa.select(leads.c.sender).where(leads.c.center == period.center)),
    )


def scope(period: Period) -> Any:
    """The condition on messages of people who have to do with the period's center."""
    if period.center is None:
        return sa.true()
    people = tables.conversations
    own = sa.select(people.c.id).where(senders_in(people.c.sender, period))
    return tables.messages.c.conversation_id.in_(own)
