"""Which loader reads which file, and what every file must pass before one does."""

from __future__ import annotations

import hashlib
import importlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from knowledge.errors import SourceError
from knowledge.sections import Block
from knowledge.types import DocumentMeta, Rejected, Section

MAX_FILE_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True)
class Parsed:
    """What a loader found: blocks to be divided, or finished sections with their metadata.

    ``title`` is a line of the document itself; ``label`` what the file is called elsewhere (its
    properties, the name of a web page), which is often left over from another document.  ``plain`` is the
    text as another way of reading the file gives it, to find out what was lost.
    """

    blocks: tuple[Block, ...] = ()
    title: str | None = None
    label: str | None = None
    plain: str | None = None
    history: tuple[str, ...] = ()
    meta: DocumentMeta | None = None
    sections: tuple[Section, ...] | None = None
    warnings: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()


Parser = Callable[[bytes, str], Parsed]
_Loader = TypeVar("_Loader", bound=Parser)
# suffix -> the module of its loader, which is imported with its libraries when a file needs it.
_MODULES = {
    ".csv": "faq_table",
    ".doc": "doc",
    ".docx": "docx",
    ".htm": "html",
    ".html": "html",
    ".jpeg": "picture",
    ".jpg": "picture",
    ".markdown": "markdown",
    ".md": "markdown",
    ".odt": "odt",
    ".ofd": "ofd",
    ".pdf": "pdf",
    ".png": "picture",
    ".pptx": "pptx",
    ".rtf": "rtf",
    ".txt": "text",
    ".wps": "doc",
    ".xlsx": "faq_table",
}
_PARSERS: dict[str, Parser] = {}

# First bytes → what the file really is.
_SIGNATURES = (
    (b"%PDF-", " PDF", {".pdf"}),
    (
        b"PK\x03\x04",
        "压缩格式的办公文件（如 Word、Excel）",
        {".docx", ".xlsx", ".pptx", ".odt", ".ofd", ".doc", ".wps"},
    ),
    (b"\xd0\xcf\x11\xe0", "旧版 Word/Excel（.doc/.xls）或加密的 Word 文件", {".doc", ".wps"}),
    (b"{\\rtf", " RTF", {".rtf", ".doc", ".wps"}),
    (b"\x89PNG", "图片", {".png", ".jpg", ".jpeg"}),
    (b"\xff\xd8\xff", "图片", {".png", ".jpg", ".jpeg"}),
    (b"Rar!", "压缩包", set[str]()),
    (b"7z\xbc\xaf", "压缩包", set[str]()),
)

# What to do with common files that cannot be read.
_INSTEAD = {
    ".ppt": "请用 PowerPoint 或 WPS 打开，另存为 .pptx 再导入",
    ".dps": "请用 WPS 打开，另存为 .pptx 再导入",
    ".xls": "请用 Excel 或 WPS 打开，另存为 .xlsx 再导入",
    ".et": "请用 WPS 打开，另存为 .xlsx 再导入",
    **dict.fromkeys(
        (".bmp", ".tif", ".tiff", ".gif", ".webp", ".heic"),
        "请另存为 .jpg 或 .png 再导入",
    ),
}


def register(*suffixes: str) -> Callable[[_Loader], _Loader]:
    """Make a function the loader of files with these suffixes (with the dot, lower case)."""

    def add(parser: _Loader) -> _Loader:
        for suffix in suffixes:
            _PARSERS[suffix] = parser
        return parser

    return add


def supported_suffixes() -> tuple[str, ...]:
    """:return: the suffixes that can be loaded."""
    return tuple(_MODULES)


def parser_of(path: Path) -> Parser:
    """:raises SourceError: no loader reads this suffix."""
    suffix = path.suffix.lower()
    if suffix not in _MODULES:
        raise SourceError(f"{path.name}：{unsupported(path.suffix)}")
    importlib.import_module(f"knowledge.loaders.{_MODULES[suffix]}")
    return _PARSERS[suffix]


def unsupported(suffix: str) -> str:
    """:return: why files with a suffix cannot be read, and what to do instead."""
    good = "、".join(suffix.lstrip(".") for suffix in supported_suffixes())
    if not suffix:
        return f"文件名没有后缀，请补上，例如 .docx、.pdf（可导入 {good}）"
    way = _INSTEAD.get(suffix.lower(), f"请转成 {good} 之一")
    return f"不支持 {suffix} 文件，{way}"


def read_bytes(path: Path, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Read a file that a loader may see.

    :raises SourceError: it is a link, no regular file, empty, too large, unreadable or of another type
        than its suffix says.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise SourceError(f"{path.name}：这是符号链接，出于安全不读取，请导入原文件") from error
        raise SourceError(f"{path.name}：无法打开（{error.strerror}）") from error
    with os.fdopen(handle, "rb") as stream:
        state = os.fstat(stream.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise SourceError(f"{path.name}：不是普通文件")
        if state.st_size > max_bytes:
            raise SourceError(
                f"{path.name}：文件有 {state.st_size / 2**20:.0f} MB，超过上限 {max_bytes / 2**20:.0f} MB，请拆分后再导入"
            )
        data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise SourceError(f"{path.name}：文件超过上限 {max_bytes / 2**20:.0f} MB，请拆分后再导入")
    if not data.strip(b"\x00 \t\r\n"):
        raise SourceError(f"{path.name}：文件是空的")
    _check_signature(path, data)
    return data


def _check_signature(path: Path, data: bytes) -> None:
    suffix = path.suffix.lower()
    for start, name, suffixes in _SIGNATURES:
        if data.startswith(start) and suffix not in suffixes:
            right = _right_suffix(data)
            way = f"请把后缀改成 {right} 再导入" if right else "请另存为支持的格式再导入"
            raise SourceError(f"{path.name}：内容是{name}，与后缀 {suffix} 不符，{way}")
    if suffix == ".pdf" and b"%PDF-" not in data[:1024]:
        raise SourceError(f"{path.name}：内容不是 PDF，请检查文件是否损坏或后缀写错")
    office = {
        ".docx": "Word（docx）",
        ".xlsx": "Excel（xlsx）",
        ".pptx": "PowerPoint（pptx）",
        ".odt": "OpenDocument（odt）",
        ".ofd": "OFD",
    }.get(suffix)
    if office and not data.startswith(b"PK"):
        raise SourceError(
            f"{path.name}：内容不是 {office}文件，请检查文件是否损坏或后缀写错；纯文本请把后缀改成 .txt"
        )


def _right_suffix(data: bytes) -> str:
    """:return: the suffix that a file's content belongs under, where it can be told."""
    if data.startswith(b"%PDF-"):
        return ".pdf"
    # An Office archive names its parts in plain words.
    if data.startswith(b"{\\rtf"):
        return ".rtf"
    parts = (
        (b"word/document.xml", ".docx"),
        (b"xl/workbook.xml", ".xlsx"),
        (b"ppt/presentation.xml", ".pptx"),
        (b"OFD.xml", ".ofd"),
    )
    for part, suffix in parts:
        if data.startswith(b"PK") and part in data:
            return suffix
    return ""


def content_hash(data: bytes) -> str:
    """:return: the sha256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()
