"""PDF files with a text layer: lines put back together as paragraphs, with their page."""

from __future__ import annotations

import io
import logging
import re
import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from knowledge.articles import goes_on
from knowledge.characters import MOST_UNREADABLE, unreadable_share
from knowledge.errors import SourceError
from knowledge.loaders.pdf_furniture import (
    plain_lines,
    with_notes,
    without_contents,
    without_furniture,
)
from knowledge.loaders.pdf_page import Before, Line, Page, read_page
from knowledge.loaders.registry import Parsed, register
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
_WATERMARK_PAGES = 3  # named in a warning


@register(".pdf")
def parse_pdf(data: bytes, name: str) -> Parsed:
    """Read a PDF's text layer.

    :raises SourceError: encrypted, damaged, too long, unreadable characters, or a scan without text.
    """
    pages, title = _pages(data, name)
    warnings = [
        f"第 {page.number} 页是扫描图片，没有文字层，这一页的内容未导入"
        for page in pages
        if page.is_scan
    ]
    if not any(page.lines for page in pages):
        raise SourceError(
            f"{name}：这是扫描件（没有文字层），请提供文字版，或先做文字识别（OCR）再导入"
        )
    text = "".join(line.text for page in pages for line in page.lines)
    if unreadable_share(text) > MOST_UNREADABLE:
        raise SourceError(
            f"{name}：PDF 的字体没有文字编码，读出来是乱码，请提供 Word 版，或先做文字识别（OCR）再导入"
        )
    marks = [page for page in pages if page.watermark]
    if marks:
        warnings.append(
            f"第 {_numbers(marks)} 页有斜排或浅色的大字（水印“{marks[0].watermark[:20]}”），未导入"
        )
    kept, contents = without_contents(
        without_furniture([page for page in pages if not page.is_scan])
    )
    if contents:
        warnings.append(f"目录（{contents} 行）是按正文编的，未导入")
    sizes = [line.size for page in kept for line in page.lines if line.size]
    usual = statistics.median(sizes) if sizes else 0.0
    kept = [with_notes(page, usual) for page in kept]
    plain = plain_lines(data, {page.number for page in pages if not page.is_scan})
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
