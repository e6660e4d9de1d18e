"""The deadline table as a page to be checked by: what each rule rests on, rolls by and knows the days of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from actions.periods import period_name, shift
from knowledge.deadline_types import (
    ClosingDays,
    DeadlineRule,
    DeadlineTable,
    Direction,
    RollRule,
    RuleKind,
    StartRule,
    Unit,
)
from knowledge.paper_kinds import BY_ID

# Holidays are proclaimed and moved through the year; a package older than this misses some.
OLDEST_LIBRARY = timedelta(days=183)
KIND_NAMES = {
    RuleKind.COMPUTED: "按规则计算",
    RuleKind.PRINTED: "以文书写明的日期为准",
    RuleKind.PLATFORM_SET: "平台规定",
}
BOUND_NAMES = {
    "respondent": "被诉方、收件人",
    "owner": "权利人",
    "opponent": "异议人、请求人",
    "applicant": "申请人",
    "authority": "机关",
    "either": "任何一方",
}
_ROLL_NAMES = {
    RollRule.NEXT_BUSINESS_DAY: "顺延",
    RollRule.PREVIOUS: "提前",
    RollRule.NONE: "不顺延",
    RollRule.UNKNOWN: "未核实，不顺延",
}
_START_NAMES = {
    StartRule.DAY_AFTER: "次日起算",
    StartRule.NEXT_BUSINESS_DAY: "次一工作日起算",
    StartRule.SAME_DAY: "当天计入",
}
_HEAD = """# 期限规则表

由 `huhang deadline --table` 从 `knowledge/tables/deadlines.yaml` 和 `knowledge/tables/forum_holidays.yaml` 生成，不手工修改；改了表就重新生成：`huhang deadline --table > docs/deadlines.md`。
“未核实”的一律不顺延，按更早的日期准备，原因写在后面。
"""


def page(table: DeadlineTable) -> str:
    """:return: every rule and every calendar as Markdown."""
    return "\n".join([_HEAD, *_rule_lines(table), "", *_calendar_lines(table), ""])


def _rule_lines(table: DeadlineTable) -> Iterator[str]:
    yield f"## 规则（{len(table.rules)} 条）\n"
    yield "| 规则 | 谁的期限 | 起算事件（文书） | 期间和起算 | 遇休息日 | 日历 | 收录到 | 依据 |"
    yield "|---|---|---|---|---|---|---|---|"
    for rule in table.rules.values():
        cells = (
            f"{rule.jurisdiction} {rule.title}（`{rule.id}`，{KIND_NAMES[rule.kind]}）",
            BOUND_NAMES[rule.bound.value],
            _started_by(rule),
            f"{_lengths(rule)}；{_START_NAMES[rule.start_rule]}",
            f"{_ROLL_NAMES[rule.roll_rule]}：{rule.roll_basis}",
            f"`{rule.calendar}`" if rule.calendar else "—",
            _known(table.calendars[rule.calendar]) if rule.calendar else "不用日历",
            rule.basis,
        )
        yield "| " + " | ".join(cells) + " |"


def _started_by(rule: DeadlineRule) -> str:
    way = "之前" if rule.direction is Direction.BEFORE else "之后"
    papers = "、".join(BY_ID[code].title for code in rule.papers)
    return f"{rule.trigger}{way}（{papers}）" if papers else f"{rule.trigger}{way}"


def _lengths(rule: DeadlineRule) -> str:
    others = "；".join(f"{item.when}{period_name(item.period)}" for item in rule.alternatives)
    return f"{period_name(rule.period)}（{others}）" if others else period_name(rule.period)


def _calendar_lines(table: DeadlineTable) -> Iterator[str]:
    versions = "、".join(
        f"{name} {library.version}（{library.released} 发布）"
        for name, library in table.libraries.items()
    )
    yield f"## 日历（{len(table.calendars)} 份；{versions}）\n"
    yield "| 日历 | 谁的休息日 | 取自程序包 | 另外写明 | 更正 | 收录到 |"
    yield "|---|---|---|---|---|---|"
    for code, closing in table.calendars.items():
        cells = (
            f"{closing.name}（`{code}`）",
            closing.source,
            _taken(closing),
            "；".join(_own(closing)) or "—",
            "；".join(_corrections(closing)) or "—",
            _known(closing),
        )
        yield "| " + " | ".join(cells) + " |"


def _known(closing: ClosingDays) -> str:
    """:return: until which year the days are published."""
    if closing.ask:
        return "视国家而定"
    return f"{closing.known_until}年" if closing.known_until else "每年固定"


def _taken(closing: ClosingDays) -> str:
    if closing.country is None:
        return "—"
    code = "-".join(filter(None, (closing.country, closing.subdivision)))
    return f"{code}（{'、'.join(closing.categories)}）" if closing.categories else code


def _own(closing: ClosingDays) -> Iterator[str]:
    if closing.weekend is not None:
        yield "周末：" + "、".join(f"周{'一二三四五六日'[day]}" for day in closing.weekend)
    if closing.fixed:
        yield "每年 " + "、".join(f"{month:02}-{day:02}" for month, day in closing.fixed)
    if closing.easter:
        yield "复活节 " + "、".join(f"{offset:+}" for offset in closing.easter) + " 天"
    if closing.candidates:
        yield "候选：" + "、".join(closing.candidates)
    if closing.offices:
        yield "各国的局：" + "、".join(f"{a}→{b}" for a, b in closing.offices.items())
    if closing.note:
        yield closing.note


def _corrections(closing: ClosingDays) -> Iterator[str]:
    for sign, corrections in (("+", closing.add), ("−", closing.remove)):
        for item in corrections:
            days = "、".join(day.isoformat() for day in item.dates)
            yield f"{sign} {days}：{item.reason}（{item.source}）"


def warnings(table: DeadlineTable, today: date) -> list[str]:
    """What makes computed dates unsure: an old package, a rule that counts beyond the years known."""
    found = [
        f"{name} {library.version} 是 {library.released} 发布的，已超过六个月，"
        "各国新增和调整的假日可能没有，请看有没有新版，升级后重新生成 docs/deadlines.md"
        for name, library in table.libraries.items()
        if today - library.released > OLDEST_LIBRARY
    ]
    beyond: dict[str, list[str]] = {}
    for rule in table.rules.values():
        if rule.calendar is None or not _uses_calendar(rule):
            continue
        closing = table.calendars[rule.calendar]
        for code in closing.candidates or (rule.calendar,):
            until = table.calendars[code].known_until
            if until is not None and _reaches(rule, today) > until:
                beyond.setdefault(code, []).append(rule.id)
    for code, rules in beyond.items():
        closing = table.calendars[code]
        found.append(
            f"{closing.name}只收录到{closing.known_until}年，从今天起算会数到之后的规则有 "
            f"{len(rules)} 条：{'、'.join(rules)}"
        )
    return found


def _uses_calendar(rule: DeadlineRule) -> bool:
    rolls = rule.roll_rule in (RollRule.NEXT_BUSINESS_DAY, RollRule.PREVIOUS)
    return rolls or Unit.BUSINESS_DAY in {
        rule.period.unit,
        *(item.period.unit for item in rule.alternatives),
    }


def _reaches(rule: DeadlineRule, today: date) -> int:
    """:return: the year that a count from today ends in, with two calendar days a working day."""
    if rule.direction is Direction.BEFORE:
        return today.year
    period = rule.period
    if period.unit is Unit.BUSINESS_DAY:
        return (today + timedelta(days=2 * period.length)).year
    return shift(today, period, None).year
