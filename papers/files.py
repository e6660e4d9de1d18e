"""Which of a paper's files is what, told by content: a PDF, a picture, or a file of words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.loaders import parse_bytes
from knowledge.loaders.registry import read_bytes, supported_suffixes
from knowledge.paper_limits import HEIC_BRANDS, MAX_BYTES, MAX_FILES
from papers.mail import Attached, attached_to, lines_of_mail

MAIL = ".eml"
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".heic", ".heif", ".bmp", ".tif", ".tiff")
_PICTURE_STARTS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*")


class FileKind(str, Enum):
    """How a file is read."""

    PDF = "pdf"
    PICTURE = "picture"
    WORDS = "words"


@dataclass(frozen=True)
class Part:
    """A file that is read, or one that hangs on a mail; of an attachment ``path`` is no more than a name."""

    path: Path
    kind: FileKind
    data: bytes
    is_attached: bool = False


def accepted() -> str:
    """:return: the suffixes that can be read, for people."""
    known = {".pdf", MAIL, *_PICTURES, *supported_suffixes()} - {".xlsx", ".csv", ".zip"}
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
    if suffix in supported_suffixes() or suffix == MAIL:
        return FileKind.WORDS, data
    raise SourceError(f"{path.name}：读不了 {suffix or '没有后缀的'}文件；可以读 {accepted()}")


def parts_of(path: Path) -> tuple[list[Part], tuple[str, ...]]:
    """A file as it is read: a mail comes with the PDFs and pictures that hang on it, one level deep.

    :return: the parts in order, and the names of attachments of other kinds, which are not read.
    :raises SourceError: as :func:`content_of` does.
    """
    kind, data = content_of(path)
    parts, others = [Part(path, kind, data)], []
    for item in attached_to(data) if path.suffix.lower() == MAIL else ():
        known = _kind_of_attached(item)
        if known is None or len(parts) > MAX_FILES:
            others.append(item.name)
        else:
            parts.append(Part(Path(item.name), known, item.data, is_attached=True))
    return parts, tuple(dict.fromkeys(others))


def _kind_of_attached(item: Attached) -> FileKind | None:
    if is_picture(item.data):
        return FileKind.PICTURE
    return FileKind.PDF if b"%PDF-" in item.data[:1024] else None


def is_picture(data: bytes) -> bool:
    """Whether bytes begin as a picture's do."""
    if data.startswith(_PICTURE_STARTS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return True
    return data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS


def words_of(path: Path, data: bytes) -> list[str]:
    """The lines of a file of words: text, web page, e-mail or Word document.

    :raises SourceError: it is damaged or holds no words.
    """
    if path.suffix.lower() == MAIL:
        lines = lines_of_mail(data, path.name)
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


def _bytes(path: Path) -> bytes:
    if path.suffix.lower() in _PICTURES or path.suffix.lower() == MAIL:
        return _plain_bytes(path)
    return read_bytes(path, MAX_BYTES)


def _plain_bytes(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise SourceError(f"{path.name}：找不到这个文件，或它不是普通文件")
    if path.stat().st_size > MAX_BYTES:
        raise SourceError(f"{path.name}：文件超过 {MAX_BYTES // 2**20} MB，请压缩图片或分次上传")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name}：无法打开（{error.strerror}）") from error
    if not data.strip(b"\x00 \t\r\n"):
        raise SourceError(f"{path.name}：文件是空的")
    return data
