"""How a form reads an answer: prefill, correction, digression, at most two re-asks, then a human.

A form's slots are filled by ``extract_<slot>`` (is this message an answer at all?) and checked by
``validate_<slot>`` (returns the value, or None after having said why).  Whether the form gets a message
at all is decided before (``actions/turn``); what it does not get is answered, and the form asks again.
"""

from __future__ import annotations

import importlib
import re
from abc import abstractmethod
from collections.abc import Callable
from enum import Enum
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event, Services
from actions.handoff import hand_off
from actions.turn.asking import asks_what_now
from actions.turn.plan import AGAIN
from actions.turn.plan import SLOT as PLAN

REQUESTED = "requested_slot"
STUCK = "form_stuck"
FAILURES = "form_failures"
_KNOWS_NOT = re.compile(
    r"(?:不|没|唔)(?:知|晓|清楚|记得|太?懂|明白|确定)|记不(?:得|清|住)|搞不[懂清]|看不[懂清]|忘[了记]"
)
_SHORTLY = 14
RE_ASKS = 2
NOT_GIVEN = "未提供"
# Said to the conversation and not to a form, however short and bare.
_STEERING = frozenset(
    (
        "cancel", "start_over", "repeat", "wait", "human", "take_back", "erase_data", "greet", "thanks",
        "bye", "help", "identity", "affirm", "correct", "praise", "not_helpful", "complaint", "quiz", "quiz_choice", "out_of_scope",
        "center", "lead", "lead_status", "checklist", "privacy", "funding", "hours",
    )
)  # fmt: skip
_DECLINING = frozenset(("deny", "skip"))
_SURE = 0.6


class Phase(str, Enum):
    """Why Rasa asks the form to look at the conversation."""

    START = "start"
    ANSWER = "answer"
    RETURN = "return"


def phase(tracker: Tracker, form: str) -> Phase:
    """Whether the form starts, hears an answer, or comes back from a digression."""
    plan = tracker.get_slot(PLAN)
    if isinstance(plan, dict) and f"{AGAIN}{form}" in plan.get("acts", ()):
        return Phase.RETURN
    events = talk.since_user(tracker)
    if any(e.get("event") == "active_loop" and e.get("name") == form for e in events):
        return Phase.START
    for event in events:
        if event.get("event") == "action" and event.get("name") not in (
            form, f"validate_{form}", talk.EXTRACT, talk.LISTEN,
        ):  # fmt: skip
            return Phase.RETURN
    return Phase.ANSWER


def steers(tracker: Tracker) -> bool:
    """Whether the last message is surely meant for the conversation itself: no bare word of a form's."""
    return talk.intent(tracker) in _STEERING and talk.confidence(tracker) >= _SURE


def declines(tracker: Tracker) -> bool:
    """Whether the last message surely only declines to say something (不认, 不填)."""
    return talk.intent(tracker) in _DECLINING and talk.confidence(tracker) >= _SURE


def _knows_not(text: str) -> bool:
    """Whether a message says that its writer does not know (记不得了), or asks what to do then."""
    return len(text) <= _SHORTLY and (_KNOWS_NOT.search(text) is not None or asks_what_now(text))


