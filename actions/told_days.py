"""The past day that a message tells."""

from __future__ import annotations

import re
from datetime import date

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.dates import DateQuestion, DateRange, ExactDate, parse_date
from actions.deadline_asking import asks_what_day_it_is
from knowledge.date_meanings import Meaning, meaning_of
from knowledge.text import normalise

# A day that is yet to come, or only thought of, is told with such a word.
_TO_COME = re.compile(
    r"如果|假如|假设|要是|若|万一|预计|估计|可能|大概|将|会|打算|准备|计划|想|要在|才能|之前|以前|明年|到时"
)
_CLAUSE = re.compile(r"[，,。；;！!？?\n]")
_SOON = 60  # days; what may be yet to come so soon is asked for
_HAPPENINGS = frozenset(
    (Meaning.PUBLISHED, Meaning.SERVED, Meaning.RECEIVED, Meaning.ISSUED, Meaning.FILED)
)


def day_in(services: Services, tracker: Tracker) -> date | None:
    """The past day that the last message names for certain; of two days the earlier one, which is safe."""
    days = days_in(services, tracker)
    return days[0] if days else None


def days_in(services: Services, tracker: Tracker) -> tuple[date, date] | None:
    """The first and the last past day that the last message may mean; the same day twice where it is certain."""
    named = talk.entity(tracker, "date")
    if named is None or asks_what_day_it_is(talk.text(tracker)):
        return None
    return past_days(talk.text(tracker), named, services.today())


def past_days(text: str, named: str, today: date) -> tuple[date, date] | None:
    """The first and the last past day that a message may mean by the words that name a date.

    Words that stand in it mean what the message says with them (最后一日 is no first of a month).
    """
    reading = parse_date(text, today)
    if reading is None and normalise(named) not in normalise(text):
        reading = parse_date(named, today)
    reading = happened(reading, text, today) or reading
    if isinstance(reading, DateRange) and reading.last <= today:
        return reading.first, reading.last
    if isinstance(reading, ExactDate) and reading.day <= today:
        return reading.day, reading.day
    return None


def happened(reading: object, text: str, today: date) -> ExactDate | None:
    """The last such day, where a message gives no year and tells what happened on it (3月5日登报的, 公告日是3月5日)."""
    if not isinstance(reading, DateQuestion) or reading.text not in text:
        return None
    past = [day for day in reading.candidates if day <= today]
    before, _, after = text.partition(reading.text)
    clause = _CLAUSE.split(before)[-1] + _CLAUSE.split(after, maxsplit=1)[0]
    soon = any(0 < (day - today).days <= _SOON for day in reading.candidates)
    if len(past) != 1 or soon or _TO_COME.search(clause):
        return None
    is_said = meaning_of(before, after)[0] in _HAPPENINGS
    return ExactDate(past[0]) if is_said else None
