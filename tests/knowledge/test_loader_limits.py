"""Hostile and damaged files through the parsing process: refused or read, within limits, writing nothing."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import docx
import openpyxl
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from knowledge.errors import SourceError
from knowledge.worker import ParserWorker

pytestmark = pytest.mark.slow

MEMORY = 700 * 1024 * 1024
SECONDS = 20.0


@pytest.fixture(scope="module")
def worker():
    with ParserWorker(timeout_s=SECONDS, max_memory=MEMORY) as running:
        yield running


def tried(worker, path):
    """Load a file and hold the process to its limits.

    :return: the document, or the message of the refusal.
    """
    before = {item for item in path.parent.rglob("*")}
    began = time.monotonic()
    try:
        found = worker.load(path)
    except SourceError as error:
        found = str(error)
    assert time.monotonic() - began < SECONDS + 5
    assert {item for item in path.parent.rglob("*")} == before
    process = worker._process
    if process is not None and process.poll() is None:
        assert psutil.Process(process.pid).memory_info().vms <= MEMORY
    return found


def law_docx():
    document = docx.Document()
    document.add_heading("样例法", 1)
    for text in ("第一条 为了测试，制定本法。", "第二条 本法适用于样例。"):
        document.add_paragraph(text)
    table = document.add_table(3, 2)
    for number, cells in enumerate((("项目", "期限"), ("答辩", "20天"), ("上诉", "30天"))):
        for column, cell in enumerate(cells):
            table.cell(number, column).text = cell
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def faq_xlsx():
    book = openpyxl.Workbook()
    book.active.append(["问题", "答案"])
    book.active.append(["展会被投诉怎么办", "先看投诉文件。"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def law_pdf(password=None):
    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt=StandardEncryption(password) if password else None)
    canvas.drawString(72, 720, "Article 1. This is a sample text for a test.")
    canvas.save()
    return stream.getvalue()


VALID = {
    ".docx": law_docx(),
    ".xlsx": faq_xlsx(),
    ".pdf": law_pdf(),
    ".csv": "问题,答案\n展会被投诉怎么办,先看投诉文件。\n".encode(),
    ".html": "<h1>样例</h1><p>第一条 甲。</p><table><tr><td>乙</td></tr></table>".encode(),
    ".md": "---\nid: a-b\ntitle: 样例\nkind: guide\njurisdiction: [US]\n---\n## 甲\n正文。\n".encode(),
    ".txt": "第一条 甲。\n第二条 乙。\n".encode(),
}


@pytest.mark.parametrize("suffix", sorted(VALID))
def test_sound_file_is_read(worker, tmp_path, suffix):
    path = tmp_path / f"样例{suffix}"
    path.write_bytes(VALID[suffix])
    found = tried(worker, path)
    assert not isinstance(found, str), found


@given(data=st.data(), suffix=st.sampled_from(sorted(VALID)))
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_file_is_refused_by_name_or_read(worker, tmp_path, data, suffix):
    content = bytearray(VALID[suffix])
    for _ in range(data.draw(st.integers(1, 8), label="flips")):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(content)), label="length")
    path = tmp_path / f"损坏{suffix}"
    path.write_bytes(bytes(content[:end]))
    found = tried(worker, path)
    assert not isinstance(found, str) or f"损坏{suffix}" in found


@given(content=st.sampled_from(sorted(VALID)), suffix=st.sampled_from(sorted(VALID)))
@settings(
    max_examples=49, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_file_under_a_wrong_suffix_never_crashes_and_office_files_are_named(
    worker, tmp_path, content, suffix
):
    path = tmp_path / f"错{suffix}"
    path.write_bytes(VALID[content])
    found = tried(worker, path)
    if content in (".docx", ".xlsx", ".pdf") and suffix != content:
        assert isinstance(found, str)
        assert f"错{suffix}" in found


def with_body(data, body):
    """A Word file whose text is replaced by given markup."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as new,
    ):
        for entry in old.infolist():
            text = old.read(entry)
            if entry.filename == "word/document.xml":
                start, end = text.index(b"<w:body>") + 8, text.index(b"</w:body>")
                text = text[:start] + body + text[end:]
            new.writestr(entry.filename, text)
    return stream.getvalue()


