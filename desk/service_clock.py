"""When a center is open, when an answer is due, and how long something took in opening hours.

Opening hours are data: split hours by weekday, days a center is closed on top of public holidays.
Working days are the State Council's: 调休 Saturdays and Sundays are open, holidays are closed.  All times
of day are China Standard Time, which has had no daylight saving since 1991.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from pathlib import Path

from desk.times import CHINA as CHINA
from knowledge.errors import SourceError
from knowledge.public_holidays import country_holidays
from knowledge.table_row import Row, load_mapping

# A longer search means that the table leaves no opening hours at all.
_HORIZON_DAYS = 400
_SOON = 0.8

Interval = tuple[time, time]


class Urgency(str, Enum):
    """How a target stands."""

    ON_TIME = "on-time"
    SOON = "soon"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True)
class Target:
    """One promise: when it is due, when it was kept, and how it stands."""

    due: datetime
    done: datetime | None
    urgency: Urgency


@dataclass(frozen=True)
class ServiceHours:
    """A center's week and promises.

    :param week: opening intervals of each weekday, Monday first, in order.  A 调休 working day has the
        hours of ``week[0]``.
    :param closed: further closed days.
    :param first_response: opening time within which somebody answers.
    :param resolution_days: working days within which the matter is settled.
    """

    week: tuple[tuple[Interval, ...], ...]
    closed: frozenset[date] = frozenset()
    first_response: timedelta = timedelta(hours=1)
    resolution_days: int = 3
    keeps_public_holidays: bool = field(default=True)

    def intervals(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The opening intervals of one day as moments."""
        if day in self.closed:
            return ()
        hours = self.week[day.weekday()]
        if self.keeps_public_holidays:
            if not is_workday(day):
                return ()
            hours = hours or self.week[0]
        return tuple(
            (datetime.combine(day, start, CHINA), datetime.combine(day, end, CHINA))
            for start, end in hours
        )

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody should be at the desk."""
        local = moment.astimezone(CHINA)
        return any(start <= local < end for start, end in self.intervals(local.date()))

    def next_opening(self, moment: datetime) -> datetime:
        """``moment`` itself when open, else when the desk opens next."""
        start, _end = next(self._from(moment))
        return max(start, moment.astimezone(CHINA))

    def add(self, moment: datetime, span: timedelta) -> datetime:
        """``span`` of opening time after ``moment``; time while closed does not count."""
        left = span
        local = moment.astimezone(CHINA)
        for start, end in self._from(moment):
            begin = max(start, local)
            if end - begin >= left:
                return begin + left
            left -= end - begin
        raise AssertionError("unreachable")  # _from raises first

    def add_days(self, moment: datetime, days: int) -> datetime:
        """The end of the ``days``-th working day after the day of ``moment``."""
        day = self.next_opening(moment).date()
        left = days
        for _ in range(_HORIZON_DAYS):
            if left == 0 and self.intervals(day):
                return self.intervals(day)[-1][1]
            day += timedelta(days=1)
            if left and self.intervals(day):
                left -= 1
        raise SourceError("服务时间表里没有开放时段，请检查 service_hours.yaml")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Opening time between two moments; zero when ``end`` is not later."""
        first, last = start.astimezone(CHINA), end.astimezone(CHINA)
        total = timedelta()
        day = first.date()
        while day <= last.date():
            for opens, closes in self.intervals(day):
                total += max(timedelta(), min(closes, last) - max(opens, first))
            day += timedelta(days=1)
        return total

    def first_response_target(
        self, queued: datetime, answered: datetime | None, closed: datetime | None, now: datetime
    ) -> Target:
        """How the first answer stands; the clock stops with the answer or the close."""
        due = self.add(queued, self.first_response)
        return self._target(queued, due, answered or closed, now)

    def resolution_target(
        self, created: datetime, closed: datetime | None, now: datetime
    ) -> Target:
        """How the settling of the matter stands; the clock stops with the close."""
        return self._target(created, self.add_days(created, self.resolution_days), closed, now)

    def _target(
        self, start: datetime, due: datetime, done: datetime | None, now: datetime
    ) -> Target:
        if done is not None:
            return Target(due, done, Urgency.MET if done <= due else Urgency.MISSED)
        if now > due:
            return Target(due, None, Urgency.OVERDUE)
        promised = self.between(start, due)
        is_soon = bool(promised) and self.between(start, now) >= promised * _SOON
        return Target(due, None, Urgency.SOON if is_soon else Urgency.ON_TIME)

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening intervals that end after ``moment``, in order."""
        day = moment.astimezone(CHINA).date()
        for _ in range(_HORIZON_DAYS):
            for start, end in self.intervals(day):
                if end > moment:
                    yield start, end
            day += timedelta(days=1)
        raise SourceError("服务时间表里没有开放时段，请检查 service_hours.yaml")


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether China works on this day.

    By the State Council's arrangement where it is published; for other years Monday to Friday except
    statutory holidays, 调休 unknown.
    """
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and day not in _statutory(day.year)


