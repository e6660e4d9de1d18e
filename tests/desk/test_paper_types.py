"""What a paper's file is taken for, and what is said of one that is not read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from desk.errors import InvalidRecordError
from desk.paper_types import SUFFIXES, recognise_paper
from tests.desk.files import docx, pdf, plain_zip, with_entry, xlsx


def older(*entries: str, text: str = "") -> bytes:
    """An older Office file of some entries, with a text in UTF-16 as Word keeps it."""
    rows = b""
    for name in ("Root Entry", *entries):
        coded = name.encode("utf-16-le") + b"\0\0"
        rows += coded.ljust(64, b"\0") + len(coded).to_bytes(2, "little") + b"\x02" + bytes(61)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    body = text.encode("utf-16-le")
    return head + rows + body.ljust(-(-len(body) // 512) * 512, b"\0")


def picture(kind: str) -> bytes:
    found = io.BytesIO()
    Image.new("RGB", (20, 20)).save(found, kind)
    return found.getvalue()


@pytest.fixture
def kind_of(tmp_path: Path):
    def recognised(name: str, content: bytes) -> str:
        path = tmp_path / "01"
        path.write_bytes(content)
        return recognise_paper(path, name).suffix

    return recognised


@pytest.mark.parametrize(
    ("name", "content", "suffix"),
    [
        ("scan.tif", picture("TIFF"), "tif"),
        ("scan.bmp", picture("BMP"), "bmp"),
        ("a.doc", older("WordDocument"), "doc"),
        # Words of a text are no macros.
        ("a.doc", older("WordDocument", text="本合同附件为 VBA 与 Macros 的说明，_VBA_PROJECT"), "doc"),
        ("a.docx", docx(), "docx"),
        ("a.pdf", pdf() + b"\n" * 3000, "pdf"),
    ],
)  # fmt: skip
def test_file_is_taken_for_what_it_is(kind_of, name, content, suffix):
    assert kind_of(name, content) == suffix
    assert suffix in SUFFIXES


@pytest.mark.parametrize(
    ("name", "content", "said", "unsaid"),
    [
        ("a.docx", older("EncryptionInfo", "EncryptedPackage"), "密码", "旧版"),
        ("a.msg", older("__properties_version1.0"), "Outlook 里另存为 eml", "旧版"),
        ("a.xls", older("Workbook"), "表格不是文书", "旧版"),
        ("a.ppt", older("PowerPoint Document"), "演示文稿", "旧版"),
        ("a.doc", older("WordDocument", "Macros"), "宏", "旧版"),
        ("a.bin", older("Something"), "只读 doc 和 wps", "宏"),
        ("a.zip", plain_zip("summons.pdf", pdf()), "解压以后", "Excel"),
        ("a.docx", b"PK\x03\x04" + bytes(40), "不完整", "Excel"),
        ("a.xlsx", xlsx(), "表格不是文书", "Excel"),
        ("a.docx", with_entry(docx(), "word/vbaProject.bin"), "宏", "xlsx"),
        ("a.odt", plain_zip("META-INF/manifest.xml", b""), "另存为 docx 或 PDF", "压缩包"),
        ("a.ofd", plain_zip("OFD.xml", b""), "打印为 PDF", "压缩包"),
        ("a.rtf", rb"{\rtf1 x}", "另存为 docx 或 PDF", "Excel"),
        ("a.pdf", b"%PDF-1.4 cut off", "a.pdf：这个 PDF 不完整", "Excel"),
    ],
)
def test_refusal_says_what_the_file_is_and_what_to_do(kind_of, name, content, said, unsaid):
    with pytest.raises(InvalidRecordError) as refusal:
        kind_of(name, content)
    assert said in str(refusal.value)
    assert unsaid not in str(refusal.value)
