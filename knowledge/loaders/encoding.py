"""Bytes of a text file to characters, whatever Chinese office software wrote them."""

from __future__ import annotations

import codecs
import re

from knowledge.errors import SourceError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_USUAL = re.compile("[\n \u3002\uff0c\u3001A-Za-z0-9\u7684\u6761\u7b2c]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, name: str, *, declared: str | None = None) -> str:
    """Decode UTF-8 (with or without BOM), UTF-16, UTF-32 or GB18030.

    :param declared: an encoding that the file names itself (HTML); tried after UTF-8.
    :raises SourceError: the bytes are no text in any of them.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(_try(data, encoding), name)
    candidates = ["utf-8", *([declared] if declared else []), "gb18030"]
    if 0 in data:
        # No eight-bit text holds a zero byte: UTF-16 without its mark.
        candidates = ["utf-16-le", "utf-16-be"]
        candidates.sort(key=lambda encoding: -_plausible(_try(data, encoding)))
    for encoding in candidates:
        text = _try(data, encoding)
        if text is not None:
            return _checked(text, name)
    raise SourceError(f"{name}：文字编码无法识别，请用 UTF-8 或 GB18030（GBK）另存后再导入")


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _plausible(text: str | None) -> int:
    """:return: how many characters look like Chinese or Latin text rather than swapped bytes."""
    return len(_USUAL.findall(text)) if text else 0


def _checked(text: str | None, name: str) -> str:
    if text is None:
        raise SourceError(f"{name}：文字编码与文件开头的标记不符，文件可能已损坏")
    if len(_CONTROL.findall(text[:20_000])) * 50 > min(len(text), 20_000):
        raise SourceError(f"{name}：内容不是文字（像是二进制文件），请检查文件类型")
    return text.replace("\r\n", "\n").replace("\r", "\n")
