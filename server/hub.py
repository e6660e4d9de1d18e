"""Who is connected now, so that a message reaches every open page of its conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Any, Protocol

logger = logging.getLogger(__name__)

# A page that does not read its messages is closed rather than waited for; it catches up on reconnect.
_SEND_TIMEOUT_S = 5.0


class Listener(Protocol):
    """An open connection that takes events."""

    async def send_json(self, data: Any) -> None:
        """Send one event."""
        ...


class Hub:
    """The open connections of each sender, in this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}

    def join(self, sender: str, listener: Listener) -> None:
        """Deliver the sender's events to this connection from now on."""
        self._listeners.setdefault(sender, set()).add(listener)

    def leave(self, sender: str, listener: Listener) -> None:
        """Stop delivering; leaving twice is harmless."""
        listeners = self._listeners.get(sender)
        if listeners is not None:
            listeners.discard(listener)
            if not listeners:
                del self._listeners[sender]

    def is_connected(self, sender: str) -> bool:
        """Whether somebody sees this conversation live."""
        return sender in self._listeners

    def pages(self, sender: str) -> int:
        """How many connections of the sender are open."""
        return len(self._listeners.get(sender, ()))

    def connected(self) -> Collection[str]:
        """Whose conversations somebody sees live."""
        return list(self._listeners)

    async def publish(
        self, sender: str, event: Mapping[str, Any], *, besides: Listener | None = None
    ) -> int:
        """Send an event to the sender's connections.

        :param besides: a connection that has it already.
        :return: how many took it; what fails is dropped, since the record is in the desk.
        """
        targets = [item for item in self._listeners.get(sender, ()) if item is not besides]
        results = await asyncio.gather(*(send(item, event) for item in targets))
        for listener, delivered in zip(targets, results, strict=True):
            if not delivered:
                self.leave(sender, listener)
        return sum(results)


async def send(listener: Listener, event: Mapping[str, Any]) -> bool:
    """Send one event, within bounded time.

    :return: whether the connection took it.
    """
    try:
        await asyncio.wait_for(listener.send_json(dict(event)), _SEND_TIMEOUT_S)
    except (ConnectionError, RuntimeError, asyncio.TimeoutError) as error:
        logger.info("a connection was dropped: %s", type(error).__name__)
        return False
    return True
