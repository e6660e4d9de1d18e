"""What stands on pages without being text: running heads, page numbers, tables of contents, notes.

Furniture is known by its repetition and its place, nothing else: a line of figures in the text stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from knowledge.loaders.pdf_page import Line, Page

_PAGE_DIGITS = 4  # numbers longer than this count no pages
_RUNNING_SHARE = 0.6  # of the pages have a running head
_RUNNING_LINES = 4  # of a head or foot, at most
_EDGE = 0.08  # of the page's height
_NUMBER = re.compile(r"\d+")
_End = tuple[int, str, int]
# A page's number as it is dressed; a bare number is one only where the pages count it or at the edge.
_DRESSED = re.compile(
    r"\s*(?:[-—–·]+\s*\d{1,4}\s*[-—–·]+|第\s*\d{1,4}\s*页(?:\s*[/／,，]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*[/／]\s*\d{1,4}|Page\s+\d{1,4}(?:\s+of\s+\d{1,4})?)\s*",
    re.IGNORECASE,
)
# What a browser prints over and under a page.
_BROWSER = re.compile(
    r"(?:file|https?)://\S+(?:\s+\d+/\d+)?|\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4},?\s+\d{1,2}:\d{2}(?:\s*[AP]M)?(?:\s+.{0,80})?"
)
_CONTENTS_LINE = re.compile(r"\S.{0,70}?\s?[.．·…⋯]{4,}\s*\d{1,4}")
_CONTENTS_HEAD = re.compile(r"目\s*[录錄次]|contents", re.IGNORECASE)
_NOTE = re.compile(r"\s*(?P<mark>[\u2460-\u2473]|\[\d{1,2}\]|[*＊※])\s*(?P<text>\S.*)")
_SENTENCE_END = re.compile(r"[。；;]\s*")
_NOTE_GAP = 2.0  # line heights above the notes of a page
_NOTE_SIZE = 0.9  # of the usual size


def without_furniture(pages: Sequence[Page]) -> list[Page]:
    """Leave out running heads and feet, page numbers and what a browser prints."""
    kept = list(pages)
    for _ in range(_RUNNING_LINES):
        ends: Counter[_End] = Counter()
        for page in kept:
            ends.update(end for at in (0, -1) if page.lines for end in _ends(page, at))
        least = max(2, len(kept) * _RUNNING_SHARE)
        running = {end for end, count in ends.items() if count >= least}
        fresh = [_without_ends(page, running) for page in kept]
        if fresh == kept:
            break
        kept = fresh
    return kept


def plain_lines(data: bytes, pages: set[int]) -> str:
    """:return: the text of some pages as another program reads it, without what pages have alike."""
    import pypdfium2

    lines: list[str] = []
    with pypdfium2.PdfDocument(data) as document:
        for number in sorted(pages):
            page = document[number - 1]
            text = page.get_textpage()
            lines += text.get_text_bounded().splitlines()
            text.close()
            page.close()
    alike = Counter(_NUMBER.sub("#", line.strip()) for line in lines)
    marks = (_CONTENTS_LINE, _BROWSER)
    return "\n".join(
        line
        for line in lines
        if alike[_NUMBER.sub("#", line.strip())] < 2
        and not any(mark.fullmatch(line.strip()) for mark in marks)
    )


def _without_ends(page: Page, running: set[_End]) -> Page:
    rest = list(page.lines)
    whole = replace(page)
    for at in (0, -1):
        if not rest or rest[at].is_row:
            continue
        whole = replace(page, lines=tuple(rest))
        if not running.isdisjoint(_ends(whole, at)) or _is_number(rest[at], page):
            del rest[at]
    return replace(page, lines=tuple(rest))


def _is_number(line: Line, page: Page) -> bool:
    at_edge = line.bottom < _EDGE * page.height or line.top > (1 - _EDGE) * page.height
    if _DRESSED.fullmatch(line.text):
        return True
    bare = line.text.strip()
    return at_edge and (bare == str(page.number) or _BROWSER.fullmatch(bare) is not None)


def _ends(page: Page, at: int) -> set[_End]:
    """:return: what a first or last line may have in common with those of other pages.

    The line as it is, and where one of its numbers counts the pages, how far that is ahead of the page.
    """
    line = page.lines[at]
    if line.is_row:
        return set()
    found: set[_End] = {(at, line.text, 0)}
    for match in _NUMBER.finditer(line.text):
        if len(match[0]) <= _PAGE_DIGITS:
            pattern = f"{line.text[: match.start()]}#{line.text[match.end() :]}"
            found.add((at, pattern, int(match[0]) - page.number))
    return found


def without_contents(pages: Sequence[Page]) -> tuple[list[Page], int]:
    """Leave out the lines of a table of contents (名称……12).

    :return: the pages, and how many lines were left out.
    """
    count = sum(
        _CONTENTS_LINE.fullmatch(line.text) is not None for page in pages for line in page.lines
    )
    if count < 2:
        return list(pages), 0
    return [_page_without_contents(page) for page in pages], count


def _page_without_contents(page: Page) -> Page:
    listed = [_CONTENTS_LINE.fullmatch(line.text) is not None for line in page.lines]
    heads = [
        _CONTENTS_HEAD.fullmatch(line.text.strip()) is not None and any(listed)
        for line in page.lines
    ]
    kept = [
        line
        for line, is_listed, is_head in zip(page.lines, listed, heads, strict=True)
        if not is_listed and not is_head
    ]
    return replace(page, lines=tuple(kept))


def with_notes(page: Page, usual: float) -> Page:
    """Put a page's footnotes into the sentences that point to them.

    :param usual: the usual size of a character in the file.
    """
    first = _first_note(page.lines, usual)
    if first is None:
        return page
    body, notes = list(page.lines[:first]), _notes(page.lines[first:])
    left: list[Line] = []
    for mark, text in notes:
        said = "（注：" + _SENTENCE_END.sub("；", text).strip("； ") + "）"
        at = next((n for n, line in enumerate(body) if mark in line.text), None)
        if at is None:
            left.append(Line(f"注{mark}：{text}", is_row=True))
        else:
            body[at] = replace(body[at], text=body[at].text.replace(mark, said, 1))
    return replace(page, lines=(*body, *left))


def _first_note(lines: Sequence[Line], usual: float) -> int | None:
    """:return: where a page's notes begin: after a wide gap or in smaller letters, each with its mark."""
    for place in range(1, len(lines)):
        line, above = lines[place], lines[place - 1]
        height = max(line.bottom - line.top, 1.0)
        apart = line.top - above.bottom > _NOTE_GAP * height or line.size < _NOTE_SIZE * usual
        if apart and not line.is_row and _NOTE.fullmatch(line.text):
            match = _NOTE.fullmatch(line.text)
            mark = match["mark"] if match else ""
            if any(mark in other.text for other in lines[:place]):
                return place
    return None


def _notes(lines: Sequence[Line]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in lines:
        match = _NOTE.fullmatch(line.text)
        if match:
            found.append((match["mark"], match["text"]))
        elif found:
            found[-1] = (found[-1][0], found[-1][1] + line.text)
    return found
