"""Reading the conversation: the last message, its entities, the slots, what came before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker

from knowledge.text import normalise

LISTEN = "action_listen"
EXTRACT = "action_extract_slots"


def text(tracker: Tracker) -> str:
    """The last message in its normal form."""
    return normalise(tracker.latest_message.get("text") or "")


def intent(tracker: Tracker) -> str:
    """The intent of the last message; empty when there is none."""
    return (tracker.latest_message.get("intent") or {}).get("name") or ""


def confidence(tracker: Tracker) -> float:
    """How sure the classifier was of the last message's intent."""
    return float((tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)


def entity(tracker: Tracker, name: str, role: str = "main") -> str | None:
    """The value of the last message's entity of that name and role."""
    return next(
        (item["value"] for item in _entities(tracker, name) if item.get("role") == role), None
    )


def entities(tracker: Tracker, name: str) -> list[str]:
    """Every value of that name that the last message does not deny, in order."""
    return [item["value"] for item in _entities(tracker, name) if item.get("role") != "denied"]


def names(tracker: Tracker) -> frozenset[str]:
    """The kinds of names found in the last message, what it denies left out."""
    rows = tracker.latest_message.get("entities") or ()
    return frozenset(row["entity"] for row in rows if row.get("role") != "denied")


def denied(tracker: Tracker, kind: str) -> frozenset[str]:
    """The names of a kind that the last message denies (不是马德里)."""
    return frozenset(
        item["value"] for item in _entities(tracker, kind) if item.get("role") == "denied"
    )


def has_entities(tracker: Tracker) -> bool:
    """Whether anything was recognised in the last message."""
    return bool(tracker.latest_message.get("entities"))


def slot(tracker: Tracker, name: str) -> str | None:
    """A text slot; the empty text counts as unset."""
    value = tracker.get_slot(name)
    return value if isinstance(value, str) and value else None


def said_before(tracker: Tracker) -> tuple[str, ...]:
    """The texts of the reply before, as ``bot/saying`` keeps them."""
    kept = tracker.get_slot("said")
    return tuple(kept.get("texts") or ()) if isinstance(kept, dict) else ()


def channel(tracker: Tracker) -> str:
    """The channel the last message came by."""
    metadata = tracker.latest_message.get("metadata") or {}
    return str(metadata.get("channel") or tracker.get_latest_input_channel() or "web")


def since_user(tracker: Tracker) -> list[dict[str, Any]]:
    """The events after the last thing the person said, in order."""
    found: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        found.append(event)
    return found[::-1]


def held(tracker: Tracker, name: str) -> Iterator[Any]:
    """What a slot was set to in the conversation, latest first."""
    for event in reversed(tracker.events):
        if event.get("event") == "slot" and event.get("name") == name:
            yield event.get("value")


def questions(tracker: Tracker) -> Iterator[str]:
    """What the person said before the last message, latest first."""
    for text, _ in told_before(tracker):
        yield text


def told_before(tracker: Tracker) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """What the person said before the last message, with its entities, latest first."""
    users = [event for event in tracker.events if event.get("event") == "user"]
    for event in reversed(users[:-1]):
        rows = (event.get("parse_data") or {}).get("entities") or ()
        yield normalise(event.get("text") or ""), rows


def _entities(tracker: Tracker, name: str) -> list[dict[str, Any]]:
    found = tracker.latest_message.get("entities") or []
    return [item for item in found if item.get("entity") == name]
