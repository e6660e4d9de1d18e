"""The picture of one line of a paper, cut from its page as it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.errors import SourceError
from papers.files import FileKind, Part, parts_of, words_of
from papers.ocr import Pixels
from papers.pdf import open_pdf
from papers.photo import pictures_of, turned
from papers.sheet import sheet_of
from papers.types import Box, PageImage

# Around a line so much of its height is shown, so that a person finds it on the paper.
_MARGIN = 0.6
_WIDEST = 1400


def line_picture(files: Sequence[Path], size: PageImage, box: Box) -> bytes:
    """Cut a line from its page.

    :param files: the files of the paper in order.
    :param size: the page as it was read, in the unit of ``box``.
    :return: a PNG.
    :raises SourceError: a file cannot be opened, or has no such page.
    """
    page = turned(_page(files, size.page), size.quarters)
    scale = page.shape[1] / size.width
    left, top, right, bottom = (value * scale for value in box)
    margin = (bottom - top) * _MARGIN
    height, width = page.shape[:2]
    rows = slice(max(0, int(top - margin)), min(height, int(bottom + margin) + 1))
    columns = slice(max(0, int(left - margin)), min(width, int(right + margin) + 1))
    return _png(page[rows, columns])


def line_picture_aside(
    files: Sequence[Path], size: PageImage, box: Box, *, report: object
) -> bytes:
    """:func:`line_picture` as work of another process, which has nothing to report."""
    del report
    return line_picture(files, size, box)


def page_picture_aside(path: Path, number: int, *, report: object) -> bytes:
    """A page of a PDF as a PNG, to be compared with what was read from it; work of another process.

    :param number: counted from 1.
    :raises SourceError: the file cannot be opened, or has no such page.
    """
    del report
    with open_pdf(path.read_bytes(), path.name) as document:
        if not 1 <= number <= len(document):
            raise SourceError("没有这一页的图片")
        return _png(document.picture(number - 1))


def _page(files: Sequence[Path], number: int) -> Pixels:
    """:return: a page's picture as it lay before it was turned."""
    left = number
    for path in files:
        for part in parts_of(path)[0]:
            try:
                for picture in _pages(part, left):
                    left -= 1
                    if left == 0 and picture is not None:
                        return picture
            except SourceError:  # of a mail's attachment as many pages were read as can be
                if not part.is_attached:
                    raise
    raise SourceError("没有这一页的图片")


def _pages(part: Part, left: int) -> Iterator[Pixels | None]:
    """The pages of a part in order, none drawn but the one that comes as the ``left``-th."""
    if part.kind is FileKind.PDF:
        with open_pdf(part.data, part.path.name) as document:
            for index in range(len(document)):
                yield document.picture(index) if index + 1 == left else None
    elif part.kind is FileKind.PICTURE:
        for place, picture in enumerate(pictures_of(part.data, part.path.name), start=1):
            yield sheet_of(picture) if place == left else None
    elif words_of(part.path, part.data):
        yield None


def _png(part: Pixels) -> bytes:
    import cv2

    if part.size == 0:
        raise SourceError("没有这一行的图片")
    if part.shape[1] > _WIDEST:
        scale = _WIDEST / part.shape[1]
        part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    done, encoded = cv2.imencode(".png", part)
    if not done:
        raise SourceError("没有这一行的图片")
    return bytes(encoded.tobytes())
