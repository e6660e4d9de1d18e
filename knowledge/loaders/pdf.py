"""PDF files with a text layer: lines put back together as paragraphs, with their page."""

from __future__ import annotations

import io
import logging
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from knowledge.articles import article_of, goes_on
from knowledge.characters import MOST_UNREADABLE, unified, unreadable_share
from knowledge.errors import SourceError
from knowledge.loaders.pdf_furniture import (
    plain_lines,
    with_notes,
    without_contents,
    without_furniture,
)
from knowledge.loaders.pdf_page import Before, Line, Page, read_page
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.scans import LEAST_SEEN, Recognise, SeenPage, hides_its_text, told
from knowledge.loaders.titles import is_title
from knowledge.sections import Block

MAX_PAGES = 2000
_STARTS_PARAGRAPH = re.compile(
    r"\s*(?:[【\[]?第\s?[零〇一二三四五六七八九十百千0-9]+\s?[编章节条條]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.、．](?!\d)|附件|附录|附表|(?:Article|Rule|Section)\s\d)"
)
# One line that the page did not break: 一、怎么办.
_NUMBERED_HEADING = re.compile(
    r"\s*[（(]?[一二三四五六七八九十]{1,3}(?:、|[)）])[^\n，。；：、]{2,24}"
)
_ENDS_PARAGRAPH = re.compile(r"[。；：！？;:!?.”）)]\s*$")
# The part of a title that its second line may begin with: （二）.
_PART = re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[)）]\s*")
_CJK_END = re.compile(r"[\u2e80-\u9fff，。；：、（）“”《》]$")
_SHORT = 0.7  # of the longest line
_OTHER_SIZE = 1.12  # times as large or small: another paragraph
_LOOKED_AT = 300  # characters of a page that tell how it lies
# What a program for scanning prints on its pages.
_SCANNER = re.compile(r"扫描全能王|CamScanner|扫描\s?App|夸克扫描", re.IGNORECASE)
_SEEN_LARGER = 1.35  # times the usual height of a recognised line: a heading
_FAR = 2.0  # line heights between lines: another paragraph
_WATERMARK_PAGES = 3  # named in a warning


@register(".pdf")
def parse_pdf(data: bytes, name: str, recognise: Recognise | None = None) -> Parsed:
    """Read a PDF: its text layer, and by optical recognition the pages that are pictures.

    :param recognise: reads pages that are pictures or whose characters cannot be read.
    :raises SourceError: encrypted, damaged or too long; without ``recognise`` unreadable characters and a
        scan without text too.
    """
    data, hidden = _upright(data)
    pages, title = _pages(data, name)
    is_void = unreadable_share(_said(pages)) > MOST_UNREADABLE
    pages = [
        replace(page, is_scan=page.is_scan or is_void or page.number in hidden) for page in pages
    ]
    scans = [page.number for page in pages if page.is_scan]
    seen = recognise(scans) if recognise is not None and scans else {}
    pages = [as_seen(page, seen) for page in pages]
    if seen and len(seen) == len(pages) and len(_said(pages)) < LEAST_SEEN:
        raise SourceError(
            f"{name}：这是扫描件，识别不出正文（只认出 {len(_said(pages))} 个字），请提供更清楚的扫描件或文字版"
        )
    warnings = told(seen)
    warnings += [
        f"第 {page.number} 页是扫描图片，没有文字层，这一页的内容未导入"
        for page in pages
        if page.is_scan and not page.lines
    ]
    if not any(page.lines for page in pages):
        raise _unreadable(name, is_void=is_void)
    if is_void and recognise is None:
        raise _unreadable(name, is_void=True)
    if hidden and not seen:
        warnings.append("页面是扫描图片，文字是扫描软件识别的，请与原件核对")
    marks = [page for page in pages if page.watermark]
    if marks:
        warnings.append(
            f"第 {_numbers(marks)} 页有斜排或浅色的大字（水印“{marks[0].watermark[:20]}”），未导入"
        )
    kept, contents = without_contents(without_furniture([page for page in pages if page.lines]))
    if contents:
        warnings.append(f"目录（{contents} 行）是按正文编的，未导入")
    kept = [with_rows(page) if page.number in seen else page for page in kept]
    sizes = [line.size for page in kept for line in page.lines if line.size]
    usual = statistics.median(sizes) if sizes else 0.0
    kept = [with_notes(page, usual) for page in kept]
    plain = plain_lines(data, {page.number for page in pages} - set(scans))
    for mark in {page.watermark for page in marks}:
        plain = plain.replace(mark, "")
    return Parsed(tuple(paragraphs(kept)), label=title, plain=plain, warnings=tuple(warnings))


def _pages(data: bytes, name: str) -> tuple[list[Page], str | None]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # a warning for every odd font
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > MAX_PAGES:
                raise SourceError(
                    f"{name}：有 {len(document.pages)} 页，超过上限 {MAX_PAGES} 页，请拆分后再导入"
                )
            pages = []
            before = Before()
            for number, page in enumerate(document.pages, start=1):
                read, before = read_page(page, number, before)
                pages.append(read)
                page.close()
            return pages, _usable((document.metadata or {}).get("Title"))
    except PdfminerException as error:
        if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect):
            raise SourceError(f"{name}：PDF 已加密，请去掉打开密码后再导入") from error
        raise SourceError(
            f"{name}：PDF 文件已损坏或格式特殊，无法读取，请重新导出后再导入"
        ) from error


