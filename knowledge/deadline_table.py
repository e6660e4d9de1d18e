"""Typed reader of ``tables/deadlines.yaml``: procedural periods as data.

A wrong row costs somebody a case, so nothing is guessed: an unknown key, a bad value or a calendar
that is not declared is refused with the row and the key named.  A rule's id is that of the fact it rests
on, whose entry in the ledger says where it can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from pathlib import Path

from knowledge.deadline_types import (
    Alternative,
    Base,
    Bound,
    Choose,
    ClosingDays,
    DeadlineRule,
    DeadlineTable,
    Direction,
    Event,
    Period,
    RollRule,
    RuleKind,
    RuleSource,
    Special,
    StartRule,
    Step,
    Unit,
    Window,
)
from knowledge.forum_holidays_table import load_forum_holidays, month_day
from knowledge.ledger import Ledger, load_ledger
from knowledge.paper_kinds import BY_ID
from knowledge.table_row import Row, load_mapping

FILE_NAME = "deadlines.yaml"


def _period(row: Row) -> Period:
    return Period(row.whole("period"), row.member("unit", Unit))


def _alternative(row: Row) -> Alternative:
    return row.done(
        Alternative(
            row.text("key"),
            row.text("when"),
            _period(row),
            row.optional_text("calendar"),
            row.texts("said"),
            row.texts("lacks"),
        )
    )


def _step(row: Row) -> Step:
    start = row.member("from", Base, Base.TRIGGER)
    return row.done(Step(row.text("label"), _period(row), start, row.texts("except")))


def _special(row: Row) -> Special:
    return row.done(Special(row.text("of"), row.text("when"), row.texts("said")))


def _window(row: Row) -> Window:
    opens = row.parsed("opens", _period)
    if opens is None:
        raise row.error("opens", "缺少")
    due = row.text("due")
    if due not in ("period", "trigger"):
        raise row.error("due", f"“{due}” 不在 period、trigger 之中")
    return Window(opens, row.member("opens_from", Base, Base.TRIGGER), due)


def _recess(row: Row) -> tuple[tuple[int, int], tuple[int, int]]:
    return month_day(row, "first", row.text("first")), month_day(row, "last", row.text("last"))


def _source(row: Row, ledger: Ledger) -> RuleSource:
    key = "fact" if row.optional_text("fact") else "id"
    fact = ledger.get(row.text(key))
    if fact is None:
        raise row.error(key, "不在台账 facts.yaml 里，请改正编号")
    return RuleSource(row.text(key), fact.source_title or row.text("basis"), fact.url)


def _cutoff(row: Row) -> time | None:
    value = row.optional_text("cutoff")
    if value is None:
        return None
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise row.error("cutoff", f"“{value}” 应为 HH:MM") from None


def _papers(row: Row, key: str = "papers") -> tuple[str, ...]:
    papers = row.texts(key)
    for code in papers:
        if code not in BY_ID:
            raise row.error(key, f"没有“{code}”这种文书")
    return papers


def _rule(row: Row, ledger: Ledger) -> DeadlineRule:
    return DeadlineRule(
        id=row.text("id"),
        title=row.text("title"),
        jurisdiction=row.text("jurisdiction"),
        forum=row.text("forum"),
        procedure=row.text("procedure"),
        bound=row.member("bound", Bound),
        kind=row.member("kind", RuleKind),
        event=row.member("event", Event),
        papers=_papers(row), forwarded_by=_papers(row, "forwarded_by"), dated_in=row.texts("dated_in"),
        trigger=row.text("trigger"),
        trigger_question=row.text("trigger_question"),
        period=_period(row),
        direction=row.member("direction", Direction),
        start_rule=row.member("start_rule", StartRule),
        roll_rule=row.member("roll_rule", RollRule),
        roll_basis=row.text("roll_basis"),
        calendar=row.optional_text("calendar"),
        alternatives=tuple(_alternative(item) for item in row.children("alternatives")),
        choose=row.member("choose", Choose, Choose.ASK),
        addition=row.parsed("addition", _period),
        offset=row.parsed("offset", _period),
        from_next_month=row.flag("from_next_month"),
        window=row.parsed("window", _window),
        grace=row.parsed("grace", _period),
        also=tuple(_step(item) for item in row.children("also")),
        trigger_may_be_future=row.flag("trigger_may_be_future"),
        fixed_trigger=row.day("fixed_trigger"),
        recess=row.parsed("recess", _recess),
        time_zone=row.optional_text("time_zone"),
        cutoff=_cutoff(row),
        extension=row.text("extension"),
        consequence=row.text("consequence"),
        basis=row.text("basis"),
        source=_source(row, ledger),
        as_of=row.text("as_of"),
        reviewed=row.day("reviewed"),
        review_note=row.optional_text("review_note"),
        aliases=row.texts("aliases"),
        keywords=row.texts("keywords"),
        legal_note=row.optional_text("legal_note"),
        special=row.parsed("special", _special),
    )  # fmt: skip


def _check(row: Row, rule: DeadlineRule, calendars: Mapping[str, ClosingDays]) -> None:
    """Whether the parts of a rule fit each other and the calendars."""
    used = {rule.calendar, *(item.calendar for item in rule.alternatives)} - {None}
    for code in sorted(str(item) for item in used):
        if code not in calendars:
            raise row.error("calendar", f"没有声明 {code}")
    counts_business = Unit.BUSINESS_DAY in {
        rule.period.unit,
        *(item.period.unit for item in rule.alternatives),
    }
    needs = counts_business or rule.start_rule is StartRule.NEXT_BUSINESS_DAY
    rolls = rule.roll_rule in (RollRule.NEXT_BUSINESS_DAY, RollRule.PREVIOUS)
    if (needs or rolls) and rule.calendar is None:
        raise row.error("calendar", "按工作日或顺延规则计算时必填")
    keys = {item.key for item in rule.alternatives}
    for key in (key for step in rule.also for key in step.except_for):
        if key not in keys:
            raise row.error("also", f"except 里的“{key}”不是 alternatives 的 key")
    for code in rule.forwarded_by:
        if code not in rule.papers:
            raise row.error("forwarded_by", f"“{code}”不在 papers 之中")
    if rule.reviewed and not rule.review_note:
        raise row.error("review_note", "写了 reviewed 就要写查到了什么")


def _check_special(row: Row, rule: DeadlineRule, rules: Mapping[str, DeadlineRule]) -> None:
    """Whether the rule of which this one is a special way is there, general itself, and of the same place."""
    if rule.special is None:
        return
    general = rules.get(rule.special.of)
    if general is None or general.special is not None:
        raise row.error("special", f"“{rule.special.of}”不是表里的一般规则")
    if general.jurisdiction != rule.jurisdiction:
        raise row.error("special", f"“{rule.special.of}”是另一个国家或地区的")
    if not rule.special.said:
        raise row.error("special", "要写明别人怎么说这种情形（said）")


def load_deadline_table(tables_dir: Path) -> DeadlineTable:
    """Read every rule of ``deadlines.yaml``, the calendars they count by and the facts they rest on.

    :raises SourceError: a file, a row or a value is missing or wrong; the message names it.
    """
    path = tables_dir / FILE_NAME
    top = load_mapping(path)
    top.need("rules")
    libraries, calendars = load_forum_holidays(tables_dir)
    ledger = load_ledger(tables_dir)
    rules: dict[str, DeadlineRule] = {}
    rows = list(top.children("rules"))
    for row in rows:
        row.name = row.text("id")
        if row.name in rules:
            raise row.error("id", "重复的 id")
        rule = row.done(_rule(row, ledger))
        _check(row, rule, calendars)
        rules[rule.id] = rule
    for row in rows:
        _check_special(row, rules[row.name], rules)
    return top.done(DeadlineTable(rules=rules, calendars=calendars, libraries=libraries))
