"""Figures: what counts as one, how it is compared, and which of a text are not carried by its source."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.text import CJK, fold_numerals, normalise

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_MONTHS = "january february march april may june july august september october november december"
_MONTH = {name: i for i, name in enumerate(_MONTHS.split(), start=1)}
_MONTH |= {name[:3]: number for name, number in _MONTH.items()} | {"sept": 9}
_MONTH_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_CURRENCY = {
    "元": "CNY", "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "$": "USD", "美元": "USD", "usd": "USD", "us$": "USD",
    "美金": "USD", "dollars": "USD", "€": "EUR", "欧元": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "英镑": "GBP",
    "gbp": "GBP", "日元": "JPY", "jpy": "JPY", "港元": "HKD", "港币": "HKD", "hkd": "HKD", "瑞士法郎": "CHF", "法郎": "CHF", "瑞郎": "CHF",
    "chf": "CHF", "加元": "CAD", "cad": "CAD", "澳元": "AUD", "aud": "AUD", "新元": "SGD", "sgd": "SGD", "韩元": "KRW", "krw": "KRW",
    "卢比": "INR", "inr": "INR", "卢布": "RUB", "rub": "RUB", "雷亚尔": "BRL", "里拉": "TRY", "迪拉姆": "AED", "里亚尔": "SAR",
    "新台币": "TWD", "泰铢": "THB", "林吉特": "MYR", "比索": "PESO", "兰特": "ZAR",
}  # fmt: skip
_MONEY_NAMES = "|".join(re.escape(name) for name in sorted(_CURRENCY, key=len, reverse=True))
_SCALE = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 100_000_000,
}
_PERIOD = {
    "wd": r"个?(?:工作日|交易日)|(?:business|working)[ -]days?",
    "h": r"个?(?:小时|钟头)|hours?",
    "min": r"分钟|minutes?",
    "w": r"个?(?:周(?![年岁])|星期|礼拜)|weeks?",
    "m": r"个?(?:日历|自然)?月|months?",
    "y": r"个?(?:周年|年|岁)|years?",
    "d": r"个?(?:日历日|自然日|日|天)|(?:calendar[ -])?days?",
}
_SUBPARAGRAPHS = r"(?:\([a-z\d]{1,4}\))*"
_RULEBOOKS = (
    r"articles?|arts?\.?|rules?|sections?|sec\.|r\.|reg\.|regulation|frcp|fre|frap|cfr|u\.s\.c\.|usc|cpr|zpo|rop"
    r"|epc|upca|eutmr|eutmdr|tbmp|bgb|patg|markeng|designg|uwg"
)
_TOKENS = re.compile(
    "|".join(
        (
            r"(?P<iso>(?<!\d)(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?(?![\d.]))",
            r"(?P<ymd>(?<!\d)\d{4}年\d{1,2}月(?:\d{1,2}[日号])?)",
            r"(?P<md>(?<!\d)\d{1,2}月\d{1,2}[日号])",
            rf"(?P<mdy>\b(?:{_MONTH_NAMES})\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?(?!\d))",
            rf"(?P<dmy>\b\d{{1,2}} (?:{_MONTH_NAMES})\.? \d{{4}})",
            r"(?P<year>(?<![\d.])(?:19|20)\d\d年)",
            rf"(?P<before>(?:{_MONEY_NAMES}) ?{_NUMBER} ?(?:百万|千万|百|千|万|亿|million|billion|k\b)?)",
            rf"(?P<after>{_NUMBER} ?(?:百万|千万|百|千|万|亿|million |billion )?余?(?:{_MONEY_NAMES}))",
            rf"(?P<percent>{_NUMBER} ?(?:%|percent|个百分点))",
            rf"(?P<article>第\d+(?:\.\d+)*[a-z]?{_SUBPARAGRAPHS}条(?:之\d+)?)",
            r"(?P<clause>第\(?\d+\)?[款项])",
            rf"(?P<rule>(?:§§? ?|\b(?:{_RULEBOOKS}) ?§* ?)\d+[a-z]?(?:\.\d+)*{_SUBPARAGRAPHS})",
            r"(?P<half>(?<!\d)半年)",
            *(rf"(?P<{name}>{_NUMBER}[ -]?(?:{units}))" for name, units in _PERIOD.items()),
            rf"(?P<scaled>{_NUMBER} ?(?:百万|千万|万|亿))",
            rf"(?P<bare>{_NUMBER})",
        )
    ),
    re.IGNORECASE,
)
# A line without any of these holds no figure.
_COUNTS = re.compile(r"[\d零〇一二三四五六七八九十百千两半]")
_DIGIT_GAP = re.compile(f"(?<=\\d) (?=[{CJK}])|(?<=[{CJK}]) (?=\\d)")
_YI_WAN = re.compile(r"(?<!\d)(\d{1,12})亿(\d{1,12})万")
_RANGE = re.compile(
    rf"(?<![\d./-])({_NUMBER}) ?([-–—~～至到或]) ?(?={_NUMBER}[ -]?({'|'.join(_PERIOD.values())}))"
)
_LINE_NUMBER = re.compile(r"(?m)^\s*(?:[-*+>#]+\s*)?(?:\(\d{1,2}\)|\d{1,2}[.、)](?!\d))\s*")
# Longer than this no number is an amount, and a float no longer tells it from its neighbours.
_EXACT = 15
_SCALE |= {"million": 1_000_000, "billion": 1_000_000_000, "k": 1000}
_LONGEST_SCALES = sorted(filter(None, _SCALE), key=len, reverse=True)
_LONGEST_CURRENCIES = sorted(_CURRENCY, key=len, reverse=True)


def _plain(number: str) -> str:
    digits = number.replace(",", "")
    return digits if len(digits) > _EXACT else _written(float(digits))


def _written(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _first(text: str) -> str:
    found = re.search(_NUMBER, text)
    return found[0] if found else ""


def _amount(text: str) -> str:
    number = _first(text)
    rest = text.replace(number, "", 1).replace("余", "").strip().lower()
    scale = next((s for s in _LONGEST_SCALES if s in rest), "")
    digits = number.replace(",", "")
    return digits if len(digits) > _EXACT else _written(float(digits) * _SCALE[scale])


def _currency(text: str) -> str:
    lowered = text.lower()
    return next(_CURRENCY[n] for n in _LONGEST_CURRENCIES if n in lowered)


def _date(kind: str, text: str) -> str:
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if kind == "mdy":
        month = _MONTH[re.split(r"[. ]", text.lower())[0]]
        day, *year = numbers
        return f"{year[0]}-{month:02d}-{day:02d}" if year else f"{month:02d}-{day:02d}"
    if kind == "dmy":
        month = _MONTH[text.lower().split()[1].rstrip(".")]
        return f"{numbers[1]}-{month:02d}-{numbers[0]:02d}"
    if kind == "md":
        return f"{numbers[0]:02d}-{numbers[1]:02d}"
    return "-".join([str(numbers[0]), *(f"{part:02d}" for part in numbers[1:])])


def _token(kind: str, text: str) -> str:
    if kind in {"iso", "ymd", "md", "mdy", "dmy"}:
        return _date(kind, text)
    if kind == "year":
        return text[:4]
    if kind in {"before", "after"}:
        return _amount(text) + _currency(text)
    if kind == "percent":
        return _plain(_first(text)) + "%"
    if kind == "article":
        return re.sub(r"\(.*?\)", "", text).lower()
    if kind == "clause":
        return re.sub(r"[()]", "", text)
    if kind == "rule":
        label = re.sub(r"^\D+|\(.*", "", text).lower()
        return f"第{label}条"
    if kind == "half":
        return "6m"
    if kind in _PERIOD:
        return _plain(_first(text)) + kind
    return _amount(text)


def figures(text: str) -> set[str]:
    """Collect every number of a text with its unit in one notation.

    20天, 二十日 and 20 days are ``20d``; 3个月 is ``3m``, 10个工作日 ``10wd``, 2025年3月13日 ``2025-03-13``,
    30万元 ``300000CNY``, 第十三条 and Art. 13 ``第13条``, § 210.13(a) ``第210.13条``; numbers without a known
    unit stay bare; of a range (1至3个月) both ends carry the unit.  Numbering at the start of a line is no figure.
    """
    return set(_figures(text))


@lru_cache(maxsize=512)  # a quote is compared with every part of the reply that cites it
def _figures(text: str) -> frozenset[str]:
    found: set[str] = set()
    for raw in text.splitlines():
        line = normalise(raw)
        if _COUNTS.search(line) is None:
            continue
        line = _LINE_NUMBER.sub("", fold_numerals(line))
        line = _DIGIT_GAP.sub("", line)
        line = _YI_WAN.sub(lambda m: f"{int(m[1]) * 10_000 + int(m[2])}万", line)
        line = _RANGE.sub(r"\1 \3 \2 ", line)
        for match in _TOKENS.finditer(line):
            kind = match.lastgroup
            if kind is not None:
                found.add(_token(kind, match[0]))
    return frozenset(found)


def uncarried_figures(text: str, carriers: set[str]) -> set[str]:
    """:return: the figures of ``text`` that none of ``carriers`` bears.

    A bare number, and a year, is carried by any token with that number (337 by 第337条, 2025 by
    2025-03-13) and an article by its bare number; any other unit only by the same token.
    """
    missing = _figures(text) - carriers
    if not missing:
        return set()
    numbers = {number for token in carriers for number in re.findall(r"\d+(?:\.\d+)*", token)}
    return {
        token
        for token in missing
        if not (re.fullmatch(r"[\d.]+", token) and token in numbers)
        and not (token.startswith("第") and token[1:-1] in carriers)
    }


_UNIT_NAMES = {
    "wd": "个工作日",
    "d": "日",
    "w": "周",
    "m": "个月",
    "y": "年",
    "h": "小时",
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
}
_WITH_UNIT = re.compile(rf"(\d+(?:\.\d+)?)({'|'.join(_UNIT_NAMES)})")


def readable_figure(token: str) -> str:
    """:return: a figure as :func:`figures` gives it, in words: 45d is 45日, 50000CNY 50000元."""
    found = _WITH_UNIT.fullmatch(token)
    return found[1] + _UNIT_NAMES[found[2]] if found else token
