"""PDF files: the text layer's lines with their places, and pictures of the pages that have none."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import numpy as np

from knowledge.errors import SourceError
from knowledge.loaders.scans import hides_its_text
from knowledge.paper_limits import PDF_TAIL_BYTES
from papers.layout import Piece, lines_of
from papers.ocr import Pixels
from papers.types import Box, Line

# Fewer letters than this on a page: it is a picture, or its text layer is a stamp of the scanner.
_TEXT_LETTERS = 30
# So large a share of unreadable characters: the text layer is void.
_VOID_SHARE = 0.15
_ENCRYPTED = 4
# A run of so many letters is longer along its line than across it.
_RUN = 6
# A gap of so many heights inside a line parts a label from its value.
_GAP = 1.5
# A4 at this resolution is enough for the recogniser and small enough for the time.
RENDER_DPI = 150
_LONGEST_SIDE = 2600
# Places are asked of pdfium in whole parts of a point, so many to one, over so many points.
_FINE, _SPAN = 100, 1000.0


class PdfPages:
    """A PDF opened for reading page by page.

    :raises SourceError: it is encrypted, damaged or empty.
    """

    def __init__(self, data: bytes, name: str) -> None:
        import pypdfium2

        if b"%%EOF" not in data[-PDF_TAIL_BYTES:]:
            raise SourceError(f"{name}：PDF 不完整（可能没有下载完），请重新下载，或把纸面拍照上传")
        try:
            self._document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == _ENCRYPTED or "password" in str(error).lower():
                raise SourceError(
                    f"{name}：PDF 设了打开密码，读不了；请去掉密码另存，或逐页拍照上传"
                ) from error
            raise SourceError(
                f"{name}：PDF 已损坏或不完整，打不开；请重新下载，或把纸面拍照上传"
            ) from error
        self._name = name
        if len(self._document) == 0:
            raise SourceError(f"{name}：PDF 里一页也没有，请重新导出")

    def __enter__(self) -> PdfPages:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def size(self, index: int) -> tuple[float, float]:
        """:return: width and height of a page in points."""
        import pypdfium2

        try:
            width, height = self._document.get_page_size(index)
        except pypdfium2.PdfiumError as error:
            raise self._damaged(index) from error
        return float(width), float(height)

    def lines(self, index: int) -> list[Line] | None:
        """:return: the lines of a page's text layer; None where it has none that can be used."""
        with self._page(index) as page:
            if hides_its_text(page):
                return None
            with closing(page.get_textpage()) as text_page:
                pieces = list(_pieces(text_page, _as_shown(page)))
        text = "".join(piece.text for piece in pieces)
        if sum(map(str.isalnum, text)) < _TEXT_LETTERS or _void_share(text) > _VOID_SHARE:
            return None
        if _lies_sideways(pieces):  # whoever reads a picture turns it
            return None
        return lines_of(pieces, index + 1, self.size(index)[0])

    def picture(self, index: int) -> Pixels:
        """:return: a page as height × width × 3 at ``RENDER_DPI``, however large the page says it is."""
        with self._page(index) as page:
            longest = max(page.get_size())
            scale = min(RENDER_DPI / 72, _LONGEST_SIDE / max(longest, 1.0))
            bitmap = page.render(scale=scale, rev_byteorder=False)
            pixels = bitmap.to_numpy()
            if pixels.ndim == 2 or pixels.shape[2] == 1:
                pixels = np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
            return np.ascontiguousarray(pixels[:, :, :3])

    @contextmanager
    def _page(self, index: int) -> Iterator[Any]:
        """A page while it is open.

        :raises SourceError: it is damaged.
        """
        import pypdfium2

        try:
            with closing(self._document[index]) as page:
                yield page
        except pypdfium2.PdfiumError as error:
            raise self._damaged(index) from error

    def _damaged(self, index: int) -> SourceError:
        return SourceError(
            f"{self._name}：PDF 的第 {index + 1} 页已损坏，打不开；请重新下载，或把纸面拍照上传"
        )


def open_pdf(data: bytes, name: str) -> PdfPages:
    """Open a PDF.

    :raises SourceError: it is encrypted, damaged or empty.
    """
    return PdfPages(data, name)


def _as_shown(page: Any) -> Callable[[float, float], tuple[float, float]]:
    """From a place in a page's own space to the page as it is shown: turned, cropped, counted from the top."""
    from pypdfium2 import raw

    width, height = page.get_size()

    def shown(x: float, y: float) -> tuple[float, float]:
        right, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(
            page, 0, 0, round(width * _FINE), round(height * _FINE), 0, x, y, right, down
        )
        return right.value / _FINE, down.value / _FINE

    # The way is the same all over the page, so three places tell it.
    (x0, y0), (x1, y1), (x2, y2) = shown(0, 0), shown(_SPAN, 0), shown(0, _SPAN)

    def mapped(x: float, y: float) -> tuple[float, float]:
        along, up = x / _SPAN, y / _SPAN
        return (
            x0 + (x1 - x0) * along + (x2 - x0) * up,
            y0 + (y1 - y0) * along + (y2 - y0) * up,
        )

    return mapped


def _pieces(
    text_page: Any, shown: Callable[[float, float], tuple[float, float]]
) -> Iterator[Piece]:
    """The runs of a text layer: what pdfium puts on one line, parted where a gap is wide."""
    run: list[tuple[str, Box | None]] = []
    before: Box | None = None
    for char, box in _characters(text_page, shown):
        is_apart = before is not None and box is not None and _is_apart(before, box)
        if run and (char in "\r\n" or is_apart):
            yield from _piece(run)
            run, before = [], None
        before = box or before
        if char not in "\r\n":
            run.append((char, box))
    yield from _piece(run)


def _characters(
    text_page: Any, shown: Callable[[float, float], tuple[float, float]]
) -> Iterator[tuple[str, Box | None]]:
    """Every character with its place on the page as shown; those that pdfium adds have none."""
    from pypdfium2 import raw

    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        char = "\ufffd" if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)
        if raw.FPDFText_IsGenerated(text_page, index) or char.isspace():
            yield char, None
            continue
        left, bottom, right, top = text_page.get_charbox(index, loose=True)
        (x0, y0), (x1, y1) = shown(left, bottom), shown(right, top)
        yield char, (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _is_apart(before: Box, box: Box) -> bool:
    tall = max(box[3] - box[1], 1.0)
    return box[0] - before[2] > _GAP * tall or box[0] < before[0] - tall or box[1] > before[3]


def _piece(run: Sequence[tuple[str, Box | None]]) -> Iterator[Piece]:
    text = "".join(char for char, _ in run).strip()
    boxes = [box for _, box in run if box is not None]
    if text and boxes:
        yield Piece(
            text,
            (
                min(box[0] for box in boxes), min(box[1] for box in boxes),
                max(box[2] for box in boxes), max(box[3] for box in boxes),
            ),
        )  # fmt: skip


def _lies_sideways(pieces: Sequence[Piece]) -> bool:
    """Whether most of a page's words run up or down, though the page is not said to be turned."""
    runs = [piece for piece in pieces if len(piece.text) >= _RUN]
    tall = sum(piece.height > piece.box[2] - piece.box[0] for piece in runs)
    return tall * 2 > len(runs)


def _void_share(text: str) -> float:
    void = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or char < " " for char in text)
    return void / max(len(text), 1)
