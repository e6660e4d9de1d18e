"""Reading what a form sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from desk.errors import InvalidRecordError

# Every id and count of ours is smaller, and every database takes it.
LARGEST = 999_999_999_999


def text_of(form: Mapping[str, object], name: str) -> str:
    """A text field with plain line ends; empty when it is missing or a file."""
    value = form.get(name, "")
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def number_of(text: object) -> int | None:
    """A number written in plain digits, a larger one as the largest there is; None for anything else."""
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) <= len(str(LARGEST)) else LARGEST


def numbers_of(texts: Iterable[object]) -> list[int]:
    """The numbers among what a form sent; the rest is left out."""
    return [number for text in texts if (number := number_of(text)) is not None]


def day_of(form: Mapping[str, object], name: str) -> date | None:
    """A date field; None when it is empty.

    :raises InvalidRecordError: when it is no date.
    """
    text = text_of(form, name).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidRecordError("日期写作 2026-11-30 这样的形式") from error
