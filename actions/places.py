"""A message about several countries: what each of them gets, in a message of its own."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions import passages
from actions.answer import MOST_REMEMBERED, under_question
from actions.answer_card import refusal_reply
from actions.context import AssistantAction, Event
from actions.deadline import computed, spoken_of
from actions.deadline_card import case_in_hand, deadline_reply
from actions.replies import HUMAN, Reply, citation
from actions.shelf import Shelf
from actions.turn.each_place import OfPlace, of_each_place
from actions.turn.places import OF_PLACE
from actions.turn.plan import EACH_PLACE
from actions.turn.rules import resting, told_day
from knowledge.deadline_types import DeadlineRule
from knowledge.errors import RuleError


class ActionEachPlace(AssistantAction):
    """Says for each country of the message its day, else its period."""

    def name(self) -> str:
        """The action's name."""
        return EACH_PLACE

    def act(self, dispatcher: CollectingDispatcher, tracker: Any) -> list[Event]:
        """Speak of each country that is asked about, and remember of each what was told."""
        told: list[Event] = []
        asked: list[list[Event]] = []
        for one in of_each_place(self.services, tracker):
            reply, left = self._said(one)
            if one.is_asked:
                reply.send(dispatcher)
                asked.append([*_held(one), *left])
            else:
                told += [*_held(one), *left]
        # The first country that is asked about is the one that is spoken of.
        return [*told, *(event for rows in reversed(asked) for event in rows)]

    def _said(self, one: OfPlace) -> tuple[Reply, list[Event]]:
        """What is said of a country, and what it leaves for the next message."""
        if one.extends is not None and (more := self._extension(one.extends)) is not None:
            return more, []
        if (dated := self._dated(one)) is not None:
            return dated
        if not one.is_answered:
            return refusal_reply(self.services.vocabulary.country(one.place)), []
        reading = one.reading
        reply = under_question(self.services, reading.found)
        rule = resting(self.services, one.tracker, reading)
        left = [
            SlotSet("last_question", reading.question[-MOST_REMEMBERED:]),
            SlotSet("last_answer", reading.found.hits[0].passage.id),
            SlotSet("last_topic", "answer"),
        ]
        is_new = rule is not None and rule.id != talk.slot(one.tracker, "last_rule")
        if rule is not None and is_new:
            left += [SlotSet("last_rule", rule.id), SlotSet("last_day", None)]
        return reply or refusal_reply(), left

    def _dated(self, one: OfPlace) -> tuple[Reply, list[Event]] | None:
        """The card of the country's day; None where the rule must ask more."""
        found = one.dating
        rule, day = (found.rule, found.day) if found else (one.extends, told_day(one.tracker))
        if rule is None or day is None:
            return None
        try:
            result = computed(self.services, one.tracker, rule.id, day, one.place)
        except RuleError:
            return None
        left = spoken_of(self.services, rule.id, day.isoformat())
        case = case_in_hand(one.tracker, result.rule)
        return deadline_reply(self.services, result, case=case), left

    def _extension(self, rule: DeadlineRule) -> Reply | None:
        """Whether a period may be extended; None where a figure would stand uncited."""
        index = self.services.index.current()
        passage = Shelf.of(index).resting_on(rule.fact, rule.jurisdiction)
        if passage is None or not rule.extension:
            return None
        cited = [citation(passage, index.snapshot_id)]
        question, body = f"{rule.title}能否延长", f"{rule.extension.rstrip('。')}。"
        if not passages.guarded(f"{question}{body}", cited):
            return None
        return Reply(
            "utter_answer_under", kind="answer", fields={"question": question, "body": body},
            citations=cited, buttons=[HUMAN], data={"passage": passage.id},
        )  # fmt: skip


def _held(one: OfPlace) -> list[Event]:
    """The conversation as it stands for a country."""
    kept = [SlotSet(name, one.tracker.get_slot(name)) for name in OF_PLACE]
    return [SlotSet("country", one.place), *kept]
