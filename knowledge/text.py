"""Normal forms of Chinese text, used before every comparison.

``normalise`` is applied to questions and to passages alike; ``fold_numerals`` and ``figures`` make
三十日, 30日 and 30 days comparable; ``split_sentences`` cuts what can be quoted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff]"
)
_CJK = r"\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CJK_GAP = re.compile(f"(?<=[{_CJK}]) (?=[{_CJK}])")
_SPACES = re.compile(r"\s+")
# opencc parses a run recursively; runs are cut so that hostile input cannot exhaust the stack.
_RUN = 400


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=65536)
def _is_traditional(char: str) -> bool:
    return char >= "\u2e80" and bool(_converter().convert(char) != char)


def simplified(text: str) -> str:
    """:return: the text with traditional characters as simplified ones."""
    if not any(_is_traditional(char) for char in set(text)):
        return text
    convert = _converter().convert
    return "".join(convert(text[start : start + _RUN]) for start in range(0, len(text), _RUN))


def normalise(text: str) -> str:
    """Bring text to the one form that is indexed and compared.

    Full width becomes half width (NFKC), traditional characters simplified, invisible and control
    characters vanish, white space collapses to one space and to none between Chinese characters.
    Case is kept.

    :return: the normal form; applying it again changes nothing.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    return simplified(_CJK_GAP.sub("", text)).strip()


# -- numerals --------------------------------------------------------------------------------------

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "[零〇一二三四五六七八九十百千两]"
# What makes a Chinese numeral a figure; 天使, 日本, 年轻, 月球 and the like are not units.
_UNIT = (
    r"(?:个?(?:工作日|自然日|日历日|交易日)|个(?:半月|月|星期|小时|季度)|日(?![本元常语用化])|天(?![使然津河生文])"
    r"|年(?![轻级龄代])|月(?![球光亮])|周(?![围边密到])|星期|小时|分钟|条|款(?![待式])|项(?![目链])|章|节(?![目约省])|编(?![制码辑])"
    r"|元(?!素)|美元|欧元|英镑|日元|港元|港币|人民币|万|亿|倍|岁|家(?![庭属居])|件|份|%|类|名|种)"
)
# 一 alone before these is mostly a word (一家, 一件, 一种); it is folded only before a measure of time or money.
_STRICT_ONE = re.compile(
    r"个?(?:工作日|自然日|日历日)|个?月|个?星期|个?小时|年|日|天|周|分钟|倍|万|亿|元|美元|欧元"
)
_NOT_BEFORE_ONE = "统唯单同任每某逐万之不如归划专另进惟下上前后这那首"
_ORDINAL = re.compile(rf"第({_NUMERAL}+)(?=[条款项章节编类批届次])(之({_NUMERAL}+))?")
_ARTICLE_OF = re.compile(rf"(第\d+条)之({_NUMERAL}+)")
_LISTED = re.compile(rf"(第\d+[条款])?第\(({_NUMERAL}+)\)(?=项)")
_PERCENT = re.compile(rf"百分之({_NUMERAL}+)(?:点({_NUMERAL}+))?")
_YEAR = re.compile(r"([零〇一二三四五六七八九]{4})(?=年)")
# A whole run of numerals, so that a run without a unit is looked at once and not from each of its places.
_COUNTED = re.compile(rf"(?<!{_NUMERAL})({_NUMERAL}{{1,24}})(?={_UNIT})")


def _value(numeral: str) -> int | None:
    """:return: the number a Chinese numeral writes; None for approximations such as 三五."""
    if len(numeral) > 1 and all(char in _DIGITS for char in numeral):
        if len(numeral) == 4 or set(numeral) & {"零", "〇"}:
            return int("".join(str(_DIGITS[char]) for char in numeral))
        return None
    total = digit = 0
    pending = False
    for char in numeral:
        if char in _SCALES:
            scale = _SCALES[char]
            total += (digit if pending else 1) * scale
            digit, pending = 0, False
        elif _DIGITS[char] == 0:
            continue
        elif pending:
            return None
        else:
            digit, pending = _DIGITS[char], True
    return total + digit


