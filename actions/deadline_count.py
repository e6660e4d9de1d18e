"""Count one rule of the deadline table: alternatives, several countries, offsets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from actions.calendars import Calendar, calendars_for, spoken
from actions.deadline_result import DatedAlternative
from actions.periods import Count, count, period_name, shift
from knowledge.deadline_types import (
    Alternative,
    Choose,
    DeadlineRule,
    DeadlineTable,
    Period,
    RollRule,
    StartRule,
    Unit,
)
from knowledge.errors import RuleError


@dataclass(frozen=True)
class Outcome:
    """The count that applies, the alternative it came from, and all counts it was chosen from.

    ``calendars`` are those that may apply, in the order of ``counts``.
    """

    count: Count
    key: str | None
    calendar: Calendar | None
    counts: tuple[Count, ...]
    calendars: tuple[Calendar | None, ...]


class Computation:
    """One rule with the options chosen for it."""

    def __init__(
        self, table: DeadlineTable, rule: DeadlineRule, country: str | None, alternative: str | None
    ) -> None:
        self._table, self._rule, self._country = table, rule, country
        self._chosen = self._pick(alternative)

    def _pick(self, key: str | None) -> Alternative | None:
        if key is None:
            return None
        for item in self._rule.alternatives:
            if item.key == key:
                return item
        known = "；".join(f"{item.key}（{item.when}）" for item in self._rule.alternatives) or "无"
        raise RuleError(f"“{self._rule.title}”没有“{key}”这种情形。可选：{known}")

    def run(self, trigger: date) -> Outcome:
        """Count what applies: the alternative chosen, the combination, or the row's own period."""
        rule = self._rule
        if self._chosen is not None:
            return self._one(trigger, self._chosen.period, self._chosen.calendar, self._chosen.key)
        if rule.choose is Choose.ASK or not rule.alternatives:
            return self._one(trigger, rule.period, None, None)
        outcomes = [
            self._one(trigger, item.period, item.calendar, item.key) for item in rule.alternatives
        ]
        pick = max if rule.choose is Choose.LONGEST else min
        return pick(outcomes, key=lambda outcome: outcome.count.due)

    def others(self, trigger: date) -> tuple[DatedAlternative, ...]:
        """:return: the date under every alternative."""
        return tuple(
            DatedAlternative(
                item.key,
                item.when,
                self._one(trigger, item.period, item.calendar, item.key).count.due,
            )
            for item in self._rule.alternatives
        )

    def _one(
        self, trigger: date, period: Period, calendar_code: str | None, key: str | None
    ) -> Outcome:
        """The earliest count over every calendar that may apply."""
        rule = self._rule
        code = calendar_code or rule.calendar
        calendars: list[Calendar | None] = [None]
        if code is not None and _needs_calendar(rule, period):
            calendars = list(calendars_for(self._table, code, self._country))
        counted = [
            (self._count(trigger, period, calendar, code), calendar) for calendar in calendars
        ]
        best, calendar = min(counted, key=lambda pair: (pair[0].due, pair[0].unrolled))
        return Outcome(best, key, calendar, tuple(pair[0] for pair in counted), tuple(calendars))

    def _count(
        self, trigger: date, period: Period, calendar: Calendar | None, code: str | None
    ) -> Count:
        rule = self._rule
        base = trigger
        lead = ""
        if rule.offset is not None:
            base = shift(trigger, rule.offset, calendar)
            lead = f"{spoken(trigger)}之后满{period_name(rule.offset)}为{spoken(base)}；"
        start = rule.start_rule
        if rule.from_next_month:
            base = shift(base.replace(day=1), Period(1, Unit.MONTH), None)
            start = StartRule.SAME_DAY
            lead = f"{spoken(trigger)}所在月结束后，"
        result = count(
            base,
            period,
            direction=rule.direction,
            start_rule=start,
            roll_rule=rule.roll_rule,
            calendar=calendar,
            addition=rule.addition,
            calendar_name=self._table.calendars[code].name if code else None,
        )
        return replace(result, words=lead + result.words)


def _needs_calendar(rule: DeadlineRule, period: Period) -> bool:
    return (
        period.unit is Unit.BUSINESS_DAY
        or rule.start_rule is StartRule.NEXT_BUSINESS_DAY
        or rule.roll_rule in (RollRule.NEXT_BUSINESS_DAY, RollRule.PREVIOUS)
    )
