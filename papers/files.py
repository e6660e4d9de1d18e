"""Which of a paper's files is what, told by content: a PDF, a picture, or a file of words."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from enum import Enum
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.loaders import parse_bytes
from knowledge.loaders.encoding import decode
from knowledge.loaders.registry import read_bytes, supported_suffixes

MAX_FILES = 20
MAX_TOTAL_BYTES = 30 * 1024 * 1024
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".heic", ".heif", ".bmp", ".tif", ".tiff")
_PICTURE_STARTS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*")
_UNNAMED = "没有名字的附件"
_LONGEST_NAME = 80
_HEADERS = ("From", "To", "Date", "Subject")
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"hevc")


class FileKind(str, Enum):
    """How a file is read."""

    PDF = "pdf"
    PICTURE = "picture"
    WORDS = "words"


def accepted() -> str:
    """:return: the suffixes that can be read, for people."""
    known = {".pdf", ".eml", *_PICTURES, *supported_suffixes()} - {".xlsx", ".csv", ".zip"}
    return "、".join(sorted(suffix.lstrip(".") for suffix in known))


def content_of(path: Path) -> tuple[FileKind, bytes]:
    """Read a file's bytes and say how they are to be read.

    :raises SourceError: it is empty, too large, unreadable, of a kind that is not read, or not what its
        suffix says.
    """
    data = _bytes(path)
    suffix = path.suffix.lower()
    if is_picture(data):
        if suffix not in _PICTURES:
            raise SourceError(
                f"{path.name}：内容是图片，与后缀 {suffix or '（无）'} 不符，请把后缀改成 .jpg 或 .png 再上传"
            )
        return FileKind.PICTURE, data
    if suffix in _PICTURES:
        what = (
            "PDF，请把后缀改成 .pdf 再上传"
            if data[:1024].find(b"%PDF-") >= 0
            else "不是图片，请检查文件是否损坏或后缀写错"
        )
        raise SourceError(
            f"{path.name}：内容是{what}" if what.startswith("PDF") else f"{path.name}：内容{what}"
        )
    if suffix == ".pdf":
        return FileKind.PDF, data
    if suffix in supported_suffixes() or suffix == ".eml":
        return FileKind.WORDS, data
    raise SourceError(f"{path.name}：读不了 {suffix or '没有后缀的'}文件；可以读 {accepted()}")


def is_picture(data: bytes) -> bool:
    """Whether bytes begin as a picture's do."""
    if data.startswith(_PICTURE_STARTS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return True
    return data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS


def words_of(path: Path, data: bytes) -> list[str]:
    """The lines of a file of words: text, web page, e-mail or Word document.

    :raises SourceError: it is damaged or holds no words.
    """
    if path.suffix.lower() == ".eml":
        lines = list(_email_lines(data, path.name))
    else:
        parsed = parse_bytes(path, data)
        lines = [parsed.title] if parsed.title else []
        if parsed.sections is not None:
            lines += [
                line for section in parsed.sections for line in (*section.heading, section.text)
            ]
        lines += [block.text for block in parsed.blocks]
    lines = [part.strip() for line in lines for part in line.split("\n") if part.strip()]
    if not lines:
        raise SourceError(f"{path.name}：文件里没有文字，请换成 PDF 或把纸面拍照上传")
    return lines


def attached_to(path: Path, data: bytes) -> tuple[str, ...]:
    """The names of the files that hang on a mail, which are not read with it; empty for any other file."""
    if path.suffix.lower() != ".eml":
        return ()
    message = email.message_from_bytes(data, policy=email.policy.default)
    names = []
    for part in message.iter_attachments() if isinstance(message, EmailMessage) else ():
        is_drawn_in = part.get_content_maintype() == "image" and not part.is_attachment()
        if not is_drawn_in:  # a letterhead's or a signature's picture
            names.append(" ".join((part.get_filename() or _UNNAMED).split())[:_LONGEST_NAME])
    return tuple(dict.fromkeys(names))


def _bytes(path: Path) -> bytes:
    if path.suffix.lower() in _PICTURES or path.suffix.lower() == ".eml":
        return _plain_bytes(path)
    return read_bytes(path, MAX_TOTAL_BYTES)


def _plain_bytes(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise SourceError(f"{path.name}：找不到这个文件，或它不是普通文件")
    if path.stat().st_size > MAX_TOTAL_BYTES:
        raise SourceError(
            f"{path.name}：文件超过 {MAX_TOTAL_BYTES // 2**20} MB，请压缩图片或分次上传"
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name}：无法打开（{error.strerror}）") from error
    if not data.strip(b"\x00 \t\r\n"):
        raise SourceError(f"{path.name}：文件是空的")
    return data


def _email_lines(data: bytes, name: str) -> Iterator[str]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not any(message[key] for key in _HEADERS):
        raise SourceError(f"{name}：不是可以读的邮件文件，请在邮箱里重新导出 .eml，或另存为 PDF")
    for key in _HEADERS:
        if message[key]:
            yield f"{key}: {message[key]}"
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return
    content = body.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        return
    charset = body.get_content_charset()
    if body.get_content_type() == "text/html":
        parsed = parse_bytes(Path("mail.html"), content)
        yield from ([parsed.title] if parsed.title else [])
        yield from (block.text for block in parsed.blocks)
    else:
        yield from decode(content, name, declared=charset).split("\n")
