"""A letter that a message holds or tells of: the last day that it sets itself, as a day or as a period.

What a letter sets for its own answer goes before what is usual.  A day is taken only where the letter's
own words say so: inside a passage in a foreign language, or in Chinese after the name of a letter.  A
period is counted from a day that is known; where none is, it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.calendars import Calendar, open_calendar, spoken
from actions.deadline_fit import OTHER_PAPER, rules_for
from actions.periods import count, period_name
from actions.turn.asking import asks, clauses
from knowledge.deadline_types import (
    ClosingDays,
    DeadlineTable,
    Direction,
    Period,
    RollRule,
    StartRule,
    Unit,
)
from knowledge.errors import RuleError
from knowledge.notices import Notice, country_in, named, passages, recognise
from knowledge.paper_kinds import BY_ID
from knowledge.printed_dates import Meaning, PrintedDate, printed_dates
from knowledge.text import normalise
from papers.letter_periods import periods_of
from papers.types import Line, PeriodRead
from papers.words import words_of_lines

Paper = Mapping[str, Any]
# Words after which a period or a day is the letter's own, said in Chinese.
_LETTER = r"(?:律师函|警告函|侵权函|告知函|函件|来信|来函|那?封?信|邮件|通知书?|文书|文件|对方|他们)(?:[里上中]面?)?"
_SAYS = r"(?:写|说|要求|要|让|叫|限|请|给|勒令|规定|通知)"
_TOLD = re.compile(rf"{_LETTER}[^。；;]{{0,16}}?{_SAYS}[^。；;]{{0,40}}")
_SURE = 0.9
_CAME = frozenset({Meaning.ISSUED, Meaning.RECEIVED, Meaning.SERVED})
_SENTENCE = re.compile(r"(?<=[.;。；!?！？])\s+")
_UNITS = {"day": Unit.DAY, "business_day": Unit.BUSINESS_DAY, "month": Unit.MONTH}
_WEEK = 7
_EVENTS = {"served": "送达", "received": "收到", "issued": "发出", "filed": "提交", "published": "公布"}  # fmt: skip
_STARTS: Mapping[str, tuple[str, ...]] = {
    "issued": ("issued",),
    "filed": ("filed",),
    "published": ("published",),
}
_RECEIPT = ("received", "served")
_SEEN = 160
_WEEKEND = ClosingDays("WEEKEND", "周六周日", "每周周六、周日", weekend=(5, 6))


@dataclass(frozen=True)
class Counted:
    """The last day of a letter's own period, counted from ``start``; ``words`` say how."""

    day: date
    start: date
    words: str


def letter_in(text: str, today: date) -> dict[str, Any] | None:
    """What is remembered of a letter whose own last day a message holds.

    :return: as ``paper_of`` gives it; None where the message sets no day and no period by a letter's words.
    """
    text = normalise(text)
    notice = recognise(text, today=today)
    if notice is not None:
        return paper_of(notice, text)
    held = passages(text)
    told = [match.span() for match in _TOLD.finditer(text)]
    if not held and not told:
        return None
    rows = [
        found
        for found in printed_dates(text, country=country_in(text), today=today)
        if found.strength >= _SURE and found.meaning is Meaning.DUE
        and (_inside(found, held) or (_inside(found, told) and _is_told(found, today)))
    ]  # fmt: skip
    parts = [text[start:end] for start, end in (*held, *told)]
    periods = [period for part in parts for period in _periods(part)]
    if not rows and not periods:
        return None
    came = [
        found for found in printed_dates(text, today=today)
        if found.meaning in _CAME and _inside(found, held)
    ]  # fmt: skip
    kind = named(text) or OTHER_PAPER
    title = BY_ID[kind].title if kind in BY_ID else "这封信"
    printed = [row_of(found) for found in (*rows, *came)]
    return {
        "kind": kind, "title": title, "country": country_in(text), "printed": printed, "periods": periods
    }  # fmt: skip


def paper_of(notice: Notice, text: str) -> dict[str, Any]:
    """What is remembered of a pasted paper."""
    return {
        "kind": notice.kind.id,
        "title": notice.kind.title,
        "country": notice.country,
        "printed": [row_of(found) for found in notice.printed],
        "periods": _periods(text),
    }


def row_of(found: PrintedDate) -> dict[str, Any]:
    """A date of a paper as the conversation keeps it."""
    return {
        "date": found.date.isoformat(),
        "time": f"{found.time.hour}:{found.time.minute:02d}" if found.time else None,
        "meaning": found.meaning.value,
        "text": found.text,
    }


def period_row(period: PeriodRead) -> dict[str, Any]:
    """A period of a paper as the conversation keeps it."""
    return {
        "count": period.count, "unit": period.unit, "after": period.after, "text": period.text[:_SEEN]
    }  # fmt: skip


def own_words(text: str) -> str:
    """:return: what a person says of a letter in the same message, without the letter's foreign passages."""
    text = normalise(text)
    for start, end in reversed(passages(text)):
        text = f"{text[:start]} {text[end:]}"
    return text.strip()


def own_period(paper: Paper, table: DeadlineTable) -> Mapping[str, Any] | None:
    """The period that a paper in hand sets for its answer, where no rule of the table is kept for its kind."""
    if rules_for(str(paper.get("kind")), table):
        return None
    rows = [row for row in paper.get("periods") or () if row["unit"] != "hour"]
    return next((row for row in rows if row["after"] != "filed"), None)


