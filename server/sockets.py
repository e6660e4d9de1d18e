"""The open WebSockets of this copy of the server, every one of which is told when the copy ends."""

from __future__ import annotations

import asyncio
import weakref

from aiohttp import WSCloseCode, web

# A page that does not answer by then, on a phone that sleeps say, is left.
CLOSING_S = 5.0
_RESTART = "服务正在重启".encode()


class Sockets:
    """Knows who is connected, until all of them are closed."""

    def __init__(self) -> None:
        """Nobody is connected."""
        self._open: weakref.WeakSet[web.WebSocketResponse] = weakref.WeakSet()
        self._is_closing = False

    async def add(self, response: web.WebSocketResponse) -> None:
        """Have a connection told when this copy ends; at once where it is ending.

        One that was under way while the others were closed would otherwise hold up the end.
        """
        self._open.add(response)
        if self._is_closing:
            await _close(response)

    async def close(self) -> None:
        """Tell all of them together to connect again, which brings them to another copy."""
        self._is_closing = True
        await asyncio.gather(*map(_close, set(self._open)))


async def _close(response: web.WebSocketResponse) -> None:
    closing = response.close(code=WSCloseCode.SERVICE_RESTART, message=_RESTART)
    try:
        await asyncio.wait_for(closing, CLOSING_S)
    except (asyncio.TimeoutError, ConnectionError, RuntimeError):
        return  # aiohttp has given the connection up
