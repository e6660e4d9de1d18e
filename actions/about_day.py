"""What is asked of a day that was computed: what if it is missed, may it be extended, how was it counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.calendars import spoken
from actions.context import AssistantAction, Event
from actions.day import closed
from actions.deadline import computed
from actions.deadline_card import later_steps
from actions.deadline_notes import CHECK_ORIGINAL
from actions.deadline_result import DeadlineResult, undated
from actions.replies import HUMAN, LEAD, Reply, citation
from actions.shelf import Shelf
from actions.turn.about_day import ACT, COUNT, EXTENSION, MISSED, STEP
from actions.turn.plan import plan_in
from knowledge.deadline_types import DeadlineRule, RollRule, Unit
from knowledge.errors import RuleError


class ActionAboutDay(AssistantAction):
    """Answers from the rule of the day that was computed, or of the period that was answered."""

    def name(self) -> str:
        """The action's name."""
        return ACT

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Say what the rule says of it."""
        plan = plan_in(tracker)
        rule = self.services.deadlines.rules[str(plan["rule"])]
        result = self._result(tracker, rule, plan["day"])
        lines = _LINES[plan["aspect"]](rule, result)
        index = self.services.index.current()
        passage = Shelf.of(index).resting_on(rule.fact, rule.jurisdiction)
        Reply(
            "utter_about_day",
            kind="deadline",
            fields={
                "title": rule.title,
                "body": "\n".join(lines),
                "basis": rule.basis.rstrip("。"),
                "check": CHECK_ORIGINAL,
            },
            citations=[citation(passage, index.snapshot_id)] if passage else [],
            buttons=[HUMAN, LEAD],
            data={**_data(rule, result), "aspect": plan["aspect"]},
        ).send(dispatcher)
        return [SlotSet("last_topic", "deadline"), SlotSet("last_rule", rule.id)]

    def _result(
        self, tracker: Tracker, rule: DeadlineRule, day: str | None
    ) -> DeadlineResult | None:
        """The day again, where one was computed."""
        if day is None:
            return None
        try:
            place = talk.slot(tracker, "country")
            return computed(self.services, tracker, rule.id, date.fromisoformat(day), place)
        except RuleError:  # what it asks was answered in a form that is over
            return None


def _data(rule: DeadlineRule, result: DeadlineResult | None) -> Mapping[str, object]:
    """The day that is spoken of as it was computed; the rule without a day where none was."""
    return undated(rule) if result is None else result.to_json()


def _missed(rule: DeadlineRule, result: DeadlineResult | None) -> list[str]:
    past = result is not None and result.days_left is not None and result.days_left < 0
    lines = [f"{'已经过了' if past else '错过'}会这样：{closed(rule.consequence)}"]
    if rule.extension:
        lines.append(f"能否延长：{closed(rule.extension)}")
    return lines


def _extension(rule: DeadlineRule, result: DeadlineResult | None) -> list[str]:
    lines = [f"能否延长：{closed(rule.extension)}"]
    shown = result.shown_date if result is not None else None
    if result is not None and shown is not None:
        lines += later_steps(result)
        lines.append(f"没有批准之前，仍按{spoken(shown)}准备。")
    return lines


def _step(rule: DeadlineRule, result: DeadlineResult | None) -> list[str]:
    """The steps that follow the day, and that the day itself stays."""
    shown = result.shown_date if result is not None else None
    if result is None or shown is None:
        return [f"能否延长：{closed(rule.extension)}"]
    lines = [*later_steps(result), f"能否延长：{closed(rule.extension)}"]
    return [*lines, f"“{rule.title}”本身不因此推后，仍是{spoken(shown)}。"]


def _count(rule: DeadlineRule, result: DeadlineResult | None) -> list[str]:
    counted = [f"从{rule.trigger}起算。"]
    counted += [f"算法：{closed(result.counted)}"] if result is not None else []
    rolls = _ROLLS.get(rule.roll_rule)
    lines = [*counted, f"{_UNITS[rule.period.unit]}{f'；{rolls}' if rolls else ''}。"]
    return lines + [closed(note) for note in (result.notes if result else ())]


_LINES: Mapping[str, Callable[[DeadlineRule, DeadlineResult | None], list[str]]] = {
    MISSED: _missed,
    EXTENSION: _extension,
    COUNT: _count,
    STEP: _step,
}
_UNITS: Mapping[Unit, str] = {
    Unit.DAY: "逐日连续数，中间的周末和节假日都算在内",
    Unit.BUSINESS_DAY: "只数工作日，周末和当地节假日不算",
    Unit.MONTH: "按月数，中间的周末和节假日不扣除",
    Unit.YEAR: "按年数，中间的周末和节假日不扣除",
}
_ROLLS: Mapping[RollRule, str] = {
    RollRule.NEXT_BUSINESS_DAY: "最后一天是休息日的，顺延到下一个工作日",
    RollRule.PREVIOUS: "最后一天是休息日的，提前到前一个工作日",
    RollRule.NONE: "最后一天是休息日的，不顺延",
}
