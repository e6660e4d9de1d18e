"""Copies of the server on PostgreSQL and Redis, a round-robin balancer, and what befalls them.

A copy that ends is started again at once, as a supervisor would.  The balancer does what a proxy does: it
asks ``/readyz`` of each copy every half second and sends nobody where the answer is not 200; who finds a
copy gone goes to the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.serving import ROOT, command
from tests.stores import Postgres, Redis, free_port

LOOK_S = 0.5
STARTING_S = 240.0
# A copy that has not ended by then, asked to, is killed.
ENDING_S = 120.0
# After everything is ready again: connections of people and of copies are made anew.
SETTLING_S = 2.0
QUIET_S = (8.0, 20.0)
DOWN_S = (0.5, 2.0)


@dataclass
class Disturbances:
    """When something was being restarted."""

    spans: list[list[float]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def begin(self, kind: str) -> None:
        """Something is restarted from now on."""
        self.counts[kind] += 1
        self.spans.append([time.perf_counter(), float("inf")])

    def end(self) -> None:
        """All is as it was."""
        self.spans[-1][1] = time.perf_counter()

    def meets(self, start: float, end: float) -> bool:
        """Whether something was being restarted between two moments."""
        return any(start <= last and end >= first for first, last in self.spans)


class Copy:
    """One copy of the server on a port of its own."""

    def __init__(self, number: int, data_dir: Path, environment: dict[str, str]) -> None:
        self.number = number
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.is_ready = False
        self.snapshot = ""
        self.log = data_dir.with_name(f"copy-{number}.log")
        self._data_dir = data_dir
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and return at once."""
        line, environment = command(self._data_dir, "serve", "--port", str(self.port))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                line,
                cwd=ROOT,
                env={**environment, **self._environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process that was started last."""
        assert self._process is not None
        return self._process

    def children(self) -> list[psutil.Process]:
        """Processes that it has started itself."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return list(psutil.Process(self.process.pid).children())
        return []

    def end(self, how: signal.Signals) -> None:
        """Send it a signal."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)


class Cluster:
    """The copies, their stores, and who may be sent where."""

    def __init__(self, copies: list[Copy], postgres: Postgres, redis: Redis | None) -> None:
        self.copies = copies
        self.postgres = postgres
        self.redis = redis
        self.disturbances = Disturbances()
        self.is_over = False
        # How long each copy took to end in a rolling upgrade.
        self.stops_s: list[float] = []
        self._next = 0

    def pick(self) -> Copy:
        """The next copy that is ready, else just the next."""
        for _ in self.copies:
            self._next = (self._next + 1) % len(self.copies)
            if self.copies[self._next].is_ready:
                break
        return self.copies[self._next]

    async def all_ready(self) -> None:
        """Wait until every copy can be sent people."""
        until = time.monotonic() + STARTING_S
        while not all(copy.is_ready for copy in self.copies):
            if time.monotonic() > until:
                late = [copy for copy in self.copies if not copy.is_ready]
                tail = late[0].log.read_text("utf-8", "replace")[-3000:]
                raise SystemExit(f"copy {late[0].number} is not ready:\n{tail}")
            await asyncio.sleep(0.1)

    async def watch(self, http: aiohttp.ClientSession) -> None:
        """Ask every copy whether it is ready, and start again what ended."""
        await asyncio.gather(*(self._watch(copy, http) for copy in self.copies))

    async def _watch(self, copy: Copy, http: aiohttp.ClientSession) -> None:
        while True:
            if copy.process.poll() is not None and not self.is_over:
                copy.is_ready = False
                copy.start()
            try:
                async with http.get(
                    f"{copy.url}/readyz", timeout=aiohttp.ClientTimeout(total=3)
                ) as answer:
                    copy.is_ready = answer.status == 200
                    copy.snapshot = str((await answer.json()).get("snapshot"))
            except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
                copy.is_ready = False
            await asyncio.sleep(LOOK_S)

    # -- what befalls them

    async def befall(self, choice: random.Random) -> None:
        """One thing after the other, each kind as often as the others, with quiet between them."""
        kinds: dict[str, Callable[[random.Random], Awaitable[None]]] = {
            "copy killed": self._kill_copy,
            "another copy killed": self._kill_copy,
            "reader or job killed": self._kill_child,
            "database process killed": self._kill_backend,
            "PostgreSQL crashed": self._crash_postgres,
            "PostgreSQL restarted": self._restart_postgres,
            "rolling upgrade": self._upgrade,
        }
        if self.redis is not None:
            kinds["Redis restarted"] = self._restart_redis
        while True:
            for kind in choice.sample(sorted(kinds), len(kinds)):
                await asyncio.sleep(choice.uniform(*QUIET_S))
                self.disturbances.begin(kind)
                await kinds[kind](choice)
                await asyncio.sleep(2 * LOOK_S)
                await self.all_ready()
                await asyncio.sleep(SETTLING_S)
                self.disturbances.end()

    async def _kill_copy(self, choice: random.Random) -> None:
        copy = choice.choice(self.copies)
        copy.end(signal.SIGKILL)
        await asyncio.to_thread(copy.process.wait)

    async def _kill_child(self, choice: random.Random) -> None:
        children = [child for copy in self.copies for child in copy.children()]
        if children:
            with contextlib.suppress(psutil.NoSuchProcess):
                choice.choice(children).kill()

    async def _kill_backend(self, choice: random.Random) -> None:
        """PostgreSQL ends all connections and recovers by itself."""
        children = await asyncio.to_thread(self.postgres.backends)
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(choice.choice(children), signal.SIGKILL)

    async def _crash_postgres(self, choice: random.Random) -> None:
        await asyncio.to_thread(self.postgres.stop, "immediate")
        await asyncio.sleep(choice.uniform(*DOWN_S))
        await asyncio.to_thread(self.postgres.start)

    async def _restart_postgres(self, choice: random.Random) -> None:
        await asyncio.to_thread(self.postgres.stop, "fast")
        await asyncio.sleep(choice.uniform(*DOWN_S))
        await asyncio.to_thread(self.postgres.start)

    async def _restart_redis(self, choice: random.Random) -> None:
        assert self.redis is not None
        await asyncio.to_thread(self.redis.stop)
        await asyncio.sleep(choice.uniform(*DOWN_S))
        await asyncio.to_thread(self.redis.start)

    async def _upgrade(self, _choice: random.Random) -> None:
        """Each in its turn is asked to end; the next one once its successor is ready."""
        for copy in self.copies:
            process, begun = copy.process, time.monotonic()
            copy.end(signal.SIGTERM)
            try:
                await asyncio.to_thread(process.wait, ENDING_S)
            except subprocess.TimeoutExpired:
                copy.end(signal.SIGKILL)
                await asyncio.to_thread(process.wait)
            self.stops_s.append(time.monotonic() - begun)
            await asyncio.sleep(2 * LOOK_S)
            await self.all_ready()


@contextlib.asynccontextmanager
async def cluster(
    folder: Path, data_dir: Path, number: int, settings: dict[str, str], *, redis: bool = True
) -> AsyncIterator[Cluster]:
    """Start stores and copies; all of them are ready."""
    postgres, store = Postgres(), Redis() if redis else None
    copies: list[Copy] = []
    watching: asyncio.Task[Any] | None = None
    try:
        postgres.start()
        postgres.execute("CREATE DATABASE trackers")
        if store is not None:
            store.start()
        environment = {
            "HUHANG_DATABASE_URL": postgres.url,
            "HUHANG_TRACKER_URL": postgres.url.rpartition("/")[0] + "/trackers",
            "HUHANG_SECRET_KEY": "k" * 40,
            "HUHANG_DRAIN_SECONDS": "2",
            **({} if store is None else {"HUHANG_REDIS_URL": store.url}),
            **settings,
        }
        copies = [Copy(n, data_dir, environment) for n in range(1, number + 1)]
        made = Cluster(copies, postgres, store)
        for copy in copies:
            copy.start()
        async with aiohttp.ClientSession() as http:
            watching = asyncio.create_task(made.watch(http))
            await made.all_ready()
            yield made
            made.is_over = True
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    finally:
        for copy in copies:
            copy.end(signal.SIGTERM)
        for copy in copies:
            try:
                copy.process.wait(60)
            except subprocess.TimeoutExpired:
                copy.end(signal.SIGKILL)
                copy.process.wait()
        if store is not None:
            store.stop()
            store.remove()
        with contextlib.suppress(subprocess.CalledProcessError):
            postgres.stop()
        postgres.remove()
