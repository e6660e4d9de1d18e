"""OpenDocument texts: paragraphs, headings, lists with their labels and tables, in the order of the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml.etree import LxmlError

from knowledge.errors import SourceError
from knowledge.loaders.archive import check_archive
from knowledge.loaders.office import Package
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.tables import row_lines
from knowledge.loaders.word_numbers import written
from knowledge.sections import Block

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
TEXT, TABLE, STYLE = (f"{{{_OASIS}{part}:1.0}}" for part in ("text", "table", "style"))
_KINDS = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "一, 二, 三, ...": "chineseCounting", "壹, 贰, 叁, ...": "chineseLegalSimplified", "甲, 乙, 丙, ...": "ideographTraditional",
    "①, ②, ③, ...": "decimalEnclosedCircle", "子, 丑, 寅, ...": "ideographZodiac",
}  # fmt: skip
_SKIPPED = {f"{TEXT}{tag}" for tag in ("tracked-changes", "ruby-text", "table-of-content", "illustration-index", "alphabetical-index")}  # fmt: skip
_MOST_COPIES = 60


@register(".odt")
def parse_odt(data: bytes, name: str) -> Parsed:
    """Read an OpenDocument text after checking its archive."""
    check_archive(data, name, needs="content.xml", kind="ODT")
    try:
        package = Package(data)
        root, styles = package.root("content.xml"), package.root("styles.xml")
        body = None if root is None else root.find(f".//{{{_OASIS}office:1.0}}text")
        if body is None:
            raise SourceError(f"{name}：不是 ODT 文档（缺少正文），如果是其他文件请改正后缀")
        reader = _Reader([part for part in (styles, root) if part is not None])
        blocks = tuple(reader.read(body))
    except (KeyError, ValueError, LxmlError, AttributeError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"{name}：ODT 文件内容已损坏，请另存为 docx 再导入") from error
    if not blocks:
        raise SourceError(f"{name}：ODT 文件里没有文字，请提供文字版")
    own = blocks[0].text if blocks[0].level else None
    return Parsed(blocks=blocks, title=own, warnings=reader.warnings())


class _Reader:
    def __init__(self, parts: list[Any]) -> None:
        self._lists: dict[str, dict[int, Any]] = {}
        self._void: dict[str, str] = {}
        self._counters: dict[tuple[str, int], int] = {}
        self.counts: Counter[str] = Counter()
        for part in parts:
            for style in part.iter(f"{TEXT}list-style"):
                levels = {int(item.get(f"{TEXT}level", "1")): item for item in style}
                self._lists[str(style.get(f"{STYLE}name", ""))] = levels
            for style in part.iter(f"{STYLE}style"):
                self._note_void(style)

    def _note_void(self, style: Any) -> None:
        properties = style.find(f"{STYLE}text-properties")
        if properties is None:
            return
        if properties.get(f"{STYLE}text-line-through-style", "none") != "none":
            self._void[str(style.get(f"{STYLE}name", ""))] = "struck"
        if properties.get(f"{TEXT}display") == "none":
            self._void[str(style.get(f"{STYLE}name", ""))] = "hidden"

    def warnings(self) -> tuple[str, ...]:
        said = {
            "revised": "文件里有尚未接受的修订，已按全部接受后的文字读取，请核对",
            "struck": "有 {n} 处带删除线的文字，按已作废处理，未导入",
            "hidden": "有 {n} 处隐藏文字，未导入",
            "contents": "文件自带的目录是按正文生成的，未导入",
            "picture": "有 {n} 张图片，图里的文字未导入",
        }
        return tuple(
            text.format(n=self.counts[key]) for key, text in said.items() if self.counts[key]
        )

    def read(self, element: Any, listed: tuple[str, int] | None = None) -> Iterator[Block]:
        """:return: the blocks under an element; ``listed`` is the list style and level it stands in."""
        for child in element:
            if not isinstance(child.tag, str):
                continue
            tag = child.tag
            if tag in _SKIPPED:
                self.counts["revised" if tag.endswith("changes") else "contents"] += 1
            elif tag in {f"{TEXT}p", f"{TEXT}h"}:
                yield from self._paragraph(child, "")
            elif tag == f"{TEXT}list":
                name, level = listed or ("", 0)
                yield from self._list(child, str(child.get(f"{TEXT}style-name") or name), level + 1)
            elif tag == f"{TABLE}table":
                for line in row_lines(self._rows(child)):
                    yield Block(line, row=True)
            else:
                yield from self.read(child, listed)

    def _paragraph(self, element: Any, label: str) -> Iterator[Block]:
        parts: list[str] = []
        self._inline(element, parts)
        level = int(element.get(f"{TEXT}outline-level", "1")) if element.tag == f"{TEXT}h" else 0
        for line in (label + "".join(parts)).split("\n"):
            if line.strip():
                yield Block(line.strip(), level=min(level, 6))

    def _list(self, element: Any, name: str, level: int) -> Iterator[Block]:
        going_on = element.get(f"{TEXT}continue-numbering") == "true" or element.get(
            f"{TEXT}continue-list"
        )
        if level == 1 and not going_on:
            for key in [key for key in self._counters if key[0] == name]:
                del self._counters[key]
        for item in element:
            if item.tag not in {f"{TEXT}list-item", f"{TEXT}list-header"}:
                continue
            label = self._label(name, level) if item.tag == f"{TEXT}list-item" else ""
            for child in item:
                if child.tag in {f"{TEXT}p", f"{TEXT}h"}:
                    yield from self._paragraph(child, label)
                    label = ""
                elif child.tag == f"{TEXT}list":
                    own = str(child.get(f"{TEXT}style-name") or name)
                    yield from self._list(child, own, level + 1)

    def _label(self, name: str, level: int) -> str:
        style = self._lists.get(name, {}).get(level)
        if style is None or not str(style.tag).endswith("list-level-style-number"):
            return ""
        start = int(style.get(f"{TEXT}start-value", "1"))
        value = self._counters.get((name, level), start - 1) + 1
        self._counters[name, level] = value
        for key in [key for key in self._counters if key[0] == name and key[1] > level]:
            del self._counters[key]
        kind = _KINDS.get(str(style.get(f"{STYLE}num-format", "1")), "decimal")
        before, after = (
            str(style.get(f"{STYLE}num-{place}", "")) for place in ("prefix", "suffix")
        )
        return f"{before}{written(value, kind)}{after} "

    def _inline(self, element: Any, parts: list[str]) -> None:
        parts.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                self._child(child, parts)
            parts.append(child.tail or "")

    def _child(self, child: Any, parts: list[str]) -> None:
        local = str(child.tag).rpartition("}")[2]
        void = self._void.get(str(child.get(f"{TEXT}style-name", ""))) if local == "span" else None
        if void:
            self.counts[void] += bool("".join(child.itertext()).strip())
        elif local == "s":
            parts.append(" " * min(int(child.get(f"{TEXT}c", "1")), _MOST_COPIES))
        elif local in {"tab", "line-break"}:
            parts.append("\t" if local == "tab" else "\n")
        elif local == "note":
            body = child.find(f"{TEXT}note-body")
            note = (
                " ".join("".join(body.itertext()).split()).rstrip("。") if body is not None else ""
            )
            parts.append(f"（注：{note}）" if note else "")
        elif local in {
            "annotation",
            "ruby-text",
            "change-start",
            "change-end",
            "change",
            "bookmark",
        }:
            return
        else:
            self.counts["picture"] += local == "image"
            self._inline(child, parts)

    def _rows(self, table: Any) -> list[list[str]]:
        rows = []
        for row in table.iter(f"{TABLE}table-row"):
            cells: list[str] = []
            for cell in row:
                local = str(cell.tag).rpartition("}")[2]
                if local not in {"table-cell", "covered-table-cell"}:
                    continue
                parts: list[str] = []
                for paragraph in cell.iter(f"{TEXT}p", f"{TEXT}h"):
                    self._inline(paragraph, parts)
                    parts.append(" ")
                copies = min(int(cell.get(f"{TABLE}number-columns-repeated", "1")), _MOST_COPIES)
                cells += ["".join(parts).strip()] * copies
            rows.append(cells)
        return rows
