"""Arithmetic of legal periods: months that clamp, business days, rolling over days of rest."""

from __future__ import annotations

import calendar as month_lengths
from dataclasses import dataclass
from datetime import date, timedelta

from actions.calendars import ONE_DAY, Calendar, spoken
from knowledge.deadline_types import Direction, Period, RollRule, StartRule, Unit
from knowledge.errors import RuleError

_UNIT_NAMES = {Unit.DAY: "天", Unit.BUSINESS_DAY: "个工作日", Unit.MONTH: "个月", Unit.YEAR: "年"}


def period_name(period: Period) -> str:
    """:return: 20天, 10个工作日, 3个月, 1年."""
    return f"{period.length}{_UNIT_NAMES[period.unit]}"


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, clamped to the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not date.min.year <= year <= date.max.year:
        raise RuleError("日期超出可计算的范围，请核对年份")
    last = month_lengths.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))


def shift(day: date, period: Period, calendar: Calendar | None, sign: int = 1) -> date:
    """Move a date by a period, without any start or roll rule.

    :param sign: 1 for later, -1 for earlier.
    """
    if period.unit is Unit.MONTH:
        return add_months(day, sign * period.length)
    if period.unit is Unit.YEAR:
        return add_months(day, sign * 12 * period.length)
    if period.unit is Unit.DAY:
        return day + timedelta(days=sign * period.length)
    if calendar is None:
        raise RuleError("按工作日计算需要日历")
    for _ in range(period.length):
        day += sign * ONE_DAY
        while calendar.is_rest(day):
            day += sign * ONE_DAY
    return day


@dataclass(frozen=True)
class Count:
    """The outcome of one count: first day, last day before and after rolling, and the words for it.

    ``strict`` is the earlier last day that a count from the very next day would give, where the
    rule starts later (19 CFR 201.14).
    """

    first: date
    unrolled: date
    due: date
    words: str
    strict: date | None = None


def count(
    trigger: date,
    period: Period,
    *,
    direction: Direction,
    start_rule: StartRule,
    roll_rule: RollRule,
    calendar: Calendar | None,
    addition: Period | None = None,
    calendar_name: str | None = None,
) -> Count:
    """Count a period and roll its last day.

    ``day_after`` leaves the trigger day out; ``next_business_day`` makes the first working day
    after the trigger day 1 (19 CFR 201.14); ``same_day`` makes the trigger day 1.

    :param calendar_name: how to name the calendar where it stands for several countries.
    """
    sign = 1 if direction is Direction.AFTER else -1
    first, base = _start(trigger, period, start_rule, calendar, sign)
    unrolled = shift(base, period, calendar, sign)
    if start_rule is StartRule.SAME_DAY and period.unit in (Unit.MONTH, Unit.YEAR):
        unrolled = _eve_of_month_end(trigger, period, sign)
    words = _words(trigger, first, unrolled, period, start_rule, sign)
    if addition is not None:
        unrolled = shift(unrolled, addition, calendar, sign)
        words += f"，再加{period_name(addition)}到{spoken(unrolled)}"
    due = unrolled
    if calendar is not None and roll_rule is RollRule.NEXT_BUSINESS_DAY:
        due = calendar.next_working(unrolled)
    elif calendar is not None and roll_rule is RollRule.PREVIOUS:
        due = calendar.previous_working(unrolled)
    if due != unrolled and calendar is not None:
        way = "顺延到" if due > unrolled else "提前到"
        words += f"，当天是{calendar.reason(unrolled, calendar_name)}，{way}{spoken(due)}"
    strict = shift(trigger, period, None, sign) if period.unit is Unit.DAY else None
    return Count(first, unrolled, due, words, strict if strict and strict < unrolled else None)


def _eve_of_month_end(trigger: date, period: Period, sign: int) -> date:
    """The last day of months that begin with the trigger day itself (BGB § 188(2), second case)."""
    end = shift(trigger, period, None, sign)
    return end if end.day != trigger.day else end - sign * ONE_DAY


def _start(
    trigger: date, period: Period, start_rule: StartRule, calendar: Calendar | None, sign: int
) -> tuple[date, date]:
    """:return: the first day counted, and the day from which the whole period is added."""
    if start_rule is StartRule.SAME_DAY:
        return trigger, trigger - sign * ONE_DAY
    if start_rule is StartRule.NEXT_BUSINESS_DAY and calendar is not None:
        first = trigger + sign * ONE_DAY
        first = calendar.next_working(first) if sign > 0 else calendar.previous_working(first)
        return first, first - sign * ONE_DAY
    first = trigger + sign * ONE_DAY
    if period.unit is Unit.BUSINESS_DAY and calendar is not None:
        first = calendar.next_working(first) if sign > 0 else calendar.previous_working(first)
    return first, trigger


def _words(
    trigger: date, first: date, last: date, period: Period, start_rule: StartRule, sign: int
) -> str:
    name = period_name(period)
    if period.length == 0:
        return f"以{spoken(trigger)}当天为限"
    if sign < 0:
        return f"从{spoken(trigger)}往前数{name}，到{spoken(last)}"
    if period.unit in (Unit.MONTH, Unit.YEAR):
        how = "当天计入" if start_rule is StartRule.SAME_DAY else "当天不计入"
        clamp = (
            "（该月没有对应日，取月末）" if last.day < trigger.day and how == "当天不计入" else ""
        )
        return f"{spoken(trigger)}起算（{how}），满{name}为{spoken(last)}{clamp}"
    how = {
        StartRule.SAME_DAY: "当天计为第1天",
        StartRule.DAY_AFTER: "当天不计",
        StartRule.NEXT_BUSINESS_DAY: "当天不计，从之后第一个工作日起算",
    }[start_rule]
    return f"{spoken(trigger)}{how}，{spoken(first)}为第1天，数满{name}到{spoken(last)}"
