"""How many messages the bot works on at once, and who waits for whom.

Reading a message costs more the longer it is, and everything runs on one interpreter.  So long messages
go one after the other in a lane of their own, and ordinary ones never wait for more than the one of them
that is being read.  Who would wait too long is told to come back, which costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.errors import RequestError

# Most questions are shorter than 60 characters; one of this length takes about twice their time.
LONG_CHARS = 200
AT_ONCE = 16
WAIT_S = 2.0
# Seconds after which a queue of refused messages has been worked off.
_COME_BACK_S = 3
_LONGEST_PAUSE_S = 0.25


class Lanes:
    """Admits messages to the bot."""

    def __init__(self, *, at_once: int = AT_ONCE, wait_s: float = WAIT_S) -> None:
        self._ordinary = asyncio.Semaphore(at_once)
        self._long = asyncio.Semaphore(1)
        self._wait_s = wait_s

    @asynccontextmanager
    async def admitted(self, text: str) -> AsyncIterator[None]:
        """A place among the messages that are worked on.

        :raises RequestError: 503 when none became free in time.
        """
        lane = self._long if len(text) > LONG_CHARS else self._ordinary
        try:
            await asyncio.wait_for(lane.acquire(), self._wait_s)
        except asyncio.TimeoutError as error:
            raise RequestError(
                503,
                "overloaded",
                "现在提问的人太多，这条消息还没有回答，请过几秒再发一次",
                {"Retry-After": str(_COME_BACK_S)},
            ) from error
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            yield
        finally:
            if lane is self._long:
                # Half the time is the others'; the place is free again after as long as it was taken.
                loop.call_later(min(loop.time() - begun, _LONGEST_PAUSE_S), lane.release)
            else:
                lane.release()
