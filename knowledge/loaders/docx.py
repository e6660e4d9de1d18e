"""Word documents: paragraphs, headings, automatic numbering and tables, in the order of the text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from knowledge.errors import SourceError
from knowledge.loaders.archive import check_archive
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.tables import row_lines
from knowledge.sections import Block

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = "零一二三四五六七八九"


@register(".docx")
def parse_docx(data: bytes, name: str) -> Parsed:
    """Read a Word document after checking its archive."""
    check_archive(data, name, needs="word/document.xml", kind="Word")
    import docx
    from docx.oxml.exceptions import InvalidXmlError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(io.BytesIO(data))
        numbering = _Numbering(document)
        blocks = tuple(_blocks(document, numbering))
    except (
        KeyError,
        ValueError,
        LxmlError,
        InvalidXmlError,
        zipfile.BadZipFile,
        AttributeError,
    ) as error:
        raise SourceError(
            f"{name}：Word 文件内容已损坏，请用 Word 打开后另存为 docx 再导入"
        ) from error
    if not blocks:
        raise SourceError(f"{name}：Word 文件里没有文字（可能全是图片），请提供文字版")
    first = blocks[0]
    if first.level:
        return Parsed(blocks=blocks[1:], title=first.text)
    return Parsed(blocks=blocks, title=_core_title(document))


def _core_title(document: Any) -> str | None:
    title = str(document.core_properties.title or "").strip()
    return title or None


def _blocks(document: Any, numbering: _Numbering) -> Iterator[Block]:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    # python-docx searches the whole sheet of styles for every paragraph that asks for its own.
    styles: dict[str, _Style] = {}
    for element in document.element.body.iter(f"{_W}p", f"{_W}tbl"):
        if _inside_table(element):
            continue
        if element.tag == f"{_W}tbl":
            for line in row_lines(_rows(Table(element, document))):
                yield Block(line, row=True)
            continue
        named = element.find(f"{_W}pPr/{_W}pStyle")
        name = "" if named is None else str(named.get(f"{_W}val", ""))
        if name not in styles:
            styles[name] = _style(Paragraph(element, document).style)
        style = styles[name]
        label = numbering.label(element, style)
        level = style.level or _outline_level(element)
        for line in (label + Paragraph(element, document).text).split("\n"):
            if line.strip():
                yield Block(line.strip(), level=level)


def _inside_table(element: Any) -> bool:
    """Whether a table (or a text box, repeated by Word as a fallback) already covers the element."""
    return any(
        parent.tag == f"{_W}tbl" or str(parent.tag).endswith("}Fallback")
        for parent in element.iterancestors()
    )


def _rows(table: Any) -> list[list[str]]:
    """:return: the table's cells; one merged over columns counts once, one merged over rows in each."""
    rows = []
    above: dict[int, str] = {}
    for row in table._tbl.tr_lst:
        cells = []
        place = 0
        for cell in row.tc_lst:
            texts = [
                "".join(node.text or "" for node in part.iter(f"{_W}t"))
                for part in cell.iter(f"{_W}p")
            ]
            text = " ".join(text for text in texts if text)
            if cell.vMerge == "continue":
                text = text or above.get(place, "")
            above[place] = text
            cells.append(text)
            place += cell.grid_span
        rows.append(cells)
    return rows


@dataclass(frozen=True)
class _Style:
    """What a paragraph style says: the level of its headings (0: body text) and its numbering."""

    level: int
    numbering: Any


def _style(style: Any) -> _Style:
    numbering = None if style is None else style.element.find(f"{_W}pPr/{_W}numPr")
    seen = 0
    while style is not None and seen < 10:
        name = str(style.name or "")
        if name.lower() in {"title", "标题"}:
            return _Style(1, numbering)
        match = _HEADING.match(name)
        if match:
            return _Style(min(int(match[1]), 6), numbering)
        style, seen = style.base_style, seen + 1
    return _Style(0, numbering)


def _outline_level(element: Any) -> int:
    """:return: 1 to 6 for a paragraph that is a heading by its own outline level, 0 for body text."""
    outline = element.find(f"{_W}pPr/{_W}outlineLvl")
    if outline is not None:
        value = int(outline.get(f"{_W}val", "9"))
        return min(value + 1, 6) if value < 9 else 0
    return 0


class _Numbering:
    """The labels that Word draws itself (第一条, （一）, 1.), which are not in the text."""

    def __init__(self, document: Any) -> None:
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self.abstract: dict[str, str] = {}
        self.counters: dict[tuple[str, int], int] = {}
        root = self._root(document)
        if root is None:
            return
        for item in root.iter(f"{_W}abstractNum"):
            key = item.get(f"{_W}abstractNumId", "")
            for level in item.iter(f"{_W}lvl"):
                number = int(level.get(f"{_W}ilvl", "0"))
                self.levels[key, number] = (
                    self._value(level, "numFmt", "decimal"),
                    self._value(level, "lvlText", ""),
                    int(self._value(level, "start", "1")),
                )
        for item in root.iter(f"{_W}num"):
            self.abstract[item.get(f"{_W}numId", "")] = self._value(item, "abstractNumId", "")

    @staticmethod
    def _root(document: Any) -> Any:
        for relation in document.part.rels.values():
            if str(relation.reltype).endswith("/numbering"):
                return relation.target_part.element
        return None

    @staticmethod
    def _value(element: Any, tag: str, default: str) -> str:
        found = element.find(f"{_W}{tag}")
        return default if found is None else str(found.get(f"{_W}val", default))

    def label(self, element: Any, style: _Style) -> str:
        """:return: the label drawn before a paragraph, with a space; empty when there is none."""
        properties = element.find(f"{_W}pPr/{_W}numPr")
        if properties is None:
            properties = style.numbering
        if properties is None:
            return ""
        key = self.abstract.get(self._value(properties, "numId", ""), "")
        level = int(self._value(properties, "ilvl", "0"))
        if (key, level) not in self.levels:
            return ""
        kind, pattern, start = self.levels[key, level]
        self.counters[key, level] = self.counters.get((key, level), start - 1) + 1
        for deeper in [entry for entry in self.counters if entry[0] == key and entry[1] > level]:
            del self.counters[deeper]
        if kind in {"bullet", "none"} or not pattern.strip():
            return ""
        return re.sub(r"%(\d)", lambda match: self._count(key, int(match[1]) - 1), pattern) + " "

    def _count(self, key: str, level: int) -> str:
        kind = self.levels.get((key, level), ("decimal", "", 1))[0]
        value = self.counters.get((key, level), 1)
        return (
            chinese_number(value) if "hinese" in kind or "ideograph" in kind.lower() else str(value)
        )


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