@lru_cache(maxsize=8)
def _statutory(year: int) -> frozenset[date]:
    return frozenset(country_holidays("CN", years=year))


def load_service_hours(path: Path) -> Mapping[str, ServiceHours]:
    """Read the table of opening hours; ``default`` holds for centers without a row.

    :raises SourceError: naming the row that is wrong.
    """
    top = load_mapping(path)
    top.need("default")
    return {name: _hours(name, top.needed_child(name)) for name in top.names()}


def hours_of(table: Mapping[str, ServiceHours], center: str | None) -> ServiceHours:
    """The hours of a center, or the default ones."""
    return table.get(center or "default", table["default"])


@lru_cache(maxsize=4)
def service_hours(tables_dir: Path) -> Mapping[str, ServiceHours]:
    """The opening hours of every center: what the desk counts by and everybody is told."""
    return load_service_hours(tables_dir / "service_hours.yaml")


def hours_in_words(hours: ServiceHours) -> str:
    """The week as people read it: 周一至周五 9:00–12:00、14:00–17:30，法定节假日休息，调休上班日照常。"""
    spans: list[tuple[int, int, tuple[Interval, ...]]] = []
    for day, intervals in enumerate(hours.week):
        if spans and spans[-1][2] == intervals and spans[-1][1] == day - 1:
            spans[-1] = (spans[-1][0], day, intervals)
        elif intervals:
            spans.append((day, day, intervals))
    week = "；".join(
        f"周{_WEEK[first]}{f'至周{_WEEK[last]}' if last > first else ''} "
        + "、".join(f"{_clock(start)}–{_clock(end)}" for start, end in intervals)
        for first, last, intervals in spans
    )
    return week + ("，法定节假日休息，调休上班日照常" if hours.keeps_public_holidays else "")


def moment_in_words(moment: datetime, now: datetime) -> str:
    """A moment as people are told it: 今天15:30, 11月30日（周一）10:00."""
    local, today = moment.astimezone(CHINA), now.astimezone(CHINA).date()
    if local.date() == today:
        return f"今天{_clock(local.time())}"
    return f"{local.month}月{local.day}日（周{_WEEK[local.weekday()]}）{_clock(local.time())}"


def answer_in_words(
    hours: ServiceHours, queued: datetime, now: datetime, *, minutes: int | None, is_online: bool
) -> str:
    """When somebody answers a person who waits, by the clock that the desk is measured by.

    :param minutes: how long people waited lately; told only while the desk is open and somebody is
        there, and when it ends before the desk closes.
    """
    promised = hours.add(queued, hours.first_response)
    if hours.is_open(now) and is_online and minutes is not None:
        span = timedelta(minutes=minutes)
        if hours.add(now, span) - now.astimezone(CHINA) == span:
            return f"预计等待约{minutes}分钟"
    if now > promised:
        return (
            "已经超过应答时间，工作人员会尽快回复"
            if hours.is_open(now)
            else (
                f"现在是非服务时间，{moment_in_words(hours.next_opening(now), now)}上班后尽快回复"
            )
        )
    reply = f"最迟{moment_in_words(promised, now)}回复"
    return reply if hours.is_open(now) else f"现在是非服务时间，{reply}"


def _clock(value: time) -> str:
    return f"{value.hour}:{value.minute:02d}"


_WEEK = "一二三四五六日"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _hours(name: str, row: Row) -> ServiceHours:
    row.name = name
    week = row.needed_child("week")
    days = week.done(tuple(_intervals(week, day) for day in _DAYS))
    if not days[0]:
        raise week.error("mon", "周一必须有开放时段")
    return row.done(
        ServiceHours(
            week=days,
            closed=frozenset(row.days("closed")),
            first_response=timedelta(minutes=row.whole("first_response_minutes")),
            resolution_days=row.whole("resolution_days"),
        )
    )


def _intervals(week: Row, day: str) -> tuple[Interval, ...]:
    """The opening intervals of a weekday, in order."""
    try:
        found = tuple(_interval(text) for text in week.texts(day))
    except ValueError:
        raise week.error(day, '时段写作 "09:00-12:00"') from None
    flat = [moment for interval in found for moment in interval]
    if flat != sorted(set(flat)):
        raise week.error(day, "时段要按先后排列，不能重叠")
    return found


def _interval(text: str) -> Interval:
    start, end = text.split("-")
    return time.fromisoformat(start.strip()), time.fromisoformat(end.strip())
