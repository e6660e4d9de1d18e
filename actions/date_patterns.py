"""The patterns of dates and how each is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from actions.date_readings import DateQuestion, DateRange, ExactDate, Reading, WithoutYear
from actions.date_words import (
    DAY_WORDS,
    FESTIVALS,
    MONTH_NAMES,
    VAGUE_SPANS,
    WEEKDAYS,
    WEEKS_BACK,
    festival_span,
)
from actions.periods import add_months

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
ABOUT = timedelta(days=3)
# Months and days without a year are only believed this far from today.
BELIEVABLE_DAYS = 183


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _exact(day: date | None) -> Reading | WithoutYear | None:
    return None if day is None else ExactDate(day)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def complete_year(
    month: int, day: int, today: date, *, toward_future: bool = False
) -> Reading | None:
    """The most recent day of that name (or the next one), or the question which year."""
    past, coming = _latest(month, day, today), _earliest_after(month, day, today)
    if toward_future and _date(today.year, month, day) == today:
        return ExactDate(today)
    near = coming if toward_future else past
    if near is not None and abs((near - today).days) <= BELIEVABLE_DAYS:
        return ExactDate(near)
    ordered = (coming, past) if toward_future else (past, coming)
    candidates = tuple(found for found in ordered if found is not None)
    return DateQuestion(candidates, "没有写年份") if candidates else None


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


_YEAR_WORDS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1}
_MONTH_WORDS = {"上上个月": -2, "上上月": -2, "上个月": -1, "上月": -1}
_MONTH_WORDS |= {"这个月": 0, "本月": 0, "当月": 0, "这月": 0, "下个月": 1, "下月": 1}


def _read_full(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    return _exact(_date(_year(match["y"]), int(match["m"]), int(match["d"])))


def _read_short_year(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    """26.10.8 in the years about 2026; elsewhere the order of the parts is not known."""
    year = 2000 + int(match["y"])
    if abs(year - today.year) > 1:
        return None
    return _exact(_date(year, int(match["m"]), int(match["d"])))


def _read_year_word(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    year = today.year + _YEAR_WORDS[match["y"]]
    return _exact(_date(year, int(match["m"]), int(match["d"])))


def _read_span_of_days(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
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


def _read_month_day(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    return WithoutYear(int(match["m"]), int(match["d"]))


def _read_slash(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    first, second = int(match["a"]), int(match["b"])
    if first > 12:
        first, second = second, first
    return WithoutYear(first, second)


def _read_numeric(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    if match["sep"] == ".":
        return _exact(_date(int(match["y"]), int(match["b"]), int(match["a"])))
    return _numeric(int(match["a"]), int(match["b"]), int(match["y"]))


def _read_english(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    month = MONTH_NAMES[match["m"].lower()[:3]]
    if match["y"]:
        return _exact(_date(int(match["y"]), month, int(match["d"])))
    return WithoutYear(month, int(match["d"]))


def _read_month_word(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    base = add_months(today.replace(day=1), _MONTH_WORDS[match["w"]])
    return _exact(_date(base.year, base.month, int(match["d"])))


def _read_month_word_span(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    base = add_months(today.replace(day=1), _MONTH_WORDS[match["w"]])
    return _month_span(base.year, base.month, match["part"], today)


def _read_month_span(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    month = int(match["m"])
    if match["y"]:
        words = _YEAR_WORDS.get(match["y"])
        year = today.year + words if words is not None else _year(match["y"].removesuffix("年"))
        return _month_span(year, month, match["part"], today)
    reading = complete_year(month, 1, today)
    if isinstance(reading, ExactDate):
        return _month_span(reading.day.year, month, match["part"], today)
    return reading


def _read_day_word(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    return ExactDate(today + timedelta(days=DAY_WORDS[match[0]]))


def _read_days_ago(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    return _exact(_back(today, int(match["n"])))


def _back(today: date, days: int) -> date | None:
    try:
        return today - timedelta(days=days)
    except OverflowError:
        return None


def _read_weeks_ago(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    middle = _back(today, 7 * int(match["n"]))
    return None if middle is None else DateRange(middle - ABOUT, min(middle + ABOUT, today))


def _read_months_ago(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    if match["half"]:
        middle = today - timedelta(days=15)
        return DateRange(middle - ABOUT, middle + ABOUT)
    if int(match["n"]) > 1200:
        return None
    middle = add_months(today, -int(match["n"]))
    return DateRange(middle - ONE_WEEK, min(middle + ONE_WEEK, today))


def _read_weekday(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    weekday = WEEKDAYS[match["d"]]
    monday = today - timedelta(days=today.weekday())
    if match["w"]:
        return ExactDate(monday + WEEKS_BACK[match["w"]] * ONE_WEEK + timedelta(days=weekday))
    day = monday + timedelta(days=weekday)
    return ExactDate(day if day <= today else day - ONE_WEEK)


def _read_week(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    monday = today - timedelta(days=today.weekday()) + WEEKS_BACK[match["w"]] * ONE_WEEK
    if match["end"]:
        saturday = monday + timedelta(days=5)
        return DateRange(saturday, saturday + ONE_DAY)
    return DateRange(monday, not_after(monday + timedelta(days=6), today, monday))


def _read_weekend(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    saturday = today - timedelta(days=(today.weekday() - 5) % 7)
    return DateRange(saturday, min(saturday + ONE_DAY, today))


def _read_vague(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    far, near = VAGUE_SPANS[match[0]]
    return DateRange(today - timedelta(days=far), today - timedelta(days=near))


def _read_day_of_month(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    day = int(match["d"])
    this = _date(today.year, today.month, day)
    if this and this <= today:
        return ExactDate(this)
    before = add_months(today.replace(day=1), -1)
    return _exact(_date(before.year, before.month, day))


def _read_festival(match: re.Match[str], today: date) -> Reading | WithoutYear | None:
    """A festival's days, or the week before or after them."""
    word = match["y"]
    years = [today.year + _YEAR_WORDS[word]] if word else [today.year, today.year - 1]
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


