"""Steering the conversation: cancel a form, correct what was said, repeat, go on with a bare fact."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, AllSlotsReset, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.answer import SURE, say
from actions.center import center_reply
from actions.context import AssistantAction, Event
from actions.deadline import at_once
from actions.funding_check import funding_check, lead_of
from actions.matter import route
from actions.replies import HUMAN, Button, Reply
from actions.told_days import day_in
from actions.triage_summary import CHANGE, belongs_elsewhere, summarise
from actions.turn.asking import asks
from actions.turn.counted_days import day_counted
from actions.turn.readings import FOLLOW, readings
from actions.turn.rules import open_rule_of

# Form -> the slots that a cancelled form gives up.
FORM_SLOTS: dict[str, tuple[str, ...]] = {
    "lead_form": (),
    "deadline_form": ("deadline_rule", "deadline_from"),
    "center_form": ("center_region",),
    "triage_form": ("triage_party", "triage_country", "triage_procedure"),
    "status_form": ("status_reference", "status_phone"),
    "erase_form": ("erase_confirm",),
    "quiz_form": ("quiz_answer",),
}


class ActionLeaveForm(AssistantAction):
    """Stops the form that is open; what was filled in for a lead is kept for taking it up again."""

    def name(self) -> str:
        """The action's name."""
        return "action_leave_form"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Say that it stopped and close the form; a restart forgets everything."""
        if talk.intent(tracker) == "start_over":
            return start_over(dispatcher, tracker)
        form = (tracker.active_loop or {}).get("name") or ""
        dispatcher.utter_message(
            response="utter_lead_paused" if form == "lead_form" else "utter_cancelled"
        )
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            SlotSet("form_stuck", None),
            SlotSet("form_failures", 0.0),
            *(SlotSet(name, None) for name in FORM_SLOTS.get(form, ())),
        ]


class ActionStartOver(AssistantAction):
    """Forgets what the conversation was about."""

    def name(self) -> str:
        """The action's name."""
        return "action_start_over"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Reset every slot."""
        return start_over(dispatcher, tracker)


def start_over(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
    """Reset every slot and close any form; who begins anew twice is told that nothing is open."""
    said = (event for event in reversed(tracker.events) if event.get("event") == "bot")
    last: dict[str, Any] = next(said, {})
    has_begun = (last.get("metadata") or {}).get("utter_action") == "utter_start_over"
    dispatcher.utter_message(
        response="utter_nothing_to_cancel" if has_begun else "utter_start_over"
    )
    return [ActiveLoop(None), AllSlotsReset()]


class ActionRepeat(AssistantAction):
    """Says the last message again."""

    def name(self) -> str:
        """The action's name."""
        return "action_repeat"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Find the last thing the bot said and say it again as it was."""
        for event in reversed(tracker.events):
            if event.get("event") != "bot":
                continue
            data = event.get("data") or {}
            dispatcher.utter_message(
                text=event.get("text"),
                buttons=data.get("buttons") or [],
                json_message=data.get("custom") or {},
            )
            return []
        dispatcher.utter_message(response="utter_greet")
        return []


# What can be changed after a triage: the text of the button, the slot it empties, the form that asks.
CHANGES = {"国家或地区": "改国家", "发生的事": "改发生的事", "公司所在地": "改所在地"}
_CHANGED = {
    "改国家": ("country", "triage_form"),
    "改发生的事": ("procedure", "triage_form"),
    "改所在地": ("region", "center_form"),
}
_REGISTER = re.compile(
    r"(?:我|我们|想|要|帮我|给我)[^，。]{0,4}(?:登记|报名|申请(?:维权)?援助|申请资助)"
)
_STORY_CHARS = 16
_MATTER = ("party", "country", "procedure")
# What a matter is known by.
_MATTERS = frozenset(("country", "procedure", "platform", "right"))


def ask_change(dispatcher: CollectingDispatcher) -> list[Event]:
    """改一项: which part of the summary is wrong; a correction may also be said straight away."""
    Reply(
        "utter_ask_change",
        kind="question",
        buttons=[Button(label, text) for label, text in CHANGES.items()],
    ).send(dispatcher)
    return [SlotSet("last_topic", "triage")]


class ActionInform(AssistantAction):
    """A bare fact outside a form: goes on with whatever was last spoken of."""

    def name(self) -> str:
        """The action's name."""
        return "action_inform"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Go on with the topic that the fact belongs to, or say what is understood."""
        for go_on in (
            self._register, self._change, self._date, self._matter, self._place, self._story, self._question, self._known,
        ):  # fmt: skip
            events = go_on(dispatcher, tracker)
            if events is not None:
                return events
        words = self.services.vocabulary
        noted = [
            words.name(kind, code)
            for kind in ("country", "right", "procedure", "platform", "industry", "region")
            if (code := talk.entity(tracker, kind)) is not None
        ]
        Reply(
            "utter_noted",
            kind="question",
            fields={"noted": "、".join(noted) or talk.text(tracker)},
            buttons=[
                Button("我被诉或被投诉", "我被诉或被投诉"), Button.same("找援助中心"), Button.same("算期限"), HUMAN,
            ],
        ).send(dispatcher)  # fmt: skip
        return []

    def _register(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event] | None:
        """A story that ends in the wish to register; who leaves a number wants to be called."""
        wants = _REGISTER.search(talk.text(tracker)) or talk.entity(tracker, "phone") is not None
        return [FollowupAction("lead_form")] if wants else None

    def _story(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event] | None:
        """What happened, told at length, is taken in as a whole; what puts right the question before is none."""
        text = talk.text(tracker)
        is_story = len(text) >= _STORY_CHARS and talk.entity(tracker, "procedure") is not None
        if not is_story:
            return None
        best = readings(self.services, tracker, text)[0]
        is_put_right = best.name == FOLLOW and best.found.band == "answer"
        return None if is_put_right else [FollowupAction("triage_form")]

    def _change(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event] | None:
        """The buttons that change a part of the summary."""
        text = talk.text(tracker)
        if text == CHANGE.payload:
            return ask_change(dispatcher)
        if text not in _CHANGED:
            return None
        slot, form = _CHANGED[text]
        # Another country may have no such procedure; its name would give the country away again.
        is_american = slot == "country" and belongs_elsewhere(
            talk.slot(tracker, "procedure"), "another"
        )
        also = [SlotSet("procedure", None)] if is_american else []
        return [SlotSet(slot, None), *also, FollowupAction(form)]

    def _date(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event] | None:
        """The day for the rule that was spoken of."""
        rule = open_rule_of(self.services, tracker)
        day = day_in(self.services, tracker)
        day = day_counted(self.services, tracker, rule, day) if rule is not None else None
        if rule is None or day is None or _topic(tracker) not in ("triage", "deadline"):
            return None
        card = at_once(self.services, rule, day, talk.slot(tracker, "country"))
        if card is None:
            return None
        card.send(dispatcher)
        return [SlotSet("last_topic", "deadline")]

    def _matter(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event] | None:
        """Another country, side or event after a summary."""
        if _topic(tracker) != "triage" or all(
            talk.entity(tracker, name) is None for name in _MATTER
        ):
            return None
        given = {name: talk.slot(tracker, name) for name in _MATTER}
        if belongs_elsewhere(given["procedure"], given["country"]):
            return [SlotSet("procedure", None), FollowupAction("triage_form")]
        return summarise(self.services, dispatcher, tracker, given, talk.text(tracker))

    def _place(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event] | None:
        """Where the company is: for the center, or for the funding that was asked about."""
        topic = _topic(tracker)
        if topic == "funding" and talk.entity(tracker, "region") is not None:
            lead = lead_of(self.services, tracker)
            compared = (
                funding_check(self.services, lead, {"applicant": "enterprise"}) if lead else None
            )
            if compared is not None:
                compared.send(dispatcher)
                return [SlotSet("last_topic", "answer")]
        if topic == "center" or (
            topic in ("triage", "deadline") and talk.entity(tracker, "region") is not None
        ):
            routing = route(self.services, tracker, talk.slot(tracker, "region"))
            center_reply(routing).send(dispatcher)
            return []
        return None

    def _question(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event] | None:
        """The same question for what was named now."""
        is_asked = _topic(tracker) == "answer" and talk.slot(tracker, "last_question") is not None
        if not is_asked and talk.has_entities(tracker):
            return None
        reading = readings(self.services, tracker, talk.text(tracker))[0]
        if reading.found.band == "refuse" and not asks(talk.text(tracker)):
            return [FollowupAction("triage_form")]  # 收到封信: what it is must be asked
        return say(self.services, dispatcher, tracker, reading)

    def _known(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event] | None:
        """What the shelf surely has to the matter that is named now, with what was named before."""
        if not _MATTERS & talk.names(tracker):
            return None
        reading = readings(self.services, tracker, talk.text(tracker))[0]
        if reading.found.band != "answer" or reading.found.right < SURE:
            return None
        return say(self.services, dispatcher, tracker, reading)


def _topic(tracker: Tracker) -> str | None:
    return talk.slot(tracker, "last_topic")
