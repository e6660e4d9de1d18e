"""The labels that Word draws itself (第一条, （一）, 1.), which are not in the text of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from knowledge.loaders.office import W, value_of
from knowledge.loaders.word_styles import Styles

_CHINESE = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LEVELS = 9
_LINKS = 10  # lists that refer to one another, at most


@dataclass(frozen=True)
class Level:
    """One level of a list: how its numbers are written, where they begin, after what they restart.

    ``restart`` is None where any higher level restarts it, else the number of levels (0: never) whose use
    does; ``legal`` writes the numbers of higher levels as digits.
    """

    kind: str
    pattern: str
    start: int
    restart: int | None = None
    legal: bool = False
    style: str = ""


@dataclass
class _List:
    """A numbered list: its levels and the list whose counters it shares."""

    shared: str
    levels: dict[int, Level]
    starts: dict[int, int]


class Numbering:
    """Counts the numbered paragraphs of a document as Word does.

    :param root: the numbering part, or None.
    """

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._counters: dict[tuple[str, int], int] = {}
        self._begun: set[tuple[str, int]] = set()
        self.unknown: set[str] = set()
        if root is not None:
            self._read(root)

    def _read(self, root: Any) -> None:
        abstract = {
            str(item.get(f"{W}abstractNumId", "")): item for item in root.iter(f"{W}abstractNum")
        }
        of_style = {value_of(item, f"{W}styleLink"): key for key, item in abstract.items()}
        for item in root.iter(f"{W}num"):
            key = value_of(item, f"{W}abstractNumId")
            for _ in range(_LINKS):
                linked = value_of(abstract.get(key), f"{W}numStyleLink")
                if not linked or linked not in of_style:
                    break
                key = of_style[linked]
            if key not in abstract:
                continue
            levels = {
                int(lvl.get(f"{W}ilvl", "0")): _level(lvl) for lvl in abstract[key].iter(f"{W}lvl")
            }
            starts: dict[int, int] = {}
            for override in item.iter(f"{W}lvlOverride"):
                number = int(override.get(f"{W}ilvl", "0"))
                own = override.find(f"{W}lvl")
                if own is not None:
                    levels[number] = _level(own)
                start = value_of(override, f"{W}startOverride")
                if start:
                    starts[number] = int(start)
            self._lists[str(item.get(f"{W}numId", ""))] = _List(key, levels, starts)

    def label(self, paragraph: Any, style: str) -> str:
        """Count a paragraph.

        :return: the label drawn before it, with a space; empty when there is none.
        """
        own = paragraph.find(f"{W}pPr/{W}numPr")
        number, place = self._styles.numbering(style)
        named = value_of(own, f"{W}numId")
        if named:
            number, place = named, 0
        found = self._lists.get(number)
        if found is None or number == "0":
            return ""
        level = int(value_of(own, f"{W}ilvl", str(self._of_style(found, style, place))))
        if level not in found.levels:
            return ""
        self._count(number, found, level)
        shown = found.levels[level]
        if shown.kind in {"bullet", "none"} or not shown.pattern.strip():
            return ""
        text = re.sub(
            r"%(\d)", lambda match: self._written(found, int(match[1]) - 1, shown), shown.pattern
        )
        return text + " "

    @staticmethod
    def _of_style(found: _List, style: str, place: int) -> int:
        """:return: the level that belongs to a paragraph style; ``place`` where none names it."""
        named = (number for number, level in found.levels.items() if style and level.style == style)
        return next(named, place)

    def _count(self, number: str, found: _List, level: int) -> None:
        for place in range(level + 1):
            if place in found.starts and (number, place) not in self._begun:
                self._begun.add((number, place))
                self._counters.pop((found.shared, place), None)
        start = found.starts.get(level, found.levels[level].start)
        key = (found.shared, level)
        self._counters[key] = self._counters.get(key, start - 1) + 1
        for deeper in range(level + 1, _LEVELS):
            restart = found.levels[deeper].restart if deeper in found.levels else None
            if restart is None or level < restart:
                self._counters.pop((found.shared, deeper), None)

    def _written(self, found: _List, place: int, shown: Level) -> str:
        level = found.levels.get(place, Level("decimal", "", 1))
        start = found.starts.get(place, level.start)
        value = self._counters.setdefault((found.shared, place), start)
        kind = "decimal" if shown.legal and level.kind != "none" else level.kind
        text = written(value, kind)
        if text is None:
            self.unknown.add(kind)
            return str(value)
        return text


def _level(element: Any) -> Level:
    restart = value_of(element, f"{W}lvlRestart")
    formats = [item for item in element.iter(f"{W}numFmt")]
    kind = str(formats[-1].get(f"{W}val", "decimal")) if formats else "decimal"
    own = next((item.get(f"{W}format") for item in formats if item.get(f"{W}format")), None)
    level = Level(
        kind=f"custom:{own}" if own else kind,
        pattern=value_of(element, f"{W}lvlText"),
        start=int(value_of(element, f"{W}start", "1")),
        restart=int(restart) if restart else None,
        style=value_of(element, f"{W}pStyle"),
    )
    return level if element.find(f"{W}isLgl") is None else replace(level, legal=True)


def written(value: int, kind: str) -> str | None:
    """:return: a number as a list level of this kind (``w:numFmt``) shows it; None for an unknown kind."""
    if kind.startswith("custom:"):
        first = kind.removeprefix("custom:").split(",")[0].strip()
        return str(value).zfill(len(first)) if first.isdigit() else None
    if kind.startswith("decimalEnclosed"):
        return _enclosed(value, kind)
    if kind in _WRITERS:
        return _WRITERS[kind](value)
    return chinese_number(value) if "hinese" in kind else None


def _letter(value: int) -> str:
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1) if value > 0 else "0"


def _of(row: str) -> Callable[[int], str]:
    return lambda value: row[value - 1] if 0 < value <= len(row) else str(value)


def _digits(value: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(value))


def _legal(value: int) -> str:
    plain = chinese_number(value)
    plain = "一" + plain if plain.startswith("十") else plain
    return plain.translate(str.maketrans(_CHINESE + "十百千", _LEGAL + "拾佰仟"))


def _enclosed(value: int, kind: str) -> str:
    """:return: ①, ⒈ or ⑴ up to 20 as they are, higher numbers in brackets."""
    first = {"Fullstop": 0x2488, "Paren": 0x2474}.get(kind.removeprefix("decimalEnclosed"), 0x2460)
    return chr(first + value - 1) if 0 < value <= 20 else f"({value})"


def _ordinal(value: int) -> str:
    ending = (
        "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    )
    return f"{value}{ending}"


def roman(value: int) -> str:
    """:return: a number below four thousand in lower-case Roman numerals."""
    if not 0 < value < 4000:
        return str(value)
    text = ""
    for size, mark in _ROMAN:
        text += mark * (value // size)
        value %= size
    return text


def chinese_number(value: int) -> str:
    """:return: a number below ten thousand in Chinese numerals (13 → 十三, 105 → 一百零五)."""
    if not 0 < value < 10_000:
        return str(value)
    text, gap = "", False
    for scale, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // scale % 10
        if digit:
            text += ("零" if gap else "") + _CHINESE[digit] + mark
            gap = False
        elif text:
            gap = True
    return text[1:] if text.startswith("一十") else text


_WRITERS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("decimal", "decimalFullWidth", "decimalHalfWidth", "decimalFullWidth2"), str),
    "decimalZero": lambda value: f"{value:02d}",
    "lowerRoman": roman,
    "upperRoman": lambda value: roman(value).upper(),
    "lowerLetter": _letter,
    "upperLetter": lambda value: _letter(value).upper(),
    "ordinal": _ordinal,
    "none": lambda value: "",
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
    **dict.fromkeys(
        ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital2"),
        _digits,
    ),
    **dict.fromkeys(
        ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"), _legal
    ),
    **dict.fromkeys(
        (
            "japaneseCounting",
            "ideographEnclosedCircle",
            "koreanCounting",
            "taiwaneseCounting",
            "taiwaneseCountingThousand",
        ),
        chinese_number,
    ),
}