class SlotForm(AssistantAction):
    """The validation action of one form."""

    form: str = ""
    slots: tuple[str, ...] = ()
    # Slots that people may leave open.
    optional: frozenset[str] = frozenset()
    # Commands that answer its question.
    heard: frozenset[str] = frozenset()
    # Slots answered in free words, which take whatever is no command and no plain question.
    free_text: frozenset[str] = frozenset()
    # What is said to those who do not know what is asked; None where it is said as of any other message.
    not_known: str | None = None

    def name(self) -> str:
        """The name under which Rasa calls the validation of the form."""
        return f"validate_{self.form}"

    def prefill(self, tracker: Tracker) -> dict[str, Any]:
        """Values known from what was said before the form, for slots still open."""
        return {}

    def others(self, tracker: Tracker) -> dict[str, Any]:
        """Values the last message gives for slots that were not asked."""
        return {}

    def corrections(self, tracker: Tracker) -> dict[str, Any]:
        """Values a correcting message (不是…，是…) gives."""
        return self.others(tracker)

    def in_words(self, name: str, value: Any) -> str:
        """A value as the person would say it."""
        return str(value)

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Read the last message as the form's rules say."""
        now = phase(tracker, self.form)
        if now is Phase.RETURN:
            return []
        if now is Phase.START:
            said = {k: v for k, v in self.others(tracker).items() if v is not None}
            known = {**self.prefill(tracker), **said}
            return [*self._open(tracker, known), SlotSet(FAILURES, 0.0)]
        asked = self.requested(tracker)
        if asked is None:
            return []
        is_stuck = talk.slot(tracker, REQUESTED) == STUCK
        return self._answer(dispatcher, tracker, asked, is_stuck=is_stuck)

    def lacks(self, tracker: Tracker) -> tuple[str, ...]:
        """The slots that would be asked for if the form began with this message."""
        said = {k: v for k, v in self.others(tracker).items() if v is not None}
        known = {**self.prefill(tracker), **said}
        return tuple(name for name in self.slots if known.get(name, tracker.get_slot(name)) is None)

    def requested(self, tracker: Tracker) -> str | None:
        """The slot that is asked for, also behind the choices of a form that is stuck."""
        requested = talk.slot(tracker, REQUESTED)
        return talk.slot(tracker, STUCK) if requested == STUCK else requested

    def reads(self, tracker: Tracker) -> bool:
        """Whether the last message gives, corrects or leaves open a value of this form."""
        asked = self.requested(tracker)
        if asked is None:
            return False
        intent = talk.intent(tracker)
        if self._is_skipped(asked, intent):
            return True
        if intent == "correct" and self._corrected(tracker, asked):
            return True
        if self._extract(asked, tracker) is not None:
            return True
        return any(value is not None for value in self._elsewhere(tracker, asked).values())

    def closes(self, tracker: Tracker) -> bool:
        """Whether the last message says that this is all: the end of the form, not of the conversation."""
        return False

    def _elsewhere(self, tracker: Tracker, asked: str) -> dict[str, Any]:
        """Values of slots that were not asked and are open."""
        return {
            name: value
            for name, value in self.others(tracker).items()
            if name != asked and value is not None and tracker.get_slot(name) is None
        }

    def _answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, asked: str, *, is_stuck: bool
    ) -> list[Event]:
        intent = talk.intent(tracker)
        if intent == "repeat":
            return [SlotSet(REQUESTED, asked), SlotSet(FAILURES, 0.0)]
        corrected = self._corrected(tracker, asked) if intent == "correct" else {}
        if corrected:
            dispatcher.utter_message(response="utter_corrected")
            return [*_set(corrected), SlotSet(REQUESTED, asked), SlotSet(FAILURES, 0.0)]
        candidate = NOT_GIVEN if self._is_skipped(asked, intent) else self._extract(asked, tracker)
        if candidate is None:
            if intent == "correct" and talk.has_entities(tracker):
                dispatcher.utter_message(response="utter_corrected")
                return [SlotSet(REQUESTED, asked), SlotSet(FAILURES, 0.0)]
            elsewhere = self._elsewhere(tracker, asked)
            if elsewhere:  # it answered what was not asked yet
                dispatcher.utter_message(
                    response="utter_noted_too",
                    noted="、".join(
                        self.in_words(name, value) for name, value in elsewhere.items()
                    ),
                )
                return [*_set(elsewhere), SlotSet(REQUESTED, asked), SlotSet(FAILURES, 0.0)]
            return self._fail(dispatcher, tracker, asked, is_stuck=is_stuck)
        before = len(dispatcher.messages)
        value = (
            candidate
            if candidate is NOT_GIVEN
            else self._validate(asked, candidate, dispatcher, tracker)
        )
        if value is None:
            has_spoken = len(dispatcher.messages) > before
            return self._fail(dispatcher, tracker, asked, is_stuck=is_stuck, has_spoken=has_spoken)
        more = {k: v for k, v in self.others(tracker).items() if k != asked}
        events = [*self._open(tracker, more), *self._accept(asked, value), SlotSet(FAILURES, 0.0)]
        return [*events, SlotSet(STUCK, None)] if is_stuck else events

    def _accept(self, asked: str, value: Any) -> list[Event]:
        """The events of an accepted value; a form may add to them."""
        return [SlotSet(asked, value)]

    def _open(self, tracker: Tracker, values: dict[str, Any]) -> list[Event]:
        """Set the values of slots that are still open."""
        return _set(
            {k: v for k, v in values.items() if v is not None and tracker.get_slot(k) is None}
        )

    def _corrected(self, tracker: Tracker, asked: str) -> dict[str, Any]:
        """What a correcting message changes of the slots that are filled."""
        return {
            name: value
            for name, value in self.corrections(tracker).items()
            if value is not None and name != asked and tracker.get_slot(name) not in (None, value)
        }

    def _is_skipped(self, asked: str, intent: str) -> bool:
        return asked in self.optional and intent in ("skip", "deny")

    def _extract(self, asked: str, tracker: Tracker) -> Any:
        method: Callable[[Tracker], Any] = getattr(self, f"extract_{asked}")
        return method(tracker)

    def _validate(
        self, asked: str, candidate: Any, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Any:
        method = getattr(self, f"validate_{asked}", None)
        return candidate if method is None else method(candidate, dispatcher, tracker)

    def _fail(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        asked: str,
        *,
        is_stuck: bool,
        has_spoken: bool = False,
    ) -> list[Event]:
        """Ask again twice, then offer choices, then a human."""
        if is_stuck:
            dispatcher.messages.clear()
            return [
                SlotSet(STUCK, None), SlotSet(FAILURES, 0.0), SlotSet("form_outcome", "human"),
                SlotSet(REQUESTED, None),
            ]  # fmt: skip
        failures = float(tracker.get_slot(FAILURES) or 0.0) + 1
        if failures > RE_ASKS:
            dispatcher.messages.clear()
            return [SlotSet(FAILURES, failures), SlotSet(STUCK, asked), SlotSet(REQUESTED, STUCK)]
        if not has_spoken:
            again = "" if failures < RE_ASKS else "_again"
            is_not_known = self.not_known is not None and _knows_not(talk.text(tracker))
            response = self.not_known if is_not_known else f"utter_not_understood{again}"
            dispatcher.utter_message(response=response)
        return [SlotSet(FAILURES, failures), SlotSet(REQUESTED, asked)]


class FormEnd(AssistantAction):
    """The action after a form; a form that could not be understood ends with a person."""

    @abstractmethod
    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Do what the filled form is for."""

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Hand over when two re-asks and the choices did not help; else do the form's work."""
        if tracker.get_slot("form_outcome") == "human":
            hand_off(self.services, tracker, talk.text(tracker)).send(dispatcher)
            return [SlotSet("form_outcome", None), SlotSet("last_topic", "handoff")]
        return self.end(dispatcher, tracker)


def form_named(form: str, services: Services) -> SlotForm | None:
    """The reader of a form's answers."""
    for module in ("campaign", "center", "deadline", "lead", "privacy", "triage"):
        importlib.import_module(f"actions.{module}")
    kind = next((k for k in SlotForm.__subclasses__() if k.form == form), None)
    return None if kind is None else kind(lambda: services)


def _set(values: dict[str, Any]) -> list[Event]:
    return [SlotSet(name, value) for name, value in values.items()]
