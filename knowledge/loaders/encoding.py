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
_FREQUENT = frozenset(
    "，。、；：（）《》“”　的一是在不了有和人这这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部"
    "度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第"
    "向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运農指几"
    "條為這個國時來們對會發動學產種過說經進著後當實現點從業體機還樣與關無數線內將組見計別論運農幾請應規範辦提異議權標專利"
)  # fmt: skip
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
    if _try(data, "utf-8") is None and 0 not in data and not (declared and _try(data, declared)):
        # Bytes of Big5 are mostly valid GB18030 too, and then rare characters.
        candidates = sorted(("gb18030", "big5"), key=lambda name: -_common(_try(data, name)))
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


def _common(text: str | None) -> float:
    """:return: which share of a text's characters beyond ASCII is among the most frequent ones."""
    chars = [char for char in text or "" if char > "\x7f"]
    return sum(char in _FREQUENT for char in chars) / len(chars) if chars else 0.0


def _checked(text: str | None, name: str) -> str:
    if text is None:
        raise SourceError(f"{name}：文字编码与文件开头的标记不符，文件可能已损坏")
    if len(_CONTROL.findall(text[:20_000])) * 50 > min(len(text), 20_000):
        raise SourceError(f"{name}：内容不是文字（像是二进制文件），请检查文件类型")
    return text.replace("\r\n", "\n").replace("\r", "\n")
