from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from knowledge.errors import SourceError
from papers.pictures import line_picture
from papers.types import PageImage
from tests.desk.files import pdf


def _decoded(content: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_line_is_cut_from_the_page_as_it_was_turned_for_reading(tmp_path: Path, quarters: int):
    upright = np.full((800, 600, 3), 255, np.uint8)
    upright[100:120, 200:500] = 0
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), np.ascontiguousarray(np.rot90(upright, -quarters)))
    size = PageImage(1, 300.0, 400.0, quarters)
    part = _decoded(line_picture([path], size, (100.0, 50.0, 250.0, 60.0)))
    assert part.shape == (45, 325)
    assert (part < 10).mean() > 0.35  # the bar with a little of the page around it
    assert part[0].min() > 240


def test_page_is_found_among_the_files_of_a_paper(tmp_path: Path):
    first, second = tmp_path / "01.pdf", tmp_path / "02.pdf"
    first.write_bytes(pdf("first"))
    second.write_bytes(pdf("second"))
    (tmp_path / "03.txt").write_text("words", encoding="utf-8")
    files = [first, tmp_path / "03.txt", second]
    box = (72.0, 133.0, 120.0, 145.0)
    page = PageImage(3, 595.28, 841.89)
    assert (_decoded(line_picture(files, page, box)) < 128).any()
    with pytest.raises(SourceError, match="没有这一页"):
        line_picture(files, PageImage(4, 595.28, 841.89), box)
    with pytest.raises(SourceError, match="没有这一行"):
        line_picture(files, page, (900.0, 900.0, 910.0, 905.0))
