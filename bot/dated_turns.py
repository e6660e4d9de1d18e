"""The turns of strangers' conversations that ask for a day, as the choice of a deadline rule learns from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.date_readings import ExactDate
from actions.dates import find_dates
from actions.deadline_choice import asked_in, rule_candidates
from actions.deadline_order import Asked
from actions.deadline_rules import compute
from bot.written import Line, bot_as_it_is, conversations
from indexer.jurisdictions import scope
from knowledge.deadline_types import DeadlineRule
from knowledge.errors import RuleError
from knowledge.types import GENERAL
from settings import Settings


async def dated_turns(settings: Settings, lines: Iterable[Line]) -> list[tuple[Asked, str]]:
    """Every turn that expects a due day, as it is heard, with the id of the rule that gives this day.

    :param lines: as :func:`bot.written.lines_of` reads them; the clock is that of ``settings``.
    """
    found = []
    with bot_as_it_is(settings) as bot:
        async for tracker, expect in bot.hold(conversations(lines)):
            due = (expect.get("data") or {}).get("due_date")
            rule = _rule_of(bot.services, tracker, date.fromisoformat(due), expect) if due else None
            if rule is not None:
                found.append((asked_in(bot.services, tracker, talk.text(tracker)), rule.id))
    return found


def _rule_of(
    services: Services, tracker: Tracker, due: date, expect: Mapping[str, Any]
) -> DeadlineRule | None:
    """The likeliest of the rules that count to the due day from a day that was told.

    A rule that only the day speaks for is none: many count twenty days, and days are many.
    """
    places = scope(tuple(expect.get("cite_country") or ())) or None
    days = _told(tracker, services.today())
    return next(
        (
            item.rule
            for item in rule_candidates(services, tracker)
            if places is None or item.rule.jurisdiction in (*places, GENERAL)
            if any(_counts_to(services, tracker, item.rule, day, due) for day in days)
        ),
        None,
    )


def _told(tracker: Tracker, today: date) -> set[date]:
    """The days that the person has told so far."""
    said = [event["text"] for event in tracker.events if event["event"] == "user" and event["text"]]
    readings = (item.reading for text in said for item in find_dates(text, today))
    return {reading.day for reading in readings if isinstance(reading, ExactDate)}


def _counts_to(
    services: Services, tracker: Tracker, rule: DeadlineRule, day: date, due: date
) -> bool:
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country")
    try:
        result = compute(
            rule.id, day, services.today(), country=country, may_be_future=True, table=services.deadlines
        )  # fmt: skip
    except RuleError:
        return False
    return due in (result.due_date, *(item.due_date for item in result.alternatives))
