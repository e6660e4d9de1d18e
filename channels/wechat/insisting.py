"""Writing down what has happened elsewhere and cannot be undone: tried until the records take it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from knowledge.errors import StorageError

T = TypeVar("T")

_WAITS_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)


async def surely(step: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Do a step off the event loop, again while the database is busy.

    :raises StorageError: when it was not to be had for half a minute.
    """
    for wait_s in _WAITS_S:
        try:
            return await asyncio.to_thread(step, *args, **kwargs)
        except StorageError:
            await asyncio.sleep(wait_s)
    return await asyncio.to_thread(step, *args, **kwargs)
