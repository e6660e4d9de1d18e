"""PDF files with a text layer: lines put back together as paragraphs, with their page."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from knowledge.errors import SourceError
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.tables import row_lines
from knowledge.sections import Block

MAX_PAGES = 2000
# Fewer characters than this on a page that holds an image: the page is a scan.
_SCAN_CHARS = 10
# A page with fewer letters is not looked at for columns.
_COLUMN_CHARS = 60
# A title over both columns has at most this share of a page's letters.
_TITLE_SHARE = 0.15
_RULES = 6  # fewer lines and boxes on a page draw no table
_CELL_BREAK = re.compile(
    r"(?<=[\u2e80-\u9fff，。；：、（）“”《》])\n|\n(?=[\u2e80-\u9fff，。；：、（）“”《》])"
)
_GUTTER = 6.0  # points that stay free between columns
_PAGE_DIGITS = 4  # numbers longer than this count no pages
_RUNNING_SHARE = 0.6  # of the pages have a running head
_NUMBER = re.compile(r"\d+")
_End = tuple[int, str, int]
Box = tuple[float, float, float, float]
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–·]\s*)?(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[-—–·])?(?:\s*[/／共]\s*(?:共\s*)?\d{1,4}\s*页?)?\s*"
)
_STARTS_PARAGRAPH = re.compile(
    r"\s*(?:第\s?[零〇一二三四五六七八九十百千0-9]+\s?[编章节条]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.、．](?!\d)|附件|附录|附表)"
)
# One line that the page did not break: 一、怎么办.
_NUMBERED_HEADING = re.compile(
    r"\s*[（(]?[一二三四五六七八九十]{1,3}(?:、|[)）])[^\n，。；：、]{2,24}"
)
_ENDS_PARAGRAPH = re.compile(r"[。；：！？;:!?.”）)]\s*$")
_CJK_END = re.compile(r"[\u2e80-\u9fff，。；：、（）“”《》]$")


@register(".pdf")
def parse_pdf(data: bytes, name: str) -> Parsed:
    """Read a PDF's text layer.

    :raises SourceError: encrypted, damaged, too long, or a scan without text.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > MAX_PAGES:
                raise SourceError(
                    f"{name}：有 {len(document.pages)} 页，超过上限 {MAX_PAGES} 页，请拆分后再导入"
                )
            pages, scans = [], []
            before = _Before()
            for number, page in enumerate(document.pages, start=1):
                lines, before = _page_lines(page, before)
                if sum(map(len, lines)) < _SCAN_CHARS and page.images:
                    scans.append(number)
                pages.append((number, lines))
                page.close()
            title = (document.metadata or {}).get("Title")
    except PdfminerException as error:
        if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect):
            raise SourceError(f"{name}：PDF 已加密，请去掉打开密码后再导入") from error
        raise SourceError(
            f"{name}：PDF 文件已损坏或格式特殊，无法读取，请重新导出后再导入"
        ) from error
    if not any(lines for _, lines in pages):
        raise SourceError(
            f"{name}：这是扫描件（没有文字层），请提供文字版，或先做文字识别（OCR）再导入"
        )
    warnings = [f"第 {number} 页是扫描图片，没有文字层，这一页的内容未导入" for number in scans]
    pages = _without_running_heads(pages)
    return Parsed(blocks=tuple(_paragraphs(pages)), title=_usable(title), warnings=tuple(warnings))


def _usable(title: Any) -> str | None:
    text = str(title or "").strip()
    return text if re.search(r"[\u4e00-\u9fff]{4}", text) else None


class _Row(str):
    """A row of a table, which is no line of a paragraph."""


@dataclass(frozen=True)
class _Before:
    """Of the page before: its first line, and the header of the table that it ended with."""

    first: str = ""
    head: tuple[str, ...] = ()

    def goes_on(self, above: list[str], rows: list[list[str]]) -> bool:
        """Whether a table goes on that stands on top of a page, under the running head at most."""
        running = [_NUMBER.sub("0", line) for line in above] in ([], [self.first])
        return running and len(self.head) == len(rows[0])


def _page_lines(page: Any, before: _Before) -> tuple[list[str], _Before]:
    """Read a page from top to bottom: its lines and, in their place, the rows of its ruled tables."""
    left, top, right, bottom = page.bbox
    found: list[str] = []
    head = before.head
    for table in _tables(page):
        start, end = table.bbox[1], table.bbox[3]
        above = list(_text_lines(page.filter(_inside((left, top, right, start)))))
        rows = _cells(table)
        goes_on = not found and before.goes_on(above, rows)
        if len(rows) == 1 and not goes_on:
            continue  # boxes side by side
        if goes_on:
            more = [row for row in rows if tuple(row) != head]
            found += [*above, *map(_Row, row_lines([head, *more])[1:])]
        else:
            head = tuple(rows[0])
            found += [*above, *map(_Row, row_lines(rows))]
        top = end
    below = list(_text_lines(page.filter(_inside((left, top, right, bottom)))))
    lines = [*found, *below]
    return lines, _Before(_NUMBER.sub("0", lines[0]) if lines else "", () if below else head)


def _tables(page: Any) -> list[Any]:
    """:return: the ruled tables of a page of at least two columns, from top to bottom."""
    if len(page.lines) + len(page.rects) + len(page.curves) < _RULES:
        return []
    found: list[Any] = []
    for table in sorted(page.find_tables(), key=lambda table: table.bbox[1]):
        rows = _cells(table)
        is_table = len(rows[0]) > 1 and sum(bool(cell) for row in rows for cell in row) > 1
        if is_table and not (found and table.bbox[1] < found[-1].bbox[3]):
            found.append(table)
    return found


