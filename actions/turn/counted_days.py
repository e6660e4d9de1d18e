"""The day that a rule counts from, of what the conversation tells of days."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.told_days import day_in, past_days
from actions.turn.event_days import (
    before_receipt,
    counted_from,
    day_of_event,
    days_meant,
    event_counted,
    only_published,
    only_received,
)
from actions.turn.places import places_of, said_of_place
from indexer.jurisdictions import scope
from knowledge.deadline_types import DeadlineRule, Event

# The day is that of what was spoken of before.
SAME_DAY = re.compile(
    r"同一天|同一日|同日|日期一样|也是(?:那|这)天|一样的日子|同样的日期|还是那天|\bsame (?:\w+ )?(?:date|day)\b",
    re.IGNORECASE,
)
# What comes to an office is what such a rule counts from.
_ARRIVAL = "收到"
# So far back a message may tell when what has come was sent.
_LOOK_BACK = 6


@dataclass(frozen=True)
class Told:
    """A past day, and the message that told it."""

    day: date
    text: str


def told_before(services: Services, tracker: Tracker) -> Told | None:
    """The last past day that was told before in the same country, for a question that tells none."""
    today = services.today()
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country")
    not_there = _put_right(tracker.latest_message.get("entities") or (), country)
    for text, rows in said_of_place(services, tracker, country):
        not_there |= _put_right(rows, country)
        named = next((row["value"] for row in rows if row["entity"] == "date"), None)
        if named is None:
            continue
        is_here = _is_here(places_of(rows), country) or places_of(rows) <= not_there
        if not is_here and not SAME_DAY.search(talk.text(tracker)):
            return None
        days = past_days(text, named, today)
        return Told(days[0], text) if days else None
    return None


def _put_right(rows: Sequence[Mapping[str, Any]], country: str | None) -> set[str]:
    """The places that a message puts this country in the place of: what was told there was told of it."""
    if country is None or scope((country,)).isdisjoint(places_of(rows)):
        return set()
    return {r["value"] for r in rows if r["entity"] == "country" and r.get("role") == "denied"}


def day_before(services: Services, tracker: Tracker) -> date | None:
    """The day of what was told before, without its message."""
    before = told_before(services, tracker)
    return before.day if before else None


def telling(services: Services, tracker: Tracker, day: date) -> str:
    """The message that told a day: the last one, unless it names none."""
    before = None if day_in(services, tracker) else told_before(services, tracker)
    return before.text if before and before.day == day else talk.text(tracker)


def day_counted(
    services: Services, tracker: Tracker, rule: DeadlineRule, day: date | None
) -> date | None:
    """The day that a rule counts from, by what the message that told a day says of its days.

    A day of receipt is none of sending: that one may have been told before.

    :return: None where the day told is not the one that counts.
    """
    if day is None:
        return None
    told, today = telling(services, tracker, day), services.today()
    if (printed := _on_its_face(services, tracker, rule, told)) is not None:
        return printed
    counted = counted_from(told, rule.event, today, day)
    if rule.event is Event.PUBLISHED and only_received(told, today):
        counted = None
    if counted is not None or rule.event is not Event.ISSUED:
        is_other = rule.event is Event.RECEIVED and only_published(told, today)
        arrives = _ARRIVAL in rule.trigger and not is_other
        return day if counted is None and arrives else counted
    return _sent_before(services, tracker, day)


def _on_its_face(
    services: Services, tracker: Tracker, rule: DeadlineRule, told: str
) -> date | None:
    """The day of sending or of publication that a message tells beside that of receipt, where that one counts.

    An office's notice that is printed in a gazette is known from that day on, one that it passes on from
    the day it is sent (an agent's mail comes later), and some countries count a paper's period from its date.
    """
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country")
    event = event_counted(rule, country)
    if event is rule.event:
        return None
    today = services.today()
    return day_of_event(told, event, today) or before_receipt(told, today)


def _sent_before(services: Services, tracker: Tracker, received: date) -> date | None:
    """The day of sending that was told in an earlier message for what came on a day."""
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country")
    for text, rows in islice(said_of_place(services, tracker, country), _LOOK_BACK):
        if not _is_here(places_of(rows), country):
            return None
        sent = days_meant(text, Event.ISSUED, services.today())
        if len(sent) == 1 and (day := sent.pop()) <= received:
            return day
    return None


def _is_here(places: Collection[str], country: str | None) -> bool:
    """Whether a message that names places is about a country as well."""
    return not places or country is None or not scope((country,)).isdisjoint(places)
