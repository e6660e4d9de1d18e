"""The deadline form: which document, which day, and what follows from them."""

from __future__ import annotations

from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event, Services
from actions.dates import DateQuestion, DateRange, ExactDate, parse_date
from actions.deadline_alternatives import told_alternative
from actions.deadline_asking import asks_what_day_it_is
from actions.deadline_card import case_in_hand, deadline_reply
from actions.deadline_choice import (
    clear_rule,
    rights_of,
    rule_candidates,
    rule_for_certain,
    situation_of,
)
from actions.deadline_fit import side_fits
from actions.deadline_order import Meant
from actions.deadline_result import DeadlineResult
from actions.deadline_rules import compute
from actions.deadline_search import candidates
from actions.forms import FormEnd, SlotForm
from actions.periods import period_name
from actions.replies import HUMAN, Button, Reply
from actions.shelf import Shelf
from actions.told_days import day_in, days_in
from actions.turn.asking import asks
from actions.turn.counted_days import day_counted
from actions.turn.event_days import tells_receipt
from actions.turn.places import told_here
from actions.turn.plan import SLOT as PLAN
from indexer.jurisdictions import EU_MEMBERS
from knowledge.deadline_types import DeadlineRule, RuleKind
from knowledge.errors import RuleError
from knowledge.text import normalise

_ISO_DAY = len("2026-11-30")  # a span of days is longer
_OFFERED = 0.05  # a rule less likely than this is not offered to choose from
_MATTER = ("procedure", "country", "right", "platform")


