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
CJK = r"\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CJK_GAP = re.compile(f"(?<=[{CJK}]) (?=[{CJK}])")
_SPACES = re.compile(r"\s+")
# opencc parses a run recursively; runs are cut so that hostile input cannot exhaust the stack.
_RUN = 400


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


# Characters that were seen to be no traditional ones; no more are kept than Chinese texts have.
_plain: set[str] = set()
_MOST_PLAIN = 65536


def _has_traditional(text: str) -> bool:
    unknown = set(text) - _plain
    if not unknown:
        return False
    convert = _converter().convert
    plain = {char for char in unknown if char < "\u2e80" or convert(char) == char}
    if len(_plain) < _MOST_PLAIN:
        _plain.update(plain)
    return len(plain) < len(unknown)


def simplified(text: str) -> str:
    """:return: the text with traditional characters as simplified ones."""
    if not _has_traditional(text):
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
    return _short_normalised(text) if len(text) <= _SHORT else _normalised(text)


def _normalised(text: str) -> str:
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    return simplified(_CJK_GAP.sub("", text)).strip()


# A message is brought to its normal form by everybody who looks at it; documents are long.
_SHORT = 200
_short_normalised = lru_cache(maxsize=512)(_normalised)


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


def quoted(title: str) -> str:
    """:return: a title in 《》, titles inside it in 〈〉."""
    return "《" + title.replace("《", "〈").replace("》", "〉") + "》"
