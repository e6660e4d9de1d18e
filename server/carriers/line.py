"""What a carrier has to do, and how it says that it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from knowledge.errors import AssistantError


class CarrierError(AssistantError, ConnectionError):
    """The line is down: nothing is heard or sent until it has been opened again."""


class Carrier(Protocol):
    """One line to the other copies; opened again, by the same object, after it broke."""

    async def open(self) -> None:
        """Connect: whatever any copy sends from now on is heard.

        :raises CarrierError: it cannot be reached.
        """
        ...

    async def heard(self) -> Sequence[str]:
        """Wait for the next texts; one's own may be among them.

        :raises CarrierError: the line broke; what was sent meanwhile is lost.
        """
        ...

    async def send(self, texts: Sequence[str]) -> None:
        """Send texts to every copy, each below :data:`server.signals.MOST_BYTES`.

        :raises CarrierError: it is not certain that they were sent.
        """
        ...

    async def close(self) -> None:
        """Let go of the line; doing it twice is harmless."""
        ...
