"""Waiting for an event for a while, and being cancelled in the very moment in which it is set."""

from __future__ import annotations

import asyncio

import pytest

from server.waiting import is_set_within


async def test_it_says_whether_the_event_was_set() -> None:
    event = asyncio.Event()
    assert not await is_set_within(event, 0.01)
    asyncio.get_running_loop().call_later(0.01, event.set)
    assert await is_set_within(event, 10)
    assert await is_set_within(event, 0)


async def test_a_cancellation_is_heard_in_the_moment_in_which_the_event_is_set() -> None:
    event = asyncio.Event()
    task = asyncio.create_task(is_set_within(event, 10))
    await asyncio.sleep(0.01)
    event.set()
    await asyncio.sleep(0)  # what it waits for is there, and it has not gone on yet
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
