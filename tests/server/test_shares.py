"""Connections that come together are spread over the workers of one address."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from server import accepting
from server.accepting import Accepting
from server.serving import listen
from server.shares import Shares, new_shares
from settings import ROOT


@pytest.fixture
def memory() -> Iterator[int]:
    file = new_shares()
    yield file
    os.close(file)


@pytest.fixture
def pair(memory) -> tuple[Shares, Shares]:
    """Two workers that are ready."""
    both = Shares(memory), Shares(memory)
    for one in both:
        one.enter()
        one.ready()
    return both


class Counting:
    """A server that only knows who is connected."""

    def __init__(self, came: asyncio.Queue[None]) -> None:
        self.connections: list[asyncio.BaseTransport] = []
        self._came = came

    def __call__(self) -> asyncio.Protocol:
        outer = self

        class Kept(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                outer.connections.append(transport)
                outer._came.put_nowait(None)

        return Kept()


def test_who_has_more_gives_way_to_who_has_fewer(pair):
    one, other = pair
    assert not one.gives_way(0)
    one.tell(3)
    other.tell(2)
    assert one.gives_way(3)
    assert not other.gives_way(2)
    other.tell(3)
    assert not one.gives_way(3)


def test_who_still_loads_gets_only_what_the_others_leave(memory):
    ready, loading = Shares(memory), Shares(memory)
    for one in (ready, loading):
        one.enter()
    assert not loading.gives_way(0)  # nobody can answer yet
    ready.ready()
    ready.tell(100)
    assert not ready.gives_way(100)
    assert loading.gives_way(0)
    loading.ready()
    assert ready.gives_way(100)


def test_who_left_or_was_killed_is_no_longer_waited_for(pair, memory):
    one, other = pair
    assert one.gives_way(1)
    other.leave()
    assert not one.gives_way(1)
    code = (
        "import sys; from server.shares import Shares; s = Shares(int(sys.argv[1])); s.enter();"
        " s.ready(); print('in', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(memory)], cwd=ROOT, pass_fds=(memory,),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout.readline() == b"in\n"
    assert one.gives_way(1)
    process.kill()
    process.wait()
    assert not one.gives_way(1)
    last = Shares(memory)
    last.enter()  # in the place of the one that is gone
    last.ready()
    assert one.gives_way(1)
    process.stdin.close()
    process.stdout.close()


async def test_connections_that_come_at_once_are_spread_evenly(pair):
    listening = listen("127.0.0.1", 0)
    sharing = listening.dup()
    came: asyncio.Queue[None] = asyncio.Queue()
    servers = [Counting(came), Counting(came)]
    workers = [
        Accepting(socket, server, shares)
        for socket, server, shares in zip((listening, sharing), servers, pair, strict=True)
    ]
    writers = [(await asyncio.open_connection(*listening.getsockname()))[1] for _ in range(12)]
    for worker in workers:
        worker.start()
    for _ in writers:
        await asyncio.wait_for(came.get(), 10)
    assert [len(server.connections) for server in servers] == [6, 6]
    for writer in writers:
        writer.close()
    for worker in workers:
        await worker.close()
    for server in servers:
        for transport in server.connections:
            transport.close()


async def test_a_worker_that_does_not_come_is_not_waited_for_long(pair, monkeypatch):
    monkeypatch.setattr(accepting, "_PAUSE_S", 0.001)
    came: asyncio.Queue[None] = asyncio.Queue()
    listening, server = listen("127.0.0.1", 0), Counting(came)
    worker = Accepting(listening, server, pair[0])
    worker.start()
    writers = [(await asyncio.open_connection(*listening.getsockname()))[1] for _ in range(3)]
    for _ in writers:
        await asyncio.wait_for(came.get(), 10)
    assert len(server.connections) == 3
    for writer in writers:
        writer.close()
    await worker.close()
    for transport in server.connections:
        transport.close()
