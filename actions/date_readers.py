"""How each kind of words for a date is read."""

from __future__ import annotations

import re
from datetime import date, timedelta

from actions.date_readings import DateQuestion, DateRange, ExactDate, Reading, WithoutYear
from actions.date_words import (
    DAY_WORDS,
    FESTIVALS,
    VAGUE_SPANS,
    WEEKDAYS,
    WEEKS_BACK,
    festival_span,
)
from actions.periods import add_months
from knowledge.printed_dates import MONTHS

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
ABOUT = timedelta(days=3)
# Months and days without a year are only believed this far from today.
BELIEVABLE_DAYS = 183
FARTHEST_YEARS = 100


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _exact(day: date | None) -> Reading | WithoutYear | None:
    return None if day is None else ExactDate(day)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def complete_year(month: int, day: int, today: date) -> Reading | None:
    """The most recent day of that name, or the question which year."""
    past, coming = _latest(month, day, today), _earliest_after(month, day, today)
    if past is not None and (today - past).days <= BELIEVABLE_DAYS:
        return ExactDate(past)
    candidates = tuple(found for found in (past, coming) if found is not None)
    return DateQuestion(candidates, "没有写年份") if candidates else None


def of_year(month: int, day: int, word: str, today: date) -> Reading | None:
    """The day of that name in the year that a word tells (今年, 去年)."""
    found = _date(today.year + YEAR_WORDS[word], month, day)
    return None if found is None else ExactDate(found)


def _latest(month: int, day: int, today: date) -> date | None:
    for year in range(today.year, today.year - 9, -1):
        found = _date(year, month, day)
        if found and found <= today:
            return found
    return None


def _earliest_after(month: int, day: int, today: date) -> date | None:
    for year in range(today.year, today.year + 9):
        found = _date(year, month, day)
        if found and found > today:
            return found
    return None


def not_after(day: date, today: date, least: date) -> date:
    """:return: the day, but today if it lies ahead, unless the span itself lies ahead."""
    return max(least, min(day, today)) if least <= today else day


def _numeric(month: int, day: int, year: int) -> Reading | WithoutYear | None:
    """A date such as 10/8/2026, which Americans and Europeans read differently."""
    american, european = _date(year, month, day), _date(year, day, month)
    if american and european and american != european:
        return DateQuestion((american, european), "月和日的顺序各国不同")
    return _exact(american or european)


def _month_span(year: int, month: int, part: str | None, today: date) -> DateRange | None:
    first = _date(year, month, 1)
    if first is None:
        return None
    last = add_months(first, 1) - ONE_DAY
    low, high = {
        None: (1, last.day),
        "初": (1, 5),
        "上旬": (1, 10),
        "中": (11, 20),
        "中旬": (11, 20),
        "下旬": (21, last.day),
        "底": (last.day - 4, last.day),
        "末": (last.day - 4, last.day),
    }[part]
    start = first.replace(day=low)
    return DateRange(start, not_after(first.replace(day=high), today, start))


YEAR_WORDS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1}
MONTH_WORDS = {"上上个月": -2, "上上月": -2, "上个月": -1, "上月": -1}
MONTH_WORDS |= {"这个月": 0, "本月": 0, "当月": 0, "这月": 0, "下个月": 1, "下月": 1}


