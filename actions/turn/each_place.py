"""A message about several countries, heard as if each had been spoken of in a message of its own.

It is one where each country has its own day or question, or where one question is asked of all of them;
and one that names none and asks something of those that were spoken of (哪个能延期).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services, once_a_turn
from actions.deadline_asking import asks_a_period, asks_for_more
from actions.turn.asking import asks
from actions.turn.dating import dating
from actions.turn.held_rules import Dating
from actions.turn.listed_matters import slots_of
from actions.turn.parts import MOST_PLACES, OF_ALL, Part, is_of_each, parts
from actions.turn.places import recent_places, with_slots
from actions.turn.plan import EACH_PLACE, plan_in
from actions.turn.readings import Reading, readings
from actions.turn.rules import open_rule_of
from indexer.jurisdictions import scope
from knowledge.deadline_types import DeadlineRule
from knowledge.types import GENERAL

# What a part leaves unnamed and another part names is not meant of it.
_OF_ONE = ("party", "platform")
# With a name of these a message is about something else than the countries spoken of.
_ELSEWHERE = frozenset(("country", "platform", "region", "company", "procedure", "right"))
# A question about those that were spoken of is no longer than this.
_HANGING = 30
_WHICH = ("哪", "边")
_WHICH_DAY = "，截止哪天"


@dataclass(frozen=True)
class OfPlace:
    """What one of the countries gets: the conversation as it stands for it, its reading and its day.

    ``is_asked`` is False where the message only tells something of it; ``extends`` is the rule whose
    extension is asked for.
    """

    place: str
    tracker: Tracker
    reading: Reading
    dating: Dating | None
    is_asked: bool
    extends: DeadlineRule | None = None

    @property
    def is_dated(self) -> bool:
        """Whether a day can be computed."""
        found = self.dating
        return found is not None and found.rule is not None and found.day is not None

    def to_json(self) -> dict[str, Any]:
        """As the plan keeps it."""
        rule = self.dating.rule if self.dating else None
        day = self.dating.day if self.dating else None
        return {
            "place": self.place,
            "rule": rule.id if rule else None,
            "day": day.isoformat() if day else None,
        }

    @property
    def is_answered(self) -> bool:
        """Whether the shelf answers from what holds in this country."""
        found = self.reading.found
        places = found.hits[0].passage.jurisdiction if found.hits else ()
        is_its = not scope((self.place,)).isdisjoint(places) and GENERAL not in places
        return found.band == "answer" and is_its


def of_each_place(services: Services, tracker: Tracker) -> list[OfPlace]:
    """What each country of the message gets, in order; empty where it is a message about one thing."""
    rows = tracker.latest_message.get("entities") or ()
    key = ("each place", talk.text(tracker), repr(rows), repr(tracker.get_slot("last_answer")))
    return list(once_a_turn(key, lambda: _of_each_place(services, tracker, rows)))


def _of_each_place(
    services: Services, tracker: Tracker, rows: Sequence[Mapping[str, Any]]
) -> list[OfPlace]:
    text = talk.text(tracker)
    index = services.index.current()
    corrected = index.understand(text).text
    if len(corrected) == len(text):  # places in it are those of the entities
        text = corrected
    named = parts(index.understanding, text, rows)
    if named:
        if not is_of_each(named, text):
            return []
        are_asked = any(part.asks for part in named)
        found = [_heard(services, tracker, part, are_asked=are_asked) for part in named]
        return found if _is_of_periods(services, found) else []
    again = _asked_of_all(services, tracker, rows)
    found = [_heard(services, tracker, part, are_asked=True) for part in again]
    are_known = (one.is_dated or one.is_answered or one.extends is not None for one in found)
    return found if all(are_known) else []


def _is_of_periods(services: Services, found: Sequence[OfPlace]) -> bool:
    """Whether it is days and periods that are asked for, and the shelf knows them."""
    asked = [one for one in found if one.is_asked]
    unknown = [one for one in asked if not (one.is_dated or _rests(services, one))]
    return len(unknown) < len(asked) and all(one.reading.found.band == "refuse" for one in unknown)


def _rests(services: Services, one: OfPlace) -> bool:
    hits = one.reading.found.hits
    facts = hits[0].passage.facts[:1] if hits else ()
    return one.is_answered and any(fact in services.deadlines.rules for fact in facts)


def _asked_of_all(
    services: Services, tracker: Tracker, rows: Sequence[Mapping[str, Any]]
) -> list[Part]:
    """One part a country spoken of, where a message that names none is about all of them."""
    text = talk.text(tracker)
    names = {row["entity"] for row in rows if row.get("role") != "denied"}
    marks = [mark.group() for mark in OF_ALL.finditer(text)]
    is_telling = "date" in names and not asks(text)
    was_of_each = EACH_PLACE in plan_in(tracker).get("acts", ())
    hangs_on_each = was_of_each and (asks_for_more(text) or asks_a_period(text))
    # 都 alone is said of anything.
    is_of_all = any(mark != "都" for mark in marks) or (bool(marks) and is_telling) or hangs_on_each
    if not is_of_all or names & _ELSEWHERE or len(text) > _HANGING:
        return []
    if not (is_telling or asks(text) or any(mark.startswith(_WHICH) for mark in marks)):
        return []
    places = recent_places(tracker)[-MOST_PLACES:]
    said = OF_ALL.sub("", text)
    return [_part_of(services, place, said, rows) for place in places] if len(places) > 1 else []


def _part_of(services: Services, place: str, said: str, rows: Sequence[Mapping[str, Any]]) -> Part:
    name = services.vocabulary.country(place)
    text = f"{name}{said}"
    country = {
        "entity": "country", "value": place, "start": 0, "end": len(name), "role": "main",
    }  # fmt: skip
    return Part(place, text, (country, *rows), has_day=False, asks=True)


def _heard(services: Services, tracker: Tracker, part: Part, *, are_asked: bool) -> OfPlace:
    """A part as a message of its own, after what was said of its country."""
    is_asked = part.asks or not are_asked
    if not is_asked:  # which day follows is remembered, in case it is asked next
        part = replace(part, text=f"{part.text.rstrip('，,。；; ')}{_WHICH_DAY}")
    alone = _as_message(tracker, part)
    best = readings(services, alone, part.text)
    dated = dating(services, alone, best)
    rule = open_rule_of(services, alone)
    asks_more = rule is not None and rule.extension and asks_for_more(part.text)
    is_kept = dated is not None and dated.misfit is None
    return OfPlace(
        part.place,
        alone,
        best[0],
        dated if is_kept else None,
        is_asked=is_asked,
        extends=rule if asks_more else None,
    )


def _as_message(tracker: Tracker, part: Part) -> Tracker:
    """The conversation in which a part was the whole message."""
    heard = with_slots(tracker, slots_of(tracker, part, emptied=_OF_ONE))
    heard.latest_message = {
        **tracker.latest_message, "text": part.text, "entities": [dict(row) for row in part.rows],
    }  # fmt: skip
    return heard
