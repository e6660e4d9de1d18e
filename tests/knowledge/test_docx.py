"""Word files: structure kept, hostile archives refused before they are parsed."""

import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.errors import SourceError
from knowledge.loaders import load
from knowledge.loaders.word_numbers import chinese_number


def read_or_refused(path):
    """:return: the document, or the message of the refusal."""
    try:
        return load(path)
    except SourceError as error:
        return str(error)


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def regulation():
    document = docx.Document()
    document.add_heading("样例管理办法", level=0)
    document.add_heading("第一章 总则", level=1)
    document.add_paragraph("第一条 为了测试，制定本办法。")
    document.add_paragraph("第二条 期限如下：")
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(
        table.rows, [("事项", "期限"), ("答辩", "20天"), ("上诉", "30天")], strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("表后的第二款。")
    document.add_heading("第二章 附则", level=1)
    document.add_paragraph("第三条 自公布之日起施行。")
    return document


def test_headings_articles_and_table_rows_are_kept_in_order(tmp_path):
    path = tmp_path / "办法.docx"
    path.write_bytes(saved(regulation()))
    document = load(path)
    assert document.meta.title == "样例管理办法"
    articles = [section for section in document.sections if section.article]
    assert [section.article for section in articles] == ["第一条", "第二条", "第三条"]
    assert articles[1].text.split("\n") == ["第二条 期限如下：", "表后的第二款。"]
    assert articles[2].heading == ("第二章 附则",)
    (table,) = (section for section in document.sections if section.article is None)
    assert table.heading == ("第一章 总则", "附表 第二条")
    assert table.text.split("\n") == [
        "事项｜期限",
        "事项：答辩；期限：20天",
        "事项：上诉；期限：30天",
    ]


def test_every_filled_table_row_comes_out(tmp_path):
    document = docx.Document()
    document.add_paragraph("前言文字")
    table = document.add_table(rows=40, cols=3)
    for number, row in enumerate(table.rows):
        for place, cell in enumerate(row.cells):
            cell.text = f"行{number}列{place}"
    table.cell(5, 0).merge(table.cell(5, 1))
    path = tmp_path / "表.docx"
    path.write_bytes(saved(document))
    text = "\n".join(section.text for section in load(path).sections)
    assert sum("列2" in line for line in text.split("\n")) == 40
    assert text.count("行5列0") == 1


def test_a_cell_merged_over_rows_is_said_in_each_of_them(tmp_path):
    document = docx.Document()
    table = document.add_table(rows=4, cols=3)
    for row, cells in zip(table.rows, [("类型", "情形", "上限"), ("337调查", "应诉", "100万元"),
                                       ("", "和解", "30万元"), ("展会", "查扣", "10万元")], strict=True):  # fmt: skip
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    path = tmp_path / "标准.docx"
    document.save(str(path))
    text = "\n".join(section.text for section in load(path).sections)
    assert "类型：337调查；情形：应诉；上限：100万元" in text
    assert "类型：337调查；情形：和解；上限：30万元" in text
    assert "类型：展会；情形：查扣；上限：10万元" in text


def numbered(patterns):
    """A document whose article labels Word itself would draw."""
    document = docx.Document()
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    for level, (kind, pattern) in enumerate(patterns):
        item = OxmlElement("w:lvl")
        item.set(qn("w:ilvl"), str(level))
        for tag, value in (("w:start", "1"), ("w:numFmt", kind), ("w:lvlText", pattern)):
            child = OxmlElement(tag)
            child.set(qn("w:val"), value)
            item.append(child)
        abstract.append(item)
    root.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "77")
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), "77")
    number.append(link)
    root.append(number)
    return document


def add_numbered(document, text, level=0):
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    numbering = OxmlElement("w:numPr")
    for tag, value in (("w:ilvl", str(level)), ("w:numId", "77")):
        child = OxmlElement(tag)
        child.set(qn("w:val"), value)
        numbering.append(child)
    properties.append(numbering)


def test_articles_numbered_by_word_get_their_labels(tmp_path):
    document = numbered([("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）")])
    for text in ("甲。", "乙有下列情形：", "丙。"):
        add_numbered(document, text)
        if "情形" in text:
            add_numbered(document, "子；", level=1)
            add_numbered(document, "丑。", level=1)
    path = tmp_path / "自动编号.docx"
    path.write_bytes(saved(document))
    sections = load(path).sections
    assert [section.article for section in sections] == ["第一条", "第二条", "第三条"]
    assert sections[1].text == "第二条 乙有下列情形：\n（一） 子；\n（二） 丑。"


def test_zip_bomb_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * (30 << 20) + b"</a>")
    path = tmp_path / "炸弹.docx"
    path.write_bytes(stream.getvalue())
    assert path.stat().st_size < 100_000
    with pytest.raises(SourceError, match=r"炸弹\.docx.*压缩炸弹"):
        load(path)


def test_bomb_that_lies_about_its_size_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * (30 << 20) + b"</a>")
    data = bytearray(stream.getvalue())
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (1000).to_bytes(4, "little")
    path = tmp_path / "谎.docx"
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match=r"谎\.docx"):
        load(path)


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml"])
def test_entity_definitions_are_refused(tmp_path, part):
    source = zipfile.ZipFile(io.BytesIO(saved(regulation())))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                entity = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
                content = content.replace(b"?>", b"?>" + entity, 1)
            archive.writestr(name, content)
    path = tmp_path / "实体.docx"
    path.write_bytes(stream.getvalue())
    with pytest.raises(SourceError, match=r"实体\.docx.*实体"):
        load(path)


def test_archive_with_too_many_files_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(5001):
            archive.writestr(f"f{number}", b"")
    path = tmp_path / "多.docx"
    path.write_bytes(stream.getvalue())
    with pytest.raises(SourceError, match="疑似恶意"):
        load(path)


def test_other_archive_under_a_word_suffix_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
    path = tmp_path / "表格.docx"
    path.write_bytes(stream.getvalue())
    with pytest.raises(SourceError, match="不是 Word"):
        load(path)


def test_word_file_of_pictures_only_is_refused(tmp_path):
    path = tmp_path / "图.docx"
    path.write_bytes(saved(docx.Document()))
    with pytest.raises(SourceError, match="没有文字"):
        load(path)


WHOLE = saved(regulation())


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_word_file_is_refused_or_read(tmp_path, place, noise):
    path = tmp_path / "坏.docx"
    path.write_bytes(WHOLE[:place] + noise + WHOLE[place + len(noise) :])
    found = read_or_refused(path)
    assert "坏.docx" in found if isinstance(found, str) else found.sections


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "一"), (10, "十"), (13, "十三"), (20, "二十"), (105, "一百零五"), (1010, "一千零一十")],
)
def test_numbers_are_written_in_chinese(value, text):
    assert chinese_number(value) == text