def _said(pages: Sequence[Page]) -> str:
    return "".join(line.text for page in pages for line in page.lines)


def _unreadable(name: str, *, is_void: bool) -> SourceError:
    if is_void:
        return SourceError(
            f"{name}：PDF 的字体没有文字编码，读出来是乱码，请提供 Word 版，或先做文字识别（OCR）再导入"
        )
    return SourceError(
        f"{name}：这是扫描件（没有文字层），请提供文字版，或先做文字识别（OCR）再导入"
    )


def as_seen(page: Page, seen: Mapping[int, SeenPage]) -> Page:
    """:return: a page with the lines that were recognised on its picture."""
    found = seen.get(page.number)
    if found is None:
        return page
    heights = [line.bottom - line.top for line in found.lines]
    usual = statistics.median(heights) if heights else 0.0
    # A line's box is as tall as its tallest stroke: only what is far taller is set in larger letters.
    sizes = [height if height > _SEEN_LARGER * usual else usual for height in heights]
    lines = tuple(
        Line(unified(x.text), x.top, x.bottom, x.left, x.right, size)
        for x, size in zip(found.lines, sizes, strict=True)
        if not _SCANNER.search(x.text)
    )
    return replace(page, height=found.height, lines=lines, watermark="")


def with_rows(page: Page) -> Page:
    """:return: a recognised page whose lines of cells with wide gaps between them are rows of a table."""
    lines = []
    for line in page.lines:
        cells = line.text.split("  ")
        is_row = len(cells) > 1 and max(map(len, cells)) > 1 and article_of(line.text, 0) is None
        lines.append(replace(line, text="｜".join(cells), is_row=True) if is_row else line)
    return replace(page, lines=tuple(lines))


def _upright(data: bytes) -> tuple[bytes, set[int]]:
    """Turn the pages on which text lies on its side as they are shown.

    :return: the file, and the numbers of the pages that hide their text under a picture.
    """
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return data, set()  # told by the reader that comes next
    with document:
        pages = islice(document, MAX_PAGES)
        looked = [(_turn(page), hides_its_text(page)) for page in pages]
        hidden = {number for number, (_, hides) in enumerate(looked, start=1) if hides}
        if not any(turned for turned, _ in looked):
            return data, hidden
        stream = io.BytesIO()
        document.save(stream, flags=pdfium.FPDF_REMOVE_SECURITY)
        return stream.getvalue(), hidden


def _turn(page: Any) -> bool:
    """Turn a page whose text lies on its side as it is shown; whether it had to be."""
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    angles = Counter(
        -round(math.degrees(pdfium.FPDFText_GetCharAngle(text.raw, place)) / 90) * 90 % 360
        for place in range(min(text.count_chars(), _LOOKED_AT))
    )
    text.close()
    ((angle, _),) = angles.most_common(1) or [(page.get_rotation(), 0)]
    if angle == page.get_rotation():
        return False
    page.set_rotation(angle)
    return True


def _usable(title: Any) -> str | None:
    text = str(title or "").strip()
    return text if re.search(r"[\u4e00-\u9fff]{4}", text) else None


def _numbers(pages: Sequence[Page]) -> str:
    shown = "、".join(str(page.number) for page in pages[:_WATERMARK_PAGES])
    return shown + (" 等" if len(pages) > _WATERMARK_PAGES else "")


def paragraphs(pages: Sequence[Page]) -> Iterator[Block]:
    """:return: paragraphs, the lines that the page width broke joined again, and rows of tables."""
    longest = max(
        (len(line.text) for page in pages for line in page.lines if not line.is_row), default=0
    )
    text, first = "", 0
    above: Line | None = None
    for page in pages:
        for line in page.lines:
            ends = line.is_row or (above is not None and _ends(text, above, line, longest))
            if text and ends:
                yield Block(text.replace("\n", ""), page=first)
                text = ""
            if line.is_row:
                yield Block(line.text, page=page.number, row=True)
                continue
            if not text:
                text, first = line.text, page.number
            else:
                tight = _CJK_END.search(text) or _CJK_END.search(line.text[:1])
                text += ("\n" if tight else "\n ") + line.text
            above = line
    if text:
        yield Block(text.replace("\n", ""), page=first)


def _ends(text: str, above: Line, line: Line, longest: int) -> bool:
    """Whether a paragraph ends above a line."""
    last = text.rsplit("\n", 1)[-1]
    if _PART.fullmatch(line.text) and _is_whole_title(text):
        return False
    if _STARTS_PARAGRAPH.match(line.text):
        return not goes_on(text.replace("\n", ""), line.text)
    if max(above.size, line.size) > _OTHER_SIZE * min(above.size, line.size) > 0:
        return True
    if line.top - above.bottom > _FAR * max(line.bottom - line.top, above.bottom - above.top):
        return True
    is_short = len(last) < longest * _SHORT
    return bool(
        (_ENDS_PARAGRAPH.search(text) and is_short)
        or _heading_like(text)
        or (is_short and _NUMBERED_HEADING.fullmatch(text))
        or (_is_whole_title(text) and is_short and not _PART.fullmatch(line.text))
    )


def _is_whole_title(text: str) -> bool:
    """Whether a title ends here, on its first line or its second."""
    return text.count("\n") < 2 and is_title(text.replace("\n", ""))


def _heading_like(text: str) -> bool:
    return len(text) < 30 and bool(
        re.match(r"\s*第\s?[零一二三四五六七八九十百0-9]+\s?[编章节]", text)
    )
