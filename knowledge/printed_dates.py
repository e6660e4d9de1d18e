"""The dates printed in a paper, each with what it means there: when it was sent, when an answer is due.

A meaning is read from the words around a date; which of two numbers is the month, from the paper's
country or from another date of the same paper.  A date that stays open is left out, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from itertools import pairwise

from knowledge.text import normalise


class Meaning(str, Enum):
    """What a printed date stands for."""

    ISSUED = "issued"
    FILED = "filed"
    SERVED = "served"
    RECEIVED = "received"
    HEARING = "hearing"
    DUE = "due"
    EXPIRES = "expires"
    OTHER = "other"


@dataclass(frozen=True)
class PrintedDate:
    """A date as a paper prints it: its day, the hour if one stands there, its meaning and its clause."""

    date: date
    time: time | None
    meaning: Meaning
    text: str
    words: str


_LANGUAGES = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
MONTHS = {
    name: number
    for names in _LANGUAGES
    for number, name in enumerate(names.split(), start=1)
} | {"sept": 9, "okt": 10, "dez": 12, "mär": 3, "juil": 7, "févr": 2, "janv": 1, "déc": 12}  # fmt: skip
MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_REIWA = 2018
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<month>{MONTH_NAMES})\b\.? ?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>20\d{{2}})",
        rf"(?<![\d.])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)? ?(?:of |de )?(?P<month>{MONTH_NAMES})\b\.?,?(?: de)? ?(?P<y>20\d{{2}})",
        r"(?P<y>20\d{2}) ?[年년] ?(?P<m>\d{1,2}) ?[月월] ?(?P<d>\d{1,2}) ?[日号일]",
        r"令和 ?(?P<reiwa>\d{1,2}) ?年 ?(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2}) ?日",
        r"(?<![\d./\-])(?P<y>20\d{2})(?P<s>[./\-]) ?(?P<m>\d{1,2})(?P=s) ?(?P<d>\d{1,2})(?!\d)",
        r"(?<![\d./\-])(?P<a>\d{1,2})(?P<sep>[./\-])(?P<b>\d{1,2})(?P=sep)(?P<y>20\d{2}|\d{2})(?![\d/\-])",
        r"(?<![\d年月])(?P<m>1[0-2]|[1-9]) ?月 ?(?P<d>\d{1,2}) ?[日号]",
    )
)
# Within this many days of today a month and day without a year are believed.
_BELIEVABLE = 183
_CLOCK = r"(?P<h>\d{1,2})(?:(?::|h|\.)(?P<min>\d{2}))? ?(?P<half>a\.?m\.?|p\.?m\.?)?(?: ?(?:uhr|hrs?|[点時时]))?"
_HOUR_AFTER = re.compile(rf"^,? ?(?:at |um |à |by |until |上午|下午)?{_CLOCK}", re.IGNORECASE)
_HOUR_BEFORE = re.compile(rf"{_CLOCK}(?: ?\([^)]{{1,12}}\))?,? ?(?:on|am|le)? ?$", re.IGNORECASE)
_IS_HOUR = re.compile(r"[ap]\.?m|uhr|hrs?\b|[点時时]|\d:\d|\dh\d", re.IGNORECASE)
_BREAK = re.compile(r"[;!?。；！？]|\.(?= (?:[A-ZÄÖÜ]|$))")

_CUES: tuple[tuple[Meaning, str], ...] = (
    (Meaning.DUE, r"time to answer|\bdue\b(?: date| by| on)?|deadline|n(?:o|ot) later than|on or before|respond by|reply by|spätestens|\bfrist\b|au plus tard|avant le|jusqu'au|entro il|antes del|hasta el|截止|最迟|最晚|期限|限期|締切|기한|제출기일"),
    (Meaning.EXPIRES, r"expir\w*|in (?:full )?(?:force|effect) (?:and effect )?(?:until|through)|valid until|ablauf|läuft|失效|有效期至|到期"),
    (Meaning.HEARING, r"hearing|conference|verhandlung|\btermin\b|audience|udienza|开庭|听证|口头审理"),
    (Meaning.ISSUED, r"\bentered\b|\bdated\b|\bdate ?:|date of (?:this )?(?:letter|notice|notification|order|mailing)|mailed|mail(?:ing)? date|issue date|\bissued\b|notification date|notice date|\bsigned\b|so ordered|\bsent\b|\bdatum\b|\bvom\b|fait à|落款|签发|作出|发文|发出|发的|寄出|寄的|起案日|発送日|发送日|발송일자"),
    (Meaning.FILED, r"\bfiled\b|filing date|submitted|lodged|eingereicht|déposé|提交|递交|申请日|出願日|출원일"),
    (Meaning.SERVED, r"\bserved\b|service date|date of service|zugestellt|zustellung|signifié|送达"),
    (Meaning.RECEIVED, r"\breceived\b|receipt|eingegangen|reçu|收到|签收|接到|收的"),
    (Meaning.OTHER, r"\bseized\b|\bdetained\b|published|registered|registration|公告|扣留|扣押|注册"),
)  # fmt: skip
_CUE = re.compile(
    "|".join(f"(?P<{meaning.value}>{words})" for meaning, words in _CUES), re.IGNORECASE
)
# Words that mean a last day only where they stand directly before the date, its hour aside.
_LAST_DAY_BEFORE = re.compile(
    r"(?:\bby|\bbefore|\buntil|\bbis(?: zum| zur)?|\ble|于)(?: close of business| noon| midnight| the| spätestens| zum)*,? ?$",
    re.IGNORECASE,
)
# 12月4日12点前签, 12月4日之前答复
_LAST_DAY_AFTER = re.compile(r"^ ?(?:之前|以前|前(?![台面天])|截止|止)")
# What may stand between a label and its date.
_LABEL_END = re.compile(r"(?:日期|时间|日|on)?[: ]*")
_AFTER_CHINESE = 8
_AFTER = 30


def printed_dates(
    text: str, *, country: str | None = None, today: date | None = None
) -> tuple[PrintedDate, ...]:
    """Every date that can be read for certain, in order.

    :param country: ISO code of where the paper comes from; says which number is the month.
    :param today: lets a month and day without a year be read.
    """
    text = normalise(text)
    found = _matches(text)
    american = _american(found, country)
    bounds = [0, *(match.end() for match in found)]
    ends = [*(match.start() for match in found[1:]), len(text)]
    printed = []
    for index, match in enumerate(found):
        meaning, hour = _reading(text, match, bounds[index], ends[index])
        day = _day(match, american, meaning, today)
        if day is not None:
            printed.append(PrintedDate(day, hour, meaning, _clause(text, match), match[0].strip()))
    return tuple(printed)


def date_words(text: str) -> tuple[str, ...]:
    """Every date as it is written, also one that cannot be read for certain."""
    return tuple(dict.fromkeys(match[0].strip() for match in _matches(normalise(text))))


def _matches(text: str) -> list[re.Match[str]]:
    taken: list[re.Match[str]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start() or other.end() <= match.start() for other in taken):
                taken.append(match)
    return sorted(taken, key=lambda match: match.start())


def _american(found: list[re.Match[str]], country: str | None) -> bool | None:
    """Whether 12/1/2026 is the first of December; None where nothing says so."""
    if country is not None:
        return country == "US"
    for match in found:
        parts = match.groupdict()
        if parts.get("a") and parts["sep"] != ".":
            first, second = int(parts["a"]), int(parts["b"])
            if (first > 12) != (second > 12):
                return second > 12
    return None


def _day(
    match: re.Match[str], american: bool | None, meaning: Meaning, today: date | None
) -> date | None:
    parts = match.groupdict()
    if parts.get("a"):
        return _numeric(int(parts["a"]), int(parts["b"]), parts["sep"], int(parts["y"]), american)
    month = MONTHS[parts["month"].lower()] if parts.get("month") else int(parts["m"])
    day = int(parts["d"])
    if parts.get("reiwa"):
        return _date(_REIWA + int(parts["reiwa"]), month, day)
    if parts.get("y"):
        return _date(int(parts["y"]), month, day)
    return None if today is None else _near(month, day, meaning, today)


def _numeric(first: int, second: int, sep: str, year: int, american: bool | None) -> date | None:
    year = year if year > 99 else 2000 + year
    if sep == ".":
        return _date(year, second, first)
    month_first, day_first = _date(year, first, second), _date(year, second, first)
    if american is None:
        return None if month_first and day_first else month_first or day_first
    return (month_first or day_first) if american else (day_first or month_first)


def _near(month: int, day: int, meaning: Meaning, today: date) -> date | None:
    """The day of that name that is near: the next one for what lies ahead, else the last one."""
    ahead = meaning in (Meaning.DUE, Meaning.EXPIRES, Meaning.HEARING)
    days = [found for year in (-1, 0, 1) if (found := _date(today.year + year, month, day))]
    near = [found for found in days if abs((found - today).days) <= _BELIEVABLE]
    right = [found for found in near if (found >= today) is ahead or found == today]
    return next(iter(right or near), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _reading(text: str, match: re.Match[str], start: int, end: int) -> tuple[Meaning, time | None]:
    """What the words between the neighbouring dates say of this one."""
    before, after = text[start : match.start()], text[match.end() : end]
    breaks = [0, *(item.end() for item in _BREAK.finditer(before))]
    before = before[breaks[-1] :]
    if stop := _BREAK.search(after):
        after = after[: stop.start()]
    hour = _hour(_HOUR_AFTER.search(after))
    if hour is not None and (clock := _HOUR_AFTER.search(after)):
        after = after[clock.end() :]
    elif (clock := _HOUR_BEFORE.search(before)) and (hour := _hour(clock)) is not None:
        before = before[: clock.start()]
    return _meaning(before, after), hour


def _meaning(before: str, after: str) -> Meaning:
    if _LAST_DAY_AFTER.search(after):
        return Meaning.DUE
    cues = [*_CUE.finditer(before)]
    if cues and _LABEL_END.fullmatch(before, cues[-1].end()):
        return Meaning(cues[-1].lastgroup)
    close = _CUE.search(after[:_AFTER_CHINESE])
    if close is not None and not close[0].isascii() and "," not in after[: close.start()]:
        return Meaning(close.lastgroup)
    if cues and Meaning(cues[-1].lastgroup) is Meaning.EXPIRES:
        return Meaning.EXPIRES
    if _LAST_DAY_BEFORE.search(before):
        return Meaning.DUE
    if cues:
        return Meaning(cues[-1].lastgroup)
    late = _CUE.search(after[:_AFTER])
    return Meaning(late.lastgroup) if late is not None else Meaning.OTHER


def _hour(match: re.Match[str] | None) -> time | None:
    if match is None or not _IS_HOUR.search(match[0]):
        return None
    hour, minute = int(match["h"]), int(match["min"] or 0)
    half = (match["half"] or "").lower()[:1]
    if (half == "p" or "下午" in match[0]) and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _clause(text: str, match: re.Match[str]) -> str:
    """The sentence that the date stands in."""
    marks = [0, *(item.end() for item in _BREAK.finditer(text)), len(text)]
    for start, stop in pairwise(marks):
        if start <= match.start() < stop:
            return text[start : max(stop, match.end())].strip()
    return match[0]