class ValidateDeadlineForm(SlotForm):
    """Reads which rule is meant and from which day it counts."""

    form = "deadline_form"
    slots = ("deadline_rule", "deadline_from")
    not_known = "utter_paper_not_known"

    def others(self, tracker: Tracker) -> dict[str, Any]:
        """A clear rule and an exact past day in the message."""
        rule = self._rule(tracker)
        day = day_in(self.services, tracker)
        counts = rule or self._rule_known(tracker)
        if counts is not None:
            day = day_counted(self.services, tracker, counts, day)
        return {
            "deadline_rule": rule.id if rule else None,
            "deadline_from": day.isoformat() if day else None,
        }

    def _rule_known(self, tracker: Tracker) -> DeadlineRule | None:
        """The rule that the form already holds."""
        return self.services.deadlines.rules.get(talk.slot(tracker, "deadline_rule") or "")

    def _rule(self, tracker: Tracker) -> DeadlineRule | None:
        """The rule of the turn's plan, else the one that the words name."""
        planned = (tracker.get_slot(PLAN) or {}).get("rule")
        if isinstance(planned, str) and planned in self.services.deadlines.rules:
            return self.services.deadlines.rules[planned]
        if not _names_matter(tracker):
            return None
        return rule_for_certain(self.services, tracker)

    def extract_deadline_rule(self, tracker: Tracker) -> str | None:
        """The rule whose title was chosen, else the one the words mean."""
        text = talk.text(tracker)
        rules = self.services.deadlines.rules
        if text in rules:
            return text
        titled = [rule for rule in rules.values() if normalise(rule.title) in text]
        if titled:  # 美国337调查答辩 names 337调查答辩
            return max(titled, key=lambda rule: len(rule.title)).id
        if not self._names_document(tracker):
            return None
        found = rule_candidates(self.services, tracker)
        if clear_rule(found) is not None:
            certain = rule_for_certain(self.services, tracker)
            return certain.id if certain else None
        places = {item.rule.jurisdiction for item in found}
        is_first = len(found) == 1 or (len(found) > 1 and found[0].chance > 2 * found[1].chance)
        is_settled = is_first and len(places) == 1 and talk.intent(tracker) in ("inform", "correct")
        return found[0].rule.id if is_settled else None

    def reads(self, tracker: Tracker) -> bool:
        """Also what several rules fit: it is understood, and which of them is asked."""
        return self._fits_several(tracker) or super().reads(tracker)

    def _fail(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        asked: str,
        *,
        is_stuck: bool,
        has_spoken: bool = False,
    ) -> list[Event]:
        has_spoken = has_spoken or self._fits_several(tracker)
        return super()._fail(dispatcher, tracker, asked, is_stuck=is_stuck, has_spoken=has_spoken)

    def _fits_several(self, tracker: Tracker) -> bool:
        is_asked = self.requested(tracker) == "deadline_rule"
        return is_asked and not asks(talk.text(tracker)) and self._names_document(tracker)

    def _names_document(self, tracker: Tracker) -> bool:
        """Whether the message itself says what a rule can be found by; a bare day does not."""
        said = talk.text(tracker).replace(talk.entity(tracker, "date") or " ", "")
        found = candidates(said, table=self.services.deadlines, limit=1) if said else []
        return _names_any(tracker) or bool(found)

    def in_words(self, name: str, value: Any) -> str:
        """The rule's title, or the day."""
        if name == "deadline_rule":
            return self.services.deadlines.rules[value].title
        return _plain(date.fromisoformat(value))

    def extract_deadline_from(self, tracker: Tracker) -> str | None:
        """The message, when it holds a date."""
        text = talk.text(tracker)
        if asks_what_day_it_is(text):
            return None
        return text if parse_date(text, self.services.today()) is not None else None

    def validate_deadline_from(
        self, text: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> str | None:
        """A day as ISO date; of a range the first (the safe one)."""
        today = self.services.today()
        reading = parse_date(text, today)
        if isinstance(reading, DateQuestion):
            buttons = [Button.same(_plain(day)) for day in reading.candidates]
            Reply(
                "utter_ask_which_date", kind="question", fields={"question": reading.question()}, buttons=buttons
            ).send(dispatcher)  # fmt: skip
            return None
        rule = self._rule_known(tracker)
        if isinstance(reading, DateRange):
            first = reading.first
            if rule is None or day_counted(self.services, tracker, rule, first) is not None:
                return f"{first.isoformat()}/{reading.last.isoformat()}"
            self._refuse_day(text, rule, dispatcher)
            return None
        if not isinstance(reading, ExactDate):
            return None
        if reading.day > today and not (rule is not None and rule.trigger_may_be_future):
            dispatcher.utter_message(response="utter_date_in_future", day=_plain(reading.day))
            return None
        day: date | None = reading.day
        if rule is not None and reading.day <= today:
            day = day_counted(self.services, tracker, rule, reading.day)
        if day is None and rule is not None:
            self._refuse_day(text, rule, dispatcher)
        return day.isoformat() if day else None

    def _refuse_day(self, text: str, rule: DeadlineRule, dispatcher: CollectingDispatcher) -> None:
        """Say that a rule counts from another event than the one that the day was told of."""
        is_receipt = tells_receipt(text, self.services.today())
        response = "utter_date_of_receipt" if is_receipt else "utter_date_of_another"
        dispatcher.utter_message(response=response, trigger=rule.trigger)

    def _answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, asked: str, *, is_stuck: bool
    ) -> list[Event]:
        """Where a rule is chosen for a day that was told before, the day that it counts from."""
        events = super()._answer(dispatcher, tracker, asked, is_stuck=is_stuck)
        day = talk.slot(tracker, "deadline_from") or ""
        said = {e["name"]: e["value"] for e in events if e.get("event") == "slot"}
        rule = self.services.deadlines.rules.get(said.get("deadline_rule") or "")
        if rule is None or "deadline_from" in said or len(day) != _ISO_DAY:
            return events
        counted = day_counted(self.services, tracker, rule, date.fromisoformat(day))
        return [*events, SlotSet("deadline_from", counted.isoformat() if counted else None)]


class ActionAskDeadlineRule(AssistantAction):
    """Asks which document it is, offering the rules that may be meant."""

    def name(self) -> str:
        """The name under which the form asks."""
        return "action_ask_deadline_form_deadline_rule"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Offer candidates, where a place, a right or a procedure is known that speaks for them."""
        known = _names_any(tracker) or any(talk.slot(tracker, name) for name in _MATTER)
        found = _offered(self.services, tracker) if known else []
        response = "utter_ask_deadline_rule" if found else "utter_ask_deadline_rule_open"
        Reply(
            response,
            kind="question",
            fields={"titles": "、".join(item.rule.title for item in found)},
            buttons=[Button.same(item.rule.title) for item in found],
            data={"rules": [item.rule.id for item in found]},
        ).send(dispatcher)
        return []


def _with_length(rule: DeadlineRule) -> str:
    """The name of a rule, with its length where there is but one."""
    is_one = rule.kind is RuleKind.COMPUTED and not rule.alternatives
    return f"{rule.title}（{period_name(rule.period)}）" if is_one else rule.title


def _offered(services: Services, tracker: Tracker) -> list[Meant]:
    """The rules to choose from: those that may well be meant and do not bind the other side."""
    side = situation_of(tracker).side
    return [
        item
        for item in rule_candidates(services, tracker)
        if item.chance >= _OFFERED and side_fits(item.rule, side) >= 0
    ]


class ActionAskDeadlineFrom(AssistantAction):
    """Asks for the day in the words of the rule."""

    def name(self) -> str:
        """The name under which the form asks."""
        return "action_ask_deadline_form_deadline_from"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Ask the rule's own question."""
        rule = self.services.deadlines.rules.get(talk.slot(tracker, "deadline_rule") or "")
        question = rule.trigger_question if rule else "这份文书是哪一天收到的？"
        title = _with_length(rule) if rule else ""
        Reply(
            "utter_ask_deadline_from", kind="question", fields={"title": title, "question": question},
            buttons=[Button.same("今天"), Button.same("昨天"), Button.same("取消")],
        ).send(dispatcher)  # fmt: skip
        return []


