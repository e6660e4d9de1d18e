"""What the bot's messages must be, whichever way Rasa runs."""

from __future__ import annotations

import re
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


# A circled number counts what follows and is no digit of it (①337调查).
_CIRCLED = {
    first + n: f" ({n + 1})"
    for first, many in ((0x2460, 20), (0x2776, 10), (0x24F5, 10))
    for n in range(many)
}


# A line that begins with a label (联系人：…) is an item of its own; the normal form joins lines of Chinese.
_NEW_ITEM = re.compile(r"(?<![，,、。；;：:！!？?\s])[ \t]*\r?\n\s*(?=[\u4e00-\u9fff]{2,12}[：:])")


def plain(text: str) -> str:
    """The text without a leading slash, which Rasa would read as a command of its own.

    Circled numbers stand in brackets, and a line that begins with a label after a mark.
    """
    return _NEW_ITEM.sub("；", text.translate(_CIRCLED)).lstrip().lstrip("/") or "？"
