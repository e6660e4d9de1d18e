"""The lines of a paper, page by page, from the files it came in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import SourceError
from papers.files import MAX_FILES, MAX_TOTAL_BYTES, FileKind, accepted, content_of, words_of
from papers.pdf import open_pdf
from papers.types import Line, PageImage

MAX_PAGES = 200

# What is told after each page: how many are read, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Contents:
    """The lines of a paper in reading order, the size of its pages, and whether any was recognised."""

    lines: tuple[Line, ...]
    sizes: tuple[PageImage, ...]
    pages: int
    ocr: bool


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
            raise SourceError(f"{path.name}：图片还读不了，请上传有文字的 PDF")
    if not any(line.text.strip() for line in lines):
        raise SourceError("没有读到文字：可能是空白页，或照片太暗、太糊；请在亮处平放重拍")
    return Contents(tuple(lines), tuple(sizes), pages, ocr)


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
    lines: list[Line] = []
    sizes: list[PageImage] = []
    with open_pdf(data, path.name) as document:
        if len(document) > MAX_PAGES:
            raise SourceError(
                f"{path.name}：有 {len(document)} 页，超过上限 {MAX_PAGES} 页，请只传通知正文和写日期的几页"
            )
        for index in range(len(document)):
            number = before + index + 1
            sizes.append(PageImage(number, *document.size(index)))
            found = document.lines(index)
            if found is None:
                raise SourceError(f"{path.name}：第 {index + 1} 页是扫描图片，还读不了")
            lines += [Line(line.text, number, line.confidence, line.box) for line in found]
            if progress is not None:
                progress(index + 1, len(document))
        return Contents(tuple(lines), tuple(sizes), len(document), ocr=False)
