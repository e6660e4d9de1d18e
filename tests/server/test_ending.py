"""A copy that is asked to end does so, whatever it is just waiting for."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import WSCloseCode, web

from desk.messages import InboundMessage
from server import keys
from server.ending import ended
from server.serving import Runner, listen
from server.sockets import Sockets
from tests.scripted_app import FakeDialogue

# Far more than ending takes; what goes on for ever takes longer.
PATIENCE_S = 20.0


async def test_a_task_that_loses_a_cancellation_ends_all_the_same():
    called = asyncio.Event()

    async def hear() -> None:
        while True:
            await asyncio.wait_for(called.wait(), 60)
            called.clear()

    task = asyncio.create_task(hear())
    await asyncio.sleep(0.01)
    called.set()
    # What it waits for is there, and it has not been told yet: wait_for drops a cancellation now.
    await asyncio.sleep(0)
    await asyncio.wait_for(ended([task]), PATIENCE_S)
    assert task.done()


async def test_what_a_task_raises_at_its_end_stays_its_own():
    async def fail() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise ValueError

    await ended([])
    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await ended([task])
    assert isinstance(task.exception(), ValueError)


class Pages:
    """A server of WebSockets alone."""

    def __init__(self, url: str, runner: Runner, sockets: Sockets) -> None:
        self.url = url
        self.runner = runner
        self.sockets = sockets
        self.opening = asyncio.Event()
        self.closing = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def sleeping(self) -> asyncio.StreamWriter:
        """A page that takes a connection and never says anything again."""
        host, port = self.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        return writer


@pytest.fixture
async def pages() -> AsyncIterator[Pages]:
    async def talk(request: web.Request) -> web.WebSocketResponse:
        made.opening.set()
        await made.go_on.wait()
        response = web.WebSocketResponse()
        await response.prepare(request)
        await made.sockets.add(response)
        async for _ in response:
            pass
        return response

    async def close(_app: web.Application) -> None:
        made.closing.set()
        await made.sockets.close()

    app = web.Application()
    app.router.add_get("/", talk)
    app.on_shutdown.append(close)
    runner = Runner(app, access_log=None, shutdown_timeout=120)
    await runner.setup()
    listening = listen("127.0.0.1", 0)
    await web.SockSite(runner, listening).start()
    host, port = listening.getsockname()[:2]
    made = Pages(f"http://{host}:{port}", runner, Sockets())
    yield made
    await runner.cleanup()


async def test_pages_that_sleep_do_not_keep_the_others_from_being_told(pages, monkeypatch):
    monkeypatch.setattr("server.sockets.CLOSING_S", 1.0)
    sleeping = [await pages.sleeping() for _ in range(50)]
    async with aiohttp.ClientSession() as http, http.ws_connect(pages.url) as page:
        ending = asyncio.create_task(pages.runner.cleanup())
        closed = await asyncio.wait_for(page.receive(), PATIENCE_S)
        assert (closed.type, closed.data) == (
            aiohttp.WSMsgType.CLOSE,
            WSCloseCode.SERVICE_RESTART,
        )
        await asyncio.wait_for(ending, PATIENCE_S)
    for writer in sleeping:
        writer.close()


async def test_a_page_that_connects_while_the_others_are_told_is_told_too(pages):
    pages.go_on.clear()
    async with aiohttp.ClientSession() as http:
        connecting = asyncio.create_task(http.ws_connect(pages.url))
        await pages.opening.wait()
        ending = asyncio.create_task(pages.runner.cleanup())
        await pages.closing.wait()
        pages.go_on.set()
        page = await connecting
        closed = await asyncio.wait_for(page.receive(), PATIENCE_S)
        assert closed.data == WSCloseCode.SERVICE_RESTART
        await page.close()
        await asyncio.wait_for(ending, PATIENCE_S)


async def test_an_exchange_that_does_not_end_is_given_up_and_answered_when_sent_again(
    client, app: web.Application, dialogue: FakeDialogue
):
    dispatcher = app[keys.DISPATCHER]
    said = InboundMessage("ending-one", "在吗", client_id="m-ending-1")
    pause = dialogue.pause("在吗")
    waiting = asyncio.create_task(dispatcher.handle(said, request_id="r1"))
    await pause.reached.wait()
    await asyncio.wait_for(dispatcher.drain(0.05), PATIENCE_S)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    pause.release.set()
    reply = await dispatcher.handle(said, request_id="r2")
    assert [message.text for message in reply.messages] == ["收到：在吗"]
    assert dialogue.seen.count(("ending-one", "在吗")) == 2
