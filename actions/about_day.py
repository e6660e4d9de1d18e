"""What is asked of a day that was computed: what if it is missed, may it be extended, how was it counted."""

from __future__ import annotations

from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event
from actions.deadline import computed
from actions.deadline_notes import CHECK_ORIGINAL
from actions.deadline_result import DeadlineResult
from actions.replies import HUMAN, LEAD, Reply, citation
from actions.shelf import Shelf
from actions.turn.plan import plan_in
from actions.turn.about_day import COUNT, EXTENSION, MISSED
from knowledge.errors import RuleError


class ActionAboutDay(AssistantAction):
    """Answers from the rule of the day that was computed, or of the period that was answered."""

    def name(self) -> str:
        """The action's name."""
        return "action_about_day"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Say what the rule says of it."""
        plan = plan_in(tracker)
        rule = self.services.deadlines.rules[str(plan["rule"])]
        index = self.services.index.current()
        passage = Shelf.of(index).resting_on(rule.id)
        body = _ABOUT[plan["aspect"]](rule, self._result(tracker, plan))
        Reply(
            "utter_about_day",
            kind="answer",
            fields={"title": rule.title, "body": body, "basis": rule.basis},
            citations=[citation(passage, index.snapshot_id)] if passage else [],
            buttons=[HUMAN, LEAD],
            data={"rule": rule.id, "aspect": plan["aspect"]},
        ).send(dispatcher)
        return [SlotSet("last_topic", "deadline"), SlotSet("last_rule", rule.id)]
