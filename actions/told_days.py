"""The past day that a message tells."""

from __future__ import annotations

from datetime import date

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.dates import DateRange, ExactDate, parse_date
from actions.deadline_choice import asks_what_day_it_is
from knowledge.text import normalise


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
    if isinstance(reading, DateRange) and reading.last <= today:
        return reading.first, reading.last
    if isinstance(reading, ExactDate) and reading.day <= today:
        return reading.day, reading.day
    return None
