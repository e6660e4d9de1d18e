"""Checking and masking of the identifiers people leave: credit codes, phones, names, e-mails.

The unified social credit code follows GB 32100-2015: 18 characters without I, O, S, V, Z; the last one
is a check character over the first 17 with weights 3^i mod 31.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUE = {letter: value for value, letter in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_CREDIT_SHAPE = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}\d{6}[0-9A-HJ-NP-RTUW-Y]{10}")

_MOBILE = re.compile(r"1[3-9]\d{9}")
# Three-digit area codes have eight-digit numbers; four-digit ones seven or eight.
_LANDLINE = re.compile(r"(010|02\d)([2-8]\d{7})(?:(?:转|#|EXT)(\d{1,6}))?")
_LANDLINE_LONG = re.compile(r"(0[3-9]\d{2})([2-8]\d{6,7})(?:(?:转|#|EXT)(\d{1,6}))?")
_EXTENSION = re.compile(r"(\(?0\d{2,3}\)?[- ]?\d{7,8})-(\d{1,6})")
_SERVICE = re.compile(r"[48]00\d{7}")
# Digits as people write a number among words: in groups, with what may stand before and between them.
_GROUPS = re.compile(r"(?<![A-Za-z0-9.])[+(]?\d{1,14}(?:[ \-()—–]{1,3}\d{1,14}){0,5}(?!\d)")
_GROUP = re.compile(r"[+(]?\d+")
_ADDED = re.compile(r" ?(?:-|转|#|[Ee][Xx][Tt]\.?|分机) ?\d{1,6}(?![\d点时:号月日])")


def credit_code(text: str) -> str | None:
    """The unified social credit code in ``text``, upper-case, or None when it is not a valid one."""
    code = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not _CREDIT_SHAPE.fullmatch(code):
        return None
    total = sum(
        _CREDIT_VALUE[letter] * weight
        for letter, weight in zip(code[:17], _CREDIT_WEIGHTS, strict=True)
    )
    return code if _CREDIT_ALPHABET[(31 - total % 31) % 31] == code[17] else None


def phone(text: str) -> str | None:
    """A mainland mobile, landline or 400/800 number as digits, or None when it is none.

    A landline keeps a dash after the area code and before the extension: ``020-12345678-801``.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    extended = _EXTENSION.fullmatch(plain)
    if extended is not None:
        plain = "转".join(extended.groups())
    compact = re.sub(r"[\s()\-—–.]", "", plain).upper()
    compact = compact.replace("分机", "转")
    for prefix in ("+86", "0086"):
        if compact.startswith(prefix):
            compact = compact[len(prefix) :]
            # Abroad the area code is dialled without its zero.
            if not _MOBILE.fullmatch(compact) and not compact.startswith("0"):
                compact = "0" + compact
    if compact.startswith("86") and _MOBILE.fullmatch(compact[2:]):
        compact = compact[2:]
    if _MOBILE.fullmatch(compact) or _SERVICE.fullmatch(compact):
        return compact
    matched = _LANDLINE.fullmatch(compact) or _LANDLINE_LONG.fullmatch(compact)
    if matched is None:
        return None
    return "-".join(part for part in matched.groups() if part)


@dataclass(frozen=True)
class Found:
    """A phone among words: its stored form, and the text without it."""

    number: str
    rest: str


def find_phone(text: str) -> Found | None:
    """The first phone that stands in a text; None without one.

    A number ends as soon as it is one, so that 3点 after it stays a time; an extension belongs to it.
    """
    plain = unicodedata.normalize("NFKC", text)
    for start, end in phone_spans(plain):
        number = phone(plain[start:end])
        if number is not None:
            return Found(number, f"{plain[:start]} {plain[end:]}")
    return None


def phone_spans(plain: str) -> Iterator[tuple[int, int]]:
    """Where phones stand in a text whose full-width signs are folded, in order, each with its extension."""
    behind = 0
    for run in _GROUPS.finditer(plain):
        places = [
            (run.start() + at.start(), run.start() + at.end()) for at in _GROUP.finditer(run[0])
        ]
        for first, (start, _) in enumerate(places):
            ends = (end for _, end in places[first:] if phone(plain[start:end]) is not None)
            end = next(ends, None) if start >= behind else None
            if end is not None:
                behind = _with_extension(plain, start, end)
                yield start, behind


def _with_extension(plain: str, start: int, end: int) -> int:
    added = _ADDED.match(plain, end)
    if added is not None and phone(plain[start : added.end()]) is not None:
        return added.end()
    return end


def mask_phone(number: str | None) -> str:
    """A phone that is recognised by its owner only: ``138****5678``."""
    if not number:
        return ""
    digits = re.sub(r"\D", "", number)
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-4:]}"


def mask_name(name: str | None) -> str:
    """A person's family name: ``张**``."""
    return "" if not name else name[0] + "*" * (min(len(name), 3) - 1 or 1)


def mask_credit_code(code: str | None) -> str:
    """The first and last characters of a credit code or identity number."""
    return "" if not code else f"{code[:4]}{'*' * max(0, len(code) - 6)}{code[-2:]}"


def last_four(number: str) -> str:
    """The last four digits of a phone, extension not counted."""
    digits = re.sub(r"\D", "", "".join(number.split("-")[:2]))
    return digits[-4:]
