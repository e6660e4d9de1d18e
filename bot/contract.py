"""What the bot's messages must be, whichever way Rasa runs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from knowledge.errors import AssistantError


class BotError(AssistantError, RuntimeError):
    """The bot cannot answer."""


class StillStarting(BotError):
    """The bot cannot answer this message yet; it is told so and may send it again."""


def contract(item: Mapping[str, Any]) -> dict[str, Any]:
    """A Rasa bot message as a message object of the contract."""
    custom = item.get("custom") or {}
    return {
        "id": uuid.uuid4().hex,
        "kind": custom.get("kind", "text"),
        "text": item.get("text") or "",
        "citations": list(custom.get("citations") or ()),
        "buttons": [
            {"title": button["title"], "payload": button.get("payload") or button["title"]}
            for button in item.get("buttons") or ()
        ],
        "data": dict(custom.get("data") or {}),
    }


def plain(text: str) -> str:
    """The text without a leading slash, which Rasa would read as a command of its own."""
    return text.lstrip().lstrip("/") or "？"
