"""Compute procedural dates from the rows of the deadline table: pure, without Rasa.

Three kinds are never mixed: *computed* from a trigger by a rule, *printed* on the document (no due
date until the printed one is given; the rule's own count is only an estimate), and *platform-set*.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from actions.calendars import spoken
from actions.deadline_count import Computation, Outcome
from actions.deadline_notes import CHECK_ORIGINAL, beijing_time, early_step_notes, rule_notes
from actions.deadline_result import DatedStep, DeadlineResult
from actions.deadline_search import nearest_names
from actions.periods import Count, count, period_name, shift
from knowledge.deadline_table import load_deadline_table
from knowledge.deadline_types import (
    Base,
    DeadlineRule,
    DeadlineTable,
    RuleKind,
)
from knowledge.errors import RuleError
from settings import KnowledgeSettings

URGENT_DAYS = 7


@lru_cache(maxsize=1)
def default_table() -> DeadlineTable:
    """:return: the shipped table, read once."""
    return load_deadline_table(KnowledgeSettings().tables_dir)


def find_rule(rule_id: str, table: DeadlineTable | None = None) -> DeadlineRule:
    """Look a rule up by its id.

    :raises RuleError: there is none; the message lists near names.
    """
    table = table or default_table()
    rule = table.rules.get(rule_id)
    if rule is None:
        near = "、".join(nearest_names(rule_id, table))
        raise RuleError(f"没有名为“{rule_id}”的期限规则。相近的有：{near}")
    return rule


def compute(
    rule_id: str,
    trigger: date,
    today: date,
    *,
    printed: date | None = None,
    alternative: str | None = None,
    country: str | None = None,
    trigger_end: date | None = None,
    may_be_future: bool = False,
    table: DeadlineTable | None = None,
) -> DeadlineResult:
    """Compute the date of one rule.

    :param trigger: the day of the event; the earliest possible one if it is uncertain.
    :param today: the person's local date.
    :param printed: the date printed on the document or shown by the platform, if known.
    :param alternative: key of the rule's alternative that applies.
    :param country: ISO code (DE, DE-BY) where the closing days depend on it.
    :param trigger_end: the latest possible day of the event, if it is uncertain.
    :param may_be_future: count from a day that has not come as well, and say so.
    :raises RuleError: unknown rule or alternative, a trigger in the future, dates that contradict.
    """
    table = table or default_table()
    rule = find_rule(rule_id, table)
    _check_dates(rule, trigger, trigger_end, printed)
    ahead = _not_come(rule, trigger_end or trigger, today)
    if ahead and not may_be_future:
        raise RuleError(f"{ahead}。{rule.trigger_question}请再核对日期")
    counted = Computation(table, rule, country, alternative)
    first = counted.run(trigger)
    notes = [f"{ahead}，这是按这一天预先算的，以实际日期为准"] if ahead else []
    computed, latest = _due_of(rule, first.count, trigger), None
    if trigger_end and trigger_end > trigger:
        latest = max(_due_of(rule, item, trigger_end) for item in counted.run(trigger_end).counts)
        notes.append(_between(trigger, trigger_end, computed, latest))
    due, estimate = _by_kind(rule, computed, printed, notes)
    shown = due or estimate or computed
    # What follows from the due date follows from the day the law fixes, not from the rolled one.
    fixed = first.count.unrolled if shown == first.count.due else shown
    opens, grace, also = _further_dates(rule, trigger, first, fixed, today)
    notes += rule_notes(rule, first, country, due)
    notes += early_step_notes(also, shown, today)
    days_left = (due - today).days if due else None
    if days_left is not None and days_left < 0:
        notes.insert(0, f"按规则已经过了{-days_left}天，请马上找律师确认能否补救")
    pressing = [(shown - today).days, *(s.days_left for s in also if s.days_left >= 0)]
    return DeadlineResult(
        rule=rule, trigger_date=trigger, due_date=due, days_left=days_left, estimate=estimate, latest=latest,
        opens=opens, grace_until=grace, also=also, alternative=first.key, alternatives=counted.others(trigger),
        country=country, urgent=min(pressing) <= URGENT_DAYS, counted=first.count.words,
        beijing_time=beijing_time(rule, shown), notes=(*notes, CHECK_ORIGINAL),
    )  # fmt: skip


def _between(first: date, last: date, due: date, latest: date) -> str:
    """What is said where the day of the event is only known to lie between two."""
    return (
        f"触发日不确定（{spoken(first)}到{spoken(last)}之间），"
        f"截止日在{spoken(due)}到{spoken(latest)}之间，按最早的一天准备"
    )


def _check_dates(
    rule: DeadlineRule,
    trigger: date,
    trigger_end: date | None,
    printed: date | None,
) -> None:
    last = trigger_end or trigger
    if last < trigger:
        raise RuleError("最早的日期晚于最晚的日期，请再核对")
    if printed and printed < trigger and rule.direction.value == "after":
        raise RuleError(
            f"文书上的截止日{spoken(printed)}早于{spoken(trigger)}，请核对两个日期分别指什么"
        )


def _not_come(rule: DeadlineRule, last: date, today: date) -> str | None:
    """:return: the sentence that the day of the event lies ahead, where it cannot for this rule."""
    if last <= today or rule.trigger_may_be_future:
        return None
    return f"{spoken(last)}还没有到（今天是{spoken(today)}）"


def _due_of(rule: DeadlineRule, counted: Count, trigger: date) -> date:
    if rule.window is not None and rule.window.due == "trigger":
        return trigger
    return counted.due


def _by_kind(
    rule: DeadlineRule, computed: date, printed: date | None, notes: list[str]
) -> tuple[date | None, date | None]:
    """:return: the due date and, for a printed rule, the estimate."""
    where = "平台通知" if rule.kind is RuleKind.PLATFORM_SET else "文书"
    if rule.kind is RuleKind.PRINTED:
        if printed is None:
            notes.append(
                f"这个截止日以文书上写明的日期为准，请先看原件告诉我；"
                f"按规则数出的{spoken(computed)}只是估算"
            )
        elif printed != computed:
            notes.append(f"文书写的是{spoken(printed)}，按它准备；规则估算为{spoken(computed)}")
        return printed, computed
    if printed is not None and printed != computed:
        earlier = min(printed, computed)
        notes.append(
            f"{where}写的是{spoken(printed)}，按规则数是{spoken(computed)}，两者不一致，"
            f"先按较早的{spoken(earlier)}准备，并请律师确认"
        )
        return earlier, None
    if rule.kind is RuleKind.PLATFORM_SET:
        notes.append("这是平台自己定的期限，以通知或后台显示的日期为准")
    return computed, None


def _further_dates(
    rule: DeadlineRule, trigger: date, outcome: Outcome, due: date, today: date
) -> tuple[date | None, date | None, tuple[DatedStep, ...]]:
    """:return: when the window opens, the end of the grace period, the further steps.

    A step is counted as the period is: the earliest of what each calendar that may apply gives.
    """
    calendar = outcome.calendar
    opens = None
    if rule.window is not None:
        base, sign = (due, -1) if rule.window.opens_from is Base.DUE else (trigger, 1)
        opens = shift(base, rule.window.opens, calendar, sign)
    elif rule.offset is not None:
        opens = outcome.count.first
    steps = []
    for step in (s for s in rule.also if outcome.key not in s.except_for):
        day = min(
            count(
                trigger if step.start is Base.TRIGGER else due,
                step.period,
                direction=rule.direction,
                start_rule=rule.start_rule,
                roll_rule=rule.roll_rule,
                calendar=each,
            ).due
            for each in outcome.calendars
        )
        begin = "同一天起算满" if step.start is Base.TRIGGER else "从截止日起再算"
        counted = f"{begin}{period_name(step.period)}"
        steps.append(DatedStep(step.label, day, (day - today).days, counted))
    return opens, shift(due, rule.grace, calendar) if rule.grace else None, tuple(steps)
