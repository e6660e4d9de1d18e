"""What an uploaded file is, told by its content and never by its name.

Only kinds that evidence comes in are taken: PDF, pictures, Word and Excel documents without macros.
An Office file is a ZIP archive, so its directory is read first and what unpacks to far more than it
weighs is refused; nothing is ever unpacked.
"""

from __future__ import annotations

import contextlib
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from desk.errors import InvalidRecordError
from knowledge.paper_limits import PDF_TAIL_BYTES

MAX_ENTRIES = 3000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
_RATIO_FROM = 1024 * 1024  # a few kilobytes of XML pack very well and harm nobody
MAX_PIXELS = 120_000_000
MAX_NAME = 100

_OFFICE = "application/vnd.openxmlformats-officedocument"
_PROGRAMS = re.compile(
    r"(?i)(vbaproject|activex|\.(?:exe|dll|com|scr|bat|cmd|ps1|vbs|js|jse|wsf|hta|jar|msi|lnk|sh)$)"
)
# What makes a PDF act by itself; names may be written with #xx in place of letters.
_PDF_ACTIONS = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia)(?![A-Za-z])")
_PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_PDF_INFLATED = 8 * 1024 * 1024
_RESERVED = re.compile(r"(?i)^(?:con|prn|aux|nul|com\d|lpt\d)$")


@dataclass(frozen=True)
class FileType:
    """A kind of file that is taken."""

    suffix: str
    media_type: str
    label: str


PDF = FileType("pdf", "application/pdf", "PDF")
PNG = FileType("png", "image/png", "图片")
JPEG = FileType("jpg", "image/jpeg", "图片")
DOCX = FileType("docx", f"{_OFFICE}.wordprocessingml.document", "Word")
XLSX = FileType("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "Excel")
ACCEPTED = "PDF、PNG 或 JPG 图片、Word（docx）、Excel（xlsx）"


def recognise(path: Path) -> FileType:
    """The kind of a file.

    :raises InvalidRecordError: when it is none that is taken, or could act by itself.
    """
    with path.open("rb") as file:
        head = file.read(16)
        if head.startswith(b"%PDF-"):
            return _pdf(file)
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(file)
        if head.startswith(b"\xff\xd8\xff"):
            return _jpeg(file)
        if head.startswith(b"PK\x03\x04"):
            return _office(file)
    if not head:
        raise InvalidRecordError("文件是空的，请重新选择")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidRecordError(
            "旧版 Office 文件（doc、xls）可能带宏，请另存为 docx、xlsx 或 PDF 再传"
        )
    raise InvalidRecordError(f"只收{ACCEPTED}；这个文件的内容不是这些格式")


def clean_name(name: str, kind: FileType) -> str:
    """What the file was called, fit to be shown and saved: no path, no tricks, the true ending.

    ``../../evil.sh`` becomes ``evil.pdf`` when it is a PDF.
    """
    text = unicodedata.normalize("NFC", name)
    last = PurePosixPath(text.replace("\\", "/")).name
    # Control, format (reversed writing, zero width) and unassigned characters cannot be seen.
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    shown = re.sub(r'[<>:"|?*%;`$]', "_", shown)
    shown = re.sub(r"\s+", " ", shown).strip(" .")
    stem, dot, suffix = shown.rpartition(".")
    if not dot or len(suffix) > 5 or not suffix.isalnum():
        stem = shown
    stem = stem[:MAX_NAME].strip(" .") or "附件"
    if _RESERVED.match(stem.split(".")[0]):
        stem = f"_{stem}"
    return f"{stem}.{kind.suffix}"


def _pdf(file: IO[bytes]) -> FileType:
    file.seek(0)
    content = file.read()
    objects = b"\n".join(_pdf_objects(content))
    plain = _PDF_ESCAPE.sub(lambda found: bytes([int(found.group(1), 16)]), objects)
    if _PDF_ACTIONS.search(plain):
        raise InvalidRecordError("这个 PDF 带有脚本或程序，请用“打印为 PDF”另存后再传")
    if b"%%EOF" not in content[-PDF_TAIL_BYTES:]:
        raise InvalidRecordError("这个 PDF 不完整，请重新导出后再传")
    return PDF


def _pdf_objects(content: bytes) -> Iterator[bytes]:
    """The objects of a PDF without page content and pictures, where any bytes may stand by chance.

    Objects may themselves be packed (``ObjStm``); those are unpacked up to a bound.
    """
    end, left = 0, _PDF_INFLATED
    for stream in _PDF_STREAM.finditer(content):
        head = content[end : stream.start()]
        yield head
        end = stream.end()
        if b"/ObjStm" in head[-400:] and left > 0:
            with contextlib.suppress(zlib.error):
                inflated = zlib.decompressobj().decompress(stream.group(1), left)
                left -= len(inflated)
                yield inflated
    yield content[end:]


def _png(file: IO[bytes]) -> FileType:
    file.seek(8)
    head = file.read(16)
    if len(head) < 16 or head[4:8] != b"IHDR":
        raise InvalidRecordError("这张图片不完整，请重新导出后再传")
    width, height = struct.unpack(">II", head[8:16])
    return _sized(PNG, width, height)


def _jpeg(file: IO[bytes]) -> FileType:
    """Walk the segments to the frame header, which holds the size."""
    file.seek(2)
    while True:
        marker = file.read(4)
        if len(marker) < 4 or marker[0] != 0xFF:
            raise InvalidRecordError("这张图片不完整，请重新导出后再传")
        length = struct.unpack(">H", marker[2:4])[0]
        if marker[1] in _FRAMES:
            frame = file.read(5)
            if len(frame) < 5:
                raise InvalidRecordError("这张图片不完整，请重新导出后再传")
            height, width = struct.unpack(">HH", frame[1:5])
            return _sized(JPEG, width, height)
        if length < 2:
            raise InvalidRecordError("这张图片不完整，请重新导出后再传")
        file.seek(length - 2, 1)


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _sized(kind: FileType, width: int, height: int) -> FileType:
    if not 0 < width * height <= MAX_PIXELS:
        raise InvalidRecordError("图片尺寸过大或不对，请缩小后再传")
    return kind


def _office(file: IO[bytes]) -> FileType:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise InvalidRecordError("这个文件不完整，请重新保存后再传") from error
    names = {entry.filename for entry in entries}
    kind = DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None
    if kind is None or "[Content_Types].xml" not in names:
        raise InvalidRecordError(f"不收压缩包，请把里面的文件分别上传；只收{ACCEPTED}")
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise InvalidRecordError("这个文件展开后过大，请拆分或另存为 PDF 再传")
    for entry in entries:
        packed = max(1, entry.compress_size)
        if entry.file_size > _RATIO_FROM and entry.file_size > MAX_RATIO * packed:
            raise InvalidRecordError("这个文件展开后过大，请拆分或另存为 PDF 再传")
        parts = PurePosixPath(entry.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts:
            raise InvalidRecordError("这个文件内部的路径不对，请重新保存后再传")
        if _PROGRAMS.search(entry.filename):
            raise InvalidRecordError("这个文件带有宏或程序，请去掉后另存，或打印为 PDF 再传")
        if entry.flag_bits & 0x1:
            raise InvalidRecordError("这个文件加了密码，请去掉密码后再传")
    return kind
