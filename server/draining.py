"""Ending a copy of the server without anybody noticing.

Asked to end, a copy first says at ``/readyz`` that nobody should be sent here any more, and goes on serving
for as long as whoever sends people needs to notice (``HUHANG_DRAIN_SECONDS``).  Then it takes no new
connection, finishes every exchange that has begun, and tells open pages to connect again, which brings
them to another copy; what they had sent and not got answered they send again under its id.
"""

from __future__ import annotations

import asyncio
import logging
import signal

from aiohttp import web

logger = logging.getLogger(__name__)


class Draining:
    """Whether this copy is about to end."""

    def __init__(self, seconds: float) -> None:
        """Not yet.

        :param seconds: how long to go on serving after that is decided.
        """
        self.has_begun = False
        self._seconds = seconds

    async def finish(self) -> None:
        """Say that nobody should be sent here, and wait until that has been noticed."""
        if not self.has_begun:
            self.has_begun = True
            logger.info("draining for %.0f s", self._seconds)
            await asyncio.sleep(self._seconds)


class Asked:
    """Waits for SIGTERM or SIGINT; before the server has started they end it at once."""

    def __init__(self) -> None:
        """Listen from now on, in the running loop."""
        self._is_serving = False
        self._asked = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._ask)

    async def wait(self) -> None:
        """Wait for the first of them; the next one ends the server at once, too."""
        self._is_serving = True
        await self._asked.wait()
        self._is_serving = False

    def _ask(self) -> None:
        if not self._is_serving:
            raise web.GracefulExit
        self._asked.set()


DRAINING = web.AppKey("draining", Draining)
