"""A value of the matter corrected in the panel of the page: what follows from it is said anew.

The panel restates the whole matter with the value changed, so that it is understood whatever the
conversation still holds; here the record tells which value that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.calendars import spoken
from actions.center import center_reply
from actions.context import AssistantAction, Event
from actions.deadline import at_once, spoken_of
from actions.deadline_fit import Situation, fits
from actions.matter import is_dispute, route, told
from actions.replies import DEADLINE, HUMAN, Reply
from actions.told_days import day_in
from actions.triage_summary import belongs_elsewhere, summarise
from actions.turn.counted_days import day_counted
from actions.turn.plan import LIGHT
from desk.matters import stated_date
from knowledge.deadline_types import DeadlineRule, RuleKind

_MATTER = ("party", "country", "procedure")


class ActionCorrectMatter(AssistantAction):
    """Says what a corrected value changes: the date, the whole summary, or who helps."""

    def name(self) -> str:
        """The action's name."""
        return "action_correct_matter"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Find what differs from the record and say what follows from it."""
        before = told(self.services, tracker.sender_id)
        given = {name: talk.entity(tracker, name) or before.get(name) for name in _MATTER}
        left = _without_open_form(tracker)
        if belongs_elsewhere(given["procedure"], given["country"]):
            return [*left, *self._elsewhere(dispatcher, given)]
        is_moved = any(given[name] != before.get(name) for name in _MATTER)
        if is_moved and is_dispute(given["procedure"]):
            return [*left, *summarise(self.services, dispatcher, tracker, given, "")]
        place = talk.entity(tracker, "region")
        day = day_in(self.services, tracker)
        is_same_day = day is None or day.isoformat() == before.get("received_on")
        if place is not None and place != before.get("region") and is_same_day:
            center_reply(route(self.services, tracker, place)).send(dispatcher)
            return [*left, SlotSet("region", place), SlotSet("last_topic", "center")]
        if day is None:
            dispatcher.utter_message(response="utter_corrected")
            return left
        return [*left, *self._dated(dispatcher, tracker, before, given, day)]

    def _elsewhere(
        self, dispatcher: CollectingDispatcher, given: Mapping[str, str | None]
    ) -> list[Event]:
        """What exists in one country only cannot have happened in this one: ask what did."""
        words = self.services.vocabulary
        dispatcher.utter_message(
            response="utter_corrected_elsewhere",
            country=words.country(given["country"]),
            procedure=words.procedure(given["procedure"]),
        )
        cleared = [SlotSet(name, None) for name in ("procedure", "last_rule", "last_day")]
        return [*cleared, SlotSet("last_topic", "triage"), FollowupAction("triage_form")]

    def _dated(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        before: Mapping[str, Any],
        given: Mapping[str, str | None],
        day: date,
    ) -> list[Event]:
        """The date counted from another day, or why that day changes none."""
        due: Mapping[str, Any] = before.get("deadline") or {}
        rule = self._rule(tracker, due, given)
        if rule is not None and _counts_from(rule, due, before.get("received_on")):
            counted = day_counted(self.services, tracker, rule, day)
            card = at_once(self.services, rule, counted, given["country"]) if counted else None
            if card is not None and counted is not None:
                card.send(dispatcher)
                self._beside(dispatcher, before, card.data.get("due_date"))
                return spoken_of(self.services, rule.id, counted.isoformat())
        stated = stated_date(due)
        fields = {"day": spoken(day)}
        if stated is not None and due.get("due_date"):
            response, fields["due"] = "utter_corrected_day_stated", spoken(stated)
        elif rule is not None:
            response, fields["question"] = "utter_corrected_day_printed", rule.trigger_question
        else:
            response = "utter_corrected_day"
        Reply(response, fields=fields, buttons=[DEADLINE, HUMAN]).send(dispatcher)
        return [SlotSet("last_day", day.isoformat())]

    def _beside(
        self, dispatcher: CollectingDispatcher, before: Mapping[str, Any], counted: Any
    ) -> None:
        """That the day which the person gave by hand stands beside the one just counted."""
        given = before.get("due_given") or {}
        if given and counted not in (given.get("beside"), given["due_date"]):
            day = spoken(date.fromisoformat(given["due_date"]))
            dispatcher.utter_message(response="utter_corrected_day_given", day=day)

    def _rule(
        self, tracker: Tracker, due: Mapping[str, Any], given: Mapping[str, str | None]
    ) -> DeadlineRule | None:
        """The rule of the matter's date, else the one spoken of, where it fits the matter."""
        rules = self.services.deadlines.rules
        named = (due.get("rule"), talk.slot(tracker, "last_rule"))
        found = (rules[one] for one in named if one and one in rules)
        return next((rule for rule in found if fits(rule, _situation(rule, given)) is None), None)


def _situation(rule: DeadlineRule, given: Mapping[str, str | None]) -> Situation:
    """What a rule is held against; a day that a paper states concerns both sides."""
    side = None if rule.kind is RuleKind.PRINTED else given["party"]
    return Situation(side=side, country=given["country"], procedure=given["procedure"])


def _counts_from(rule: DeadlineRule, due: Mapping[str, Any], received: str | None) -> bool:
    """Whether a date by this rule follows from the day something was received."""
    if rule.kind is RuleKind.COMPUTED:
        return True
    return received is not None and due.get("trigger_date") == received


def _without_open_form(tracker: Tracker) -> list[Event]:
    """Close a form that is as easily begun anew: the correction has taken its place."""
    if (tracker.active_loop or {}).get("name") not in LIGHT:
        return []
    return [ActiveLoop(None), SlotSet("requested_slot", None)]
