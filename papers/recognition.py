"""A page's picture to its lines: which way is up, what stands where, and figures read twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from papers.layout import Piece, lines_of
from papers.ocr import Engine, Pixels, Quad, Read, crop, engine
from papers.photo import colourless, evened, has_colour, is_uneven, size_in_points, turned
from papers.types import Box, Line

# A page lies on its side when so large a share of its lines is taller than wide.
_SIDEWAYS = 0.6
_TALL = 1.5
# The lines that tell whether a page stands on its head, and how surely they must be read.
_SAMPLE = 5
_UPRIGHT = 0.8
# Below this a line is noise.
_LEAST = 0.5
# Figures of a line are read again from a larger picture of it; both must agree.
_ENLARGED = 1.6
_DOUBT = 0.5
_FIGURES = re.compile(r"\d")
Floats = npt.NDArray[np.float64]
# Lines that lean further from the others are no rows; so many tell how the lean changes down a page.
_MOST_LEAN, _ENOUGH = 0.06, 6
_WORTH_READING_TWICE = re.compile(
    r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d ?[年月日]|[年년] ?\d|-cv-|\d ?(?:days|Tage|jours|日)",
    re.IGNORECASE,
)
# PP-OCRv4 takes § for S or $; v6 reads it, but small print still comes as S or $ before a paragraph number.
_PARAGRAPH = re.compile(r"(?<![A-Za-z0-9$])[S$](?= ?\d{2,4}[a-z]?(?:\(|\b(?![.,]?\d)))")
_LAW = re.compile(
    r"U\.? ?S\.? ?C|C\.? ?F\.? ?R|Abs\.|BGB|UWG|ZPO|DesignG|MarkenG|PatG|UrhG|Fed\. ?R",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PageRead:
    """The lines of a picture, its size in points, and how it had to be turned (in quarters)."""

    lines: list[Line]
    width: float
    height: float
    quarters: int


def recognise(picture: Pixels, page: int, *, photo: bool) -> PageRead:
    """Read a page's picture.

    :param photo: it comes from a camera, so that light and direction are anybody's guess.
    """
    reader = engine()
    if photo and is_uneven(picture):
        picture = evened(picture)
    picture, quads, quarters = _levelled_sideways(reader, picture)
    crops = [crop(picture, quad) for quad in quads]
    reads = reader.read(crops)
    if quads and _sureness(reads) < _UPRIGHT and _stands_on_its_head(reader, crops, reads):
        picture, quarters = turned(picture, 2), (quarters + 2) % 4
        corner = np.array(picture.shape[1::-1], dtype=np.float32)
        quads = [corner - quad[[2, 3, 0, 1]] for quad in quads]
        crops = [turned(item, 2) for item in crops]
        reads = reader.read(crops)
    reads = _twice(reader, crops, reads)
    width, height = size_in_points(picture)
    unit = width / picture.shape[1]
    level = _levelled(quads)
    pieces = [
        Piece(_mended(read.text), box, min(read.confidence, read.figures))
        for quad, box, read in zip(quads, level, reads, strict=True)
        if read.text.strip() and read.confidence >= _LEAST
    ]
    pieces = [replace(piece, box=_scaled(piece.box, unit)) for piece in pieces]
    return PageRead(lines_of(pieces, page, width), width, height, quarters)


def _levelled_sideways(reader: Engine, picture: Pixels) -> tuple[Pixels, list[Quad], int]:
    """A page turned so that its lines run across, with the lines found in it."""
    quads = reader.find(picture)
    if not quads or sum(_tall(quad) for quad in quads) / len(quads) <= _SIDEWAYS:
        return picture, quads, 0
    picture = turned(picture, 1)
    return picture, reader.find(picture), 1


def _stands_on_its_head(reader: Engine, crops: Sequence[Pixels], reads: Sequence[Read]) -> bool:
    """Whether a page's longest lines are read more surely turned by half."""
    sample = sorted(range(len(crops)), key=lambda index: -crops[index].shape[1])[: 2 * _SAMPLE : 2]
    other = reader.read([turned(crops[index], 2) for index in sample])
    return _sureness(other) > _sureness([reads[index] for index in sample])


def _sureness(reads: Sequence[Read]) -> float:
    """How surely lines are read, the shortest ones aside."""
    chances = [read.confidence for read in reads if len(read.text) > 3]
    return float(np.median(chances)) if chances else 0.0


def _tall(quad: Quad) -> bool:
    wide, high = float(np.ptp(quad[:, 0])), float(np.ptp(quad[:, 1]))
    return high > _TALL * wide


def _twice(reader: Engine, crops: Sequence[Pixels], reads: list[Read]) -> list[Read]:
    """Lines with dates or docket numbers read again, larger and without coloured ink."""
    import cv2

    again = [index for index, read in enumerate(reads) if _WORTH_READING_TWICE.search(read.text)]
    enlarged = []
    for index in again:
        picture = colourless(crops[index]) if has_colour(crops[index]) else crops[index]
        picture = cv2.copyMakeBorder(picture, 3, 3, 6, 6, cv2.BORDER_REPLICATE)
        enlarged.append(
            cv2.resize(picture, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
        )
    for index, second in zip(again, reader.read(enlarged), strict=True):
        first = reads[index]
        if _FIGURES.findall(first.text) == _FIGURES.findall(second.text):
            reads[index] = replace(first, figures=max(first.figures, second.figures))
        else:
            better = first if first.figures >= second.figures else second
            reads[index] = replace(better, figures=min(_DOUBT, better.figures))
    return reads


def _levelled(quads: Sequence[Quad]) -> list[Box]:
    """The boxes of lines once every row is turned level about the middle of the page.

    On a photo that was taken aslant rows lean more the further down they stand.
    """
    if not quads:
        return []
    corners = np.stack(quads).astype(np.float64)
    middles = corners.mean(axis=1)
    across = corners[:, 1] - corners[:, 0]
    lengths = np.linalg.norm(across, axis=1)
    slopes = np.arctan2(across[:, 1], across[:, 0])
    heights = np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1)
    lean = np.tan(_lean(slopes, middles[:, 1], lengths))
    centre = (corners[:, :, 0].min() + corners[:, :, 0].max()) / 2
    levels = middles[:, 1] - lean * (middles[:, 0] - centre)
    return [
        (float(quad[:, 0].min()), float(level - height / 2), float(quad[:, 0].max()), float(level + height / 2))
        for quad, level, height in zip(corners, levels, heights, strict=True)
    ]  # fmt: skip


def _lean(slopes: Floats, places: Floats, lengths: Floats) -> Floats:
    """:return: how much a row leans at each place down the page, by the longer lines there."""
    long = lengths >= np.median(lengths)
    order = np.argsort(slopes)
    half = np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)
    middle = float(slopes[order[min(half, len(order) - 1)]])
    near = long & (np.abs(slopes - middle) < _MOST_LEAN)
    if near.sum() < _ENOUGH or np.ptp(places[near]) <= 0:
        return np.full(len(slopes), middle)
    turn, base = np.polyfit(places[near] - places.mean(), slopes[near], 1, w=lengths[near])
    found: Floats = base + turn * (places - places.mean())
    return found


def _scaled(box: Box, unit: float) -> Box:
    left, top, right, bottom = box
    return (
        round(left * unit, 1),
        round(top * unit, 1),
        round(right * unit, 1),
        round(bottom * unit, 1),
    )


def _mended(text: str) -> str:
    """:return: a line with the paragraph sign put back where a law's number follows a false S or $."""
    return _PARAGRAPH.sub("§", text) if _LAW.search(text) else text
