"""Ending tasks of a copy of the server for certain, whatever they are just waiting for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

# A task that goes on is asked again so soon.
_AGAIN_S = 0.5


async def ended(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel tasks until all of them have ended; what they raise is theirs.

    Once is not enough: ``asyncio.wait_for`` of Python 3.10 drops a cancellation that comes in the moment
    in which what it waits for is there, and a task that hears or reads in a loop then goes on for ever.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=_AGAIN_S)
        for task in done:
            if not task.cancelled():
                task.exception()  # has been seen
