"""What a paper's file is, told by its content: the kinds of attachments, and what else can be read.

Older Office files, web pages, e-mails and plain text are read but never run; those that carry a program
are refused like every attachment that could act by itself.
"""

from __future__ import annotations

import re
from pathlib import Path

from desk.errors import InvalidRecordError
from desk.file_types import DOCX, JPEG, PDF, PNG, FileType, recognise

WEBP = FileType("webp", "image/webp", "图片")
HEIC = FileType("heic", "image/heic", "图片")
DOC = FileType("doc", "application/msword", "Word")
WPS = FileType("wps", "application/vnd.ms-works", "WPS 文字")
TEXT = FileType("txt", "text/plain", "文本")
HTML = FileType("html", "text/html", "网页")
MAIL = FileType("eml", "message/rfc822", "邮件")
PICTURES = (PNG, JPEG, WEBP, HEIC)
ACCEPTED = "PDF、图片（PNG、JPG、WebP、HEIC）、Word（docx、doc）、WPS、文本、网页和邮件（eml）"
SUFFIXES = (
    "pdf", "png", "jpg", "jpeg", "webp", "heic", "heif", "docx", "doc", "wps", "txt", "html", "htm", "eml",
)  # fmt: skip
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
_BY_SUFFIX = {"txt": TEXT, "html": HTML, "htm": HTML, "eml": MAIL}
# Names of the storages in which an older Office file keeps its macros.
_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros", "VBA"))
# How programs and scripts begin, whatever they are called.
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe")
_HEADER = re.compile(rb"(?im)^(?:from|to|subject|date|received|return-path):")
_HEAD_BYTES = 4096


def recognise_paper(path: Path, name: str) -> FileType:
    """The kind of a file of a paper.

    :param name: what the person's file is called; decides only among kinds that are plain text.
    :raises InvalidRecordError: when it is of no kind that is read, or could act by itself.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _older_office(path, name)
    if head.startswith((b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"PK\x03\x04")):
        kind = recognise(path)
        if kind not in (PDF, PNG, JPEG, DOCX):
            raise InvalidRecordError(f"{_shown(name)}：表格不是文书，请打印为 PDF 再传")
        return kind
    return _words(path, name, head)


def _older_office(path: Path, name: str) -> FileType:
    content = path.read_bytes()
    if any(mark in content for mark in _MACROS):
        raise InvalidRecordError(f"{_shown(name)}：文件带有宏，请另存为 docx 或 PDF 再传")
    suffix = _suffix(name)
    if suffix not in ("doc", "wps"):
        raise InvalidRecordError(f"{_shown(name)}：旧版 Office 文件只读 doc 和 wps，请另存为 PDF")
    return DOC if suffix == "doc" else WPS


def _words(path: Path, name: str, head: bytes) -> FileType:
    if not head:
        raise InvalidRecordError(f"{_shown(name)}：文件是空的，请重新选择")
    kind = _BY_SUFFIX.get(_suffix(name))
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if kind is None or head.startswith(_PROGRAMS) or (b"\x00" in path.read_bytes() and not is_wide):
        raise InvalidRecordError(f"{_shown(name)}：读不了这种文件；可以传{ACCEPTED}")
    if kind is MAIL and not _HEADER.search(head):
        raise InvalidRecordError(f"{_shown(name)}：不是邮件文件，请在邮箱里重新导出 eml")
    return kind


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _shown(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[-60:] or "文件"
