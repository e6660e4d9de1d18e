"""Waiting for an event, for a while."""

from __future__ import annotations

import asyncio


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait until an event is set or the time is over; whether it is set then.

    Not by ``asyncio.wait_for``, which in Python 3.10 drops a cancellation that comes in the moment in
    which the event is set, so that a task which waits in a loop goes on for ever.
    """
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({waiting}, timeout=seconds)
    finally:
        waiting.cancel()
    return event.is_set()
