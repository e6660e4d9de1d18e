"""Long texts in several messages: cut between sentences, never inside a citation."""

from __future__ import annotations

import re

# What stays together whatever is in it: a law with its article, a quotation, a bracket, an address, the
# line that names the source.
_WHOLE = re.compile(
    r"《[^《》\n]*》(?:[（(][^（）()\n]*[）)])?(?:第[0-9〇零一二三四五六七八九十百千]+[条款项](?:之[一二三四五六七八九十]+)?)*"
    r"|[0-9]+ (?:CFR|USC|U\.S\.C\.|C\.F\.R\.)[^，。；、）\n]*"
    r"|“[^“”\n]*”|「[^「」\n]*」|（[^（）\n]*）|\([^()\n]*\)"
    r"|https?://[^\s，。；）]+|<a [^>\n]*>[^<\n]*</a>|^来源[^\n]*"
    r"|[0-9]+(?:[.,:][0-9]+)+",
    re.MULTILINE,
)
_END = re.compile(r"[。！？!?；;…]+[”」』）)]*|\n+")
_SOFT = re.compile(r"[，,、：: ]")


def split(text: str, most_bytes: int) -> list[str]:
    """The text in parts of at most so many bytes (UTF-8), none of them empty.

    A sentence that is longer is cut at a comma; only what is whole and still longer is cut anywhere.
    """
    parts: list[str] = []
    part = ""
    for piece in _pieces(text.strip(), most_bytes):
        if _size((part + piece).rstrip()) <= most_bytes:
            part += piece
        else:
            parts.append(part)
            part = piece.lstrip()
    return [item.strip() for item in [*parts, part] if item.strip()]


def _pieces(text: str, most_bytes: int) -> list[str]:
    """Sentences, in order and complete; those that are too long in pieces."""
    pieces: list[str] = []
    for sentence in _cut(text, _END):
        if _size(sentence.strip()) <= most_bytes:
            pieces.append(sentence)
            continue
        for clause in _cut(sentence, _SOFT):
            pieces.extend(_anywhere(clause, most_bytes))
    return pieces


def _cut(text: str, at: re.Pattern[str]) -> list[str]:
    whole = [match.span() for match in _WHOLE.finditer(text)]
    found: list[str] = []
    start = 0
    for match in at.finditer(text):
        end = match.end()
        if end < len(text) and any(first < end < last for first, last in whole):
            continue
        found.append(text[start:end])
        start = end
    return [piece for piece in [*found, text[start:]] if piece]


def _anywhere(text: str, most_bytes: int) -> list[str]:
    found: list[str] = []
    piece = ""
    for char in text:
        if _size(piece + char) > most_bytes:
            found.append(piece)
            piece = ""
        piece += char
    return [*found, piece]


def _size(text: str) -> int:
    return len(text.encode())
