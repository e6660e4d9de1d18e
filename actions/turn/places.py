"""What the conversation holds of each country, and the conversation as it was when one was spoken of.

Who goes back and forth between two disputes means of each its own day, side, paper and answer.  The events
of the conversation tell them: what the slots held when it turned from one country to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.shelf import Shelf
from actions.turn.parts import part_about
from actions.turn.plan import EACH_PLACE, plan_in
from actions.turn.printed import LOOK_BACK
from indexer.jurisdictions import scope
from knowledge.types import Passage

# What belongs to the dispute in one country.
OF_PLACE = (
    "party", "right", "procedure", "platform", "last_rule", "last_day", "last_question", "last_answer",
    "last_topic",
)  # fmt: skip
_ASKED = frozenset(("last_question", "last_answer"))
_NAMED = ("party", "right", "procedure", "platform")
# What a message denies, and where the enterprise is at home, is not where its dispute is.
NOT_THERE = frozenset(("denied", "home"))
_ANEW = frozenset(("restart", "reset_slots"))
# So many of a person's messages back a country still belongs to what is spoken of.
_RECENT = 6
# Said of what was spoken of before (日本那个期限).
_SPOKEN_OF = re.compile(r"[那嗰](?:个|边|件|单|份|头|案|個|邊|單)")


def told_of_places(tracker: Tracker) -> dict[str, Mapping[str, Any]]:
    """What held when each country was last spoken of, before the last message; the latest last."""
    return {place: kept for place, (_, kept) in _ledger(tracker)[0].items()}


def recent_places(tracker: Tracker) -> list[str]:
    """The countries that the last messages were about, the latest last."""
    kept, _, turns = _ledger(tracker)
    return [place for place, (turn, _) in kept.items() if turns - turn < _RECENT]


def returning(tracker: Tracker) -> dict[str, Any]:
    """The slots to take up again where a message goes back to a country that was spoken of before another.

    What the message itself names is left as it is named; empty where it goes back to none.
    """
    rows = tracker.latest_message.get("entities") or ()
    named = places_of(rows)
    kept, before, _ = _ledger(tracker)
    if len(named) != 1 or before in named or named.isdisjoint(kept):
        return {}
    (place,) = named
    own = {
        r["entity"]: r["value"] for r in rows if r["entity"] in _NAMED and r.get("role") == "main"
    }
    state = kept[place][1]
    is_other = None not in (own.get("procedure"), state["procedure"])
    is_other = is_other and own["procedure"] != state["procedure"]
    if is_other and _SPOKEN_OF.search(talk.text(tracker)) is None:
        return {}  # another dispute in the same country
    return {name: state.get(name) for name in OF_PLACE if name not in own}


def answered_there(services: Services, tracker: Tracker) -> tuple[str | None, Passage] | None:
    """The question and the passage last answered of the one country that is named now.

    :return: None where what was answered last is of that country, or nothing was.
    """
    named = places_of(tracker.latest_message.get("entities") or ())
    if len(named) != 1:
        return None
    codes, shelf = set(scope(named)), Shelf.of(services.index.current())
    for number, (question, answer) in enumerate(_answered(tracker)):
        passage = shelf.find(answer)
        own = set(filter(None, (passage.place, *passage.jurisdiction))) if passage else set()
        if passage is not None and not codes.isdisjoint(own):
            return (question, passage) if number else None
    return None


def _answered(tracker: Tracker) -> Iterator[tuple[str | None, str]]:
    """What was asked and answered from in each turn, the last first."""
    turns: list[dict[str, Any]] = []
    for event in tracker.events:
        if event.get("event") == "user":
            turns.append({})
        elif turns and event.get("event") == "slot" and event.get("name") in _ASKED:
            turns[-1][event["name"]] = event.get("value")
    for turn in reversed(turns):
        if turn.get("last_answer"):
            yield turn.get("last_question"), turn["last_answer"]


def goes_back(tracker: Tracker) -> bool:
    """Whether a message that names one country does so after several were spoken of."""
    return EACH_PLACE in plan_in(tracker).get("acts", ()) or bool(returning(tracker))


def with_slots(tracker: Tracker, slots: Mapping[str, Any]) -> Tracker:
    """The conversation with other values in some slots."""
    return Tracker(
        tracker.sender_id, {**tracker.slots, **slots}, tracker.latest_message, tracker.events, False,
        None, tracker.active_loop, tracker.latest_action_name,
    )  # fmt: skip


def said_of_place(
    services: Services, tracker: Tracker, country: str | None
) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """What the person said before of a country, with its entities, the last first.

    Of a message about several countries it is the part about this one.
    """
    understanding = services.index.current().understanding
    for text, rows in talk.told_before(tracker):
        part = None
        if country and len(places_of(rows)) > 1:
            part = part_about(understanding, text, rows, frozenset(scope((country,))))
        yield (text, rows) if part is None else (part.text, part.rows)


def told_here(services: Services, tracker: Tracker) -> list[str]:
    """What was said just before and not only of other countries than the one that is spoken of now."""
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country")
    said = islice(said_of_place(services, tracker, country), LOOK_BACK)
    return [text for text, rows in said if not _names_only_others(rows, country)]


def _names_only_others(rows: Sequence[Mapping[str, Any]], country: str | None) -> bool:
    places = places_of(rows)
    return bool(places) and country is not None and places.isdisjoint(scope((country,)))


def places_of(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """The countries in which something happens, by the entities of a message."""
    return {r["value"] for r in rows if r["entity"] == "country" and r.get("role") not in NOT_THERE}


def _ledger(
    tracker: Tracker,
) -> tuple[dict[str, tuple[int, Mapping[str, Any]]], str | None, int]:
    """By country the message after which it was spoken of last, with what held then.

    :return: that, the country before the last message, and the number of messages.
    """
    kept: dict[str, tuple[int, Mapping[str, Any]]] = {}
    held: dict[str, Any] = {}
    before: str | None = None
    turns, is_hearing = 0, False

    def keep() -> None:
        place = held.get("country")
        if place:
            kept.pop(place, None)
            kept[place] = (turns, {name: held.get(name) for name in OF_PLACE})

    for event in tracker.events:
        kind = event.get("event")
        if kind in _ANEW:
            kept.clear()
            held.clear()
        elif kind == "user":
            keep()
            before, is_hearing = held.get("country"), True
            turns += 1
        elif kind == "action":
            is_hearing = False
        elif kind == "slot" and event.get("name") in ("country", *OF_PLACE):
            if event["name"] == "country" and not is_hearing:
                keep()
            held[event["name"]] = event.get("value")
    return kept, before, turns
