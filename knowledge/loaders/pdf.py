"""PDF files with a text layer: lines put back together as paragraphs, with their page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from knowledge.errors import SourceError
from knowledge.loaders.registry import Parsed, register
from knowledge.sections import Block

MAX_PAGES = 2000
# Fewer characters than this on a page that holds an image: the page is a scan.
_SCAN_CHARS = 10
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–·]\s*)?(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[-—–·])?(?:\s*[/／共]\s*(?:共\s*)?\d{1,4}\s*页?)?\s*"
)
_STARTS_PARAGRAPH = re.compile(
    r"\s*(?:第\s?[零〇一二三四五六七八九十百千0-9]+\s?[编章节条]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|\d{1,2}[.、．](?!\d)|附件|附录|附表)"
)
_ENDS_PARAGRAPH = re.compile(r"[。；：！？;:!?.”）)]\s*$")
_CJK_END = re.compile(r"[\u2e80-\u9fff，。；：、（）“”《》]$")


@register(".pdf")
def parse_pdf(data: bytes, name: str) -> Parsed:
    """Read a PDF's text layer.

    :raises SourceError: encrypted, damaged, too long, or a scan without text.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > MAX_PAGES:
                raise SourceError(
                    f"{name}：有 {len(document.pages)} 页，超过上限 {MAX_PAGES} 页，请拆分后再导入"
                )
            pages, scans = [], []
            for number, page in enumerate(document.pages, start=1):
                lines = list(_page_lines(page))
                if sum(map(len, lines)) < _SCAN_CHARS and page.images:
                    scans.append(number)
                pages.append((number, lines))
                page.close()
            title = (document.metadata or {}).get("Title")
    except PdfminerException as error:
        if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect):
            raise SourceError(f"{name}：PDF 已加密，请去掉打开密码后再导入") from error
        raise SourceError(
            f"{name}：PDF 文件已损坏或格式特殊，无法读取，请重新导出后再导入"
        ) from error
    if not any(lines for _, lines in pages):
        raise SourceError(
            f"{name}：这是扫描件（没有文字层），请提供文字版，或先做文字识别（OCR）再导入"
        )
    warnings = [f"第 {number} 页是扫描图片，没有文字层，这一页的内容未导入" for number in scans]
    return Parsed(blocks=tuple(_paragraphs(pages)), title=_usable(title), warnings=tuple(warnings))


def _usable(title: Any) -> str | None:
    text = str(title or "").strip()
    return text if re.search(r"[\u4e00-\u9fff]{4}", text) else None


def _page_lines(page: Any) -> Iterator[str]:
    """:return: the page's lines, column by column where it has two."""
    gutter = _gutter(page)
    boxes = (
        [page]
        if gutter is None
        else [
            page.crop((page.bbox[0], page.bbox[1], gutter, page.bbox[3])),
            page.crop((gutter, page.bbox[1], page.bbox[2], page.bbox[3])),
        ]
    )
    for box in boxes:
        for line in (box.extract_text() or "").split("\n"):
            if line.strip() and not _PAGE_NUMBER.fullmatch(line):
                yield line.strip()


def _gutter(page: Any) -> float | None:
    """:return: where to cut a page of two columns: a strip near the middle that hardly a word crosses."""
    words = page.extract_words()
    if len(words) < 20:
        return None
    left, right = page.bbox[0], page.bbox[2]
    width = right - left
    best: tuple[int, float] | None = None
    for step in range(21):
        x = left + width * (0.4 + 0.01 * step)
        crossing = sum(1 for word in words if word["x0"] < x - 3 and word["x1"] > x + 3)
        near = sum(1 for word in words if word["x1"] > x - 3 and word["x0"] < x + 3)
        score = crossing + near
        if best is None or score < best[0]:
            best = (score, x)
    if best is None or best[0] > len(words) * 0.02:
        return None
    x = best[1]
    sides = [
        sum(1 for word in words if word["x1"] <= x),
        sum(1 for word in words if word["x0"] >= x),
    ]
    return x if min(sides) > len(words) * 0.25 else None


def _paragraphs(pages: list[tuple[int, list[str]]]) -> Iterator[Block]:
    """Join the lines that the page width broke."""
    longest = max((len(line) for _, lines in pages for line in lines), default=0)
    text, first = "", 0
    for number, lines in pages:
        for line in lines:
            short = len(text.rsplit("\n", 1)[-1]) < longest * 0.7
            if text and (
                _STARTS_PARAGRAPH.match(line)
                or (_ENDS_PARAGRAPH.search(text) and short)
                or _heading_like(text)
            ):
                yield Block(text.replace("\n", ""), page=first)
                text = ""
            if not text:
                text, first = line, number
            else:
                joint = "\n" if _CJK_END.search(text) or _CJK_END.search(line[:1]) else "\n "
                text += joint + line
    if text:
        yield Block(text.replace("\n", ""), page=first)


def _heading_like(text: str) -> bool:
    return len(text) < 30 and bool(
        re.match(r"\s*第\s?[零一二三四五六七八九十百0-9]+\s?[编章节]", text)
    )
