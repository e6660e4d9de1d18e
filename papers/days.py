"""The dates of a paper with what they mean, how sure that is, and which must be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.date_meanings import meaning_of, opens_last_day
from knowledge.printed_dates import Meaning, PrintedDate, dates_in
from knowledge.text import normalise
from papers.types import CERTAIN, DateRead
from papers.words import Words

# Below this a line was not read well enough for its figures to be trusted.
_LEGIBLE = 0.86
_DOUBT = 0.5
_AHEAD = frozenset({Meaning.DUE, Meaning.HEARING, Meaning.EXPIRES})
# Days on which nothing is done or due in the matter of the paper.
_NO_STEP = frozenset({Meaning.OTHER, Meaning.PUBLISHED})
_PAST = frozenset({Meaning.ISSUED, Meaning.FILED, Meaning.SERVED, Meaning.RECEIVED})
_LONGEST_AHEAD = 800
_OLDEST = 1100
# What stands between a place and its date, as the languages of letters have it.
_ON = "den |le |the |am |il |el |a |em |ngày |dnia |dne |dňa |lì |li "
# A line that holds a place and a date, or a date alone, is where a letter says when it was written.
_LETTERHEAD = re.compile(
    rf"(?:(?:date|datum|fecha|data|日期)\s)?(?:(?:En |г\. ?)?[A-ZÀ-ÝŁŚŻА-Я][\w .'’-]{{2,30}}(?:, ?| (?={_ON}))(?:{_ON})?)?\(?",
    re.IGNORECASE,
)
_HEAD_LINES = 25
_LABEL = re.compile(r"(?:date|datum|fecha|data|日期|дата|ngày)\s?[:：]?", re.IGNORECASE)
# The second line of a label in a narrow cell is no longer than this.
_LABEL_LINE = 30
# What stands left of a letter's date in one row: who is written to or who writes, with the address.
_ADDRESS = re.compile(
    r"\b(?:co|ltd|limited|inc|llc|llp|gmbh|china|chine|cina|district|road|street|avenue|building|floor|house|box|room|court|chambers|office|bureau|department|customs|port|bank|\w*stra(?:ß|ss)e|rue|via|calle|\w*platz"
    r"|\w*gericht|\w*kammer|\w*amt|tribunal|division|registry|bureau de)\b|\b\d{4,6}\b|中国|[省市区县路号](?=\W|$)|公司|法院|御中|殿",
    re.IGNORECASE,
)
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
)
_WEEKDAY_NAMES = {
    name: index for names in _WEEKDAYS for index, name in enumerate(names.split())
} | {"sonnabend": 5}
_CJK_DAYS = {"月": 0, "火": 1, "水": 2, "木": 3, "金": 4, "土": 5, "日": 6, "一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "월": 0, "화": 1, "수": 2, "목": 3, "금": 4, "토": 5, "일": 6}  # fmt: skip
_WEEKDAY_BEFORE = re.compile(
    rf"\b({'|'.join(_WEEKDAY_NAMES)}),?\s?(?:den |dem |the |le |el |il )?$", re.IGNORECASE
)
_WEEKDAY_AFTER = re.compile(
    r"^\s?\((?:周|星期)?([月火水木金土日一二三四五六월화수목금토일])(?:曜日?|요일)?\)"
)
_MEANING_NAMES = {
    Meaning.DUE: "截止日",
    Meaning.HEARING: "开庭或听证的日子",
    Meaning.EXPIRES: "失效日",
}


@dataclass(frozen=True)
class DaysRead:
    """The dates of a paper, and the questions about those that cannot be told for certain."""

    dates: tuple[DateRead, ...]
    questions: tuple[str, ...]


def days_of(words: Words, country: str | None, today: date) -> DaysRead:
    """:param country: where the paper comes from; says which of two numbers is the month."""
    printed, still_open = dates_in(words.text, country=country, today=today)
    dates = [_read(words, item, today) for item in printed]
    dates = _in_order(dates)
    questions = [
        f"“{form.words}”是{form.days[0].month}月{form.days[0].day}日，还是{form.days[1].month}月{form.days[1].day}日？"
        f"（原文：{words.quote(form.start, form.end, 120)}）"
        for form in still_open
    ]
    questions += [
        _question(item) for item in dates if not item.is_certain and item.meaning in _AHEAD
    ]
    return DaysRead(_distinct(dates), tuple(dict.fromkeys(questions)))


def _read(words: Words, item: PrintedDate, today: date) -> DateRead:
    line = words.line_at(item.start)
    meaning, sure = item.meaning, item.strength
    index = words.index_at(item.start)
    if meaning in _NO_STEP:
        meaning, sure = _labelled(words, item, index) or (meaning, sure)
    told = meaning in (Meaning.SERVED, Meaning.RECEIVED) and sure > CERTAIN
    if _is_letterhead(words, item, index) and not told:
        meaning, sure = Meaning.ISSUED, max(0.86, sure if meaning is Meaning.ISSUED else 0.0)
    if line.confidence < _LEGIBLE:
        sure = min(sure, _DOUBT)
    if _other_weekday(words.text, item):
        sure = min(sure, 0.4)
    away = (item.date - today).days
    if meaning in _PAST and away > 1:
        sure = min(sure, _DOUBT)
    if meaning in _AHEAD and (away > _LONGEST_AHEAD or away < -_OLDEST):
        sure = min(sure, _DOUBT)
    return DateRead(
        item.date, meaning, words.quote(item.start, item.end), line.page, sure, item.time, index
    )


def _is_letterhead(words: Words, item: PrintedDate, index: int) -> bool:
    """Whether a date stands in a line of its own, or with a place, near the top of a page."""
    start = words.starts[index]
    beside, before, after = _cell(words, item, index)
    if after or not _LETTERHEAD.fullmatch(before) or index > _HEAD_LINES:
        return False
    if beside and not before and not _ADDRESS.search(beside) and not _LABEL.fullmatch(beside):
        return False  # the value of a table's row
    if item.meaning in _AHEAD and opens_last_day(words.text[: item.start]):
        return False
    above = words.text[words.starts[index - 1] : start].rstrip() if index and not beside else ""
    goes_on = above.endswith((":", "：")) or (
        not before and above[-1:].islower() and len(above) > 45 and item.meaning not in _NO_STEP
    )
    return not goes_on and not (
        item.meaning in _AHEAD and item.strength > 0.9 and bool(before.strip())
    )


def _labelled(words: Words, item: PrintedDate, index: int) -> tuple[Meaning, float] | None:
    """What a row's label says of the date beside it, its second line below the row included."""
    label, before, _ = _cell(words, item, index)
    if not label or before:
        return None
    below = words.lines[index + 1].text.strip() if index + 1 < len(words.lines) else ""
    goes_on = below[:1].islower() and len(below) <= _LABEL_LINE
    meaning, sure = meaning_of(f"{label} {normalise(below) if goes_on else ''}: ", "")
    return None if meaning in _NO_STEP else (meaning, sure)


