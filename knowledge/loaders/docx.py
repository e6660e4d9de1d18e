"""Word documents: paragraphs, headings, automatic numbering and tables, in the order of the text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any

from lxml.etree import LxmlError

from knowledge.errors import SourceError
from knowledge.loaders.archive import check_archive
from knowledge.loaders.office import Package, R, W, is_on, value_of
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.tables import row_lines
from knowledge.loaders.word_numbers import Numbering
from knowledge.loaders.word_styles import Styles
from knowledge.loaders.word_text import TextWalk, is_contents_control
from knowledge.sections import Block

_CORE_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_HOLDERS = {f"{W}{tag}" for tag in ("sdtContent", "customXml", "smartTag", "body", "ins", "moveTo")}
_GONE = ("del", "moveFrom")
_CHUNKS = 8  # files put into one document, at most


@register(".docx")
def parse_docx(data: bytes, name: str) -> Parsed:
    """Read a Word document after checking its archive."""
    check_archive(data, name, needs="[Content_Types].xml", kind="Word")
    try:
        package = Package(data)
        part = package.main()
        root = None if part is None else package.root(part)
        if part is None or root is None or root.tag != f"{W}document":
            raise SourceError(f"{name}：不是 Word 文档（缺少正文），如果是其他文件请改正后缀")
        reader = _Reader(package, part, name)
        blocks = tuple(reader.read(root))
        title = _core_title(package)
        plain = _plain(root)
    except SourceError:
        raise
    except (KeyError, ValueError, LxmlError, zipfile.BadZipFile, AttributeError) as error:
        raise SourceError(
            f"{name}：Word 文件内容已损坏，请用 Word 打开后另存为 docx 再导入"
        ) from error
    if not blocks:
        raise SourceError(f"{name}：Word 文件里没有文字（可能全是图片），请提供文字版")
    warnings = reader.warnings()
    first = blocks[0]
    own = first.text if first.level else None
    return Parsed(blocks=blocks, title=own, label=title, warnings=warnings, plain=plain)


def _plain(root: Any) -> str:
    """:return: the text of every paragraph, whatever holds it; moved text where it stands now."""
    lines = []
    for paragraph in root.iter(f"{W}p"):
        if any(str(parent.tag).endswith("}Fallback") for parent in paragraph.iterancestors()):
            continue
        texts = (
            node.text or ""
            for node in paragraph.iter(f"{W}t")
            if next(node.iterancestors(f"{W}moveFrom", f"{W}rt", f"{W}p"), paragraph) is paragraph
            and not _is_void(node.getparent())
        )
        lines.append("".join(texts))
    return "\n".join(lines)


def _is_void(run: Any) -> bool:
    properties = None if run is None else run.find(f"{W}rPr")
    return any(is_on(properties, tag) for tag in ("vanish", "strike", "dstrike"))


def _core_title(package: Package) -> str | None:
    for relation in package.relations("").values():
        if relation.kind == "core-properties":
            root = package.root(relation.target)
            found = None if root is None else root.find(_CORE_TITLE)
            return (found.text or "").strip() or None if found is not None else None
    return None


class _Reader:
    """Reads the blocks of one document part and of the files put into it."""

    def __init__(self, package: Package, part: str, name: str) -> None:
        self._package, self._name = package, name
        self._relations = package.relations(part)
        self._styles = Styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"), self._styles)
        self._walk = TextWalk(self._styles, self._notes())
        self._carried = ""  # of a paragraph whose end a change takes away
        self._chunks = 0
        self._more: list[str] = []
        self._contents = 0

    def _part(self, kind: str) -> Any:
        for relation in self._relations.values():
            if relation.kind == kind and not relation.external:
                return self._package.root(relation.target)
        return None

    def _notes(self) -> dict[tuple[str, str], list[Any]]:
        found: dict[tuple[str, str], list[Any]] = {}
        for kind in ("footnote", "endnote"):
            root = self._part(f"{kind}s")
            for note in [] if root is None else root.iter(f"{W}{kind}"):
                if note.get(f"{W}type") in {None, "normal"}:
                    found[kind, str(note.get(f"{W}id", ""))] = list(note.iter(f"{W}p"))
        return found

    def warnings(self) -> tuple[str, ...]:
        """:return: what whoever imports the file should know, as sentences."""
        found = [*self._walk.told.warnings(), *self._more]
        if self._numbering.unknown:
            kinds = "、".join(sorted(self._numbering.unknown))
            found.append(f"有不认识的自动编号样式（{kinds}），编号按阿拉伯数字写出，请核对")
        if self._contents:
            found.append("文件自带的目录是按正文生成的，未导入")
        return tuple(found)

    def read(self, root: Any) -> Iterator[Block]:
        """:return: the blocks under an element, in order."""
        for child in root:
            if not isinstance(child.tag, str):
                continue
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag in _HOLDERS:
                yield from self.read(child)
            elif child.tag == f"{W}sdt":
                yield from self._control(child)
            elif child.tag == f"{W}altChunk":
                yield from self._chunk(child)
            elif child.tag.endswith("}AlternateContent"):
                ways = [way for way in child if isinstance(way.tag, str)]
                yield from self.read(ways[0]) if ways else ()

    def _control(self, control: Any) -> Iterator[Block]:
        if is_contents_control(control):
            self._contents += 1
            return
        content = control.find(f"{W}sdtContent")
        if content is not None:
            yield from self.read(content)

    def _paragraph(self, element: Any) -> Iterator[Block]:
        style = value_of(element, f"{W}pPr/{W}pStyle")
        in_contents = self._walk.in_contents
        text = self._walk.text(element)
        if in_contents or self._walk.in_contents or self._styles.is_contents(style):
            self._contents += bool(text.strip())
            return
        mark = element.find(f"{W}pPr/{W}rPr")
        if mark is not None and any(mark.find(f"{W}{tag}") is not None for tag in _GONE):
            self._walk.told.counts["revised"] += 1
            self._carried += text
            return
        text, self._carried = self._carried + text, ""
        label = self._numbering.label(element, style)
        level = self._styles.level(style) or _outline_level(element)
        for line in (label + text).split("\n"):
            if line.strip():
                yield Block(line.strip(), level=level)
        boxes, self._walk.boxes = self._walk.boxes, []
        for box in boxes:
            yield from self._paragraph(box)

    # -- tables ----------------------------------------------------------------------------------

    def _table(self, table: Any) -> Iterator[Block]:
        rows = [row for row in _rows(table) if not self._is_deleted(row)]
        if rows and all(len(_cells(row)) == 1 for row in rows):
            # A frame around text, as old templates draw it.
            for row in rows:
                yield from self.read(_cells(row)[0])
            return
        for line in row_lines(self._texts(rows)):
            yield Block(line, row=True)

    def _is_deleted(self, row: Any) -> bool:
        gone = row.find(f"{W}trPr/{W}del") is not None
        self._walk.told.counts["revised"] += gone
        return gone

    def _texts(self, rows: list[Any]) -> list[list[str]]:
        """:return: the cells' texts; one merged over columns stands in the first, over rows in each."""
        found = []
        above: dict[int, str] = {}
        for row in rows:
            cells = [""] * _number(value_of(row, f"{W}trPr/{W}gridBefore"), 0)
            for cell in _cells(row):
                text = self._cell(cell)
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(f"{W}val", "continue") == "continue":
                    text = text or above.get(len(cells), "")
                above[len(cells)] = text
                span = _number(value_of(cell, f"{W}tcPr/{W}gridSpan"), 1)
                cells += [text] + [""] * (span - 1)
            cells += [""] * _number(value_of(row, f"{W}trPr/{W}gridAfter"), 0)
            found.append(cells)
        return found

    def _cell(self, cell: Any) -> str:
        lines = []
        for paragraph in cell.iter(f"{W}p"):
            if next(paragraph.iterancestors(f"{W}txbxContent"), None) is not None:
                continue
            text = self._walk.text(paragraph)
            boxes, self._walk.boxes = self._walk.boxes, []
            label = self._numbering.label(paragraph, value_of(paragraph, f"{W}pPr/{W}pStyle"))
            lines.append(label + text)
            lines.extend(self._walk.text(box) for box in boxes)
        self._walk.told.counts["nested"] += len(cell.findall(f"{W}tbl"))
        return " ".join(line for line in lines if line.strip())

    # -- files inside ----------------------------------------------------------------------------

    def _chunk(self, element: Any) -> Iterator[Block]:
        """A web page or another document that Word shows in its place ("altChunk")."""
        relation = self._relations.get(str(element.get(f"{R}id", "")))
        data = None if relation is None else self._package.read(relation.target)
        self._chunks += 1
        if relation is None or data is None or self._chunks > _CHUNKS:
            self._more.append("文件里引用的另一份文件（altChunk）读不到，这部分内容未导入")
            return
        yield from self._chunk_blocks(relation.target, data)

    def _chunk_blocks(self, target: str, data: bytes) -> Iterator[Block]:
        from knowledge.loaders.html import parse_html
        from knowledge.loaders.text import parse_text

        suffix = target.rpartition(".")[2].lower()
        parse = {"htm": parse_html, "html": parse_html, "xhtml": parse_html, "txt": parse_text,
                 "docx": parse_docx}.get(suffix)  # fmt: skip
        if parse is None:
            self._more.append(f"文件里嵌入了一份 {suffix} 文件，这部分内容未导入")
            return
        parsed = parse(data, self._name)
        if parsed.title:
            yield Block(parsed.title, level=1)
        yield from parsed.blocks
        self._more.extend(parsed.warnings)


def _rows(table: Any) -> list[Any]:
    """:return: the rows of a table itself, those in content controls and changes too."""
    return [
        row for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl"), None) is table
    ]


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr"), None) is row]


def _number(text: str, default: int) -> int:
    return min(int(text), 60) if text.isdigit() else default


def _outline_level(element: Any) -> int:
    """:return: 1 to 6 for a paragraph that is a heading by its own outline level, 0 for body text."""
    value = value_of(element, f"{W}pPr/{W}outlineLvl")
    return min(int(value) + 1, 6) if value.isdigit() and int(value) < 9 else 0
