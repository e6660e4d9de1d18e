"""Taking connections from a socket that several workers share, so that each of them gets its part.

Whoever wakes first would take all that come together (a browser opens six at once, a proxy as many as it
keeps) and would have to serve them for as long as they stay open, while other processes have nothing to do.
So a worker leaves the next connection to one that has fewer (:mod:`server.shares`), unless that one is so
busy that it does not come.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sized
from typing import Protocol

from server.shares import Shares

logger = logging.getLogger(__name__)

# So long and so often another worker is left to wake up: a tenth of a second for a connection.
_PAUSE_S = 0.002
_MOST_PAUSES = 50
# Until there may be a file for the next connection, as asyncio waits.
_NO_FILES_S = 1.0


class Server(Protocol):
    """Makes what speaks on a connection, and knows which are open."""

    @property
    def connections(self) -> Sized:
        """The open ones."""
        ...

    def __call__(self) -> asyncio.BaseProtocol:
        """What speaks on the next one."""
        ...


class Accepting:
    """Takes one connection at a time."""

    def __init__(
        self, listening: socket.socket, server: Server, shares: Shares | None = None
    ) -> None:
        """Take nothing yet.

        :param shares: how many the others have; None where there are no others.
        """
        self._listening = listening
        self._server = server
        self._shares = shares
        self._pauses = 0
        self._again: asyncio.TimerHandle | None = None
        self._opening: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Take connections from now on."""
        self._listening.setblocking(False)
        self._listen()

    async def close(self) -> None:
        """Take no more; those that wait are left to the others."""
        if self._again is not None:
            self._again.cancel()
        asyncio.get_running_loop().remove_reader(self._listening)
        self._listening.close()
        if self._opening:
            await asyncio.wait(self._opening)

    def _listen(self) -> None:
        self._again = None
        asyncio.get_running_loop().add_reader(self._listening, self._take)

    def _take(self) -> None:
        if self._gives_way():
            self._pauses += 1
            self._pause(_PAUSE_S)
            return
        self._pauses = 0
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another worker was faster, or the caller has gone
        except OSError as error:
            logger.error("a connection could not be taken: %s", error)
            self._pause(_NO_FILES_S)
            return
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        opening: asyncio.Task[object] = loop.create_task(
            loop.connect_accepted_socket(self._server, connection)
        )
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        if self._shares is not None:
            self._shares.tell(self._own())

    def _gives_way(self) -> bool:
        return (
            self._shares is not None
            and self._pauses < _MOST_PAUSES
            and self._shares.gives_way(self._own())
        )

    def _own(self) -> int:
        return len(self._server.connections) + len(self._opening)

    def _pause(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listening)
        self._again = loop.call_later(seconds, self._listen)
