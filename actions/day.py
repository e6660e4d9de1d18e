"""The day itself, for a message that asks for one and holds, with the conversation, all it takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.calendars import spoken, weekday_name
from actions.context import AssistantAction, Event
from actions.deadline import computed, spoken_of
from actions.deadline_card import case_in_hand, deadline_reply
from actions.replies import HUMAN, LEAD, Reply
from actions.turn.counted_days import day_counted
from actions.turn.letters import left, letter_in
from actions.turn.plan import plan_in
from actions.turn.printed import SLOT as PAPER
from knowledge.errors import RuleError
from knowledge.printed_dates import Meaning

# From so many days left on a person is urged to speak with somebody.
_URGENT = 7


class ActionDay(AssistantAction):
    """Computes the deadline that the turn's plan names."""

    def name(self) -> str:
        """The action's name."""
        return "action_day"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Say the card, or why there is none."""
        plan = plan_in(tracker)
        if plan.get("reason") == "today":
            today = self.services.today()
            Reply(
                "utter_today", kind="text",
                fields={"day": f"{today.year}年{today.month}月{today.day}日", "weekday": weekday_name(today)},
            ).send(dispatcher)  # fmt: skip
            return []
        if plan.get("printed"):
            _printed_reply(plan["printed"], self.services.today()).send(dispatcher)
            return [SlotSet("last_topic", "deadline"), *self._letter(tracker)]
        if plan.get("misfit"):
            Reply(
                "utter_deadline_error", kind="question", fields={"reason": closed(plan["misfit"])}, buttons=[HUMAN]
            ).send(dispatcher)  # fmt: skip
            return [
                SlotSet("last_topic", "deadline"),
                SlotSet("last_rule", plan["rule"]),
                *self._letter(tracker),
            ]
        rule, day = str(plan["rule"]), str(plan["day"])
        country = talk.slot(tracker, "country")
        try:
            result = computed(self.services, tracker, rule, date.fromisoformat(day), country)
        except RuleError as error:
            Reply(
                "utter_deadline_error", kind="question", fields={"reason": str(error)}, buttons=[HUMAN]
            ).send(dispatcher)  # fmt: skip
            return []
        by_receipt = day_counted(self.services, tracker, result.rule, result.trigger_date) is None
        case = case_in_hand(tracker, result.rule)
        deadline_reply(self.services, result, by_receipt=by_receipt, case=case).send(dispatcher)
        return spoken_of(self.services, rule, day)

    def _letter(self, tracker: Tracker) -> list[Event]:
        """A letter that stood in the message itself is the paper in hand from now on."""
        letter = letter_in(talk.text(tracker), self.services.today())
        return [] if letter is None else [SlotSet(PAPER, letter)]


def closed(sentence: str) -> str:
    """:return: a sentence with its mark at the end."""
    return sentence if sentence.endswith(("。", "？")) else f"{sentence}。"


def _printed_reply(printed: Mapping[str, Any], today: date) -> Reply:
    """The day that the paper prints, with the words that say so."""
    day = date.fromisoformat(printed["day"])
    days = (day - today).days
    data: dict[str, Any] = {
        "rule": None, "kind": "printed", "trigger_date": None, "due_date": day.isoformat(),
        "days_left": days, "basis": str(printed["quote"]), "notes": [], "title": str(printed["title"]),
    }  # fmt: skip
    if printed.get("how"):
        body = (
            f"{printed['title']}写的期限，最后一天是{spoken(day)}，{left(day, today)}。\n"
            f"算法：{printed['how']}\n原句：“{printed['quote']}”。以文书原件和当地律师核对为准。"
        )
        urgent = days <= _URGENT
        return Reply(
            "utter_deadline_urgent" if urgent else "utter_deadline",
            kind="deadline", fields={"body": body}, buttons=[HUMAN, LEAD], data=data,
        )  # fmt: skip
    return Reply(
        "utter_printed_day",
        kind="deadline",
        fields={
            "title": str(printed["title"]),
            "what": "到期日" if printed["meaning"] == Meaning.EXPIRES.value else "截止日",
            "day": f"{day.year}年{day.month}月{day.day}日",
            "weekday": weekday_name(day),
            "hour": str(printed["hour"] or ""),
            "left": left(day, today) + ("" if days >= 0 else "，除非另有延长"),
            "quote": str(printed["quote"]),
        },
        buttons=[HUMAN, LEAD],
        data=data,
    )  # fmt: skip
