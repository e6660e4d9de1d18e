"""One page of a PDF as lines with their place: columns, ruled and unruled tables, marks left out."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from knowledge.characters import unified
from knowledge.loaders.pdf_glyphs import first_drawn, marks, name_raised
from knowledge.loaders.tables import row_lines

# A page with fewer letters is not looked at for columns.
_COLUMN_CHARS = 60
# A title over both columns has at most this share of a page's letters.
_TITLE_SHARE = 0.15
_RULES = 6  # fewer lines and boxes on a page draw no table
_CELL_BREAK = re.compile(
    r"(?<=[\u2e80-\u9fff，。；：、（）“”《》])\n|\n(?=[\u2e80-\u9fff，。；：、（）“”《》])"
)
_GUTTER = 6.0  # points that stay free between columns
_DEEP = 3  # columns side by side: at most two cuts
_MANY_LINES = 8  # of a column beside the middle
_LONG_LINE = 10  # letters of a line of such a column, on average
_CELL_GAP = 1.5  # character sizes between cells of a table without rules
_ALIGNED = 4.0  # points
_UNRULED_ROWS = 3
_SCAN_COVER = 0.5  # of the page
_SCAN_CHARS = 40
_MARGIN = 0.12  # of the page's height
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Line:
    """A line of text or a row of a table; places in points from the top left."""

    text: str
    top: float = 0.0
    bottom: float = 0.0
    left: float = 0.0
    right: float = 0.0
    size: float = 0.0
    is_row: bool = False


@dataclass(frozen=True)
class Page:
    """The lines of a page from top to bottom; whether it is a picture of a page; its watermark."""

    number: int
    height: float
    lines: tuple[Line, ...]
    is_scan: bool = False
    watermark: str = ""


@dataclass(frozen=True)
class Before:
    """Of the page before: its first line, and the header of the table that it ended with."""

    first: str = ""
    head: tuple[str, ...] = ()

    def goes_on(self, above: list[Line], rows: list[list[str]]) -> bool:
        """Whether a table goes on that stands on top of a page, under the running head at most."""
        running = [_blank(line.text) for line in above] in ([], [self.first])
        return running and len(self.head) == len(rows[0])


def _blank(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def read_page(page: Any, number: int, before: Before) -> tuple[Page, Before]:
    """Read a page from top to bottom: its lines and, in their place, the rows of its tables."""
    drawn = marks(page)
    clean = page.filter(lambda item: item.get("object_type") != "char" or id(item) not in drawn)
    mark = "".join(drawn[key]["text"] for key in drawn)
    clean = clean.filter(first_drawn(clean.chars))
    name_raised(clean.chars)
    lines, after = _lines_of(clean, before)
    height = float(page.bbox[3] - page.bbox[1])
    scanned = _is_scan(page, lines, height)
    return Page(number, height, () if scanned else tuple(lines), scanned, mark), after


def _lines_of(page: Any, before: Before) -> tuple[list[Line], Before]:
    left, top, right, bottom = page.bbox
    found: list[Line] = []
    head = before.head
    for table in _tables(page):
        start, end = table.bbox[1], table.bbox[3]
        above = list(_text_lines(page.filter(_inside((left, top, right, start)))))
        rows = _cells(table)
        goes_on = not found and before.goes_on(above, rows)
        if len(rows) == 1 and not goes_on:
            continue  # boxes side by side
        found += above
        if goes_on:
            rows = [list(head), *(row for row in rows if tuple(row) != head)]
        else:
            head = tuple(rows[0])
        said = row_lines(rows)[1 if goes_on else 0 :]
        found += [Line(text, start, end, is_row=True) for text in said]
        top = end
    below = list(_text_lines(page.filter(_inside((left, top, right, bottom)))))
    lines = [*found, *below]
    return lines, Before(_blank(lines[0].text) if lines else "", () if below else head)


# -- what is drawn but not said --------------------------------------------------------------------


def _is_scan(page: Any, lines: list[Line], height: float) -> bool:
    """Whether a page is a picture: what text it has is a stamp or stands at its edges."""
    area = float((page.bbox[2] - page.bbox[0]) * height) or 1.0
    covered = sum((i["x1"] - i["x0"]) * (i["bottom"] - i["top"]) for i in page.images) / area
    if not page.images or covered < _SCAN_COVER:
        return bool(page.images) and sum(len(line.text) for line in lines) < 10
    inner = [
        line.text
        for line in lines
        if _MARGIN * height < line.top and line.bottom < (1 - _MARGIN) * height
    ]
    return sum(map(len, inner)) < _SCAN_CHARS


# -- tables ----------------------------------------------------------------------------------------


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
        [unified(_CELL_BREAK.sub("", cell or "").replace("\n", " ").strip()) for cell in row]
        for row in table.extract()
    ]


def _unruled(found: list[tuple[Line, list[tuple[float, str]]]]) -> Iterator[Line]:
    """Lines whose parts stand under one another are rows of a table that nobody drew."""
    place = 0
    while place < len(found):
        end = place
        while end < len(found) and _under(found[place][1], found[end][1]):
            end += 1
        if end - place >= _UNRULED_ROWS:
            rows = [[text for _, text in parts] for _, parts in found[place:end]]
            for text, (line, _) in zip(row_lines(rows), found[place:end], strict=True):
                yield Line(text, line.top, line.bottom, line.left, line.right, line.size, True)
            place = end
        else:
            yield found[place][0]
            place += 1


def _under(first: list[tuple[float, str]], other: list[tuple[float, str]]) -> bool:
    is_row = (
        len(first) >= 3 and len(first) == len(other) and all(len(text) <= 20 for _, text in other)
    )
    return is_row and all(
        abs(a - b) < _ALIGNED for (a, _), (b, _) in zip(first, other, strict=True)
    )


# -- lines and columns -----------------------------------------------------------------------------


def _text_lines(page: Any, bbox: Box | None = None, depth: int = 0) -> Iterator[Line]:
    """:return: the lines of a page, column by column where it has them."""
    words = page.extract_words()
    whole: Box = bbox or page.bbox
    gutter = _gutter(words, whole[0], whole[2]) if depth < _DEEP else None
    if gutter is None:
        items = [item for item in page.extract_text_lines() if item["text"].strip()]
        yield from _unruled([_line(item) for item in items])
        return
    for box in _columns(whole, words, gutter):
        yield from _text_lines(page.filter(_inside(box)), box, depth + 1)


def _line(item: dict[str, Any]) -> tuple[Line, list[tuple[float, str]]]:
    """:return: a line, and its parts between wide gaps with the place where each begins."""
    chars = sorted(item["chars"], key=lambda char: char["x0"])
    size = statistics.median(char["size"] for char in chars)
    parts: list[tuple[float, str]] = []
    end = None
    for char in chars:
        if end is None or char["x0"] - end > _CELL_GAP * size:
            parts.append((char["x0"], ""))
        parts[-1] = (parts[-1][0], parts[-1][1] + char["text"])
        end = char["x1"]
    text = unified(item["text"].strip())
    line = Line(text, item["top"], item["bottom"], item["x0"], item["x1"], size)
    return line, [(x, unified(text.strip())) for x, text in parts if text.strip()]


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
    """:return: where to cut a page of columns: a strip that hardly a letter crosses.

    Lines are counted by their letters, for a line of Chinese is a word; what crosses is a title.  Away from
    the middle both sides must be running text.
    """
    letters = sum(len(word["text"]) for word in words)
    if letters < _COLUMN_CHARS:
        return None
    places = [left + (right - left) * (0.28 + 0.01 * step) for step in range(45)]
    crossing = {x: sum(len(word["text"]) for word in words if _crosses(word, x)) for x in places}
    cuts = (_cut(words, letters, part, crossing) for part in (places[12:33], places))
    found = [cut for cut in cuts if cut is not None]
    if len(found) == 2 and found[1][0] < found[0][0] and _are_running(words, found[1][1]):
        return found[1][1]
    if not found or found[0][1] not in places[12:33]:
        return found[0][1] if found and _are_running(words, found[0][1]) else None
    return found[0][1]


def _cut(
    words: list[dict[str, Any]], letters: int, places: list[float], crossing: dict[float, int]
) -> tuple[int, float] | None:
    """:return: how many letters cross the emptiest strip, and its middle; None if it divides nothing."""
    least = min(crossing[x] for x in places)
    empty = [x for x in places if crossing[x] == least]
    x = empty[len(empty) // 2]
    left = sum(len(word["text"]) for word in words if word["x1"] <= x)
    right = sum(len(word["text"]) for word in words if word["x0"] >= x)
    is_cut = least <= letters * _TITLE_SHARE and min(left, right) > letters * 0.25
    return (least, x) if is_cut else None


def _are_running(words: list[dict[str, Any]], x: float) -> bool:
    sides = [w for w in words if w["x1"] <= x], [w for w in words if w["x0"] >= x]
    return all(map(_is_running, sides))


def _is_running(words: list[dict[str, Any]]) -> bool:
    """Whether words are lines of running text rather than cells of a table."""
    lines: dict[int, int] = {}
    for word in words:
        place = round(word["top"] / 4)
        lines[place] = lines.get(place, 0) + len(word["text"])
    return len(lines) >= _MANY_LINES and sum(lines.values()) / len(lines) >= _LONG_LINE
