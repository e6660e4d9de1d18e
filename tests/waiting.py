"""Waiting for what happens beside a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], bool], within_s: float = 15.0) -> None:
    """Look again and again until it holds.

    :raises AssertionError: it did not happen in time.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + within_s
    while not holds():
        assert loop.time() < end, "it did not happen in time"
        await asyncio.sleep(0.02)
