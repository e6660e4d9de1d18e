"""The sheet of paper in a photo: where its corners are, and the sheet made rectangular.

Light and shadow on a sheet can be stronger than its edge, so several ways to tell paper from ground are
tried, and a sheet is believed only where hardly any writing lies outside it: to cut a page off where a
shadow falls loses what stands below.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from papers.ocr import Pixels, Quad

Mask = npt.NDArray[np.uint8]
# A sheet fills so much of its photo, and is so much brighter than what it lies on.
_LEAST_SHEET, _MOST_SHEET = 0.25, 0.96
_BRIGHTER = 22.0
_SEARCH_SIDE = 500
# Parts of the threshold between light and dark at which a sheet that lies in shadow is looked for.
_DARKER = (1.0, 0.85, 0.7, 0.55)
# So much paler than its ground a sheet may be told by its colour alone.
_PALER = 0.12
# The logarithms by which opposite sides differ are no more than this together, seen at a slant.
_SLANTED = 0.6
# Writing: so much darker than the paper around it, in so many pixels of a cell; at this size.
_INK_SIDE = 1000
_INK, _CELL, _INK_PIXELS = 0.22, 20, 14
# So much of a photo's writing may lie outside the sheet: a pen, a cup, the next page.
_OUTSIDE = 0.04


def sheet_of(photo: Pixels) -> Pixels:
    """:return: the sheet of paper cut out of a photo and made rectangular; the photo where none is seen."""
    import cv2

    corners = corners_of(photo)
    if corners is None:
        return photo
    top, right, bottom, left = _sides(corners)
    width, height = int(max(top, bottom)), int(max(left, right))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    found: Pixels = cv2.warpPerspective(
        photo, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return found


def corners_of(photo: Pixels) -> Quad | None:
    """:return: the corners of a sheet on its ground, from the top left clockwise; None where none is sure."""
    import cv2

    scale = _SEARCH_SIDE / max(photo.shape[:2])
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    bright = cv2.medianBlur(small.max(axis=2), 11)
    writing = _writing(photo)
    found = []
    for mask in _masks(small, bright):
        corners = _corners(mask, bright)
        if corners is None:
            continue
        corners = corners / scale
        outside = _outside(corners, photo.shape, writing)
        if outside <= _OUTSIDE:
            found.append((round(outside, 2), _slant(corners), corners))
    # A shadow's edge is seldom parallel to the other side; a sheet's is.
    return min(found, key=lambda item: item[:2])[2] if found else None


def _slant(corners: Quad) -> float:
    """:return: how much opposite sides differ, 0 for none."""
    top, right, bottom, left = _sides(corners)
    return abs(math.log(top / bottom)) + abs(math.log(left / right))


def _masks(small: Pixels, bright: Mask) -> Iterator[Mask]:
    """Paper told from ground: by its light, the same in shadow, and by its want of colour."""
    import cv2

    middle, _ = cv2.threshold(bright, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    for share in _DARKER:
        yield np.where(bright > middle * share, np.uint8(255), np.uint8(0))
    peak = np.maximum(small.max(axis=2), 1).astype(np.float32)
    colour = cv2.medianBlur(((peak - small.min(axis=2)) / peak * 255).astype(np.uint8), 11)
    middle, pale = cv2.threshold(colour, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    inside = pale > 0
    if inside.any() and not inside.all():
        apart = (float(colour[~inside].mean()) - float(colour[inside].mean())) / 255
        if apart > _PALER:
            yield pale


def _corners(mask: Mask, bright: Mask) -> Quad | None:
    """The corners of a mask's largest part, if it is the shape of a sheet and lighter than the rest."""
    import cv2

    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((25, 25), dtype=np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    hull = cv2.convexHull(max(outlines, key=cv2.contourArea))
    share = cv2.contourArea(hull) / mask.size
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True)
    if len(corners) != 4 or not _LEAST_SHEET < share < _MOST_SHEET:
        return None
    inside = np.zeros_like(mask)
    cv2.fillPoly(inside, [corners], 255)
    if bright[inside > 0].mean() - bright[inside == 0].mean() < _BRIGHTER:
        return None
    points = corners.reshape(4, 2).astype(np.float32)
    total, difference = points.sum(axis=1), points[:, 1] - points[:, 0]
    order = [total.argmin(), difference.argmin(), total.argmax(), difference.argmax()]
    if len(set(order)) < 4:
        return None
    found: Quad = points[order]
    return found if _slant(found) <= _SLANTED else None


def _sides(corners: Quad) -> tuple[float, float, float, float]:
    """The lengths of the top, right, bottom and left side."""
    ends = ((0, 1), (1, 2), (2, 3), (3, 0))
    top, right, bottom, left = (float(np.linalg.norm(corners[a] - corners[b])) for a, b in ends)
    return top, right, bottom, left


def _writing(photo: Pixels) -> npt.NDArray[np.float32]:
    """:return: the middles of the cells of a photo that hold writing, x and y from 0 to 1."""
    import cv2

    scale = _INK_SIDE / max(photo.shape[:2])
    grey = cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY)
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ground = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((11, 11), dtype=np.uint8))
    ink = (ground.astype(np.float32) - grey) > _INK * np.maximum(ground, 40)
    rows, columns = grey.shape[0] // _CELL, grey.shape[1] // _CELL
    cells = ink[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    y, x = np.nonzero(cells.sum(axis=(1, 3)) >= _INK_PIXELS)
    size = np.array([grey.shape[1], grey.shape[0]], dtype=np.float32)
    found: npt.NDArray[np.float32] = ((np.stack([x, y], axis=1) + 0.5) * _CELL / size).astype(np.float32)  # fmt: skip
    return found


def _outside(corners: Quad, shape: tuple[int, ...], writing: npt.NDArray[np.float32]) -> float:
    """:return: the share of the cells with writing that lie clearly outside the corners."""
    import cv2

    if not len(writing):
        return 0.0
    outline = corners.reshape(-1, 1, 2).astype(np.float32)
    margin = _CELL / _INK_SIDE * max(shape[:2])
    places = writing * np.array([shape[1], shape[0]], dtype=np.float32)
    far = [cv2.pointPolygonTest(outline, (float(x), float(y)), True) < -margin for x, y in places]
    return float(np.mean(far))
