"""The past day that a message tells."""

from __future__ import annotations

import re
from datetime import date

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.dates import DateQuestion, DateRange, ExactDate, parse_date
from actions.deadline_choice import asks_what_day_it_is
from knowledge.date_meanings import Meaning, meaning_of
from knowledge.text import normalise

# What is said of a day that has come: its clause ends so (公告授权的, 收到了).
_HAPPENED = re.compile(r"^[^，,。；;！!？?\d]{2,8}[的了](?=[，,。；;！!？?\s]|$)")
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
    reading = _happened(reading, text, today) or reading
    if isinstance(reading, DateRange) and reading.last <= today:
        return reading.first, reading.last
    if isinstance(reading, ExactDate) and reading.day <= today:
        return reading.day, reading.day
    return None


def _happened(reading: object, text: str, today: date) -> ExactDate | None:
    """The last such day, where a message gives no year and says that it has happened (3月5日登报的)."""
    if not isinstance(reading, DateQuestion) or reading.text not in text:
        return None
    past = [day for day in reading.candidates if day <= today]
    before, _, after = text.partition(reading.text)
    if len(past) != 1 or _HAPPENED.search(after) is None:
        return None
    is_said = meaning_of(before, after)[0] in _HAPPENINGS
    return ExactDate(past[0]) if is_said else None
