"""What a paper's file is, told by its content: the kinds of attachments, and what else can be read.

Older Office files, web pages, e-mails and plain text are read but never run; those that carry a program
are refused like every attachment that could act by itself.  A refusal says what the file is and how to
make one of it that is read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from desk.errors import InvalidRecordError
from desk.file_types import JPEG, PNG, XLSX, FileType, recognise
from knowledge.paper_limits import HEIC_BRANDS

WEBP = FileType("webp", "image/webp", "图片")
HEIC = FileType("heic", "image/heic", "图片")
TIFF = FileType("tif", "image/tiff", "图片")
BMP = FileType("bmp", "image/bmp", "图片")
DOC = FileType("doc", "application/msword", "Word")
WPS = FileType("wps", "application/vnd.ms-works", "WPS 文字")
TEXT = FileType("txt", "text/plain", "文本")
HTML = FileType("html", "text/html", "网页")
MAIL = FileType("eml", "message/rfc822", "邮件")
PICTURES = (PNG, JPEG, WEBP, HEIC, TIFF, BMP)
ACCEPTED = (
    "PDF、图片（PNG、JPG、WebP、HEIC、TIFF、BMP）、Word（docx、doc）、WPS、文本、网页和邮件（eml）"
)
SUFFIXES = (
    "pdf", "png", "jpg", "jpeg", "webp", "heic", "heif", "tif", "tiff", "bmp", "docx", "doc", "wps", "txt", "html", "htm",
    "eml",
)  # fmt: skip
_BY_SUFFIX = {"txt": TEXT, "html": HTML, "htm": HTML, "eml": MAIL}
_TIFF_STARTS = (b"II*\x00", b"MM\x00*")
# An older Office file is a file system of its own, whose entries are of this size; what an entry is called
# and that it is one stands at these places of it.
_ENTRY_BYTES, _LENGTH_AT, _KIND_AT = 128, 64, 66
_FIRST_ENTRY = 512
_ENTRY_KINDS = (1, 2, 5)
_ROOT = "Root Entry"
# Entries in which an older Office file keeps its macros.
_MACROS = frozenset({"_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros", "VBA"})
# What such a file is by an entry that no other kind has, and what to do with it.
_OLDER = (
    ("EncryptedPackage", "文件加了打开密码，读不了；请去掉密码另存，或打印为 PDF 再传"),
    ("__properties_version1.0", "Outlook 的 msg 邮件读不了；请在 Outlook 里另存为 eml，或打印为 PDF 再传"),
    ("Workbook", "表格不是文书，请打印为 PDF 再传"),
    ("Book", "表格不是文书，请打印为 PDF 再传"),
    ("PowerPoint Document", "演示文稿读不了，请打印为 PDF 再传"),
)  # fmt: skip
# What an archive is by a file in it that no other kind has.
_ARCHIVES = (
    ("OFD.xml", "OFD 版式文件读不了，请用阅读器打印为 PDF 再传"),
    ("ppt/presentation.xml", "演示文稿读不了，请打印为 PDF 再传"),
    ("META-INF/manifest.xml", "OpenDocument（odt）文件读不了，请另存为 docx 或 PDF 再传"),
)
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
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return HEIC
    if head.startswith(_TIFF_STARTS):
        return TIFF
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return BMP
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _older_office(path, name)
    if head.startswith((b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")):
        return _known(path, name)
    if head.startswith(b"PK\x03\x04"):
        return _archive(path, name)
    return _words(path, name, head)


def _known(path: Path, name: str) -> FileType:
    """A file of a kind that leads take as well."""
    try:
        return recognise(path)
    except InvalidRecordError as error:
        raise InvalidRecordError(f"{_shown(name)}：{error}") from error


def _archive(path: Path, name: str) -> FileType:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        entries = set()
    for entry, refusal in _ARCHIVES:
        if entry in entries:
            raise InvalidRecordError(f"{_shown(name)}：{refusal}")
    if entries and entries.isdisjoint({"word/document.xml", "xl/workbook.xml"}):
        raise InvalidRecordError(
            f"{_shown(name)}：不收压缩包，请解压以后把里面的文书分别上传；可以传{ACCEPTED}"
        )
    kind = _known(path, name)
    if kind == XLSX:
        raise InvalidRecordError(f"{_shown(name)}：表格不是文书，请打印为 PDF 再传")
    return kind


def _older_office(path: Path, name: str) -> FileType:
    content = path.read_bytes()
    entries = frozenset(_entries(content))
    if not _MACROS.isdisjoint(entries) or (_ROOT not in entries and _names_macros(content)):
        raise InvalidRecordError(f"{_shown(name)}：文件带有宏，请另存为 docx 或 PDF 再传")
    for entry, refusal in _OLDER:
        if entry in entries:
            raise InvalidRecordError(f"{_shown(name)}：{refusal}")
    suffix = _suffix(name)
    if suffix not in ("doc", "wps"):
        raise InvalidRecordError(f"{_shown(name)}：旧版 Office 文件只读 doc 和 wps，请另存为 PDF")
    return DOC if suffix == "doc" else WPS


def _names_macros(content: bytes) -> bool:
    """Whether macros are named anywhere, for a file whose entries are not where they should be."""
    return any(name.encode("utf-16-le") in content for name in _MACROS)


def _entries(content: bytes) -> Iterator[str]:
    """The names of the entries of an older Office file; words of its text are none."""
    for start in range(_FIRST_ENTRY, len(content) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        length = int.from_bytes(content[start + _LENGTH_AT : start + _KIND_AT], "little")
        if content[start + _KIND_AT] in _ENTRY_KINDS and 2 < length <= _LENGTH_AT:
            yield content[start : start + length - 2].decode("utf-16-le", "replace")


def _words(path: Path, name: str, head: bytes) -> FileType:
    if not head:
        raise InvalidRecordError(f"{_shown(name)}：文件是空的，请重新选择")
    if head.startswith(b"{\\rtf"):
        raise InvalidRecordError(f"{_shown(name)}：RTF 文件读不了，请另存为 docx 或 PDF 再传")
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
