"""The day itself, for a message that asks for one and holds, with the conversation, all it takes."""

from __future__ import annotations

from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event
from actions.deadline import deadline_reply, member_state, spoken_of
from actions.deadline_rules import compute
from actions.replies import HUMAN, Reply
from actions.turn.plan import SLOT
from knowledge.errors import RuleError


class ActionDay(AssistantAction):
    """Computes the deadline that the turn's plan names."""

    def name(self) -> str:
        """The action's name."""
        return "action_day"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Say the card, or why there is none."""
        plan = tracker.get_slot(SLOT) or {}
        if plan.get("misfit"):
            Reply(
                "utter_deadline_error", kind="question", fields={"reason": f"{plan['misfit']}。"}, buttons=[HUMAN]
            ).send(dispatcher)  # fmt: skip
            return [SlotSet("last_topic", "deadline")]
        rule, day = str(plan["rule"]), str(plan["day"])
        try:
            result = compute(
                rule, date.fromisoformat(day), self.services.today(),
                country=member_state(talk.slot(tracker, "country")), table=self.services.deadlines,
            )  # fmt: skip
        except RuleError as error:
            Reply(
                "utter_deadline_error", kind="question", fields={"reason": str(error)}, buttons=[HUMAN]
            ).send(dispatcher)  # fmt: skip
            return []
        deadline_reply(self.services, result).send(dispatcher)
        return spoken_of(self.services, rule, day)
