"""Typed reader of ``tables/deadlines.yaml``: procedural periods and closing-day calendars as data.

A wrong row costs somebody a case, so nothing is guessed: an unknown key, a bad value or a calendar
that is not declared is refused with the row and the key named.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from knowledge.deadline_types import (
    Alternative,
    Base,
    Bound,
    Choose,
    ClosingDays,
    DeadlineRule,
    DeadlineTable,
    Direction,
    Period,
    RollRule,
    RuleKind,
    RuleSource,
    StartRule,
    Step,
    Unit,
    Window,
)
from knowledge.errors import SourceError

FILE_NAME = "deadlines.yaml"


_E = TypeVar("_E", bound=Enum)
_T = TypeVar("_T")


class _Row:
    """One mapping of the file; every read names the row and the key when it fails."""

    def __init__(self, path: Path, name: str, data: Any) -> None:
        self._path, self.name = path, name
        if not isinstance(data, dict):
            raise self.error("（整行）", f"应为键值对，实为 {type(data).__name__}")
        self._data: dict[str, Any] = data
        self._read: set[str] = set()

    def error(self, key: str, reason: str) -> SourceError:
        return SourceError(f"{self._path.name}：“{self.name}” 的 {key}：{reason}")

    def get(self, key: str, default: Any = None) -> Any:
        self._read.add(key)
        return self._data.get(key, default)

    def need(self, key: str) -> Any:
        value = self.get(key)
        if value is None:
            raise self.error(key, "缺少")
        return value

    def text(self, key: str) -> str:
        value = self.need(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "应为非空文字")
        return value.strip()

    def optional_text(self, key: str) -> str | None:
        return None if self.get(key) is None else self.text(key)

    def flag(self, key: str) -> bool:
        value = self.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "应为 true 或 false")
        return value

    def whole(self, key: str) -> int:
        value = self.need(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(key, "应为非负整数")
        return value

    def choice(self, key: str, kind: type[_E], default: _E | None = None) -> _E:
        value = self.get(key)
        if value is None and default is not None:
            return default
        try:
            return kind(value)
        except ValueError:
            allowed = "、".join(str(member.value) for member in kind)
            raise self.error(key, f"“{value}” 不在 {allowed} 之中") from None

    def date(self, key: str) -> date | None:
        value = self.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        raise self.error(key, "应为 YYYY-MM-DD")

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.get(key) or []
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            raise self.error(key, "应为文字列表")
        return tuple(values)

    def numbers(self, key: str) -> tuple[int, ...]:
        values = self.get(key) or []
        if not isinstance(values, list) or not all(isinstance(v, int) for v in values):
            raise self.error(key, "应为整数列表")
        return tuple(values)

    def row(self, key: str) -> _Row | None:
        value = self.get(key)
        return None if value is None else _Row(self._path, f"{self.name}.{key}", value)

    def rows(self, key: str) -> list[_Row]:
        values = self.get(key) or []
        if not isinstance(values, list):
            raise self.error(key, "应为列表")
        return [
            _Row(self._path, f"{self.name}.{key}[{number}]", value)
            for number, value in enumerate(values, start=1)
        ]

    def parsed(self, key: str, parse: Callable[[_Row], _T]) -> _T | None:
        row = self.row(key)
        return None if row is None else row.done(parse(row))

    def done(self, value: _T) -> _T:
        unknown = sorted(set(map(str, self._data)) - self._read)
        if unknown:
            raise self.error(unknown[0], "不认识的键")
        return value


def _period(row: _Row) -> Period:
    return Period(row.whole("period"), row.choice("unit", Unit))


def _alternative(row: _Row) -> Alternative:
    return row.done(
        Alternative(row.text("key"), row.text("when"), _period(row), row.optional_text("calendar"))
    )


def _step(row: _Row) -> Step:
    return row.done(Step(row.text("label"), _period(row), row.choice("from", Base, Base.TRIGGER)))


def _window(row: _Row) -> Window:
    opens = row.parsed("opens", _period)
    if opens is None:
        raise row.error("opens", "缺少")
    due = row.text("due")
    if due not in ("period", "trigger"):
        raise row.error("due", f"“{due}” 不在 period、trigger 之中")
    return Window(opens, row.choice("opens_from", Base, Base.TRIGGER), due)


def _source(row: _Row) -> RuleSource:
    return RuleSource(row.text("title"), row.optional_text("url"))


def _month_day(row: _Row, text: str) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise row.error("fixed", f"“{text}” 应为 MM-DD") from None
    return day.month, day.day


def _closing_days(code: str, row: _Row) -> ClosingDays:
    weekend = row.get("weekend")
    days = row.get("dates") or []
    if not all(isinstance(day, date) for day in days):
        raise row.error("dates", "应为 YYYY-MM-DD 列表")
    return row.done(
        ClosingDays(
            code=code,
            name=row.text("name"),
            holidays=row.optional_text("holidays"),
            weekend=None if weekend is None else row.numbers("weekend"),
            fixed=tuple(_month_day(row, text) for text in row.texts("fixed")),
            easter=row.numbers("easter"),
            dates=tuple(days),
            ask=row.flag("ask"),
            candidates=row.texts("candidates"),
            note=row.optional_text("note"),
        )
    )


def _cutoff(row: _Row) -> time | None:
    value = row.optional_text("cutoff")
    if value is None:
        return None
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise row.error("cutoff", f"“{value}” 应为 HH:MM") from None


def _rule(row: _Row) -> DeadlineRule:
    source = row.parsed("source", _source)
    if source is None:
        raise row.error("source", "缺少")
    rule = DeadlineRule(
        id=row.text("id"),
        title=row.text("title"),
        jurisdiction=row.text("jurisdiction"),
        forum=row.text("forum"),
        procedure=row.text("procedure"),
        bound=row.choice("bound", Bound),
        kind=row.choice("kind", RuleKind),
        trigger=row.text("trigger"),
        trigger_question=row.text("trigger_question"),
        period=_period(row),
        direction=row.choice("direction", Direction),
        start_rule=row.choice("start_rule", StartRule),
        roll_rule=row.choice("roll_rule", RollRule),
        calendar=row.optional_text("calendar"),
        alternatives=tuple(_alternative(item) for item in row.rows("alternatives")),
        choose=row.choice("choose", Choose, Choose.ASK),
        addition=row.parsed("addition", _period),
        offset=row.parsed("offset", _period),
        from_next_month=row.flag("from_next_month"),
        window=row.parsed("window", _window),
        grace=row.parsed("grace", _period),
        also=tuple(_step(item) for item in row.rows("also")),
        trigger_may_be_future=row.flag("trigger_may_be_future"),
        fixed_trigger=row.date("fixed_trigger"),
        time_zone=row.optional_text("time_zone"),
        cutoff=_cutoff(row),
        extension=row.text("extension"),
        consequence=row.text("consequence"),
        basis=row.text("basis"),
        source=source,
        as_of=row.text("as_of"),
        reviewed=row.date("reviewed"),
        review_note=row.optional_text("review_note"),
        aliases=row.texts("aliases"),
        keywords=row.texts("keywords"),
        legal_note=row.optional_text("legal_note"),
    )
    return row.done(rule)


def _check_calendars(path: Path, table: DeadlineTable) -> None:
    for calendar in table.calendars.values():
        for code in calendar.candidates:
            if code not in table.calendars:
                raise SourceError(f"{path.name}：“{calendar.code}” 的 candidates：没有声明 {code}")
    for rule in table.rules.values():
        used = {rule.calendar, *(item.calendar for item in rule.alternatives)} - {None}
        for code in sorted(str(item) for item in used):
            if code not in table.calendars:
                raise SourceError(f"{path.name}：“{rule.id}” 的 calendar：没有声明 {code}")
        counts_business = Unit.BUSINESS_DAY in {
            rule.period.unit,
            *(item.period.unit for item in rule.alternatives),
        }
        needs = counts_business or rule.start_rule is StartRule.NEXT_BUSINESS_DAY
        rolls = rule.roll_rule in (RollRule.NEXT_BUSINESS_DAY, RollRule.PREVIOUS)
        if (needs or rolls) and rule.calendar is None:
            raise SourceError(f"{path.name}：“{rule.id}” 的 calendar：按工作日或顺延规则计算时必填")
        if rule.reviewed and not rule.review_note:
            raise SourceError(
                f"{path.name}：“{rule.id}” 的 review_note：写了 reviewed 就要写查到了什么"
            )


def load_deadline_table(tables_dir: Path) -> DeadlineTable:
    """Read every rule and calendar of ``deadlines.yaml``.

    :raises SourceError: the file, a row or a value is missing or wrong; the message names it.
    """
    import yaml

    path = tables_dir / FILE_NAME
    try:
        content = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path.name}：读不到期限表（{error.strerror}）") from error
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(content, Loader=loader)  # noqa: S506  a safe loader, the C one if built
    except yaml.YAMLError as error:
        raise SourceError(f"{path.name}：不是合法的 YAML（{error}）") from error
    top = _Row(path, FILE_NAME, data)
    calendars: dict[str, ClosingDays] = {}
    declared = top.need("calendars")
    if not isinstance(declared, dict):
        raise top.error("calendars", "应为键值对")
    for code, value in declared.items():
        calendars[str(code)] = _closing_days(str(code), _Row(path, f"calendars.{code}", value))
    rules: dict[str, DeadlineRule] = {}
    for number, value in enumerate(top.need("rules"), start=1):
        name = value.get("id") if isinstance(value, dict) else None
        rule = _rule(_Row(path, str(name or f"rules[{number}]"), value))
        if rule.id in rules:
            raise top.error(rule.id, "重复的 id")
        rules[rule.id] = rule
    table = top.done(DeadlineTable(rules=rules, calendars=calendars))
    _check_calendars(path, table)
    return table
