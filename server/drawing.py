"""Pictures and PDFs that anybody may ask for, drawn beside everything else.

Drawing one takes a good part of a second.  It has threads of its own, so that many who ask at once wait
for each other and not the messages and the records, whose threads all other work shares.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from aiohttp import web

from server import keys
from server.errors import RequestError
from server.security import client_address

_HANDS = 2
# More than a school's class at once; who comes then is told to come again.
_MOST_WAITING = 200
_T = TypeVar("_T")


class Drawing:
    """The threads that draw, and who waits for them."""

    def __init__(self) -> None:
        """No thread is begun before something is drawn."""
        self._hands = ThreadPoolExecutor(_HANDS, "drawing")
        self._waiting = 0

    async def made(self, make: Callable[..., _T], *args: object) -> _T:
        """What ``make`` draws from the arguments.

        :raises RequestError: 503 when too many wait already.
        """
        if self._waiting >= _MOST_WAITING:
            raise RequestError(503, "busy", "现在取图的人太多，请稍等再试", {"Retry-After": "10"})
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._hands, make, *args)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Drop what has not been begun."""
        self._hands.shutdown(wait=False, cancel_futures=True)


DRAWING = web.AppKey("drawing", Drawing)


async def drawn(request: web.Request, make: Callable[..., _T], *args: object) -> _T:
    """What ``make`` draws, for one allowance of the caller's address.

    :raises RequestError: 429 or 503 with the seconds to wait.
    """
    proxies = request.config_dict[keys.SETTINGS].channels.trusted_proxies
    wait = await request.config_dict[keys.LIMITS].draw(client_address(request, proxies))
    if wait:
        raise RequestError(429, "too_many", "取图太频繁，请稍等再试", {"Retry-After": str(wait)})
    return await request.config_dict[DRAWING].made(make, *args)
