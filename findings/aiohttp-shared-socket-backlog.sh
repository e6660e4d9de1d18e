#!/usr/bin/env bash
# A worker of aiohttp that shares its listening socket takes as many waiting connections at once as its backlog says.
#
# One expects: the backlog of a site is the length of the kernel's queue.  Two processes that inherited one listening
#   socket take turns, so connections that come in a burst go to both of them in about equal parts.
# What happens: asyncio uses the same number as the most connections to accept when the socket becomes readable.  With
#   aiohttp's usual 128 the first worker to wake empties the queue, however busy it is, and the other idles; with
#   backlog=1 (and listen(128) called again afterwards) a burst is shared out.
# Versions: aiohttp 3.14.5 on CPython 3.10 and 3.11, Linux.  Seen on 2026-11-29.
# Why it matters here: `huhang serve --workers` gives its workers one inherited socket (server/serving.py).  With the
#   usual backlog half of the workers had nothing to do while the others' people waited.
#
# Exit status: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check aiohttp==3.14.5
cat > "$work/probe.py" <<'PROBE'
import asyncio
import multiprocessing
import os
import signal
import socket
import sys
import time

import aiohttp
from aiohttp import web

BURST, ROUNDS = 32, 6


def work(listening, backlog, ready):
    """Answer each request with the number of this process, after keeping the processor for a moment."""

    async def answer(request):
        until = time.monotonic() + 0.01
        while time.monotonic() < until:
            pass
        return web.Response(text=str(os.getpid()), headers={"Connection": "close"})

    async def serve():
        app = web.Application()
        app.router.add_get("/", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.SockSite(runner, listening, backlog=backlog).start()
        listening.listen(128)
        ready.release()
        await asyncio.Event().wait()

    asyncio.run(serve())


def burst(port, workers):
    """The process that answered each of so many requests that waited in the queue when both woke."""
    for worker in workers:
        os.kill(worker.pid, signal.SIGSTOP)
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(BURST)]
    for client in clients:
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    for worker in workers:
        os.kill(worker.pid, signal.SIGCONT)
    answers = []
    for client in clients:
        with client, client.makefile("rb") as reading:
            answers.append(int(reading.read().rpartition(b"\n")[2]))
    return answers


def largest_share(backlog):
    """The mean share of a burst that the busier of two workers took."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    ready = multiprocessing.Semaphore(0)
    workers = [multiprocessing.Process(target=work, args=(listening, backlog, ready)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    shares = []
    for _ in range(ROUNDS):
        who = burst(listening.getsockname()[1], workers)
        shares.append(max(who.count(pid) for pid in set(who)) / BURST)
    for worker in workers:
        worker.terminate()
        worker.join()
    listening.close()
    return sum(shares) / len(shares)


multiprocessing.set_start_method("fork")
usual, one = largest_share(128), largest_share(1)
print("python", sys.version.split()[0], "aiohttp", aiohttp.__version__)
print(f"share of a burst of {BURST} taken by the busier of two workers: backlog=128 {usual:.2f}, backlog=1 {one:.2f}")
sys.exit(0 if usual > 0.75 and one < usual - 0.1 else 1)
PROBE
"$work/venv/bin/python" "$work/probe.py"
