"""Course modules as slides: complete, with their tables, their Chinese font and their sources."""

from pathlib import Path

import pytest
from pptx import Presentation
from pptx.oxml.ns import qn

from knowledge.ledger import load_ledger
from knowledge.loaders import load
from knowledge.slides import FONT, LINE_CHARS, MAX_LINES, export_course, slides_of, source_line

ROOT = Path(__file__).resolve().parents[2]
SOURCES, TABLES = ROOT / "knowledge" / "sources", ROOT / "knowledge" / "tables"
COURSES = sorted((SOURCES / "training").glob("*.md"))


@pytest.fixture(scope="module")
def ledger():
    return load_ledger(TABLES)


def test_there_are_eight_courses():
    assert len(COURSES) == 8


@pytest.fixture(params=COURSES, ids=lambda path: path.stem)
def course(request):
    return load(request.param, root=SOURCES)


@pytest.fixture
def deck(course, ledger, tmp_path):
    return Presentation(str(export_course(course, ledger, tmp_path / "slides")))


def texts(slide):
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            for row in shape.table.rows:
                yield from (cell.text for cell in row.cells)


def test_every_word_of_a_course_is_on_a_slide(course, deck):
    shown = "".join("".join(texts(slide)) for slide in deck.slides)
    bare = "".join(shown.split())
    for section in course.sections:
        for line in section.text.splitlines():
            for part in line.strip("|").split("|"):
                words = part.strip().lstrip("-").split(". ", 1)[-1].strip()
                assert "".join(words.split()) in bare, (course.meta.id, section.heading, words)


def test_tables_keep_their_rows_and_columns(course, deck):
    tables = [
        [[cell.text for cell in row.cells] for row in shape.table.rows]
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table
    ]
    outline = next(table for table in tables if table[0][0] == "时长（分钟）")
    assert {len(row) for row in outline} == {3}
    assert sum(int(row[0]) for row in outline[1:]) == 45
    written = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for section in course.sections
        for line in section.text.splitlines()
        if line.startswith("|")
    ]
    assert [row for table in tables for row in table] == written


def test_every_slide_but_the_title_says_what_it_rests_on(deck):
    for slide in list(deck.slides)[1:]:
        assert any(text.startswith("依据：") for text in texts(slide))


def test_every_run_names_a_chinese_font(deck):
    runs = [run for slide in deck.slides for run in slide.shapes._spTree.iter(qn("a:r"))]
    assert runs
    for run in runs:
        properties = run.find(qn("a:rPr"))
        assert properties.find(qn("a:ea")).get("typeface") == FONT
        assert properties.find(qn("a:latin")).get("typeface") == FONT


def test_no_slide_holds_more_than_fits(course):
    for slide in slides_of(course):
        lines = sum(-(-len(line) // LINE_CHARS) for line in (*slide.lead, *slide.lines))
        assert lines + 1.5 * len(slide.table) <= MAX_LINES + 3, slide.heading


def test_a_long_table_is_continued_under_its_heading_row(tmp_path, ledger):
    rows = "\n".join(f"| 第{n}行 | 内容 |" for n in range(1, 21))
    path = tmp_path / "long.md"
    path.write_text(
        f"---\nid: long\ntitle: 长表\nkind: training\njurisdiction: [GENERAL]\n---\n## 表\n| 甲 | 乙 |\n|---|---|\n{rows}\n",
        encoding="utf-8",
    )
    slides = list(slides_of(load(path)))
    assert len(slides) == 3
    assert {slide.table[0] for slide in slides} == {("甲", "乙")}
    assert sum(len(slide.table) - 1 for slide in slides) == 20
    assert slides[0].heading == "表（1/3）"


def test_source_line_names_rules_and_the_latest_date(ledger):
    line = source_line(["itc-337-response-20-days", "frcp-answer-21-days"], ledger)
    assert "19 CFR § 210.13(a)" in line
    assert "FRCP 12(a)" in line
    assert "资料截至 20" in line
    # A foreign law with a Chinese name says whose it is.
    assert "JP 商标法" in source_line(["jp-tm-opposition-2-months"], ledger)
