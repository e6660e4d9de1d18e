"""How dates are written in papers of many languages, and which day each writes.

A form is found by its shape alone; what the day means is read elsewhere (``printed_dates``).  Where two
readings are possible both are kept, for somebody else to decide or to ask.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from knowledge.text import fold_numerals

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
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
)
_NAMES = {
    name: number
    for names in _LANGUAGES
    for number, name in enumerate(names.split(), start=1)
} | {
    "sept": 9, "okt": 10, "dez": 12, "mär": 3, "juil": 7, "févr": 2, "janv": 1, "déc": 12, "maerz": 3,
}  # fmt: skip


def _without_accents(name: str) -> str:
    """:return: what a scanner makes of a name: pazdziernika of października."""
    plain = unicodedata.normalize("NFD", name.translate(str.maketrans("łıß", "lis")))
    return "".join(char for char in plain if not unicodedata.combining(char))


# Cyrillic has no accents to lose: й without its mark is another letter.
MONTHS = {_without_accents(name): number for name, number in _NAMES.items() if name < "а"} | _NAMES
MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_REIWA = 2018
_MINGUO = 1911
_YEAR = r"(?P<y>(?:19|20)\d{2})"
_CHINESE_NUMERAL = r"[零〇○一二三四五六七八九十]"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<month>{MONTH_NAMES})\.?[\s-]*(?P<d>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?\s?[,.-]?\s*{_YEAR}(?!\d)",
        rf"(?<![\d.])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|[º°ªo.])?[\s-]*(?:day\s)?(?:of\s|de\s|den\s)?(?P<month>{MONTH_NAMES})\.?,?[\s-]*(?:del?\s)?{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<m>\d{{1,2}})\s?[月월]\s?(?P<d>\d{{1,2}})\s?[日号號일]",
        r"令\s?和\s?(?P<reiwa>\d{1,2}|元)\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日",
        r"(?:中[华華])?民[国國]\s?(?P<minguo>1\d{2})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日",
        rf"(?P<hanzi>[二][〇○零][一二三四五六七八九]{_CHINESE_NUMERAL}\s?年\s?{_CHINESE_NUMERAL}{{1,2}}\s?月\s?{_CHINESE_NUMERAL}{{1,3}}\s?[日号])",
        rf"\bng[àa]y\s?(?P<d>\d{{1,2}})\s?th[áa]ng\s?(?P<m>\d{{1,2}})\s?n[ăaä]m\s?{_YEAR}",
        r"(?<![\d./\-])(?P<y>20\d{2})\s?(?P<s>[./\-])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<d>\d{1,2})(?:(?!\d)|(?<=\d\d)(?=\d\d:\d\d))",
        r"(?<![\d./\-])(?P<a>\d{1,2})(?P<sep>[./\-])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<y>(?:19|20)\d{2}|\d{2})(?![\d/\-]|\.\d)",
        r"(?<![\d年月])(?P<m>1[0-2]|[1-9])\s?月\s?(?P<d>\d{1,2})\s?[日号]",
    )
)


@dataclass(frozen=True)
class DateForm:
    """A date as it is written.

    ``days`` are its possible readings, one for nearly all; ``month_day`` is set instead where no year is
    written; ``is_numeric`` where the order of day and month is open by its form.
    """

    start: int
    end: int
    words: str
    days: tuple[date, ...]
    month_day: tuple[int, int] | None = None
    is_numeric: bool = False
    month_first: bool | None = None


def date_forms(text: str) -> list[DateForm]:
    """:return: every date in a text, in order; those that are no day of the calendar have no ``days``."""
    taken: list[re.Match[str]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start() or other.end() <= match.start() for other in taken):
                taken.append(match)
    return [_form(match) for match in sorted(taken, key=lambda match: match.start())]


def day_of(year: int, month: int, day: int) -> date | None:
    """:return: that day, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _form(match: re.Match[str]) -> DateForm:
    parts = {name: value for name, value in match.groupdict().items() if value}
    place = (match.start(), match.end(), match[0].strip())
    if "hanzi" in parts:
        found = re.findall(r"\d+", fold_numerals(parts["hanzi"].replace("○", "〇")))
        return DateForm(*place, _days(*map(int, found)) if len(found) == 3 else ())
    if "a" in parts:
        return _numeric(place, int(parts["a"]), int(parts["b"]), parts["sep"], int(parts["y"]))
    month = MONTHS[parts["month"].lower()] if "month" in parts else int(parts["m"])
    day = int(parts["d"])
    if "reiwa" in parts:
        year = _REIWA + (1 if parts["reiwa"] == "元" else int(parts["reiwa"]))
    elif "minguo" in parts:
        year = _MINGUO + int(parts["minguo"])
    elif "y" in parts:
        year = int(parts["y"])
    else:
        return DateForm(*place, (), month_day=(month, day))
    return DateForm(*place, _days(year, month, day))


def _days(year: int, month: int, day: int) -> tuple[date, ...]:
    found = day_of(year, month, day)
    return (found,) if found else ()


def _numeric(place: tuple[int, int, str], first: int, second: int, sep: str, year: int) -> DateForm:
    """12.1.2026 is the twelfth of January everywhere; of 12/1/2026 both readings are kept, the month first."""
    year = year if year > 99 else 2000 + year
    day_first = day_of(year, second, first)
    if sep == ".":
        return DateForm(*place, (day_first,) if day_first else ())
    month_first = day_of(year, first, second)
    days = tuple(dict.fromkeys(day for day in (month_first, day_first) if day))
    known = None if len(days) != 1 or first == second else month_first is not None
    return DateForm(*place, days, is_numeric=True, month_first=known)
