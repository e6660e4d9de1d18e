"""The lines of a paper, page by page, from the files it came in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.loaders.scans import SeenLine, SeenPage
from papers.files import (
    MAX_FILES,
    MAX_TOTAL_BYTES,
    FileKind,
    accepted,
    attached_to,
    content_of,
    is_picture,
    words_of,
)
from papers.pdf import open_pdf
from papers.photo import pictures_of
from papers.recognition import PageRead, recognise
from papers.sheet import sheet_of
from papers.types import Line, PageImage

MAX_PAGES = 200
MAX_SCANS = 60

# What is told after each page: how many are read, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Contents:
    """The lines of a paper in reading order, the size of its pages, and whether any was recognised.

    ``attached`` are the names of files that hang on its mails and were not read.
    """

    lines: tuple[Line, ...]
    sizes: tuple[PageImage, ...]
    pages: int
    ocr: bool
    attached: tuple[str, ...] = ()


def contents_of(files: Sequence[Path], progress: Progress | None = None) -> Contents:
    """Read the files of one paper; pictures are its pages in the order given.

    :raises SourceError: a file cannot be read; the message names it and says what to do.
    """
    opened = _opened(files)
    lines: list[Line] = []
    sizes: list[PageImage] = []
    pages = 0
    ocr = False
    for path, kind, data in opened:
        if kind is FileKind.WORDS:
            lines += [Line(text, pages + 1) for text in words_of(path, data)]
            pages += 1
        elif kind is FileKind.PDF:
            found = _pdf(path, data, pages, progress)
            lines += found.lines
            sizes += found.sizes
            ocr = ocr or found.ocr
            pages += found.pages
        else:
            for picture in pictures_of(data, path.name):
                pages += 1
                seen = recognise(sheet_of(picture), pages, photo=True)
                lines += seen.lines
                sizes.append(PageImage(pages, seen.width, seen.height, seen.quarters))
                if progress is not None:
                    progress(pages, max(pages, len(opened)))
            ocr = True
    if not any(line.text.strip() for line in lines):
        raise SourceError("没有读到文字：可能是空白页，或照片太暗、太糊；请在亮处平放重拍")
    attached = tuple(name for path, _, data in opened for name in attached_to(path, data))
    return Contents(tuple(lines), tuple(sizes), pages, ocr, attached)


def scanned_pages(
    path: Path, pages: Sequence[int], progress: Progress | None = None
) -> dict[int, SeenPage]:
    """Read some pages of a PDF, or a picture, as pictures, whatever text lies under them.

    :param pages: counted from 1.
    :raises SourceError: the file cannot be opened, or these are too many pages.
    """
    if len(pages) > MAX_SCANS:
        raise SourceError(
            f"{path.name}：扫描的页有 {len(pages)} 页，超过一个文件 {MAX_SCANS} 页的上限，请拆成几个文件再导入"
        )
    found: dict[int, SeenPage] = {}
    data = path.read_bytes()
    if is_picture(data):
        pictures = dict(enumerate(pictures_of(data, path.name), start=1))
        for number in pages:
            found[number] = _seen(recognise(sheet_of(pictures[number]), number, photo=True))
        return found
    with open_pdf(data, path.name) as document:
        for number in pages:
            found[number] = _seen(recognise(document.picture(number - 1), number, photo=False))
            if progress is not None:
                progress(len(found), len(pages))
    return found


def _seen(page: PageRead) -> SeenPage:
    lines = [
        SeenLine(line.text, round(line.confidence, 3), *line.box)
        for line in page.lines
        if line.box is not None
    ]
    return SeenPage(page.height, tuple(lines))


def _opened(files: Sequence[Path]) -> list[tuple[Path, FileKind, bytes]]:
    if not files:
        raise SourceError(f"没有给出文件；可以读 {accepted()}")
    if len(files) > MAX_FILES:
        raise SourceError(f"一次最多 {MAX_FILES} 个文件，现在有 {len(files)} 个，请分次上传")
    opened = [(path, *content_of(path)) for path in map(Path, files)]
    total = sum(len(data) for _, _, data in opened)
    if total > MAX_TOTAL_BYTES:
        raise SourceError(f"文件一共超过 {MAX_TOTAL_BYTES // 2**20} MB，请压缩图片或分次上传")
    return opened


def _pdf(path: Path, data: bytes, before: int, progress: Progress | None) -> Contents:
    with open_pdf(data, path.name) as document:
        count = len(document)
        if count > MAX_PAGES:
            raise SourceError(
                f"{path.name}：有 {count} 页，超过上限 {MAX_PAGES} 页，请只传通知正文和写日期的几页"
            )
        layers = [document.lines(index) for index in range(count)]
        scans = layers.count(None)
        if scans > MAX_SCANS:
            raise SourceError(
                f"{path.name}：扫描的页有 {scans} 页，超过上限 {MAX_SCANS} 页，请只传通知正文和写日期的几页"
            )
        lines: list[Line] = []
        sizes: list[PageImage] = []
        for index, layer in enumerate(layers):
            number = before + index + 1
            sizes.append(PageImage(number, *document.size(index)))
            if layer is None:
                seen = recognise(document.picture(index), number, photo=False)
                layer = seen.lines
                sizes[-1] = PageImage(number, seen.width, seen.height, seen.quarters)
            lines += [Line(line.text, number, line.confidence, line.box) for line in layer]
            if progress is not None:
                progress(index + 1, count)
        return Contents(tuple(lines), tuple(sizes), count, ocr=scans > 0)
