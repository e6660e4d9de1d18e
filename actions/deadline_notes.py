"""The sentences that go with a computed date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from actions.calendars import Calendar, spoken
from actions.deadline_count import Outcome
from actions.deadline_result import DatedStep
from actions.periods import period_name
from knowledge.deadline_types import Choose, DeadlineRule, RollRule

BEIJING = ZoneInfo("Asia/Shanghai")
CHECK_ORIGINAL = "以文书原件和当地律师核对为准"
ROLL_UNVERIFIED = "遇休息日是否顺延未核实，这里不顺延，按更早的日期准备"


def rule_notes(
    rule: DeadlineRule,
    outcome: Outcome,
    country: str | None,
    due: date | None,
) -> list[str]:
    """:return: what must be said with the date: rolling, calendars, other lengths, caveats."""
    notes = []
    counted = outcome.count
    if rule.roll_rule is RollRule.UNKNOWN:
        notes.append(f"{ROLL_UNVERIFIED}（{rule.roll_basis}）")
    if counted.due > counted.unrolled:
        notes.append(
            f"未顺延的日期是{spoken(counted.unrolled)}，稳妥起见在那一天或之前的工作日办完"
        )
    if counted.strict is not None and due is not None:
        notes.append(f"如从次日起逐日数，是更早的{spoken(counted.strict)}；稳妥起见按那一天准备")
    calendar = outcome.calendar
    if calendar is not None:
        notes += _calendar_notes(outcome, calendar, country)
    notes += _alternative_notes(rule, outcome)
    notes += _recess_notes(rule, outcome)
    if rule.legal_note:
        notes.append(rule.legal_note)
    return notes


def _calendar_notes(outcome: Outcome, calendar: Calendar, country: str | None) -> list[str]:
    notes = []
    dues = [item.due for item in outcome.counts]
    if calendar.closing.ask and not calendar.closing.candidates and not country:
        span = "到".join(spoken(day) for day in sorted({min(dues), max(dues)}))
        notes.append(
            "还不知道是哪一国的机构，各国的周末不同（如沙特、埃及周五、周六休息），"
            f"可能是{span}，遇当地节假日还可能更晚；先按最早的一天准备"
        )
    elif max(dues) > min(dues):
        notes.append(
            f"还不知道是哪一个国家，各国节假日不同，可能是{spoken(min(dues))}到{spoken(max(dues))}，"
            "先按最早的一天准备"
        )
    return notes + calendar.notes(outcome.count.first, outcome.count.due)


def _recess_notes(rule: DeadlineRule, outcome: Outcome) -> list[str]:
    """The later date that the law gives where it leaves a recess out of a period of days."""
    if rule.recess is None or outcome.calendar is None:
        return []
    lengths = {item.key: item.period.length for item in rule.alternatives}
    left = lengths.get(outcome.key or "", rule.period.length)
    day = outcome.count.first - timedelta(days=1)
    while left:
        day += timedelta(days=1)
        left -= not _is_in(day, rule.recess)
    later = outcome.calendar.next_working(day)
    if later == outcome.count.due:
        return []
    return [f"依法不计休庭期的话是{spoken(later)}；这里没有扣除，先按更早的日期准备"]


def _is_in(day: date, span: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    """Whether a day lies in a span of every year, which may go over New Year."""
    first, last = span
    at = (day.month, day.day)
    return first <= at <= last if first <= last else at >= first or at <= last


def _alternative_notes(rule: DeadlineRule, outcome: Outcome) -> list[str]:
    if not rule.alternatives:
        return []
    if rule.choose is Choose.ASK:
        if outcome.key is not None:
            when = next(item.when for item in rule.alternatives if item.key == outcome.key)
            return [f"按这种情形计算：{when}"]
        others = "；".join(
            f"{item.when}的为{period_name(item.period)}" for item in rule.alternatives
        )
        return [f"这里按{period_name(rule.period)}计算；{others}"]
    chosen = next(item for item in rule.alternatives if item.key == outcome.key)
    both = "与".join(period_name(item.period) for item in rule.alternatives)
    which = "较晚" if rule.choose is Choose.LONGEST else "较早"
    return [f"{both}取{which}者，这次适用的是{period_name(chosen.period)}（{chosen.when}）"]


def early_step_notes(also: tuple[DatedStep, ...], due: date, today: date) -> list[str]:
    """:return: the steps that fall due before the main date."""
    return [
        f"更早的一步：{step.label}，{spoken(step.due_date)}前（{step.counted}）"
        for step in also
        if today <= step.due_date < due
    ]


def beijing_time(rule: DeadlineRule, due: date) -> str | None:
    """The forum's closing moment in Beijing time, if the forum's clock differs."""
    if rule.time_zone is None:
        return None
    zone = ZoneInfo(rule.time_zone)
    if rule.cutoff is None:
        local = datetime.combine(due + timedelta(days=1), time.min, zone)
        words = "当地24时"
    else:
        local = datetime.combine(due, rule.cutoff, zone)
        words = f"当地{rule.cutoff:%H:%M}"
    there = local.astimezone(BEIJING)
    return f"{words}截止，即北京时间{spoken(there.date())}{there:%H:%M}"
