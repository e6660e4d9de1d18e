"""Two workers against one: messages a second, how long a message takes, what the processes hold.

A real ``huhang serve --workers N`` on loopback, on a copy of the working copy's snapshot and model, with
SQLite.  First everybody sends as fast as they are answered (messages a second); then messages come at a
given rate whether or not earlier ones are answered (p50, p95).  One and two workers are measured in turns,
so that whatever else the machine does falls on both.  The people are this program: it takes part of the
cores, too.  Memory is what the processes have for themselves, with their share of what they have together
(PSS).  Processor time a message (of all server processes) does not depend on what else the machine does: where
it is the same with two workers as with one, two cores of their own answer twice as many.

Usage: ``python benchmarks/workers.py [--workers 1 2] [--seconds 30] [--people 16] [--rate 8] [--turns 2]
[--json FILE]``
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.typical import PER_SENDER, messages
from tests.serving import Server, prepare, serving

STARTING_S = 300.0
LIMIT = aiohttp.ClientTimeout(total=120)


@dataclass
class Found:
    """What was measured with one number of workers."""

    per_second: list[float] = field(default_factory=list)
    processor_ms: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    failed: int = 0


class Crowd:
    """People who send the usual mixture, ten messages in each conversation."""

    def __init__(self, url: str, session: aiohttp.ClientSession, name: str) -> None:
        """Begin with the first message of the mixture."""
        self._url = f"{url}/api/v1/messages"
        self._session = session
        self._name = name
        self._mixture = messages(10**9)
        self._next = 0
        self.times: list[float] = []
        self.failed = 0

    async def converse(self, until: float) -> None:
        """Have conversations, each message after the answer to the one before."""
        while time.monotonic() < until:
            start, self._next = self._next, self._next + PER_SENDER
            headers: dict[str, str] = {}
            for at in range(start, start + PER_SENDER):
                if time.monotonic() >= until:
                    return
                await self.send(f"{self._name}-{start}", at, headers)

    async def send(self, sender: str, at: int, headers: dict[str, str]) -> None:
        """One message; its time and outcome are kept."""
        body = {"sender": sender, "text": self._mixture[at % len(self._mixture)]}
        begun = time.monotonic()
        try:
            async with self._session.post(self._url, json=body, headers=headers) as response:
                await response.read()
                if token := response.headers.get("X-Sender-Token"):
                    headers["X-Sender-Token"] = token
                is_answered = response.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            is_answered = False
        if is_answered:
            self.times.append(time.monotonic() - begun)
        else:
            self.failed += 1


async def as_fast_as_answered(
    server: Server, people: int, seconds: float
) -> tuple[float, float, int]:
    """:return: messages a second, processor milliseconds of the server a message, and how many failed."""
    async with aiohttp.ClientSession(timeout=LIMIT) as session:
        crowd = Crowd(server.url, session, f"fast-{time.monotonic_ns()}")
        warm = time.monotonic() + seconds / 6
        await asyncio.gather(*(crowd.converse(warm) for _ in range(people)))
        crowd.times.clear()
        begun, used = time.monotonic(), processor_s(server.pid)
        await asyncio.gather(*(crowd.converse(begun + seconds) for _ in range(people)))
        speed = len(crowd.times) / (time.monotonic() - begun)
        used = processor_s(server.pid) - used
        return speed, 1000 * used / max(1, len(crowd.times)), crowd.failed


def processor_s(pid: int) -> float:
    """Seconds that a process and its children have computed so far."""
    process = psutil.Process(pid)
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(float(one.user + one.system) for one in times)


async def at_a_rate(server: Server, rate: float, seconds: float) -> tuple[float, float, int]:
    """Messages of new people at even distances.

    :return: p50 and p95 in milliseconds, and how many failed.
    """
    async with aiohttp.ClientSession(timeout=LIMIT) as session:
        crowd = Crowd(server.url, session, f"rate-{time.monotonic_ns()}")
        under_way = []
        begun = time.monotonic()
        for at in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + at / rate - time.monotonic()))
            sent = crowd.send(f"even-{time.monotonic_ns()}", at, {})
            under_way.append(asyncio.create_task(sent))
        await asyncio.gather(*under_way)
        times = sorted(1000 * value for value in crowd.times)
        return times[len(times) // 2], times[int(len(times) * 0.95)], crowd.failed


def memory(pid: int) -> float:
    """Megabytes of a process and its children, shared pages divided among those who have them."""
    total = 0
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(
            next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1]
        )
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return total / 1000 + sum(memory(int(child)) for child in children)
    return 0.0


def everybody_is_ready(log: Path) -> None:
    """Wait for the closing line: ``/readyz`` is asked of one worker alone."""
    until = time.monotonic() + STARTING_S
    while "已就绪" not in log.read_text("utf-8"):
        if time.monotonic() > until:
            raise SystemExit(log.read_text("utf-8")[-2000:])
        time.sleep(0.2)


def measure(found: Found, workers: int, options: argparse.Namespace) -> None:
    """One start with so many workers."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        with serving(
            Path(folder), "--workers", str(workers), HUHANG_RATE_PER_MINUTE="1000000"
        ) as server:
            everybody_is_ready(Path(folder) / "serve.log")
            speed, processor, failed = asyncio.run(
                as_fast_as_answered(server, options.people, options.seconds)
            )
            p50, p95, late = asyncio.run(at_a_rate(server, options.rate, options.seconds))
            found.per_second.append(speed)
            found.processor_ms.append(processor)
            found.p50.append(p50)
            found.p95.append(p95)
            found.memory.append(memory(server.pid))
            found.failed += failed + late


def main() -> int:
    """Measure in turns and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--people", type=int, default=16)
    parser.add_argument("--rate", type=float, default=8.0)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: dict[int, Found] = defaultdict(Found)
    loads = [os.getloadavg()[0]]
    for _ in range(options.turns):
        for workers in options.workers:
            measure(found[workers], workers, options)
            loads.append(os.getloadavg()[0])
    print(
        f"| workers | messages a second | processor ms a message | p50 ms at {options.rate:g}/s | p95 ms | MB (PSS) | failed |"
    )
    print("|---|---|---|---|---|---|---|")
    first = statistics.median(found[options.workers[0]].per_second)
    for workers, one in found.items():
        speed = statistics.median(one.per_second)
        print(
            f"| {workers} | {speed:.1f} ({speed / first:.2f}×) "
            f"| {statistics.median(one.processor_ms):.1f} | {statistics.median(one.p50):.0f} "
            f"| {statistics.median(one.p95):.0f} | {statistics.median(one.memory):.0f} | {one.failed} |"
        )
    print(f"\n{os.cpu_count()} cores; load average {min(loads):.1f} to {max(loads):.1f}")
    if options.json:
        options.json.write_text(
            json.dumps({str(n): vars(one) for n, one in found.items()}, indent=1)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