def fold_numerals(text: str) -> str:
    """Write Chinese numerals as digits where they count something (三十日 → 30日, 第十三条 → 第13条).

    Words that merely contain a numeral (一般, 统一, 万一, 三五天) stay.  For comparison only.
    """

    def ordinal(match: re.Match[str]) -> str:
        value = _value(match[1])
        return match[0] if value is None else f"第{value}"

    def counted(match: re.Match[str]) -> str:
        numeral, before = match[1], match.string[: match.start()][-1:]
        if numeral == "一" and (
            (before in _NOT_BEFORE_ONE and before)
            or not _STRICT_ONE.match(match.string, match.end())
        ):
            return numeral
        if set(numeral) <= {"百", "千"} or before in ("几", "第"):
            return numeral
        value = _value(numeral)
        return numeral if value is None else str(value)

    def percent(match: re.Match[str]) -> str:
        whole = _value(match[1])
        if whole is None:
            return match[0]
        decimals = "".join(str(_DIGITS.get(char, "")) for char in match[2] or "")
        return f"{whole}.{decimals}%" if decimals else f"{whole}%"

    def branch(match: re.Match[str]) -> str:
        value = _value(match[2])
        return match[0] if value is None else f"{match[1]}之{value}"

    text = _YEAR.sub(lambda match: str(_value(match[1])), text)
    text = _PERCENT.sub(percent, text)
    text = _ORDINAL.sub(lambda m: ordinal(m) + (m[2] or ""), text)
    text = _ARTICLE_OF.sub(branch, text)
    text = _LISTED.sub(lambda m: f"{m[1] or ''}第({_value(m[2]) or m[2]})", text)
    return _COUNTED.sub(counted, text)


# -- figures ---------------------------------------------------------------------------------------

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
_SCALE |= {"million": 1_000_000, "billion": 1_000_000_000, "k": 1000}
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
_DIGIT_GAP = re.compile(f"(?<=\\d) (?=[{_CJK}])|(?<=[{_CJK}]) (?=\\d)")
_YI_WAN = re.compile(r"(?<!\d)(\d{1,12})亿(\d{1,12})万")
_RANGE = re.compile(
    rf"(?<![\d./-])({_NUMBER}) ?([-–—~～至到或]) ?(?={_NUMBER}[ -]?({'|'.join(_PERIOD.values())}))"
)
_LINE_NUMBER = re.compile(r"(?m)^\s*(?:[-*+>#]+\s*)?(?:\(\d{1,2}\)|\d{1,2}[.、)](?!\d))\s*")


# Longer than this no number is an amount, and a float no longer tells it from its neighbours.
_EXACT = 15


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
    scale = next((s for s in sorted(_SCALE, key=len, reverse=True) if s and s in rest), "")
    digits = number.replace(",", "")
    return digits if len(digits) > _EXACT else _written(float(digits) * _SCALE[scale])


def _currency(text: str) -> str:
    lowered = text.lower()
    return next(_CURRENCY[n] for n in sorted(_CURRENCY, key=len, reverse=True) if n in lowered)


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
    found: set[str] = set()
    for raw in text.splitlines():
        line = _LINE_NUMBER.sub("", fold_numerals(normalise(raw)))
        line = _DIGIT_GAP.sub("", line)
        line = _YI_WAN.sub(lambda m: f"{int(m[1]) * 10_000 + int(m[2])}万", line)
        line = _RANGE.sub(r"\1 \3 \2 ", line)
        for match in _TOKENS.finditer(line):
            kind = match.lastgroup
            if kind is not None:
                found.add(_token(kind, match[0]))
    return found


def uncarried_figures(text: str, carriers: set[str]) -> set[str]:
    """:return: the figures of ``text`` that none of ``carriers`` bears.

    A bare number, and a year, is carried by any token with that number (337 by 第337条, 2025 by
    2025-03-13) and an article by its bare number; any other unit only by the same token.
    """
    numbers = {number for token in carriers for number in re.findall(r"\d+(?:\.\d+)*", token)}
    return {
        token
        for token in figures(text) - carriers
        if not (re.fullmatch(r"[\d.]+", token) and token in numbers)
        and not (token.startswith("第") and token[1:-1] in carriers)
    }


# -- sentences -------------------------------------------------------------------------------------

_END = re.compile(r"[。！？!?]+[”’」』）)》\"']*|(?<=[a-z]{4})\.(?= +[A-Z\u4e00-\u9fff])")
_ITEM = re.compile(r"\s*(?:[（(][一二三四五六七八九十百\d]{1,4}[)）]|[①-⑳]|\d{1,2}[.、．)](?!\d))")


def _cut(line: str) -> list[str]:
    """Cut one line after sentence ends that stand outside brackets."""
    pieces, start = [], 0
    for match in _END.finditer(line):
        head = line[start : match.start()]
        if head.count("（") + head.count("(") > head.count("）") + head.count(")"):
            continue
        if _ITEM.match(line, match.end()) and "：" in line[start:] and _ITEM.search(head):
            continue
        pieces.append(line[start : match.end()])
        start = match.end()
    pieces.append(line[start:])
    return [piece.strip() for piece in pieces if piece.strip()]


def split_sentences(text: str) -> list[str]:
    """Cut text into the sentences that can be quoted.

    A list introduced by a colon (…：（一）…；（二）…。) stays one sentence, whether its items stand in the
    line or on lines of their own.
    """
    sentences: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        continues = bool(
            sentences
            and _ITEM.match(line)
            and (sentences[-1].endswith(("：", ":", "；", ";")) or "\n" in sentences[-1])
        )
        pieces = _cut(line)
        if continues and pieces:
            sentences[-1] += "\n" + pieces.pop(0)
        sentences.extend(pieces)
    return sentences


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
