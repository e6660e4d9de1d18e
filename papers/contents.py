"""The lines of a paper, page by page, from the files it came in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.loaders.scans import SeenLine, SeenPage
from knowledge.paper_limits import MAX_BYTES, MAX_FILES
from papers.files import (
    FileKind,
    Part,
    accepted,
    is_picture,
    parts_of,
    words_of,
)
from papers.ocr import Pixels
from papers.pdf import PdfPages, open_pdf
from papers.photo import frames_of, pictures_of
from papers.recognition import PageRead, recognise
from papers.sheet import sheet_of
from papers.types import Line, PageImage

# So many pages of a paper are read, and so many of them that are pictures: a letter's day and demand stand
# in front, and whoever holds a phone cannot split a file.
MAX_PAGES = 200
MAX_SCANS = 60

# What is told after each page: how many are read, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Contents:
    """The lines of a paper in reading order, the size of its pages, and whether any was recognised.

    ``attached`` are the names of files that hang on its mails and were not read, ``unread`` the pages
    beyond what is read of one paper; both count from 1 over all files, as ``pages`` does.
    """

    lines: tuple[Line, ...]
    sizes: tuple[PageImage, ...]
    pages: int
    ocr: bool
    attached: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()


def contents_of(files: Sequence[Path], progress: Progress | None = None) -> Contents:
    """Read the files of one paper; pictures are its pages in the order given.

    Of a paper of more than ``MAX_PAGES`` pages, or ``MAX_SCANS`` pictures of pages, the first are read.

    :raises SourceError: a file cannot be read; the message names it and says what to do.
    """
    parts, others = _opened(files)
    found = _Gathered(len(parts), progress)
    for part in parts:
        try:
            found.add(part)
        except SourceError:
            if not part.is_attached:
                raise
            others.append(part.path.name)
    if not any(line.text.strip() for line in found.lines):
        raise SourceError("没有读到文字：可能是空白页，或照片太暗、太糊；请在亮处平放重拍")
    return Contents(
        tuple(found.lines), tuple(found.sizes), found.pages, found.scans > 0,
        tuple(dict.fromkeys(others)), tuple(found.unread),
    )  # fmt: skip


class _Gathered:
    """What is read of a paper, part by part, within what is read of a whole paper.

    :param parts: how many parts there are.
    """

    def __init__(self, parts: int, progress: Progress | None) -> None:
        self.lines: list[Line] = []
        self.sizes: list[PageImage] = []
        self.pages = 0
        self.scans = 0
        self.unread: list[int] = []
        self._seen = 0
        self._parts = parts
        self._progress = progress

    def add(self, part: Part) -> None:
        """Read the next part.

        :raises SourceError: it cannot be read; what was read of it so far stays.
        """
        self._parts -= 1
        if part.kind is FileKind.WORDS:
            words = words_of(part.path, part.data)
            self.pages += 1
            self.lines += [Line(text, self.pages) for text in words]
        elif part.kind is FileKind.PDF:
            self._pdf(part)
        else:
            self._picture(part)

    def _pdf(self, part: Part) -> None:
        with open_pdf(part.data, part.path.name) as document:
            first, last = self.pages, self.pages + len(document)
            self.pages = last  # also where a page of an attachment is damaged
            for index in range(len(document)):
                if self._seen == MAX_PAGES:
                    self.unread += range(first + index + 1, last + 1)
                    break
                self._seen += 1
                self._page(document, index, first + index + 1)
                self._tell(first + index + 1, last)

    def _page(self, document: PdfPages, index: int, number: int) -> None:
        layer = document.lines(index)
        if layer is not None:
            self.sizes.append(PageImage(number, *document.size(index)))
            self.lines += [replace(line, page=number) for line in layer]
        elif self.scans < MAX_SCANS:
            self._recognised(document.picture(index), number, photo=False)
        else:
            self.unread.append(number)

    def _picture(self, part: Part) -> None:
        last = self.pages + frames_of(part.data, part.path.name)
        left = min(MAX_SCANS - self.scans, MAX_PAGES - self._seen)
        for picture in islice(pictures_of(part.data, part.path.name), max(0, left)):
            self.pages += 1
            self._seen += 1
            self._recognised(sheet_of(picture), self.pages, photo=True)
            self._tell(self.pages, last)
        self.unread += range(self.pages + 1, last + 1)
        self.pages = last

    def _recognised(self, picture: Pixels, number: int, *, photo: bool) -> None:
        self.scans += 1
        seen = recognise(picture, number, photo=photo)
        self.sizes.append(PageImage(number, seen.width, seen.height, seen.quarters))
        self.lines += seen.lines

    def _tell(self, done: int, last: int) -> None:
        if self._progress is not None:
            self._progress(done, last + self._parts)


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
        pictures = enumerate(pictures_of(data, path.name), start=1)
        for number, picture in islice(pictures, max(pages, default=0)):
            if number in pages:
                found[number] = _seen(recognise(sheet_of(picture), number, photo=True))
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


def _opened(files: Sequence[Path]) -> tuple[list[Part], list[str]]:
    """:return: the parts of a paper in order, and the names of attachments that are not read."""
    if not files:
        raise SourceError(f"没有给出文件；可以读 {accepted()}")
    if len(files) > MAX_FILES:
        raise SourceError(f"一次最多 {MAX_FILES} 个文件，现在有 {len(files)} 个，请分次上传")
    parts: list[Part] = []
    others: list[str] = []
    for path in map(Path, files):
        found, unread = parts_of(path)
        parts += found
        others += unread
    total = sum(len(part.data) for part in parts if not part.is_attached)
    if total > MAX_BYTES:
        raise SourceError(f"文件一共超过 {MAX_BYTES // 2**20} MB，请压缩图片或分次上传")
    return parts, others
