"""Reading what a form sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from desk.errors import InvalidRecordError


def text_of(form: Mapping[str, object], name: str) -> str:
    """A text field with plain line ends; empty when it is missing or a file."""
    value = form.get(name, "")
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


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
