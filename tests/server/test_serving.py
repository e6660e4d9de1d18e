"""Connections: closed when nothing comes, refused when there are too many, answered in Chinese."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from knowledge.errors import SettingsError
from server import serving
from server.serving import Runner, listen
from settings import ROOT

Open = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@pytest.fixture
async def connect() -> AsyncIterator[Open]:
    async def echo(request: web.Request) -> web.Response:
        await asyncio.sleep(float(request.query.get("wait", "0")))
        return web.Response(text=await request.text())

    app = web.Application()
    app.router.add_post("/", echo)
    runner = Runner(app, access_log=None)
    await runner.setup()
    listening = listen("127.0.0.1", 0)
    await web.SockSite(runner, listening).start()
    writers: list[asyncio.StreamWriter] = []

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writers.append(writer)
        return reader, writer

    yield connect
    for writer in writers:
        writer.close()
    await runner.cleanup()


async def test_headers_that_do_not_end_close_the_connection(connect, monkeypatch):
    monkeypatch.setattr(serving, "HEADERS_S", 0.2)
    reader, writer = await connect()
    writer.write(b"POST / HTTP/1.1\r\n")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(20):  # a little now and then keeps nothing open
        writer.write(b"X-A: b\r\n")
        await asyncio.sleep(0.02)
        if reader.at_eof():
            break
    try:
        rest = await asyncio.wait_for(reader.read(), 2)
    except ConnectionResetError:  # a header was on its way when the server closed
        rest = b""
    assert rest == b""
    assert loop.time() - begun < 1


async def test_a_slow_body_and_a_slow_answer_are_waited_for(connect, monkeypatch):
    monkeypatch.setattr(serving, "HEADERS_S", 0.1)
    reader, writer = await connect()
    writer.write(b"POST /?wait=0.3 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
    await asyncio.sleep(0.3)
    writer.write(b"cd")
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)
    assert head.startswith(b"HTTP/1.1 200")
    assert await reader.readexactly(4) == b"abcd"
    # and the connection serves the next request
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nef")
    assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)).startswith(b"HTTP/1.1 200")


async def test_connections_beyond_the_cap_are_refused_until_one_closes(connect, monkeypatch):
    monkeypatch.setattr(serving, "most_connections", lambda: 2)
    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"
    first, second, third = [await connect() for _ in range(3)]
    answer = await asyncio.wait_for(third[0].read(), 2)
    assert answer.startswith(b"HTTP/1.1 503")
    assert "连接太多" in answer.decode()
    for reader, writer in (first, second):
        writer.write(request)
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)).startswith(
            b"HTTP/1.1 200"
        )
    first[1].close()
    head, until = b"", asyncio.get_running_loop().time() + 5
    while not head.startswith(b"HTTP/1.1 200"):  # until the server knows that it is gone
        assert asyncio.get_running_loop().time() < until, head
        reader, writer = await connect()
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
    ],
    ids=["nonsense", "version", "length", "long-header"],
)
async def test_what_is_no_http_is_answered_in_chinese_and_logged_in_one_line(connect, caplog, sent):
    reader, writer = await connect()
    with caplog.at_level(logging.INFO):
        writer.write(sent)
        answer = (await asyncio.wait_for(reader.read(), 2)).decode()
    head, body = answer.split("\r\n\r\n", 1)
    assert " 400 " in head.splitlines()[0]
    assert "请求" in json.loads(body)["error"]["message"]
    assert len(caplog.records) == 1
    assert caplog.records[0].exc_info is None
    assert "yyyy" not in caplog.text


async def test_a_body_that_cannot_be_unpacked_is_logged_in_one_line(connect, caplog):
    reader, writer = await connect()
    with caplog.at_level(logging.INFO):
        writer.write(
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain"
        )
        await asyncio.wait_for(reader.read(), 2)
    assert caplog.records
    assert all(item.exc_info is None for item in caplog.records)


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("127.0.0.1", 99999, "0 到 65535"),
        ("127.0.0.1", -1, "0 到 65535"),
        ("203.0.113.9", 8080, "不是本机的地址"),
        ("no.such.host.invalid", 8080, "无法解析"),
    ],
)
def test_an_address_that_cannot_be_had_is_said_in_chinese(host, port, words):
    with pytest.raises(SettingsError, match=words):
        listen(host, port)


def test_a_taken_port_is_said():
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(SettingsError, match="已被占用"),
    ):
        listen("127.0.0.1", other.getsockname()[1])


def test_a_server_whose_event_loop_policy_was_replaced_ends_without_an_error():
    # What importing Rasa does: the loop that serves is no longer the current one.
    script = """
import asyncio, os, signal, socket
from aiohttp import web
from server.serving import serve
app = web.Application()
async def end(_app):
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), signal.SIGTERM)
app.on_startup.append(end)
listening = socket.create_server(("127.0.0.1", 0))
serve(app, listening)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