class ActionDeadline(FormEnd):
    """Computes the date and says it with everything that must be said with it."""

    def name(self) -> str:
        """The action's name."""
        return "action_deadline"

    def end(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Compute from the form's two slots."""
        rule_id, when = talk.slot(tracker, "deadline_rule"), talk.slot(tracker, "deadline_from")
        done = [SlotSet("deadline_rule", None), SlotSet("deadline_from", None)]
        if rule_id is None or when is None:
            return done
        first, _, last = when.partition("/")
        try:
            result = compute(
                rule_id,
                date.fromisoformat(first),
                self.services.today(),
                trigger_end=date.fromisoformat(last) if last else None,
                alternative=_alternative(self.services, tracker, rule_id),
                country=member_state(talk.slot(tracker, "country")),
                table=self.services.deadlines,
            )
        except RuleError as error:
            Reply(
                "utter_deadline_error",
                kind="question",
                fields={"reason": str(error)},
                buttons=[HUMAN],
            ).send(dispatcher)
            return done
        case = case_in_hand(tracker, result.rule)
        deadline_reply(self.services, result, case=case).send(dispatcher)
        return [*done, *spoken_of(self.services, rule_id, first)]


def computed(
    services: Services, tracker: Tracker, rule: str, day: date, country: str | None
) -> DeadlineResult:
    """What a rule gives from a day; where the message tells two days it may be, from either.

    :param country: where the dispute is.
    :raises RuleError: the rule must ask more.
    """
    days = days_in(services, tracker)
    return compute(
        rule, day, services.today(), trigger_end=days[1] if days and days[0] == day else None,
        alternative=_alternative(services, tracker, rule),
        country=member_state(country), table=services.deadlines,
    )  # fmt: skip


def _alternative(services: Services, tracker: Tracker, rule: str) -> str | None:
    """The length of a rule that applies by what the person said just now or before."""
    said = (talk.text(tracker), *told_here(services, tracker))
    return told_alternative(services.deadlines.rules[rule], said, rights_of(tracker))


def spoken_of(services: Services, rule_id: str, day: str) -> list[Event]:
    """What a computed day leaves for the next message to hang on."""
    passage = Shelf.of(services.index.current()).resting_on(rule_id)
    return [
        SlotSet("last_topic", "deadline"),
        SlotSet("last_rule", rule_id),
        SlotSet("last_day", day),
        SlotSet("last_question", services.deadlines.rules[rule_id].title),
        *([SlotSet("last_answer", passage.id)] if passage else []),
    ]


def member_state(country: str | None) -> str | None:
    """A country whose holidays count under the Union's rules; None for any other."""
    return country if country in EU_MEMBERS else None


def at_once(
    services: Services, rule: DeadlineRule, day: date, country: str | None = None
) -> Reply | None:
    """The card for a rule and a day; None when the rule needs to be asked more.

    :param country: where the dispute is.
    """
    try:
        result = compute(
            rule.id, day, services.today(), country=member_state(country), table=services.deadlines
        )
    except RuleError:  # the form says why and asks
        return None
    return deadline_reply(services, result)


def _names_matter(tracker: Tracker) -> bool:
    return _names_any(tracker) or len(talk.text(tracker)) >= 6


def _names_any(tracker: Tracker) -> bool:
    return any(talk.entity(tracker, name) is not None for name in _MATTER)


def _plain(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
