"""The fields of a lead that a page's card sends in one message, checked like answers typed one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from desk import contacts

# Field of the card -> the most characters that are kept of it.
_FIELDS: Mapping[str, int] = {
    "company": 60, "credit_code": 24, "contact": 30, "phone": 40, "region": 40, "country": 30,
    "right": 30, "stage": 60, "served_on": 10, "cost": 40, "brief": 500,
}  # fmt: skip


def card_fields(tracker: Tracker, today: date) -> dict[str, str | None] | None:
    """What the last message's card says, by slot; None for what is empty or malformed.

    :return: None when the message carries no card.
    """
    metadata = tracker.latest_message.get("metadata") or {}
    given = metadata.get("lead")
    if not isinstance(given, Mapping):
        return None
    return {f"lead_{name}": _read(name, given.get(name), most, today) for name, most in _FIELDS.items()}  # fmt: skip


def _read(name: str, value: Any, most: int, today: date) -> str | None:
    text = value.strip()[:most] if isinstance(value, str) else ""
    if name == "phone":
        return contacts.phone(text)
    if name == "credit_code":
        return contacts.credit_code(text)
    if name == "served_on":
        return _past(text, today)
    return text or None


def _past(text: str, today: date) -> str | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:  # empty, or no date
        return None
    return day.isoformat() if day <= today else None
