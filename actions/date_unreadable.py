"""Dates that people write and that no day can be taken from: which words, and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from actions.date_words import fold_date_numerals
from actions.dates import find_dates
from knowledge.text import normalise

_REPUBLIC, _REIWA, _BUDDHIST = 1911, 2018, 543
_LONGEST = {2: 29} | dict.fromkeys((4, 6, 9, 11), 30)
MONTHS_OF_YEAR = 12


@dataclass(frozen=True)
class Unreadable:
    """Words for a date that cannot be read, and the reason, to be said to the person."""

    text: str
    reason: str

    def sentence(self) -> str:
        """:return: what to say, ending in a question for the date."""
        return f"“{self.text}”{self.reason}。请按公历告诉我是哪年哪月哪日（以文书上印的为准）。"


def unreadable(text: str, today: date) -> Unreadable | None:
    """The first date of a message that cannot be read.

    :return: None where another date of the message can be read, or there is none at all.
    """
    if find_dates(text, today):
        return None
    normal = fold_date_numerals(normalise(text))
    for pattern, why in _KINDS:
        for match in pattern.finditer(normal):
            if reason := why(match):
                return Unreadable(match[0].strip(), reason)
    return None


def _lunar(_: re.Match[str]) -> str:
    return "是农历日期，这里不换算"


def _era(name: str, offset: int) -> Callable[[re.Match[str]], str]:
    def why(match: re.Match[str]) -> str:
        year = int(match["n"]) + offset
        return f"是{name}，折合公历是{year}年，这里不自己换算"

    return why


def _other_calendar(_: re.Match[str]) -> str:
    return "不是公历日期，这里不换算"


def _impossible(match: re.Match[str]) -> str | None:
    month, day = int(match["m"]), int(match["d"])
    if not 1 <= month <= MONTHS_OF_YEAR:
        return f"不是一个日期，没有{month}月"
    if not 1 <= day <= _LONGEST.get(month, 31):
        return f"不是一个日期，{month}月没有{day}日"
    year = match.groupdict().get("y")
    if year and (month, day) == (2, 29) and not _leaps(int(year)):
        return f"不是一个日期，{year}年2月没有29日"
    return None


def _leaps(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _unordered(match: re.Match[str]) -> str | None:
    first, second = int(match["a"]), int(match["b"])
    return "不是一个日期，月和日怎么排都不成立" if max(first, second) > MONTHS_OF_YEAR else None


_LUNAR_DAY = r"(?:初[一二三四五六七八九十\d]{1,2}|(?:廿|卅|十|二十)[一二三四五六七八九]?|\d{1,2})"
_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (
            rf"(?:农历|阴历|旧历)[^,，。;；]{{0,4}}?(?:闰?(?:\d{{1,2}}|[一二三四五六七八九十冬腊正]{{1,2}}) ?月)? ?{_LUNAR_DAY}[日号]?",
            _lunar,
        ),
        (r"(?<!\d)(?:闰?(?:\d{1,2}|[一二三四五六七八九十]{1,2})|正|冬|腊) ?月 ?初[一二三四五六七八九十\d]{1,2}", _lunar),
        (rf"(?:正|冬|腊) ?月 ?{_LUNAR_DAY}", _lunar),
        (r"农历|阴历|旧历", _lunar),
        (r"民国 ?(?P<n>\d{1,3}) ?年(?: ?\d{1,2} ?月 ?\d{1,2} ?[日号]?)?", _era("民国纪年", _REPUBLIC)),
        (r"令和 ?(?P<n>\d{1,2}) ?年(?: ?\d{1,2} ?月 ?\d{1,2} ?[日号]?)?", _era("日本年号", _REIWA)),
        (r"佛历 ?(?P<n>\d{4}) ?年?(?: ?\d{1,2} ?月 ?\d{1,2} ?[日号]?)?", _era("佛历", -_BUDDHIST)),
        (r"(?<!\d)(?P<n>25\d{2}) ?年 ?\d{1,2} ?月 ?\d{1,2} ?[日号]?", _era("佛历", -_BUDDHIST)),
        (r"(?:伊斯兰历|回历|希吉来历|波斯历|平成|昭和)[^,，。;；]{0,14}", _other_calendar),
        (
            r"(?:(?<!\d)(?P<y>\d{4}) ?年 ?)?(?<!\d)(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2})(?: ?[日号]|(?!\d))",
            _impossible,
        ),
        (r"(?<![\d./\-])(?P<y>20\d{2})(?P<s>[./\-])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\d./\-])", _impossible),
        (r"(?<![\d./\-])(?P<a>\d{1,2})(?P<s>[./\-])(?P<b>\d{1,2})(?P=s)20\d{2}(?![\d./\-])", _unordered),
    )
)  # fmt: skip