def read_full(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    year = _year(match["y"])
    if year > today.year + FARTHEST_YEARS:  # no year of this calendar
        return None
    return _exact(_date(year, int(match["m"]), int(match["d"])))


def read_short_year(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    """26.10.8, 11/20/26 and 20.11.26 in the years about now: the one order that is near, or the question."""
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    orders = [(a, b, c)] if len(match["a"]) == 2 else []
    if len(match["c"]) == 2:
        orders += [(c, b, a)] if match["sep"] == "." else [(c, a, b), (c, b, a)]
    found = [day for y, m, d in orders if (day := _date(2000 + y, m, d))]
    days = [day for day in dict.fromkeys(found) if abs(day.year - today.year) <= 1]
    near = [day for day in days if abs((day - today).days) <= BELIEVABLE_DAYS]
    if len(near or days) == 1:
        return ExactDate((near or days)[0])
    return DateQuestion(tuple(near or days), "年、月、日的顺序各国不同") if days else None


def read_year_word(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    year = today.year + YEAR_WORDS[match["y"]]
    return _exact(_date(year, int(match["m"]), int(match["d"])))


def read_span_of_days(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    year = _year(match["y"]) if match["y"] else None
    month, day = int(match["m"]), int(match["d"])
    start = ExactDate(found) if year and (found := _date(year, month, day)) else None
    reading = start or (None if year else complete_year(month, day, today))
    if not isinstance(reading, ExactDate):
        return reading
    first = reading.day
    last = _date(first.year, int(match["m2"] or month), int(match["d2"]))
    if last is None:
        return None
    if last < first and match["m2"]:
        last = _date(first.year + 1, last.month, last.day)
    return DateRange(first, last) if last and last >= first else None


def read_month_day(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    return WithoutYear(int(match["m"]), int(match["d"]))


def read_slash(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    first, second = int(match["a"]), int(match["b"])
    if first > 12:
        first, second = second, first
    return WithoutYear(first, second)


def read_numeric(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    if match["sep"] == ".":
        return _exact(_date(int(match["y"]), int(match["b"]), int(match["a"])))
    return _numeric(int(match["a"]), int(match["b"]), int(match["y"]))


def read_english(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    month = MONTHS[match["m"].lower()]
    if match["y"]:
        return _exact(_date(int(match["y"]), month, int(match["d"])))
    return WithoutYear(month, int(match["d"]))


def read_month_word(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    base = add_months(today.replace(day=1), MONTH_WORDS[match["w"]])
    return _exact(_date(base.year, base.month, int(match["d"])))


def read_month_word_span(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    if match["same"]:
        return ExactDate(add_months(today, MONTH_WORDS[match["w"]]))
    base = add_months(today.replace(day=1), MONTH_WORDS[match["w"]])
    return _month_span(base.year, base.month, match["part"], today)


def read_month_span(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    month = int(match["m"])
    if match["y"]:
        words = YEAR_WORDS.get(match["y"])
        year = today.year + words if words is not None else _year(match["y"].removesuffix("年"))
        return _month_span(year, month, match["part"], today)
    reading = complete_year(month, 1, today)
    if isinstance(reading, ExactDate):
        return _month_span(reading.day.year, month, match["part"], today)
    return reading


def read_day_word(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    return ExactDate(today + timedelta(days=DAY_WORDS[match[0]]))


def read_days_ago(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    return _exact(_back(today, int(match["n"])))


def _back(today: date, days: int) -> date | None:
    try:
        return today - timedelta(days=days)
    except OverflowError:
        return None


def read_weeks_ago(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    middle = _back(today, 7 * int(match["n"]))
    if middle is None or match["same"]:
        return None if middle is None else ExactDate(middle)
    return DateRange(middle - ABOUT, min(middle + ABOUT, today))


def read_months_ago(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    if match["half"]:
        middle = today - timedelta(days=15)
        return DateRange(middle - ABOUT, middle + ABOUT)
    if int(match["n"]) > 1200:
        return None
    middle = add_months(today, -int(match["n"]))
    if match["same"]:
        return ExactDate(middle)
    return DateRange(middle - ONE_WEEK, min(middle + ONE_WEEK, today))


def read_weekday(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    weekday = WEEKDAYS[match["d"]]
    monday = today - timedelta(days=today.weekday())
    if match["w"]:
        return ExactDate(monday + WEEKS_BACK[match["w"]] * ONE_WEEK + timedelta(days=weekday))
    day = monday + timedelta(days=weekday)
    return ExactDate(day if day <= today else day - ONE_WEEK)


def read_week(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    if match["same"]:
        return ExactDate(today + WEEKS_BACK[match["w"]] * ONE_WEEK)
    monday = today - timedelta(days=today.weekday()) + WEEKS_BACK[match["w"]] * ONE_WEEK
    if match["end"]:
        saturday = monday + timedelta(days=5)
        return DateRange(saturday, saturday + ONE_DAY)
    return DateRange(monday, not_after(monday + timedelta(days=6), today, monday))


def read_weekend(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    saturday = today - timedelta(days=(today.weekday() - 5) % 7)
    return DateRange(saturday, min(saturday + ONE_DAY, today))


def read_vague(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    far, near = VAGUE_SPANS[match[0]]
    return DateRange(today - timedelta(days=far), today - timedelta(days=near))


def read_day_of_month(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    day = int(match["d"])
    this = _date(today.year, today.month, day)
    if this and this <= today:
        return ExactDate(this)
    before = add_months(today.replace(day=1), -1)
    return _exact(_date(before.year, before.month, day))


def read_festival(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    """A festival's days, or the week before or after them."""
    word = match["y"]
    years = [today.year + YEAR_WORDS[word]] if word else [today.year, today.year - 1]
    spans = [span for year in years if (span := festival_span(FESTIVALS[match["f"]], year))]
    past = [span for span in spans if word or _festival_start(span, match["rel"]) <= today]
    if not past:
        return None
    first, last = past[0]
    relation = match["rel"]
    if not word and (today - first).days > BELIEVABLE_DAYS:
        coming = festival_span(FESTIVALS[match["f"]], today.year)
        choices = (first, coming[0]) if coming and coming[0] > today else (first,)
        return DateQuestion(choices, "没有写年份")
    if relation in ("前一天", "前夕", "前夜"):
        return ExactDate(first - ONE_DAY)
    if relation in ("当天", "那天"):
        return ExactDate(first)
    if relation in ("前", "之前", "以前"):
        return DateRange(first - ONE_WEEK, first - ONE_DAY)
    if relation in ("后", "之后", "以后"):
        after = last + ONE_DAY
        return DateRange(after, not_after(last + ONE_WEEK, today, after))
    if first == last:
        return ExactDate(first)
    return DateRange(first, not_after(last, today, first))


def _festival_start(span: tuple[date, date], relation: str | None) -> date:
    first, last = span
    if relation in ("后", "之后", "以后"):
        return last + ONE_DAY
    return first - ONE_DAY if relation and relation.startswith(("前", "之前", "以前")) else first
