"""What is drawn waits for its like and for nothing else."""

from __future__ import annotations

import asyncio
import threading

import pytest

from server import drawing
from server.drawing import Drawing
from server.errors import RequestError


async def test_many_who_wait_for_pictures_hold_up_no_other_work():
    studio, gate = Drawing(), threading.Event()
    waiting = [asyncio.create_task(studio.made(gate.wait, 20)) for _ in range(60)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "read"), 5) == "read"
    gate.set()
    assert all(await asyncio.gather(*waiting))
    studio.close()


async def test_who_comes_when_too_many_wait_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(drawing, "_MOST_WAITING", 3)
    studio, gate = Drawing(), threading.Event()
    waiting = [asyncio.create_task(studio.made(gate.wait, 20)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(RequestError) as refused:
        await studio.made(gate.wait)
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "10")
    gate.set()
    assert all(await asyncio.gather(*waiting))
    assert await studio.made(max, 1, 2) == 2
    studio.close()
