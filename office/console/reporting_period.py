"""The period a page of figures is about, read from its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from aiohttp import web

from desk.errors import InvalidRecordError
from desk.measures import Period
from desk.service_clock import CHINA
from desk.staff import Staff
from office.clock import today

DEFAULT_DAYS = 30
MAX_DAYS = 1100
_PRESETS = ((7, "近7天"), (30, "近30天"), (90, "近90天"), (365, "近一年"))


@dataclass(frozen=True)
class Chosen:
    """Whole days in China, both ends included, of one center or of all that one may see."""

    first: date
    last: date
    center: str | None

    @property
    def period(self) -> Period:
        """The moments it stands for."""
        return Period(
            datetime.combine(self.first, time(), CHINA),
            datetime.combine(self.last + timedelta(days=1), time(), CHINA),
            self.center,
        )

    @property
    def query(self) -> str:
        """The part of an address that says it again."""
        named = {"since": self.first.isoformat(), "until": self.last.isoformat()}
        return urlencode(named | ({"center": self.center} if self.center else {}))


@dataclass(frozen=True)
class Preset:
    """A period one often wants."""

    title: str
    query: str
    is_current: bool


def chosen(request: web.Request, person: Staff) -> Chosen:
    """The period of ``?since=&until=``, by default the last thirty days.

    :raises InvalidRecordError: when it is no period.
    """
    end = read_day(request.query.get("until"), "结束日期") or today(request)
    start = read_day(request.query.get("since"), "开始日期")
    start = start or end - timedelta(days=DEFAULT_DAYS - 1)
    if not timedelta() <= end - start <= timedelta(days=MAX_DAYS):
        raise InvalidRecordError("开始日期应不晚于结束日期，跨度不超过三年")
    return Chosen(start, end, person.center or request.query.get("center") or None)


def presets(request: web.Request, now: Chosen) -> tuple[Preset, ...]:
    """Links to common periods."""
    end = today(request)
    found = []
    for days, title in _PRESETS:
        wanted = Chosen(end - timedelta(days=days - 1), end, now.center)
        found.append(Preset(title, wanted.query, wanted == now))
    return tuple(found)


def read_day(text: str | None, label: str) -> date | None:
    """A date of a form; None when it was left empty.

    :raises InvalidRecordError: naming the field.
    """
    if not text or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidRecordError(f"{label}请写成 2026-11-23 这样") from error