def _cells(table: Any) -> list[list[str]]:
    """:return: the texts of a table's cells; lines that the cell's width broke are joined."""
    return [
        [_CELL_BREAK.sub("", cell or "").replace("\n", " ").strip() for cell in row]
        for row in table.extract()
    ]


def _text_lines(page: Any) -> Iterator[str]:
    """:return: the lines of a page, column by column where it has two."""
    words = page.extract_words()
    gutter = _gutter(words, page.bbox[0], page.bbox[2])
    parts = (
        [page]
        if gutter is None
        else (page.filter(_inside(box)) for box in _columns(page.bbox, words, gutter))
    )
    for part in parts:
        for line in (part.extract_text() or "").split("\n"):
            if line.strip() and not _PAGE_NUMBER.fullmatch(line):
                yield line.strip()


def _columns(bbox: Box, words: list[dict[str, Any]], gutter: float) -> Iterator[Box]:
    """:return: the parts of a page of two columns as they are read: a line over both, then left and right."""
    left, top, right, bottom = bbox
    over = sorted((word["top"], word["bottom"]) for word in words if _crosses(word, gutter))
    start = top
    for above, below in [*over, (bottom, bottom)]:
        if above > start:
            yield (left, start, gutter, above)
            yield (gutter, start, right, above)
        if below > max(above, start):
            yield (left, max(above, start), right, below)
        start = max(start, below)


def _inside(box: Box) -> Callable[[dict[str, Any]], bool]:
    """:return: whether the middle of something on the page is in a box; nothing is in two boxes."""
    left, top, right, bottom = box

    def is_inside(item: dict[str, Any]) -> bool:
        x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
        return bool(left <= x < right and top <= y < bottom)

    return is_inside


def _crosses(word: dict[str, Any], x: float) -> bool:
    return bool(word["x0"] < x + _GUTTER / 2 and word["x1"] > x - _GUTTER / 2)


def _gutter(words: list[dict[str, Any]], left: float, right: float) -> float | None:
    """:return: where to cut a page of two columns: a strip near the middle that hardly a letter crosses.

    Lines are counted by their letters, for a line of Chinese is a word; what crosses is a title.
    """
    letters = sum(len(word["text"]) for word in words)
    if letters < _COLUMN_CHARS:
        return None
    places = [left + (right - left) * (0.4 + 0.01 * step) for step in range(21)]
    crossing = {x: sum(len(word["text"]) for word in words if _crosses(word, x)) for x in places}
    least = min(crossing.values())
    if least > letters * _TITLE_SHARE:
        return None
    # The middle of the strip that is emptiest.
    empty = [x for x in places if crossing[x] == least]
    x = empty[len(empty) // 2]
    sides = [
        sum(len(word["text"]) for word in words if word["x1"] <= x),
        sum(len(word["text"]) for word in words if word["x0"] >= x),
    ]
    return x if min(sides) > letters * 0.25 else None


def _without_running_heads(pages: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Leave out the first and last lines that most pages have alike but for the number of the page."""
    ends: Counter[_End] = Counter()
    for number, lines in pages:
        ends.update(end for place in (0, -1) if lines for end in _ends(number, lines, place))
    running = {end for end, count in ends.items() if count >= max(2, len(pages) * _RUNNING_SHARE)}
    kept = []
    for number, lines in pages:
        rest = list(lines)
        for place in (0, -1):
            if rest and not running.isdisjoint(_ends(number, rest, place)):
                del rest[place]
        kept.append((number, rest))
    return kept


def _ends(page: int, lines: list[str], place: int) -> set[_End]:
    """:return: what a first or last line may have in common with those of other pages.

    The line as it is, and where its last number counts the pages, how far that is ahead of the page.
    """
    line = lines[place]
    if isinstance(line, _Row):
        return set()
    found: set[_End] = {(place, line, 0)}
    numbers = _NUMBER.findall(line)
    if numbers and len(numbers[-1]) <= _PAGE_DIGITS:
        before, _, after = line.rpartition(numbers[-1])
        found.add((place, f"{before}#{after}", int(numbers[-1]) - page))
    return found


def _paragraphs(pages: list[tuple[int, list[str]]]) -> Iterator[Block]:
    """Join the lines that the page width broke."""
    longest = max(
        (len(line) for _, lines in pages for line in lines if not isinstance(line, _Row)), default=0
    )
    text, first = "", 0
    for number, lines in pages:
        for line in lines:
            if isinstance(line, _Row):
                if text:
                    yield Block(text.replace("\n", ""), page=first)
                    text = ""
                yield Block(str(line), page=number, row=True)
                continue
            short = len(text.rsplit("\n", 1)[-1]) < longest * 0.7
            if text and (
                _STARTS_PARAGRAPH.match(line)
                or (_ENDS_PARAGRAPH.search(text) and short)
                or _heading_like(text)
                or (short and _NUMBERED_HEADING.fullmatch(text))
            ):
                yield Block(text.replace("\n", ""), page=first)
                text = ""
            if not text:
                text, first = line, number
            else:
                joint = "\n" if _CJK_END.search(text) or _CJK_END.search(line[:1]) else "\n "
                text += joint + line
    if text:
        yield Block(text.replace("\n", ""), page=first)


def _heading_like(text: str) -> bool:
    return len(text) < 30 and bool(
        re.match(r"\s*第\s?[零一二三四五六七八九十百0-9]+\s?[编章节]", text)
    )
