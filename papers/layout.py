"""Pieces of text on a page put in the order a person reads them: rows, and columns where there are two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from papers.types import Box, Line

# Two pieces stand in one row when they share so much of the lower one's height.
_SAME_ROW = 0.5
# A gap of so many heights inside a row separates a label from its value.
_WIDE_GAP = 1.5
# A page of two columns has so many rows on both sides of a strip that hardly a row crosses.
_COLUMN_ROWS = 8
_PROSE_WIDTH = 0.28
_MOST_CROSSING = 0.2


@dataclass(frozen=True)
class Piece:
    """Text that a page holds at one place."""

    text: str
    box: Box
    confidence: float = 1.0

    @property
    def height(self) -> float:
        """How tall the piece is."""
        return self.box[3] - self.box[1]


def lines_of(pieces: Iterable[Piece], page: int, width: float) -> list[Line]:
    """The lines of a page in reading order; pieces of one row are joined by two blanks where a gap is wide."""
    found: list[Line] = []
    for column in _columns(list(pieces), width):
        found += [_line(row, page) for row in rows_of(column)]
    return found


def rows_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Group pieces that stand side by side, from top to bottom and left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda item: (item.box[1] + item.box[3], item.box[0])):
        if rows and _beside(rows[-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda item: item.box[0]) for row in rows]


def _beside(row: Sequence[Piece], piece: Piece) -> bool:
    top = sum(item.box[1] for item in row) / len(row)
    bottom = sum(item.box[3] for item in row) / len(row)
    shared = min(bottom, piece.box[3]) - max(top, piece.box[1])
    return shared > _SAME_ROW * min(bottom - top, piece.height)


def _line(row: Sequence[Piece], page: int) -> Line:
    text = row[0].text.strip()
    for before, piece in pairwise(row):
        gap = piece.box[0] - before.box[2]
        text += ("  " if gap > _WIDE_GAP * piece.height else " ") + piece.text.strip()
    box = (
        min(item.box[0] for item in row), min(item.box[1] for item in row),
        max(item.box[2] for item in row), max(item.box[3] for item in row),
    )  # fmt: skip
    # A bracket or a rule between cells says nothing of how well the words were read.
    said = [item for item in row if any(map(str.isalnum, item.text))] or row
    return Line(text, page, min(item.confidence for item in said), box)


def _columns(pieces: list[Piece], width: float) -> Iterator[list[Piece]]:
    """A page's pieces as they are read: what crosses both columns cuts them into bands."""
    gutter = _gutter(pieces, width)
    if gutter is None:
        yield pieces
        return
    crossing = sorted(
        (item for item in pieces if item.box[0] < gutter < item.box[2]),
        key=lambda item: item.box[1],
    )
    sides = [item for item in pieces if not item.box[0] < gutter < item.box[2]]
    for cut in [*crossing, None]:
        above = [item for item in sides if cut is None or _middle(item) < _middle(cut)]
        sides = [item for item in sides if item not in above]
        left = [item for item in above if item.box[2] <= gutter]
        right = [item for item in above if item.box[2] > gutter]
        yield from (part for part in (left, right) if part)
        if cut is not None:
            yield [cut]


def _middle(piece: Piece) -> float:
    return (piece.box[1] + piece.box[3]) / 2


def _gutter(pieces: Sequence[Piece], width: float) -> float | None:
    """Where two columns of running text part; None on a page of one column, of forms or of tables."""
    if len(pieces) < 2 * _COLUMN_ROWS or width <= 0:
        return None
    places = [width * (0.42 + 0.01 * step) for step in range(17)]
    counts = {x: sum(item.box[0] < x < item.box[2] for item in pieces) for x in places}
    x = min(places, key=lambda place: (counts[place], abs(place - width / 2)))
    prose = [item for item in pieces if item.box[2] - item.box[0] > _PROSE_WIDTH * width]
    left = [item for item in prose if item.box[2] <= x]
    right = [item for item in prose if item.box[0] >= x]
    if min(len(left), len(right)) < _COLUMN_ROWS or counts[x] > _MOST_CROSSING * len(prose):
        return None
    return x
