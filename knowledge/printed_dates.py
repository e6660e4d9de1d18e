"""The dates printed in a paper, each with what it means there: when it was sent, when an answer is due.

A meaning is read from the words around a date; which of two numbers is the month, from the paper's
country or from another date of the same paper.  A date that stays open is left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from knowledge.date_forms import MONTH_NAMES, MONTHS, DateForm, date_forms, day_of
from knowledge.date_meanings import WEEKDAY, Meaning, meaning_of
from knowledge.text import normalise

__all__ = [
    "MONTHS",
    "MONTH_NAMES",
    "Meaning",
    "PrintedDate",
    "date_words",
    "dates_in",
    "printed_dates",
]

# Within this many days of today a month and day without a year are believed.
_BELIEVABLE = 183
# Countries whose papers put the month first; every other one puts the day first, or has no such order:
# where the year comes first or both are written, a number with the year last tells nothing by itself.
_MONTH_FIRST = frozenset({"US", "PH"})
_NO_ORDER = frozenset({"CN", "JP", "KR", "TW", "HK", "CA"})
_CLOCK = r"(?P<h>\d{1,2})(?:(?::|h|\.)(?P<min>\d{2}))?\s?(?P<half>a\.?m\.?|p\.?m\.?)?(?:\s?(?:uhr|hrs?|[点點时時시]))?"
_HOUR_AFTER = re.compile(
    rf"^,?\s?(?:(?:at|um|à|by|until|alle(?: ore)?|a las|às|в) |上午|下午|午前|午後|오전|오후)?{_CLOCK}",
    re.IGNORECASE,
)
_HOUR_BEFORE = re.compile(
    rf"{_CLOCK}(?: ?\([^)]{{1,12}}\))?,?\s?(?:on|am|le|del|do)?(?:\s?{WEEKDAY},?(?: den| the)?)?\s?$",
    re.IGNORECASE,
)
_IS_HOUR = re.compile(r"[ap]\.?m|uhr|hrs?\b|[点點时時시]|\d:\d|\dh\d", re.IGNORECASE)
_ABBREVIATED = "".join(
    rf"(?<!\b{word}\.)"
    for word in ("[A-Za-z]", "No", "Nr", "Dr", "Mr", "Ms", "Mrs", "St", "Prof", "Hon", "Abs", "Art")
)
_BREAK = re.compile(rf"[;!?。；！？]|\.(?=\s(?:[A-ZÄÖÜÉÀА-Я]|$)){_ABBREVIATED}")


@dataclass(frozen=True)
class PrintedDate:
    """A date as a paper prints it: its day, the hour if one stands there, its meaning and its clause.

    ``start`` and ``end`` are its place in the normal form; ``strength`` says how sure the meaning is (0–1).
    """

    date: date
    time: time | None
    meaning: Meaning
    text: str
    words: str
    start: int = 0
    end: int = 0
    strength: float = 1.0


def printed_dates(
    text: str, *, country: str | None = None, today: date | None = None
) -> tuple[PrintedDate, ...]:
    """Every date that can be read for certain, in order.

    :param country: ISO code of where the paper comes from; says which number is the month.
    :param today: lets a month and day without a year be read.
    """
    found, _ = dates_in(normalise(text), country=country, today=today)
    return found


def date_words(text: str) -> tuple[str, ...]:
    """Every date as it is written, also one that cannot be read for certain."""
    return tuple(dict.fromkeys(form.words for form in date_forms(normalise(text))))


def dates_in(
    text: str, *, country: str | None = None, today: date | None = None
) -> tuple[tuple[PrintedDate, ...], tuple[DateForm, ...]]:
    """:param text: a normal form, its lines parted by line breaks or blanks.

    :return: the dates that can be read, and the forms whose order of day and month stays open.
    """
    forms = date_forms(text)
    month_first = _month_first(forms, country)
    bounds = [0, *(form.end for form in forms)]
    ends = [*(form.start for form in forms[1:]), len(text)]
    printed, still_open = [], []
    for index, form in enumerate(forms):
        before, after = _around(text, form, bounds[index], ends[index])
        hour, before, after = _hour_at(before, after)
        meaning, strength = meaning_of(before, after)
        day = _day(form, month_first, meaning, today)
        if day is not None:
            clause = _clause(text, form)
            printed.append(
                PrintedDate(day, hour, meaning, clause, form.words, form.start, form.end, strength)
            )
        elif len(form.days) > 1:
            still_open.append(form)
    return tuple(printed), tuple(still_open)


def _month_first(forms: Sequence[DateForm], country: str | None) -> bool | None:
    """Whether 12/1/2026 is the first of December; None where nothing says so."""
    if country is not None and country not in _NO_ORDER:
        return country in _MONTH_FIRST
    known = {form.month_first for form in forms if form.month_first is not None}
    return known.pop() if len(known) == 1 else None


def _day(
    form: DateForm, month_first: bool | None, meaning: Meaning, today: date | None
) -> date | None:
    if form.month_day is not None:
        return None if today is None else _near(*form.month_day, meaning, today)
    if len(form.days) > 1:
        return None if month_first is None else form.days[0 if month_first else 1]
    return form.days[0] if form.days else None


def _near(month: int, day: int, meaning: Meaning, today: date) -> date | None:
    """The day of that name that is near: the next one for what lies ahead, else the last one."""
    ahead = meaning in (Meaning.DUE, Meaning.EXPIRES, Meaning.HEARING)
    days = [found for year in (-1, 0, 1) if (found := day_of(today.year + year, month, day))]
    near = [found for found in days if abs((found - today).days) <= _BELIEVABLE]
    right = [found for found in near if (found >= today) is ahead or found == today]
    return next(iter(right or near), None)


def _around(text: str, form: DateForm, start: int, end: int) -> tuple[str, str]:
    """The words of a date's own sentence before and after it, up to its neighbours."""
    before, after = text[start : form.start], text[form.end : end]
    before = before[[0, *(item.end() for item in _BREAK.finditer(before))][-1] :]
    if stop := _BREAK.search(after):
        after = after[: stop.start()]
    return before, after


def _hour_at(before: str, after: str) -> tuple[time | None, str, str]:
    """The hour beside a date, and the words without it."""
    clock = _HOUR_AFTER.search(after)
    hour = _hour(clock)
    if clock is not None and hour is not None:
        return hour, before, after[clock.end() :]
    clock = _HOUR_BEFORE.search(before)
    hour = _hour(clock)
    if clock is not None and hour is not None:
        return hour, before[: clock.start()], after
    return None, before, after


def _hour(match: re.Match[str] | None) -> time | None:
    if match is None or not _IS_HOUR.search(match[0]):
        return None
    hour, minute = int(match["h"]), int(match["min"] or 0)
    half = (match["half"] or "").lower()[:1]
    is_afternoon = half == "p" or re.search("下午|午後|오후", match[0]) is not None
    if is_afternoon and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _clause(text: str, form: DateForm) -> str:
    """The sentence that the date stands in."""
    marks = [0, *(item.end() for item in _BREAK.finditer(text)), len(text)]
    for start, stop in pairwise(marks):
        if start <= form.start < stop:
            return text[start : max(stop, form.end)].strip()
    return form.words
