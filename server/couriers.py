"""What carries words to people of another server, as the pages and the application see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from desk.messages import OutboundMessage


class Form(Protocol):
    """How an account shows a message; ``max_bytes`` fit into one of its texts."""

    @property
    def max_bytes(self) -> int:
        """Bytes of UTF-8."""
        ...


class Account(Protocol):
    """One account on another server."""

    @property
    def channel(self) -> str:
        """The name of its channel."""
        ...

    @property
    def form(self) -> Form:
        """What it can show."""
        ...

    @property
    def may_push(self) -> bool:
        """Whether it may write first; otherwise everything waits for the person's next message."""
        ...

    @property
    def has_window(self) -> bool:
        """Whether the other server limits how long after their message people may be written to."""
        ...


class Courier(Protocol):
    """Sends to the people of one account."""

    @property
    def account(self) -> Account:
        """Whose people these are."""
        ...

    async def say(self, sender: str, messages: Sequence[OutboundMessage]) -> None:
        """Send what the bot said without having been asked by this channel."""
        ...