@pytest.mark.parametrize("depth", [50, 2_000, 100_000])
def test_deeply_nested_word_file_neither_crashes_nor_hangs(worker, tmp_path, depth):
    opened, closed = b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>"
    body = opened * depth + "<w:p><w:r><w:t>深处</w:t></w:r></w:p>".encode() + closed * depth
    path = tmp_path / "深.docx"
    path.write_bytes(with_body(VALID[".docx"], body))
    found = tried(worker, path)
    assert not isinstance(found, str) or "深.docx" in found


@pytest.mark.parametrize("opener", ["<div>", "<table><tr><td>", "<ul><li>", "<b>"])
def test_deeply_nested_page_neither_crashes_nor_hangs(worker, tmp_path, opener):
    path = tmp_path / "深.html"
    path.write_text(opener * 60_000 + "深处的正文", encoding="utf-8")
    found = tried(worker, path)
    assert not isinstance(found, str) or "深.html" in found


def test_encrypted_pdf_says_that_it_is_encrypted(worker, tmp_path):
    path = tmp_path / "密.pdf"
    path.write_bytes(law_pdf("geheim"))
    found = tried(worker, path)
    assert isinstance(found, str)
    assert "已加密" in found


def test_hundred_megabytes_of_text_are_refused_at_once(worker, tmp_path):
    path = tmp_path / "巨.txt"
    with path.open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    began = time.monotonic()
    found = tried(worker, path)
    assert "上限 50 MB" in found
    assert time.monotonic() - began < 5


def test_text_of_forty_megabytes_stays_within_memory_and_time(worker, tmp_path):
    path = tmp_path / "大.txt"
    path.write_text("第一条 文字内容重复很多次。\n" * 1_000_000, encoding="utf-8")
    found = tried(worker, path)
    assert not isinstance(found, str) or "大.txt" in found


def test_markup_with_entities_and_bombs_is_refused(worker, tmp_path):
    body = b"<w:p/>"
    data = with_body(VALID[".docx"], body).replace(b"<w:body>", b"<w:body>")
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            text = old.read(entry)
            if entry.filename == "word/document.xml":
                text = (
                    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                    + text
                )
            new.writestr(entry.filename, text)
        new.writestr("word/media/bomb.xml", b" " * (80 << 20))
    path = tmp_path / "毒.docx"
    path.write_bytes(stream.getvalue())
    assert isinstance(tried(worker, path), str)


def test_link_to_a_secret_is_never_followed(worker, tmp_path):
    path = tmp_path / "连接.txt"
    path.symlink_to("/etc/passwd")
    assert "符号链接" in tried(worker, path)
    os.unlink(path)
    assert not Path(path).exists()


def test_word_file_of_a_hundred_thousand_paragraphs_is_read_in_time(worker, tmp_path):
    body = b"".join(
        f"<w:p><w:r><w:t>第{number}段的内容文字</w:t></w:r></w:p>".encode()
        for number in range(100_000)
    )
    path = tmp_path / "长.docx"
    path.write_bytes(with_body(VALID[".docx"], body))
    found = tried(worker, path)
    assert not isinstance(found, str), found
    assert sum(len(section.text) for section in found.sections) > 1_000_000


def test_file_of_more_passages_than_a_file_may_have_is_refused_with_the_way_out(worker, tmp_path):
    path = tmp_path / "清单.md"
    path.write_text("# 清单\n" + "".join(f"# {n}\n" for n in range(30_000)), encoding="utf-8")
    found = tried(worker, path)
    assert isinstance(found, str)
    assert "拆成几个文件" in found