def start_of(paper: Paper, period: Mapping[str, Any], told: date | None) -> date | None:
    """The day a period runs from: the one that the paper prints for it, else the day that was told."""
    wanted = _STARTS.get(str(period["after"]), _RECEIPT)
    printed = {row["date"] for row in paper.get("printed") or () if row["meaning"] in wanted}
    if len(printed) == 1 and (told is None or period["after"] in _STARTS):
        return date.fromisoformat(printed.pop())
    return None if period["after"] in _STARTS and printed else told


def counted(period: Mapping[str, Any], start: date, country: str | None) -> Counted:
    """:raises RuleError: the calendar ends before the period does."""
    is_week = period["unit"] == "week"
    length = int(period["count"]) * (_WEEK if is_week else 1)
    span = Period(length, Unit.DAY if is_week else _UNITS[str(period["unit"])])
    calendar = _calendar(country) if span.unit is Unit.BUSINESS_DAY else None
    result = count(
        start,
        span,
        direction=Direction.AFTER,
        start_rule=StartRule.DAY_AFTER,
        roll_rule=RollRule.NONE,
        calendar=calendar,
        addition=None,
        calendar_name=calendar.name if calendar else None,
    )
    words = f"{result.words}。"
    if span.unit is Unit.BUSINESS_DAY:
        words += (
            "没有确认是哪国的节假日，只扣了周六周日。" if country is None else "扣了周末和当地全国性节假日。"
        )  # fmt: skip
    elif calendar is None and result.due.weekday() > 4:
        words += "最后一天是周末，能不能顺延看信上怎么写，请按更早的工作日准备。"
    return Counted(result.due, start, words)


def what_to_tell(paper: Paper, period: Mapping[str, Any]) -> str:
    """The question for the day that a letter's own period runs from."""
    unit = {"week": "周"}.get(str(period["unit"]))
    length = (
        f"{period['count']}{unit}" if unit else period_name(Period(int(period["count"]), _UNITS[str(period["unit"])]))
    )  # fmt: skip
    event = _EVENTS.get(str(period["after"]))
    since = f"，从{event}起算" if event else "，没有写从哪天起算，一般先按收到那天算"
    asked = "信是哪天发出的" if period["after"] == "issued" else "您是哪天收到的"
    return (
        f"{paper['title']}写的是{length}内{since}（原句：“{period['text']}”）。"
        f"{asked}？告诉我日期，我来算最后一天"
    )


@dataclass(frozen=True)
class WordsOnDay:
    """One sentence on a paper's last day: ``is_set`` where it names a day, ``is_printed`` where the paper does."""

    text: str = ""
    is_set: bool = False
    is_printed: bool = False


def words_on_day(paper: Paper, table: DeadlineTable, today: date) -> WordsOnDay:
    """One sentence on the last day that a pasted paper sets itself; empty where it sets none."""
    due = [row for row in paper.get("printed") or () if row["meaning"] == Meaning.DUE.value]
    if due:
        row = next_of(due, today)
        day = date.fromisoformat(row["date"])
        printed = f"上面写的截止日：{spoken(day)}{row['time'] or ''}，{left(day, today)}"
        return WordsOnDay(printed, is_set=True, is_printed=True)
    period = own_period(paper, table)
    if period is None:
        return WordsOnDay()
    start = start_of(paper, period, None)
    if start is None:
        return WordsOnDay(what_to_tell(paper, period))
    found = counted(period, start, paper.get("country"))
    last = f"最后一天是{spoken(found.day)}，{left(found.day, today)}"
    return WordsOnDay(f"按上面写的期限（“{period['text']}”），{last}", is_set=True)


def next_of(rows: Sequence[Mapping[str, Any]], today: date) -> Mapping[str, Any]:
    """The row of the next day that is ahead, else of the latest that is past."""
    ahead = [row for row in rows if row["date"] >= today.isoformat()]
    return min(ahead, key=_date_of) if ahead else max(rows, key=_date_of)


def left(day: date, today: date) -> str:
    """:return: how many days are left, in words."""
    days = (day - today).days
    return f"还有{days}天" if days > 0 else ("就是今天" if days == 0 else f"已过{-days}天")


def _date_of(row: Mapping[str, Any]) -> str:
    return str(row["date"])


def _periods(text: str) -> list[dict[str, Any]]:
    lines = [Line(part) for part in _SENTENCE.split(text)]
    return [period_row(found) for found in periods_of(words_of_lines(lines))]


def _inside(found: PrintedDate, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= found.start < end for start, end in spans)


def _is_told(found: PrintedDate, today: date) -> bool:
    """Whether a day that is ahead is told in Chinese of a letter, and not itself what is asked."""
    own = next((part for part in clauses(found.text) if found.words.split()[0] in part), "")
    return found.date >= today and not asks(own)


def _calendar(country: str | None) -> Calendar:
    """The days of rest of a country; weekends alone where it is not known."""
    if country is None or len(country) != 2 or country == "EU":
        return open_calendar(_WEEKEND)
    own = ClosingDays(country, f"{country}公众假日", "该国法定公众假日", country=country)
    try:
        return open_calendar(own)
    except RuleError:
        return open_calendar(_WEEKEND)
