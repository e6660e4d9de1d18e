"""The output channel that keeps each bot message whole."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel


class WholeMessages(OutputChannel):  # type: ignore[misc]
    """Collects messages as Rasa made them; Rasa's own collector splits text from its custom part."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "huhang"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the message."""
        self.messages.append(message)
