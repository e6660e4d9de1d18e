"""Pages that are pictures: which they are, and what reading them by optical recognition gives.

Recognition itself is not done here; whoever loads a file may hand in a :data:`Recognise`.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

# So many objects tell what kind of page it is.
_OBJECTS = 400
# Below this a line is named, so that a person compares it first.
DOUBTFUL = 0.9
# Characters on all recognised pages together; with fewer there is nothing to import.
LEAST_SEEN = 30
_NAMED = 6
_SHOWN = 24  # characters of a doubtful line


@dataclass(frozen=True)
class SeenLine:
    """A line read from a picture.

    ``confidence`` is 0 to 1; the places are in points from the top left of the page.
    """

    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class SeenPage:
    """What a page's picture says, in reading order; its height in points."""

    height: float
    lines: tuple[SeenLine, ...]


# Reads some pages of the file being loaded, counted from 1.
Recognise = Callable[[Sequence[int]], Mapping[int, SeenPage]]


def hides_its_text(page: Any) -> bool:
    """Whether a page (of pypdfium2) is a picture over text that nobody sees: what a scanner believed to read."""
    from pypdfium2 import raw

    kinds = (raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE)
    texts: list[bool] = []
    has_picture = False
    for item in islice(page.get_objects(filter=kinds, max_depth=3), _OBJECTS):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            has_picture = True
        else:
            mode = raw.FPDFTextObj_GetTextRenderMode(item)
            texts.append(mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    return has_picture and bool(texts) and sum(texts) * 2 > len(texts)


def told(seen: Mapping[int, SeenPage]) -> list[str]:
    """:return: what whoever imports the file should compare with the original, surest page last."""
    lines = [(line, number) for number, page in sorted(seen.items()) for line in page.lines]
    if not lines:
        return []
    sure = statistics.mean(line.confidence for line, _ in lines)
    pages = "、".join(map(str, sorted(seen)[:_NAMED])) + (" 等" if len(seen) > _NAMED else "")
    found = [
        f"第 {pages} 页是扫描图片，文字是识别出来的（平均把握 {sure:.0%}），请打开原件逐条对照，数字、日期和条号尤其要核对"
    ]
    weak = sorted(
        (item for item in lines if item[0].confidence < DOUBTFUL),
        key=lambda item: item[0].confidence,
    )
    if weak:
        shown = "；".join(
            f"第 {number} 页“{line.text[:_SHOWN]}”{line.confidence:.0%}"
            for line, number in weak[:_NAMED]
        )
        found.append(f"识别把握低于 {DOUBTFUL:.0%} 的有 {len(weak)} 行，先核对这些：{shown}")
    return found


def page_to_json(page: SeenPage) -> dict[str, Any]:
    """:return: a page as JSON values."""
    rows = [[x.text, x.confidence, x.left, x.top, x.right, x.bottom] for x in page.lines]
    return {"height": page.height, "lines": rows}


def page_from_json(value: Mapping[str, Any]) -> SeenPage:
    """The inverse of :func:`page_to_json`."""
    return SeenPage(value["height"], tuple(SeenLine(*row) for row in value["lines"]))