def _cell(words: Words, item: PrintedDate, index: int) -> tuple[str, str, str]:
    """:return: what stands left of a date's cell in its row, and in the cell before and after the date."""
    start = words.starts[index]
    end = words.text.find("\n", item.end)
    before = words.text[start : item.start]
    after = words.text[item.end : end if end >= 0 else len(words.text)]
    cells = [normalise(cell) for cell in words.lines[index].text.split("  ")]
    left, right = "", ""
    for place, cell in enumerate(cells):
        if item.words in cell:
            left = " ".join(part for part in cells[:place] if part)
            right = " ".join(part for part in cells[place + 1 :] if part)
            break
    if left and before.startswith(left):
        before = before[len(left) :].lstrip()
    if right and after.endswith(right):
        after = after[: -len(right)]
    return left, before, re.sub(r"^ ?года?\b", "", after).strip(" .)г")


def _other_weekday(text: str, item: PrintedDate) -> bool:
    """Whether a weekday stands beside a date that it is not."""
    before = _WEEKDAY_BEFORE.search(text[max(0, item.start - 30) : item.start])
    if before is not None:
        return _WEEKDAY_NAMES[before[1].lower()] != item.date.weekday()
    after = _WEEKDAY_AFTER.search(text[item.end : item.end + 8])
    return after is not None and _CJK_DAYS[after[1]] != item.date.weekday()


def _in_order(dates: Sequence[DateRead]) -> list[DateRead]:
    """What lies ahead cannot come before the day the paper was written; such a date is doubted."""
    issued = [item.date for item in dates if item.meaning is Meaning.ISSUED and item.is_certain]
    if not issued:
        return list(dates)
    first = min(issued)
    return [
        replace(item, confidence=min(item.confidence, _DOUBT))
        if item.meaning in _AHEAD and item.date < first
        else item
        for item in dates
    ]


def _distinct(dates: Sequence[DateRead]) -> tuple[DateRead, ...]:
    """One entry a date and meaning, the surest; a date whose meaning is told elsewhere is not also 'other'."""
    best: dict[tuple[date, Meaning], DateRead] = {}
    for item in dates:
        known = best.get((item.date, item.meaning))
        if known is None or item.confidence > known.confidence:
            best[item.date, item.meaning] = item
    told = {day for day, meaning in best if meaning not in _NO_STEP}
    return tuple(
        item for (day, meaning), item in best.items() if meaning not in _NO_STEP or day not in told
    )


def _question(item: DateRead) -> str:
    day = f"{item.date.year}年{item.date.month}月{item.date.day}日"
    what = _MEANING_NAMES[item.meaning]
    return f"{what}看着像{day}，但没有把握，请对着原件核对：“{item.text[:100]}”（第{item.page}页）"


assert 0 < _DOUBT < CERTAIN  # noqa: S101 (a doubtful date is never shown as certain)
