"""The one-time material list for a matter: which is meant by the words of the message and by what is known."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event, Services
from actions.deadline_choice import PLATFORM
from actions.replies import HUMAN, LEAD, Button, Reply
from indexer.encoder import encode_query
from indexer.hybrid import HybridIndex
from knowledge.checklist_table import Checklist
from knowledge.text import normalise
from knowledge.types import GENERAL

SHOWN = 8
CHOICES = 4
# What a list's items add to the nearness of its title.
_ITEMS = 0.5
# The question of somebody who says nothing of the matter: only what is said beyond it tells lists apart.
_BARE = "要准备什么材料"
# What every request for aid or funding needs.
_OF_REQUESTS = "funding-lead"
# A list this near, this much nearer than the next, and of which this much is said, is meant.
_NEAR, _LEAD, _SAYS = 0.5, 0.08, 0.1
Vectors = NDArray[np.float32]


def fitting(services: Services, tracker: Tracker) -> list[Checklist]:
    """The list for the matter at hand; where none is known that of every request for aid."""
    found = for_request(services.checklists, *_matter(tracker))
    return [] if found is None else [found]


def for_request(
    lists: Sequence[Checklist], procedure: str | None, country: str | None, role: str | None
) -> Checklist | None:
    """What to hand in with a request for aid in a matter; where none is known what every request needs."""
    own = lists_for(lists, procedure, country, role) if procedure is not None else []
    return next(iter(own), None) or next((item for item in lists if item.id == _OF_REQUESTS), None)


def _matter(tracker: Tracker) -> tuple[str | None, str | None, str | None]:
    """The procedure, the country and the side that are spoken of; who names a platform only has a complaint there."""
    procedure = talk.entity(tracker, "procedure") or talk.slot(tracker, "procedure")
    procedure = procedure or (PLATFORM if talk.slot(tracker, "platform") else None)
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country")
    return procedure, country, talk.slot(tracker, "party")


def meant(services: Services, tracker: Tracker) -> tuple[list[Checklist], bool]:
    """The lists that a message may mean, the likeliest first, and whether the first is plainly meant.

    The list of the matter that is spoken of is meant, unless the message says more of another one; where no matter
    is known, that of which it says plainly more than of the next.  A title is its list.
    """
    titled = [item for item in services.checklists if item.title == talk.text(tracker)]
    if titled:
        return titled, True
    procedure, country, party = _matter(tracker)
    near, is_plain = _nearest(
        services, tracker, lists_for(services.checklists, None, country, party)
    )
    own = lists_for(services.checklists, procedure, country, party) if procedure is not None else []
    return (own, True) if own and not (is_plain and near[0] not in own) else (near, is_plain)


def _nearest(
    services: Services, tracker: Tracker, possible: Sequence[Checklist]
) -> tuple[list[Checklist], bool]:
    """Lists by how near the message comes to them, and whether the first is plainly meant.

    It is where it leads, and leads as well by what the message says beyond the bare question.
    """
    near, more = (
        dict(zip((item.id for item in services.checklists), scores, strict=True))
        for scores in _nearness(services, tracker)
    )
    found = sorted(possible, key=lambda item: -near[item.id])
    if not found:
        return [], False
    leads = len(found) < 2 or near[found[0].id] - near[found[1].id] >= _LEAD
    says = more[found[0].id] == max(more[item.id] for item in possible) >= _SAYS
    return found, leads and says and near[found[0].id] >= _NEAR


def _nearness(services: Services, tracker: Tracker) -> tuple[list[float], ...]:
    """How near the message comes to each list of the table by meaning, and how much nearer than the bare question."""
    index = services.index.current()
    kept = _kept.get(index)
    if kept is None:
        titles = [item.title for item in services.checklists]
        wholes = [
            " ".join((item.title, *(each.text for each in item.items)))
            for item in services.checklists
        ]
        kept = _kept[index] = tuple(
            np.stack([encode_query(index.encoder, normalise(text)) for text in texts])
            for texts in (titles, wholes)
        )
    asked, bare = (encode_query(index.encoder, text) for text in (talk.text(tracker), _BARE))
    return tuple([*map(float, kept[0] @ v + _ITEMS * (kept[1] @ v))] for v in (asked, asked - bare))


_kept: weakref.WeakKeyDictionary[HybridIndex, tuple[Vectors, ...]] = weakref.WeakKeyDictionary()


def lists_for(
    lists: Sequence[Checklist], procedure: str | None, country: str | None, role: str | None
) -> list[Checklist]:
    """Lists of a procedure in a country for one side, most exact first."""
    scored = []
    for place, item in enumerate(lists):
        score = 0
        if procedure is not None:
            if procedure not in item.procedures:
                continue
            score += 4
        if country is not None and item.countries:
            if country not in item.countries and GENERAL not in item.countries:
                continue
            score += 2 if country in item.countries else 0
        if role is not None and item.role not in (None, role):
            continue
        scored.append((-score, place, item))
    return [item for _, _, item in sorted(scored, key=lambda row: row[:2])]


class ActionChecklist(AssistantAction):
    """Says what to have ready."""

    def name(self) -> str:
        """The action's name."""
        return "action_checklist"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Show the list that fits, or ask which matter."""
        found, is_plain = meant(self.services, tracker)
        if not is_plain:
            Reply(
                "utter_ask_checklist", kind="question",
                buttons=[*(Button.same(item.title) for item in found[:CHOICES]), HUMAN],
            ).send(dispatcher)  # fmt: skip
            return [SlotSet("last_topic", "checklist")]
        checklist_reply(found[0]).send(dispatcher)
        return [SlotSet("last_topic", "checklist")]


def checklist_reply(item: Checklist) -> Reply:
    """The list as lines, the whole of it as data."""
    lines = [f"{number}. {each.text}" for number, each in enumerate(item.items[:SHOWN], start=1)]
    rest = len(item.items) - SHOWN
    return Reply(
        "utter_checklist",
        kind="checklist",
        fields={
            "title": item.title,
            "items": "\n".join(lines),
            "rest": f"\n另有{rest}项，见下方完整清单。" if rest > 0 else "",
        },
        buttons=[LEAD, HUMAN],
        data={
            "id": item.id,
            "title": item.title,
            "items": [each.values() for each in item.items],
            "facts": list(item.facts),
        },
    )
