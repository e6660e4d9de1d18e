"""Several processes on one address: shared, watched, replaced one by one, ended gently."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from server import workers
from server.workers import Worker, Workers

pytestmark = pytest.mark.slow  # starts processes
ROOT = Path(__file__).parents[2]
# A worker that answers with its number, slowly when asked to, and ends on SIGTERM after what is under way.
WORKER = """
import asyncio, os, signal, socket, sys
from aiohttp import web
from server.serving import serve
listening, status = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
async def show(request):
    if "told" in request.query:
        open(request.query["told"], "w").close()
    await asyncio.sleep(float(request.query.get("wait", 0)))
    return web.Response(text=str(os.getpid()))
async def started(app):
    os.write(status, b"open\\n")
    os.write(status, b"ready\\n")
app = web.Application()
app.router.add_get("/", show)
app.on_startup.append(started)
if os.environ.get("FAILS"):
    sys.exit(3)
serve(app, listening)
"""
PARENT = """
import asyncio, sys
from server.serving import listen
from server import workers
workers._PAUSE_S = (0.1, 0.2)
listening = listen("127.0.0.1", 0)
print(listening.getsockname()[1], flush=True)
async def opened():
    print("opened", flush=True)
def ready():
    print("ready", flush=True)
line = lambda number, status: [sys.executable, "-c", WORKER, str(number), str(status)]
asyncio.run(workers.Workers(listening, line, 2).run(opened, ready))
print("ended", flush=True)
"""


@pytest.fixture
def parent():
    code = f"WORKER = {WORKER!r}\n{textwrap.dedent(PARENT)}"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    port = int(process.stdout.readline())
    assert process.stdout.readline() == "opened\n"
    assert process.stdout.readline() == "ready\n"
    yield process, port
    if process.poll() is None:
        process.terminate()
    process.wait(30)
    process.stdout.close()


def get(port: int, query: str = "") -> int:
    """The number of the process that answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(
            f"GET /{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b""
        while part := connection.recv(4096):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer
    return int(body)


async def served_by(port: int, number: int, query: str = "") -> list[int]:
    return await asyncio.gather(*(asyncio.to_thread(get, port, query) for _ in range(number)))


def eventually(done, within_s: float = 20.0):
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if value := done():
            return value
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


async def test_connections_under_way_are_shared_by_the_workers(parent):
    _, port = parent
    assert len(set(await served_by(port, 24, "?wait=0.2"))) == 2


async def test_worker_that_is_killed_is_replaced_while_the_other_answers(parent):
    _, port = parent
    first = eventually(lambda: len(pids := set(answering(port))) == 2 and pids)
    killed = first.pop()
    os.kill(killed, signal.SIGKILL)
    (other,) = first
    for _ in range(5):
        with contextlib.suppress(ConnectionError):
            assert get(port) in {other, *set(answering(port))}
    now = eventually(lambda: len(pids := set(answering(port))) == 2 and pids)
    assert other in now
    assert killed not in now


async def test_hangup_replaces_every_worker_and_no_request_is_lost(parent):
    process, port = parent
    before = eventually(lambda: len(pids := set(answering(port))) == 2 and pids)
    process.send_signal(signal.SIGHUP)
    after: set[int] = set()
    until = time.monotonic() + 30
    while time.monotonic() < until and (len(after) < 2 or after & before):
        after = set(await served_by(port, 8, "?wait=0.05"))
    assert len(after) == 2
    assert not after & before


async def test_ending_finishes_what_is_under_way(parent, tmp_path):
    process, port = parent
    told = tmp_path / "told"
    asked = asyncio.create_task(asyncio.to_thread(get, port, f"?wait=1.5&told={told}"))
    await asyncio.to_thread(eventually, told.exists)
    process.terminate()
    assert await asked > 0
    assert await asyncio.to_thread(process.wait, 20) == 0
    with pytest.raises(ConnectionError):
        get(port)


class Ended:
    """A process that has ended."""

    pid = 1

    async def wait(self) -> int:
        return 1


async def test_worker_that_cannot_be_started_is_tried_again_and_leaves_no_file_open(monkeypatch):
    monkeypatch.setattr(workers, "_PAUSE_S", (0.01, 0.02))
    tries: list[int] = []
    reached = asyncio.Event()
    open_before = set(os.listdir("/proc/self/fd"))

    async def refuse(*_line: str, **_options: object) -> None:
        tries.append(1)
        if len(tries) == 3:
            reached.set()
        raise OSError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse)
    reading, writing = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        kept = Workers(listening, lambda *_: ["x"], 1)
        ended = asyncio.create_task(kept._watch(Worker(Ended(), reading)))
        await asyncio.wait_for(reached.wait(), 10)
        assert not ended.done()
        ended.cancel()
        await asyncio.wait([ended])
        asyncio.get_running_loop().remove_reader(reading)
    os.close(reading)
    os.close(writing)
    assert set(os.listdir("/proc/self/fd")) == open_before


def answering(port: int) -> list[int]:
    """Who answers many requests that overlap, asked from threads."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(12) as pool:
        return [*pool.map(lambda _: get(port, "?wait=0.1"), range(12))]
