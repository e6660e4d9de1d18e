"""Whether two documents of one title are versions of one text, parts of one, or two texts.

A title alone proves little: two cities call their rules alike, and a site's name stands above many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

from rapidfuzz import fuzz

from knowledge.sections import HISTORY, PREAMBLE
from knowledge.text import normalise
from knowledge.types import Document

# Two articles (or items) this alike say the same rule in two wordings, 0 to 100.
_ALIKE = 60.0
# Of the smaller document's articles, so many must be in the other.
_SHARED = 0.3
# Parts of one text have hardly a number in common.
_COMMON = re.compile(
    r"制定本[^。]{1,6}。?$|^本[^。,]{1,8}(?:自|从|由|的?(?:解释权|有效期))[^。]{0,60}(?:施行|实施|执行|生效|解释|废止)"
)
_COMMON_NUMBERS = 0.1
_COMPARED = 400  # articles of a document, at most


class Kinship(str, Enum):
    """How two documents of one title stand to each other."""

    VERSIONS = "versions"
    PARTS = "parts"
    STRANGERS = "strangers"


def kinship(one: Document, two: Document) -> Kinship:
    """Compare two documents of one title."""
    issuers = {_bare(document.meta.issuer) for document in (one, two) if document.meta.issuer}
    if len(issuers) == 2 and not _nested(*issuers):
        return Kinship.STRANGERS
    left, right = texts_of(one), texts_of(two)
    if not left or not right:
        return Kinship.STRANGERS
    if _are_parts(one, two):
        return Kinship.PARTS
    fewer, more = sorted((left, right), key=len)
    found = sum(_is_in(label, text, more) for label, text in fewer.items())
    return Kinship.VERSIONS if found >= _SHARED * len(fewer) else Kinship.STRANGERS


def texts_of(document: Document) -> Mapping[str, str]:
    """:return: label of an article (or path of headings) → its text, of what the document itself says."""
    return _texts(document.meta.id, document.sha256, document)


@lru_cache(maxsize=512)
def _texts(identifier: str, sha256: str, document: Document) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for number, section in enumerate(document.sections):
        if section.heading in {(PREAMBLE,), (HISTORY,)}:
            continue
        label = section.article or " / ".join(section.heading) or str(number)
        text = normalise(section.text)
        found[label] = text.removeprefix(normalise(label)).strip()
        if len(found) >= _COMPARED:
            break
    # What every regulation says of itself proves nothing.
    own = {label: text for label, text in found.items() if not _COMMON.search(text)}
    return own or found


def _is_in(label: str, text: str, others: Mapping[str, str]) -> bool:
    own = others.get(label)
    if own is not None and fuzz.ratio(text, own) >= _ALIKE:
        return True
    return text in _values(tuple(others.values()))


@lru_cache(maxsize=64)
def _values(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(texts)


def _are_parts(one: Document, two: Document) -> bool:
    """Whether the articles of two documents are numbered one after the other."""
    left, right = (
        {section.article for section in document.sections if section.article}
        for document in (one, two)
    )
    if not left or not right:
        return False
    return len(left & right) <= _COMMON_NUMBERS * min(len(left), len(right))


def _bare(name: str | None) -> str:
    return normalise(name or "").replace(" ", "").replace("中华人民共和国", "")


def _nested(one: str, two: str) -> bool:
    """Whether one name is part of the other: 市知识产权局 and its 办公室."""
    return one in two or two in one
