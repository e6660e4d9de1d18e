"""The one-time material list for a matter."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event, Services
from actions.replies import HUMAN, LEAD, Button, Reply
from knowledge.checklist_table import Checklist
from knowledge.types import GENERAL

SHOWN = 8
CHOICES = 4


def fitting(services: Services, tracker: Tracker) -> list[Checklist]:
    """Lists for the matter at hand, most exact first; every list when nothing is known."""
    procedure = talk.entity(tracker, "procedure") or talk.slot(tracker, "procedure")
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country")
    return lists_for(services, procedure, country, talk.slot(tracker, "party"))


def lists_for(
    services: Services, procedure: str | None, country: str | None, role: str | None
) -> list[Checklist]:
    """Lists of a procedure in a country for one side, most exact first."""
    scored = []
    for place, item in enumerate(services.checklists):
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
        text = talk.text(tracker)
        found = fitting(self.services, tracker)
        named = [item for item in found if item.title == text]
        knows = talk.slot(tracker, "procedure") or talk.entity(tracker, "procedure")
        if not named and (not knows or not found):
            everything = found or self.services.checklists
            Reply(
                "utter_ask_checklist", kind="question",
                buttons=[*(Button.same(item.title) for item in everything[:CHOICES]), HUMAN],
            ).send(dispatcher)  # fmt: skip
            return [SlotSet("last_topic", "checklist")]
        checklist_reply((named or found)[0]).send(dispatcher)
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
