"""The lines of a PDF's text layer stand where the page as it is shown has them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from reportlab.pdfgen.canvas import Canvas

from papers.pdf import open_pdf
from papers.pictures import line_picture
from papers.types import PageImage

WIDTH, HEIGHT = 595.0, 842.0
ROWS = (
    (90.0, 760.0, "Notice of opposition"),
    (90.0, 730.0, "Date:"),
    (300.0, 730.0, "November 12, 2026"),
    (90.0, 700.0, "Please answer until December 1, 2026 in writing."),
)
# How a page is drawn so that it looks the same: its size as shown, its turn, its crop, and the matrix of
# its content.
LAID: dict[str, tuple[tuple[float, float], int, tuple[float, ...] | None, tuple[float, ...]]] = {
    "0": ((WIDTH, HEIGHT), 0, None, (1, 0, 0, 1, 0, 0)),
    "90": ((WIDTH, HEIGHT), 90, None, (0, 1, -1, 0, HEIGHT, 0)),
    "180": ((WIDTH, HEIGHT), 180, None, (-1, 0, 0, -1, WIDTH, HEIGHT)),
    "270": ((WIDTH, HEIGHT), 270, None, (0, -1, 1, 0, 0, WIDTH)),
    "cropped": (
        (WIDTH + 160, HEIGHT + 160), 0, (60, 100, WIDTH + 60, HEIGHT + 100), (1, 0, 0, 1, 60, 100),
    ),
    "cropped and turned": (
        (WIDTH + 160, HEIGHT + 160), 90, (60, 100, HEIGHT + 60, WIDTH + 100),
        (0, 1, -1, 0, HEIGHT + 60, 100),
    ),
}  # fmt: skip


def drawn(path: Path, laid: str) -> Path:
    size, turn, crop, matrix = LAID[laid]
    sheet = Canvas(str(path), pagesize=size)
    sheet.setPageRotation(turn)
    if crop is not None:
        sheet.setCropBox(crop)
    sheet.transform(*matrix)
    for x, y, text in ROWS:
        sheet.drawString(x, y, text)
    sheet.save()
    return path


@pytest.mark.parametrize("laid", LAID)
def test_a_page_reads_the_same_however_it_is_laid(tmp_path: Path, laid: str):
    path = drawn(tmp_path / "a.pdf", laid)
    with open_pdf(path.read_bytes(), path.name) as document:
        lines = document.lines(0)
        size = document.size(0)
    assert lines is not None
    assert [line.text for line in lines] == [
        "Notice of opposition",
        "Date:  November 12, 2026",
        "Please answer until December 1, 2026 in writing.",
    ]
    assert size == pytest.approx((WIDTH, HEIGHT), abs=0.5)
    for line, (x, y) in zip(lines, [(90, 760), (90, 730), (90, 700)], strict=True):
        assert line.box is not None
        left, top, right, bottom = line.box
        assert (left, bottom) == pytest.approx((x, HEIGHT - y), abs=4)
        assert right > left + 100
        assert 8 < bottom - top < 18


@pytest.mark.parametrize("laid", LAID)
def test_the_picture_of_a_line_shows_that_line(tmp_path: Path, laid: str):
    def cut(name: str) -> np.ndarray:
        path = drawn(tmp_path / f"{name}.pdf", name)
        with open_pdf(path.read_bytes(), path.name) as document:
            lines = document.lines(0)
            size = PageImage(1, *document.size(0))
        assert lines is not None
        assert lines[2].box is not None
        shown = line_picture([path], size, lines[2].box)
        return cv2.imdecode(np.frombuffer(shown, np.uint8), cv2.IMREAD_GRAYSCALE)

    upright, found = cut("0"), cut(laid)
    assert found.shape == pytest.approx(upright.shape, abs=6)
    assert (found < 128).mean() == pytest.approx((upright < 128).mean(), rel=0.1)


def test_words_that_lie_on_their_side_are_left_to_the_recogniser(tmp_path: Path):
    sheet = Canvas(str(tmp_path / "a.pdf"), pagesize=(HEIGHT, WIDTH))
    sheet.transform(0, 1, -1, 0, HEIGHT, 0)
    for x, y, text in ROWS:
        sheet.drawString(x, y, text)
    sheet.save()
    with open_pdf((tmp_path / "a.pdf").read_bytes(), "a.pdf") as document:
        assert document.lines(0) is None
