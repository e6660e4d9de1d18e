"""Understand the dates people write: exact, a range, or one whose year must be asked.

A month and day without a year is the most recent past one; if that lies more than half a year back
the year is asked, never guessed.  Numeric dates that two countries read differently are asked too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from actions.date_patterns import PATTERNS
from actions.date_readers import (
    ABOUT,
    ONE_DAY,
    ONE_WEEK,
    YEAR_WORDS,
    complete_year,
    not_after,
    of_year,
)
from actions.date_readings import DateQuestion, DateRange, ExactDate, Reading, WithoutYear
from actions.date_words import fold_date_numerals
from knowledge.date_meanings import UNSAID, Meaning, meaning_of
from knowledge.text import normalise

__all__ = [
    "DateQuestion",
    "DateRange",
    "ExactDate",
    "FoundDate",
    "Reading",
    "find_dates",
    "is_denied",
    "is_wide",
    "parse_date",
    "read_as",
]


@dataclass(frozen=True)
class FoundDate:
    """A reading and where its words stand in the normalised text."""

    start: int
    end: int
    reading: Reading


#: what stands between days of which the same is said
IN_A_ROW = re.compile(r" ?(?:和|与|跟|及|以及|还有|又?在|同|、) ?")


def parse_date(text: str, today: date) -> Reading | None:
    """The date a message speaks of; with several, the one that something was received on.

    :return: None when the words hold no date.
    """
    found = find_dates(text, today)
    if not found:
        return None
    normal = read_as(text)
    denied = [item for item in found if is_denied(normal, item)]
    meant = [i for i in found if i not in denied and not _is_month_of(normal, i, denied)] or found
    meant = [item for item in meant if not _is_told_closer(item, meant)]
    meant = [
        item for n, item in enumerate(meant) if not _is_put_right(normal, item, meant[n + 1 :])
    ]
    meant = [item for item in meant if item.reading.text not in _OF_THE_TALK] or meant
    received = [item for item in meant if _RECEIVED.match(normal, item.end)]
    told = [item for item in meant if not _is_by_the_way(normal, item, meant, today)]
    first = (received or told or meant)[0]
    # Of days in a row (11月10日和16日各收到一份) the first, which is safe.
    for other in reversed(meant[: meant.index(first)]):
        if IN_A_ROW.fullmatch(normal, other.end, first.start):
            first = other
    return first.reading


def _is_by_the_way(normal: str, item: FoundDate, found: list[FoundDate], today: date) -> bool:
    """Whether a day is told beside another of which something is said (他上周跟我讲，10月26日公布的).

    What is no written day yields to one of which the same is said (昨晚刷到它公告了，公告日期10月7号).
    """
    if _is_written(item):
        return False
    said = _said_of(normal, item)
    for other in found:
        day = other.reading
        if not _is_written(other) or not isinstance(day, ExactDate) or day.day > today:
            continue
        meaning = _said_of(normal, other)
        if meaning is not None and (said is None or said is meaning):
            return True
    return False


def is_wide(item: FoundDate) -> bool:
    """Whether a date is a span that leaves the better part of a month open."""
    span = item.reading
    return isinstance(span, DateRange) and span.last - span.first > _VAGUE


def _said_of(normal: str, item: FoundDate) -> Meaning | None:
    """What the clause of a day says of it: its meaning, OTHER where something comes or happens; None for nothing."""
    first = max((normal.rfind(mark, 0, item.start) for mark in _MARKS), default=-1) + 1
    ends = [place for mark in _MARKS if (place := normal.find(mark, item.end)) >= 0]
    before, after = normal[first : item.start], normal[item.end : min(ends, default=len(normal))]
    if not (before + after).strip():
        return Meaning.OTHER  # an answer: it is said of what was asked
    meaning, sure = meaning_of(before, after)
    if sure > UNSAID or meaning is not Meaning.OTHER:
        return meaning
    return Meaning.OTHER if _COMES.search(after) else None


def _is_written(item: FoundDate) -> bool:
    """Whether a day is written as the calendar has it (11月3日, 2026-11-03)."""
    return isinstance(item.reading, ExactDate) and _CALENDAR.search(item.reading.text) is not None


def is_denied(normal: str, item: FoundDate) -> bool:
    """Whether a day is named only to say that it is not the one (不是8号).

    :param normal: the text as :func:`read_as` gives it.
    """
    return _DENIED.search(normal, 0, item.start) is not None


def _is_month_of(normal: str, item: FoundDate, denied: list[FoundDate]) -> bool:
    """Whether a month is named with a day that it is denied to have (11月没31号)."""
    return isinstance(item.reading, DateRange) and any(
        _DENIED.fullmatch(normal, item.end, day.start) for day in denied
    )


def _is_told_closer(item: FoundDate, found: list[FoundDate]) -> bool:
    """Whether what may be several days is told as one as well (国庆最后一天，也就是10月7号; 10/11/2026，就是11月10号)."""
    days = [other.reading.day for other in found if isinstance(other.reading, ExactDate)]
    reading = item.reading
    if isinstance(reading, DateRange):
        return any(reading.first <= day <= reading.last for day in days)
    return isinstance(reading, DateQuestion) and not set(reading.candidates).isdisjoint(days)


def _is_put_right(normal: str, item: FoundDate, later: list[FoundDate]) -> bool:
    """Whether a speaker takes a day back for one that follows (10号还是11号来着，对，是12号).

    What was only supposed to be one of two days is taken back by any single day after it.
    """
    day = next((other for other in later if isinstance(other.reading, ExactDate)), None)
    if day is None:
        return False
    is_unsure = (
        isinstance(item.reading, DateRange) and _EITHER.search(item.reading.text) is not None
    )
    return is_unsure or _PUTS_RIGHT.search(normal[item.end : day.start]) is not None


def find_dates(text: str, today: date) -> list[FoundDate]:
    """Every date in the text, in order, without overlaps."""
    normal = read_as(text)
    taken: list[FoundDate] = []
    for pattern, read in PATTERNS:
        for match in pattern.finditer(normal):
            if any(match.start() < item.end and item.start < match.end() for item in taken):
                continue
            if _OTHER_CALENDAR.search(normal, 0, match.start()):
                continue
            reading = read(match, today)
            if isinstance(reading, WithoutYear):
                reading = _with_year(reading, _YEAR_SAID.match(normal, match.end()), today)
            if reading is None:
                continue
            end, reading = _qualified(normal, match.end(), reading, today)
            words = normal[match.start() : end]
            taken.append(FoundDate(match.start(), end, replace(reading, text=words)))
    return _joined(sorted(taken, key=lambda item: item.start), normal)


def _with_year(day: WithoutYear, said: re.Match[str] | None, today: date) -> Reading | None:
    """A month and day in the year that is told after them, else in the likeliest."""
    if said is None:
        return complete_year(day.month, day.day, today)
    return of_year(day.month, day.day, said["y"], today)


# A year that is added to a day in a clause of its own (1月14号交的发明，今年的).
_YEAR_SAID = re.compile(
    rf"[^,，。;；!！?？\d]{{0,16}}[,，;； ] ?(?:是|就是|都是)?(?P<y>{'|'.join(YEAR_WORDS)})的?[哈啊吧呀]?(?=[,，。;；!！?？ ]|$)"
)
# 农历10月8日 is no 8 October.
_OTHER_CALENDAR = re.compile(
    r"(?:农历|阴历|旧历|回历|伊斯兰历|希吉来历|波斯历|佛历|民国|令和|平成|昭和)的?[^,，。;；(（公]{0,6}$"
)
# 18号或者19号: two days of which one is meant.
_OR = re.compile(r" ?[,、]? ?(?:或者|或是|或|还是|要么)(?:说|在|是)? ?")
_EITHER = re.compile(r"或者|或是|或|还是|要么")
# How speakers take back what they have just said; the day meant follows at once.
_PUTS_RIGHT = re.compile(
    r"(?:(?:(?:说|记|讲|念)错了?|(?<!对)不对|准确(?:地|点)?(?:说|讲))[^\d,，。；;]{0,2}[,，。；; ]*(?:那就|应该|其实)?(?:是|系)?"
    r"|(?:(?:看|写|打|搞|弄)错了?|我[^,，。；;\d]{0,3}(?:翻|看|查|找)[了一]?下)[^\d,，。；;]{0,2}[,，。；; ]*(?:那就|应该|其实)?(?:是|系)"
    r"|(?<!不)对[了啊呀]?[,，]? ?(?:应该)?(?:是|系))(?:在)?$"
)
_MARKS = ",，。；;!！?？"
_VAGUE = timedelta(days=15)
_COMES = re.compile(r"[到送签扣冻封查]|下架|发来|寄来")
_CALENDAR = re.compile(r"\d ?[月./-] ?\d|[A-Za-z]{3}.*\d|\d.*[A-Za-z]{3}")
_WEEKDAY_ALONE = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天]")
_DAY_ALONE = re.compile(r"(\d{1,2}) ?[日号]")


def _joined(found: list[FoundDate], normal: str) -> list[FoundDate]:
    """Two days named as alternatives are one reading: from the earlier to the later."""
    joined: list[FoundDate] = []
    for item in found:
        last = joined[-1] if joined else None
        if last is not None and _OR.fullmatch(normal, last.end, item.start):
            both = _either(last.reading, item.reading)
            if both is not None:
                words = normal[last.start : item.end]
                joined[-1] = FoundDate(last.start, item.end, replace(both, text=words))
                continue
        if last is not None and _says_the_same(last, item, normal[last.end : item.start]):
            words = normal[last.start : item.end]
            joined[-1] = FoundDate(last.start, item.end, replace(last.reading, text=words))
            continue
        joined.append(item)
    return joined


def _says_the_same(first: FoundDate, second: FoundDate, between: str) -> bool:
    """Whether a date is followed by its weekday, or a word for a day by its number (11月13号星期五, 明天24号)."""
    if not isinstance(first.reading, ExactDate) or between.strip(" ,，(（"):
        return False
    if _WEEKDAY_ALONE.fullmatch(second.reading.text):
        return True
    number = _DAY_ALONE.fullmatch(second.reading.text)
    return number is not None and int(number[1]) == first.reading.day.day


def _either(first: Reading, second: Reading) -> DateRange | None:
    if not isinstance(first, ExactDate) or not isinstance(second, ExactDate):
        return None
    day = second.day
    if alone := _DAY_ALONE.fullmatch(second.text):  # in the month of the first
        try:
            day = first.day.replace(day=int(alone[1]))
        except ValueError:
            return None
    return DateRange(min(first.day, day), max(first.day, day))


def read_as(text: str) -> str:
    """The text in which the places of :func:`find_dates` are counted."""
    return fold_date_numerals(normalise(text))


_RECEIVED = re.compile(
    r"[^,，。;；0-9]{0,8}?(?:收到|送达|签收|接到|收的|寄到|拿到|被扣|被冻结|被查|受理)"
)
# 不是8号，是18号: the day that is denied is not the one that is meant.
_DENIED = re.compile(r"(?:不是|不系|唔系|并非|不在|哪有|没有?|冇)(?:在)?$")
# Said of what was spoken of before as often as of a day: 刚才那件看错了，是8月11日公布.
_OF_THE_TALK = frozenset(("刚才", "刚刚"))
_AROUND = re.compile(r"(?:左右|前后|上下)")
_BEFORE = re.compile(r"(?:之前|以前|前(?![台天面端往后日几两些一]))")
_AFTER = re.compile(r"(?:之后|以后|后(?![台来续天面勤]))")


def _qualified(text: str, end: int, reading: Reading, today: date) -> tuple[int, Reading]:
    """Widen an exact day by 左右, 之前, 之后 or 到…号."""
    if not isinstance(reading, ExactDate):
        return end, reading
    day = reading.day
    if match := _AROUND.match(text, end):
        return match.end(), DateRange(day - ABOUT, not_after(day + ABOUT, today, day))
    if match := _BEFORE.match(text, end):
        return match.end(), DateRange(day - ONE_WEEK, day - ONE_DAY)
    if match := _AFTER.match(text, end):
        first = day + ONE_DAY
        return match.end(), DateRange(first, not_after(day + ONE_WEEK, today, first))
    return end, reading
