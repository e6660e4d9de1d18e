"""Days of rest of a forum: weekends, public holidays, closing days of an office."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from knowledge.deadline_types import ClosingDays, DeadlineTable
from knowledge.errors import RuleError
from knowledge.public_holidays import country_holidays

ONE_DAY = timedelta(days=1)
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
# How offices of the world rest in a week, for one whose country is not known.
_WEEKENDS = tuple(map(frozenset, ({SATURDAY, SUNDAY}, {FRIDAY, SATURDAY}, {SUNDAY})))
CHINA_WORKDAYS = "CN-workdays"
_SUBDIVISION = re.compile(r"^([A-Z]{2})-([A-Z0-9]{1,4})$")
_WEEKDAYS = "一二三四五六日"


def weekday_name(day: date) -> str:
    """:return: 星期一 … 星期日."""
    return f"星期{_WEEKDAYS[day.weekday()]}"


def spoken(day: date) -> str:
    """:return: 2026年10月8日（星期四）."""
    return f"{day.year}年{day.month}月{day.day}日（{weekday_name(day)}）"


def easter_sunday(year: int) -> date:
    """:return: Easter Sunday of the western churches."""
    from dateutil.easter import easter  # type: ignore[import-untyped]

    day: date = easter(year)
    return day


@dataclass(frozen=True)
class Calendar:
    """Says of a day whether it is one of rest at a forum."""

    closing: ClosingDays
    _days: Any = field(repr=False, compare=False)
    _weekend: frozenset[int]

    @property
    def name(self) -> str:
        return self.closing.name

    def is_rest(self, day: date) -> bool:
        """:return: True on weekends, holidays and closing days."""
        if any(day in item.dates for item in self.closing.add):
            return True
        if self.closing.code == CHINA_WORKDAYS:
            return _rests_in_china(day, self._days)
        if day.weekday() in self._weekend:
            return True
        if (day.month, day.day) in self.closing.fixed:
            return True
        if self.closing.easter and (day - easter_sunday(day.year)).days in self.closing.easter:
            return True
        if any(day in item.dates for item in self.closing.remove):
            return False
        return self._days is not None and day in self._days

    def next_working(self, day: date) -> date:
        """:return: the day itself or the first working day after it."""
        while self.is_rest(day):
            day += ONE_DAY
        return day

    def previous_working(self, day: date) -> date:
        """:return: the day itself or the last working day before it."""
        while self.is_rest(day):
            day -= ONE_DAY
        return day

    def reason(self, day: date, name: str | None = None) -> str:
        """:return: 周六, 周日 or the holiday calendar's name, for a day of rest."""
        weekend = {SATURDAY: "周六", SUNDAY: "周日"}
        return weekend.get(day.weekday(), f"节假日（{name or self.name}）")

    def notes(self, first: date, last: date) -> list[str]:
        """:return: what the person must know about this calendar for that span."""
        notes = [self.closing.note] if self.closing.note else []
        until = self.closing.known_until
        year = max(first, last).year
        if until is not None and year > until:
            notes.append(f"{year}年的{self.name}安排未收录，按往年规律推算，公布后请重算")
        return notes


def _china_covers(year: int) -> bool:
    from chinese_calendar.constants import holidays as known

    return bool(min(known).year <= year <= max(known).year)


def _rests_in_china(day: date, fallback: Any) -> bool:
    if _china_covers(day.year):
        import chinese_calendar

        return not chinese_calendar.is_workday(day)
    return day.weekday() >= SATURDAY or day in fallback


def _country_days(country: str, subdivision: str | None, categories: tuple[str, ...]) -> Any:
    options: dict[str, Any] = {"categories": categories} if categories else {}
    try:
        return country_holidays(country, subdiv=subdivision, **options)
    except NotImplementedError as error:
        code = "-".join(filter(None, (country, subdivision)))
        raise RuleError(f"没有 {code} 的节假日数据，请换成国家代码，例如 DE、FR") from error


def open_calendar(closing: ClosingDays) -> Calendar:
    """Bind a calendar of the table to its holiday data."""
    if closing.code == CHINA_WORKDAYS:
        return Calendar(closing, _country_days("CN", None, ()), frozenset())
    days = None
    if closing.country is not None:
        days = _country_days(closing.country, closing.subdivision, closing.categories)
    if closing.weekend is not None:
        weekend = frozenset(closing.weekend)
    else:
        weekend = frozenset({SATURDAY, SUNDAY} if days is None else days.weekend)
    return Calendar(closing, days, weekend)


def calendars_for(table: DeadlineTable, code: str, country: str | None) -> list[Calendar]:
    """The calendars that may apply: one, or every candidate while the country is not known.

    Where any country may be meant, the weekends that there are, without holidays.

    :param country: ISO code, with subdivision if known (DE, DE-BY); only used where the forum's
        calendar depends on the country or can be narrowed to a part of it.
    """
    closing = table.calendars[code]
    if country:
        wanted = country.strip().upper()
        narrowed = _SUBDIVISION.match(wanted)
        base = narrowed[1] if narrowed else wanted
        if closing.ask:
            if closing.candidates and base not in closing.candidates:
                raise RuleError(
                    f"{closing.name}不包括 {country}，可选：{'、'.join(closing.candidates)}"
                )
            own = closing.offices.get(wanted)
            return [open_calendar(table.calendars[own] if own else _of(table, base, narrowed))]
        if narrowed and closing.country == base:
            return [open_calendar(_of(table, base, narrowed))]
    if closing.ask and closing.candidates:
        return [open_calendar(table.calendars[item]) for item in closing.candidates]
    if closing.ask:
        return [Calendar(closing, None, weekend) for weekend in _WEEKENDS]
    return [open_calendar(closing)]


def _of(table: DeadlineTable, base: str, narrowed: re.Match[str] | None) -> ClosingDays:
    """A country's calendar, with the holidays of its part where that is named."""
    part = narrowed[2] if narrowed else None
    known = table.calendars.get(base)
    if known is None or known.ask:
        name = f"{base}公众假日"
        return ClosingDays(base, name, "该国法定公众假日", country=base, subdivision=part)
    return replace(known, code=f"{base}-{part}", subdivision=part, note=None) if part else known
