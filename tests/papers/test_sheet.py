"""A sheet in a photo is found whole: a shadow's edge is no edge of the paper, and rows stay rows."""

import numpy as np
import pytest

from papers.recognition import _levelled
from papers.sheet import corners_of, sheet_of
from tests.papers.papers import ABMAHNUNG, photographed, picture

TALL = (*ABMAHNUNG, *([""] * 6), *ABMAHNUNG)


def shadowed(photo, *, first=0.62, depth=0.45, desk=None):
    """The photo with a hard shadow over its lower part."""
    found = np.asarray(photo).astype(np.float32)
    if desk is not None:
        found[np.asarray(photo).max(axis=2) < 90] = desk
    height, width = found.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    edge = height * first - 0.15 * x
    found *= np.where(y > edge, 1 - depth, 1.0)[..., None]
    return np.clip(found, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("desk", [None, (140, 110, 75)], ids=["dark", "brown"])
@pytest.mark.parametrize("depth", [0.0, 0.3, 0.45])
def test_what_stands_in_the_shadow_is_not_cut_off(tmp_path, desk, depth):
    page = picture(TALL, tmp_path, dpi=110)
    photo = shadowed(photographed(page), depth=depth, desk=desk)
    height, width = photo.shape[:2]
    corners = corners_of(photo)
    # The lower corners of the sheet, as ``photographed`` draws them.
    below = np.array([[width - 100, height - 160], [70, height - 90]], dtype=np.float32)
    if corners is not None:
        assert np.abs(corners[[2, 3]] - below).max() < 0.06 * height
    found = sheet_of(photo)
    assert found.shape[0] >= 0.95 * page.height


def test_a_screenshot_has_no_sheet_and_stays_whole():
    screen = np.full((900, 420, 3), 250, np.uint8)
    screen[100:110, 40:380] = 30
    assert sheet_of(screen) is screen


def test_rows_that_lean_more_further_down_stay_apart():
    quads = []
    for row in range(20):
        lean = 0.002 * row
        for left, right in ((100, 500), (900, 1100)):
            top = 100 + 40 * row
            y = [top + lean * (x - 600) for x in (left, right)]
            quads.append(
                np.array(
                    [[left, y[0]], [right, y[1]], [right, y[1] + 24], [left, y[0] + 24]], np.float32
                )
            )
    boxes = _levelled(quads)
    for row in range(20):
        label, value = boxes[2 * row], boxes[2 * row + 1]
        assert abs(label[1] - value[1]) < 4
        assert value[0] == 900