_Y = r"(?P<y>(?<!\d)\d{4}|(?<!\d)\d{2}(?=年))"
_M, _D = r"(?P<m>1[0-2]|0?[1-9])", r"(?P<d>3[01]|[12]\d|0?[1-9])"
_DAY_MARK = r" ?[日号](?!内|以内|之内|令|案|楼|房|公告|文件)"
_YEARS = "|".join(_YEAR_WORDS)
_MONTHS = "|".join(sorted(_MONTH_WORDS, key=len, reverse=True))
_NAMES = "|".join(MONTH_NAMES)
_ENGLISH = rf"(?P<m>(?:{_NAMES})[a-z]*)\.?"
_PART = r"(?P<part>上旬|中旬|下旬|初(?![一二三四五六七八九十\d])|中(?!国|旬|标|文)|底|末)"
_WEEK = r"(?P<w>" + "|".join(sorted(WEEKS_BACK, key=len, reverse=True)) + ")"
_WEEK_NAME = r"(?:周|星期|礼拜)"
_AGO = r"(?:之前|以前|前)"
_TAIL = r"(?![\d/.\-])"
Reader = Callable[[re.Match[str], date], Reading | WithoutYear | None]

PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (
            rf"(?:{_Y} ?年 ?)?{_M} ?月 ?{_D} ?[日号]? ?(?:到|至|-|~|—) ?(?:(?P<m2>1[0-2]|0?[1-9]) ?月 ?)?"
            rf"(?P<d2>3[01]|[12]\d|0?[1-9]) ?[日号](?:之间)?",
            _read_span_of_days,
        ),
        (rf"{_Y} ?年 ?{_M} ?月 ?{_D}(?:{_DAY_MARK})?(?!\d)", _read_full),
        (rf"(?<![\d.])(?P<y>\d{{4}})(?P<s>[./\-]){_M}(?P=s){_D}(?!\d)(?!(?P=s)\d)", _read_full),
        (r"(?<!\d)(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)", _read_full),
        (rf"(?<![\d./\-])(?P<y>\d{{2}})(?P<s>[./]){_M}(?P=s){_D}(?![\d./\-])", _read_short_year),
        (rf"(?P<y>{_YEARS})的? ?{_M} ?月 ?{_D}(?:{_DAY_MARK})?(?!\d)", _read_year_word),
        (
            r"(?<![\d/.\-])(?P<a>\d{1,2})(?P<sep>[./\-])(?P<b>\d{1,2})(?P=sep)(?P<y>20\d{2})(?!\d)",
            _read_numeric,
        ),
        (rf"\b{_ENGLISH} ?{_D}(?:st|nd|rd|th)?\b(?:,? ?(?P<y>20\d{{2}}))?(?!\d)", _read_english),
        (
            rf"(?<!\d){_D}(?:st|nd|rd|th)?(?: of)? ?{_ENGLISH}(?![a-z])(?:,? ?(?P<y>20\d{{2}}))?(?!\d)",
            _read_english,
        ),
        (rf"(?P<w>{_MONTHS})的? ?{_D}{_DAY_MARK}", _read_month_word),
        (rf"(?<![\d年]){_M} ?月 ?{_D}(?:{_DAY_MARK})?(?!\d)(?! ?[日号])", _read_month_day),
        (rf"(?P<w>{_MONTHS})(?:的|份)?{_PART}?(?!\d)", _read_month_word_span),
        (
            rf"(?P<y>{_YEARS}|(?<!\d)\d{{4}}年)?的?(?<!\d){_M} ?月份?(?!\d){_PART}?(?!初[一二三四五六七八九十\d])",
            _read_month_span,
        ),
        (r"(?<!\d)(?P<n>\d{1,5}) ?(?:天|日)" + _AGO, _read_days_ago),
        (rf"(?<!\d)(?P<n>\d{{1,3}}) ?个?{_WEEK_NAME}多?{_AGO}", _read_weeks_ago),
        (rf"(?:(?P<half>半个月)|(?<!\d)(?P<n>\d{{1,4}}) ?个多?月多?){_AGO}", _read_months_ago),
        (rf"{_WEEK}(?:个)?{_WEEK_NAME}(?P<d>[一二三四五六日天])", _read_weekday),
        (rf"{_WEEK}(?:个)?{_WEEK_NAME}(?P<end>末)?", _read_week),
        (rf"(?P<w>){_WEEK_NAME}(?P<d>[一二三四五六日天])(?![内年天])", _read_weekday),
        (r"(?<!黑色)(?:这个|刚过的|这)?周末", _read_weekend),
        (
            rf"(?P<y>{_YEARS})?(?P<f>"
            + "|".join(sorted(FESTIVALS, key=len, reverse=True))
            + r")(?:节|假期|长假|期间|放假)*的?(?P<rel>前一天|前夕|前夜|之前|以前|之后|以后|当天|那天|前(?![台面端往后])|后(?![台来续面勤]))?",
            _read_festival,
        ),
        ("|".join(sorted(VAGUE_SPANS, key=len, reverse=True)), _read_vague),
        ("|".join(sorted(DAY_WORDS, key=len, reverse=True)), _read_day_word),
        (
            rf"(?<![\d/.\-第$])(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}}){_TAIL}(?!的(?!邮件|通知|信|函|时候|那))",
            _read_slash,
        ),
        (
            r"(?<![\d/.\-第$:])(?P<a>1[0-2]|0?[1-9])(?P<sep>[.\-])(?P<b>3[01]|[12]\d|0?[1-9])(?![\d/.\-%万亿元倍个条款])"
            r"(?=号|日|收|送|的|那|当|当天|$|[，,。 ])",
            _read_slash,
        ),
        (rf"(?<![\d月第年]){_D}号(?![楼房令案文公专线])", _read_day_of_month),
        (
            rf"(?<![\d月第年个]){_D}日(?=收|送|签|接|当|上午|下午|晚|早|那|$|[，,。])",
            _read_day_of_month,
        ),
    )
)
