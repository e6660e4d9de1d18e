from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from desk import file_types
from desk.errors import InvalidRecordError
from desk.file_types import DOCX, JPEG, PDF, PNG, XLSX, clean_name, recognise
from tests.desk.files import JPEG_HEAD, PNG_HEAD, docx, pdf, plain_zip, with_entry, xlsx


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "kind"),
    [(pdf(), PDF), (PNG_HEAD, PNG), (JPEG_HEAD, JPEG), (docx(), DOCX), (xlsx(), XLSX)],
    ids=lambda value: getattr(value, "suffix", None),
)
def test_evidence_is_recognised_by_its_content(tmp_path: Path, content: bytes, kind) -> None:
    assert recognise(_file(tmp_path, content)) is kind


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"<!doctype html><script>alert(1)</script>", "只收"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "只收"),
        (b"#!/bin/sh\nrm -rf /", "只收"),
        (b"MZ\x90\x00" + b"\0" * 60, "只收"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "只收"),
        (b"GIF89a<script>alert(1)</script>", "只收"),
        (b"Rar!\x1a\x07\x00", "只收"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "宏"),
        (plain_zip("合同.pdf", pdf()), "不收压缩包"),
        (plain_zip("word/document.xml", b"<a/>"), "不收压缩包"),
        (b"PK\x03\x04broken", "不完整"),
        (pdf()[:-40], "不完整"),
        (PNG_HEAD[:20], "不完整"),
        (JPEG_HEAD[:24], "不完整"),
        (b"\xff\xd8\xff\xe0\x00\x00" + b"\0" * 20, "不完整"),
        (with_entry(docx(), "word/vbaProject.bin"), "宏"),
        (with_entry(xlsx(), "xl/embeddings/run.exe"), "宏"),
        (with_entry(docx(), "word/activeX/activeX1.xml"), "宏"),
        (with_entry(docx(), "../../etc/cron.d/x"), "路径"),
        (with_entry(docx(), "/etc/passwd"), "路径"),
    ],
)
def test_anything_else_is_refused_with_the_way_out(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(InvalidRecordError, match=said):
        recognise(_file(tmp_path, content))


def test_zip_bomb_is_refused_without_being_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = _file(tmp_path, with_entry(docx(), "word/media/a.bin", b"\0" * (60 * 1024 * 1024)))
    assert bomb.stat().st_size < 200_000

    def unpacked(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("an entry was opened")

    monkeypatch.setattr(zipfile.ZipFile, "open", unpacked)
    with pytest.raises(InvalidRecordError, match="展开后过大"):
        recognise(bomb)


def test_archive_of_very_many_entries_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO(docx())
    with zipfile.ZipFile(content, "a") as archive:
        for number in range(file_types.MAX_ENTRIES):
            archive.writestr(f"word/media/{number}", b"")
    with pytest.raises(InvalidRecordError, match="展开后过大"):
        recognise(_file(tmp_path, content.getvalue()))


@pytest.mark.parametrize("size", [(60_000, 60_000), (0, 10), (4_000_000_000, 1)])
def test_picture_that_no_viewer_could_open_is_refused(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", *size) + b"\x08\x02\0\0\0"
    with pytest.raises(InvalidRecordError, match="尺寸"):
        recognise(_file(tmp_path, head))


@pytest.mark.parametrize(
    "action",
    [
        b"<< /S /JavaScript /JS (app.alert(1)) >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /S /J#61vaScript >>",
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_pdf_that_acts_is_refused_however_it_is_written(
    tmp_path: Path, action: bytes, packed: bool
) -> None:
    if packed:
        body = zlib.compress(action)
        head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(body)
        action = head + b"\nstream\n" + body + b"\nendstream"
    content = pdf().replace(b"\nxref", b"\n9 0 obj\n" + action + b"\nendobj\nxref", 1)
    with pytest.raises(InvalidRecordError, match="脚本或程序"):
        recognise(_file(tmp_path, content))


def test_chance_bytes_in_a_picture_stream_do_not_make_a_pdf_suspect(tmp_path: Path) -> None:
    stream = b"9 0 obj\n<< /Length 12 >>\nstream\n\x01/JS \x02/Launch \x03\nendstream\nendobj\n"
    content = pdf().replace(b"\nxref", b"\n" + stream + b"xref", 1)
    assert recognise(_file(tmp_path, content)) is PDF


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("立案通知.pdf", "立案通知.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\evil.exe", "evil.pdf"),
        ("/etc/cron.d/job.sh", "job.pdf"),
        ("C:\\a\\b.PDF", "b.pdf"),
        ("报告\u202efdp.exe", "报告fdp.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "abSet-Cookie_ x.pdf"),
        ('x"; filename=y.html', "x__ filename=y.pdf"),
        ("<script>alert(1)</script>.pdf", "script_.pdf"),
        ("v1.2 合同", "v1.2 合同.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("....", "附件.pdf"),
        ("", "附件.pdf"),
        ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
        (".htaccess", "htaccess.pdf"),
    ],
)
def test_name_is_reduced_to_a_plain_name_with_its_true_ending(given: str, shown: str) -> None:
    assert clean_name(given, PDF) == shown
