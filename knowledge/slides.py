"""A course module as slides: a title, its parts with their tables, and on each slide what it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from knowledge.ledger import Fact
from knowledge.types import GENERAL, Document, Section

# Windows and WPS have it; elsewhere the viewer takes another Chinese font.
FONT = "Microsoft YaHei"
INK, GREY, BLUE, PALE, WHITE = map(
    RGBColor.from_string, ("1F2937", "6B7280", "0B4F8A", "E8F1F8", "FFFFFF")
)
WIDTH, HEIGHT, MARGIN = Inches(13.333), Inches(7.5), Inches(0.7)
BODY_TOP, FOOT = Inches(1.45), Inches(6.8)
BODY_SIZE = 24
SPACE_AFTER = 0.33  # of a line
# What fits on a slide at that size: full-width characters a line, and lines.
LINE_CHARS, MAX_LINES = 34, 12
TABLE_SIZE, MAX_ROWS = 18, 8
# A remark of so many lines fits beside a table.
REMARK_LINES = 2.5
MAX_BASES, LONGEST_BASIS = 3, 40
NOTICE = "护航知识库培训材料，不构成法律意见"
_DAY = re.compile(r"\d{4}(?:-\d{2}){0,2}")
_ROW = re.compile(r"^\|(.*)\|\s*$")
_MARK = re.compile(r"^(?:[-*•]\s+|(\d{1,2})\.\s+)")


@dataclass(frozen=True)
class Slide:
    """One slide: its heading, the lines before a table, the table, the lines after it, and their section."""

    heading: str
    lead: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...]
    section: Section


def export_course(document: Document, ledger: Mapping[str, Fact], folder: Path) -> Path:
    """Write a course as ``<id>.pptx``.

    :return: the file.
    """
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    slides = list(slides_of(document))
    _title_slide(deck, document)
    for number, slide in enumerate(slides, start=2):
        source = source_line(slide.section.facts, ledger)
        _content_slide(deck, slide, source, f"{number}/{len(slides) + 1}")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{document.meta.id}.pptx"
    deck.save(str(path))
    return path


def slides_of(document: Document) -> Iterator[Slide]:
    """Cut the sections of a course into slides; a short remark before or after a table stays with it."""
    for section in document.sections:
        heading = section.heading[-1] if section.heading else document.meta.title
        parts: list[Slide] = []
        lead: tuple[str, ...] = ()
        blocks = list(_blocks(section.text))
        for place, (rows, lines) in enumerate(blocks):
            for page in _pages(rows) if rows else ():
                parts.append(Slide(heading, lead, page, (), section))
                lead = ()
            if _is_remark(lines):
                if rows and len(parts[-1].table) < MAX_ROWS:
                    parts[-1] = replace(parts[-1], lines=tuple(lines))
                    continue
                if place + 1 < len(blocks):
                    lead = tuple(lines)
                    continue
            parts += [Slide(heading, (), (), tuple(page), section) for page in _fill(lines)]
        for number, slide in enumerate(parts, start=1):
            more = f"（{number}/{len(parts)}）" if len(parts) > 1 else ""
            yield replace(slide, heading=heading + more)


def _is_remark(lines: Sequence[str]) -> bool:
    return bool(lines) and _height(lines) <= REMARK_LINES


def source_line(facts: Sequence[str], ledger: Mapping[str, Fact]) -> str:
    """:return: the rules that a slide rests on, with the latest date at which they were true."""
    known = [ledger[identifier] for identifier in facts if identifier in ledger]
    bases = list(dict.fromkeys(map(_basis, known)))
    dates = sorted(match[0] for fact in known if (match := _DAY.match(fact.as_of or "")))
    if not bases:
        return "依据：本课其他各页"
    more = "等" if len(bases) > MAX_BASES else ""
    as_of = f"（资料截至 {dates[-1]}）" if dates else ""
    return f"依据：{'；'.join(bases[:MAX_BASES])}{more}{as_of}"


def _basis(fact: Fact) -> str:
    """The rule a fact rests on, with the country whose law it is where the name is Chinese."""
    first = (fact.basis or fact.source_title or fact.title).split("；")[0]
    foreign = fact.jurisdiction not in {"CN", GENERAL} and first[:1] >= "\u4e00"
    named = f"{fact.jurisdiction} {first}" if foreign else first
    return named if len(named) <= LONGEST_BASIS else named[: LONGEST_BASIS - 1] + "…"


def _blocks(text: str) -> Iterator[tuple[list[tuple[str, ...]], list[str]]]:
    """Each table with the lines that follow it; lines before the first table come with none."""
    rows: list[tuple[str, ...]] = []
    lines: list[str] = []
    for line in text.splitlines():
        match = _ROW.match(line)
        if match:
            if lines:
                yield rows, lines
                rows, lines = [], []
            rows.append(tuple(cell.strip() for cell in match[1].split("|")))
        elif line.strip():
            lines.append(line.strip())
    if rows or lines:
        yield rows, lines


def _pages(rows: list[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """A long table on several slides, each with the heading row."""
    head, body = rows[0], rows[1:]
    size = MAX_ROWS - 1
    for start in range(0, max(len(body), 1), size):
        yield (head, *body[start : start + size])


def _height(lines: Sequence[str]) -> float:
    """Lines of text, with the space after each paragraph."""
    return sum(-(-len(line) // LINE_CHARS) + SPACE_AFTER for line in lines)


def _fill(lines: Sequence[str]) -> Iterator[list[str]]:
    """Lines onto slides, as many as fit; no slide gets a single leftover line that still fits."""
    page: list[str] = []
    for line in lines:
        if page and _height([*page, line]) > MAX_LINES:
            yield page
            page = []
        page.append(line)
    if page:
        yield page


# -- drawing ---------------------------------------------------------------------------------------


def _title_slide(deck: Any, document: Document) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    band = slide.shapes.add_shape(1, 0, 0, WIDTH, Inches(0.35))
    band.fill.solid()
    band.fill.fore_color.rgb = BLUE
    band.line.fill.background()
    _text(slide, [document.meta.title], Inches(2.2), Inches(1.6), size=38, color=BLUE, bold=True)
    audience = {"enterprise": "企业", "staff": "工作人员", "trainer": "讲师", "citizen": "市民"}
    for_whom = "、".join(audience[name] for name in document.meta.audience if name != "trainer")
    lines = [f"面向：{for_whom}", "时长：45分钟", f"资料截至：{document.meta.as_of or '未写明'}"]
    _text(slide, lines, Inches(4.0), Inches(1.6), size=20, color=GREY)
    _text(slide, [NOTICE], FOOT, Inches(0.4), size=14, color=GREY)


def _content_slide(deck: Any, slide: Slide, source: str, number: str) -> None:
    page = deck.slides.add_slide(deck.slide_layouts[6])
    _text(page, [slide.heading], Inches(0.45), Inches(0.8), size=28, color=BLUE, bold=True)
    rule = page.shapes.add_shape(1, MARGIN, Inches(1.25), WIDTH - 2 * MARGIN, Inches(0.03))
    rule.fill.solid()
    rule.fill.fore_color.rgb = BLUE
    rule.line.fill.background()
    top = int(BODY_TOP)
    if slide.lead:
        height = int(Pt(BODY_SIZE * 1.25 * _height(slide.lead)))
        _text(page, slide.lead, top, height, size=BODY_SIZE, color=INK)
        top += height
    if slide.table:
        top += _table(page, slide.table, top) + Inches(0.2)
    if slide.lines:
        _text(page, slide.lines, top, HEIGHT - Inches(0.9) - top, size=BODY_SIZE, color=INK)
    _text(page, [source], FOOT, Inches(0.4), size=12, color=GREY, width=Inches(10.9))
    _text(page, [number], FOOT, Inches(0.4), size=12, color=GREY, left=Inches(11.8))


def _text(
    slide: Any, lines: Sequence[str], top: int, height: int, *, size: int, color: Any, bold: bool = False,
    left: int = MARGIN, width: int = WIDTH - 2 * MARGIN,
) -> None:  # fmt: skip
    box = slide.shapes.add_textbox(left, top, width, height)
    frame = box.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.TOP
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        mark = _MARK.match(line)
        words = (
            line if mark is None else f"{mark[1] + '.' if mark[1] else '•'} {line[mark.end() :]}"
        )
        paragraph.space_after = Pt(size * 1.2 * SPACE_AFTER)
        _run(paragraph, words, size=size, color=color, bold=bold)


def _table(slide: Any, rows: tuple[tuple[str, ...], ...], top: int) -> int:
    """:return: the height of the table."""
    columns = max(map(len, rows))
    widths = _widths(rows, columns)
    tall = [max(_cell_lines(row, widths), 1) for row in rows]
    heights = [Pt(TABLE_SIZE * 1.35 * lines + 12) for lines in tall]
    shape = slide.shapes.add_table(
        len(rows), columns, MARGIN, top, WIDTH - 2 * MARGIN, sum(heights)
    )
    table = shape.table
    for place, width in enumerate(widths):
        table.columns[place].width = width
    for number, row in enumerate(rows):
        table.rows[number].height = heights[number]
        for place in range(columns):
            cell = table.cell(number, place)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.fill.solid()
            cell.fill.fore_color.rgb = BLUE if number == 0 else PALE if number % 2 else WHITE
            words = row[place] if place < len(row) else ""
            color = WHITE if number == 0 else INK
            _run(
                cell.text_frame.paragraphs[0], words, size=TABLE_SIZE, color=color, bold=number == 0
            )
    return int(sum(heights))


def _widths(rows: tuple[tuple[str, ...], ...], columns: int) -> list[Emu]:
    """Columns as wide as their longest cells ask, none narrower than a tenth."""
    longest = [
        max((len(row[place]) for row in rows if place < len(row)), default=1)
        for place in range(columns)
    ]
    asked = [min(max(length, 5), 30) for length in longest]
    room = WIDTH - 2 * MARGIN
    return [Emu(int(room * width / sum(asked))) for width in asked]


def _cell_lines(row: tuple[str, ...], widths: Sequence[int]) -> int:
    """How many lines the tallest cell of a row takes; a full-width character is as wide as high."""
    per_line = [max(1, int((width - Inches(0.2)) / Pt(TABLE_SIZE))) for width in widths]
    return max(
        -(-len(cell) // per_line[place]) for place, cell in enumerate(row) if cell or place == 0
    )


def _run(paragraph: Any, words: str, *, size: int, color: Any, bold: bool) -> None:
    run = paragraph.add_run()
    run.text = words
    font = run.font
    font.name, font.size, font.bold = FONT, Pt(size), bold
    font.color.rgb = color
    # The name above is for Latin letters; Chinese text takes the East Asian one.
    east = run._r.get_or_add_rPr().makeelement(qn("a:ea"), {"typeface": FONT})
    run._r.get_or_add_rPr().append(east)
