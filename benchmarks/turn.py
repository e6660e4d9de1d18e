"""Where the time of an answered message goes: understand, decide, retrieve, act, store.

Runs the embedded assistant in this process on the published snapshot, over the messages of
``typical.py``, and prints the median and 95th percentile of each part in milliseconds.  What is done
within a part (retrieval while deciding or acting) is counted by itself and taken off that part's time.

Usage: ``python benchmarks/turn.py [--messages 200] [--json FILE]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from typical import PER_SENDER, messages

import channels.cli  # noqa: F401  (has numpy compute products in one thread, as in the server)
from bot.runtime import EmbeddedRasa
from channels.cli.offline import throwaway
from indexer.hybrid import HybridIndex
from settings import load_settings

PARTS = ("understand", "decide", "retrieve", "act", "store", "whole")


class Clock:
    """Seconds spent in each part of the message under way."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._open: list[str] = []

    def begin(self, part: str) -> float:
        """Enter a part; messages come one after the other, so parts lie within each other."""
        self._open.append(part)
        return time.perf_counter()

    def end(self, started: float) -> None:
        """Leave it, taking its time off the part around it."""
        seconds = time.perf_counter() - started
        self.spent[self._open.pop()] += seconds
        if self._open:
            self.spent[self._open[-1]] -= seconds

    def around(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time added to a part."""

        def timed(*args: Any, **options: Any) -> Any:
            started = self.begin(part)
            try:
                return work(*args, **options)
            finally:
                self.end(started)

        return timed

    def awaiting(self, part: str, work: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
        """The same coroutine function, its time added to a part."""

        async def timed(*args: Any, **options: Any) -> Any:
            started = self.begin(part)
            try:
                return await work(*args, **options)
            finally:
                self.end(started)

        return timed


async def run(texts: list[str]) -> dict[str, list[float]]:
    """Hold the conversations and keep the times of each message in milliseconds."""
    clock = Clock()
    kept: dict[str, list[float]] = {part: [] for part in PARTS}
    with throwaway(load_settings(), today=None, keep=False) as settings:
        rasa = EmbeddedRasa(settings)
        await rasa.start()
        watch(rasa, clock)
        for number, text in enumerate([*texts[:20], *texts]):
            clock.spent.clear()
            started = time.perf_counter()
            await rasa.handle(f"turn-{number // PER_SENDER}", text, {})
            clock.spent["whole"] = time.perf_counter() - started
            if number >= 20:
                for part in PARTS:
                    kept[part].append(clock.spent[part] * 1000)
        await rasa.close()
    return kept


def watch(rasa: EmbeddedRasa, clock: Clock) -> None:
    """Put the clock around the parts of a running assistant."""
    agent: Any = rasa._agent
    processor = agent.processor
    processor.parse_message = clock.awaiting("understand", processor.parse_message)
    processor.predict_next_with_tracker_if_should = clock.around(
        "decide", processor.predict_next_with_tracker_if_should
    )
    endpoint = processor.action_endpoint
    endpoint.request = clock.awaiting("act", endpoint.request)
    store = processor.tracker_store
    store.save = clock.awaiting("store", store.save)
    processor.get_tracker = clock.awaiting("store", processor.get_tracker)
    HybridIndex.search = clock.around("retrieve", HybridIndex.search)  # type: ignore[method-assign]
    HybridIndex.assess = clock.around("retrieve", HybridIndex.assess)  # type: ignore[method-assign]


def report(texts: list[str]) -> dict[str, dict[str, float]]:
    """Median and 95th percentile of each part in milliseconds."""
    import numpy as np

    kept = asyncio.run(run(texts))
    return {
        part: {
            "p50_ms": round(float(np.percentile(times, 50)), 2),
            "p95_ms": round(float(np.percentile(times, 95)), 2),
        }
        for part, times in kept.items()
    }


def show(parts: dict[str, dict[str, float]]) -> None:
    """Print a report."""
    print(f"{'':12}{'p50':>9}{'p95':>9}  毫秒，一条消息在进程内")
    for part, row in parts.items():
        print(f"{part:12}{row['p50_ms']:9.1f}{row['p95_ms']:9.1f}")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--json", type=Path, help="也把结果写入这个文件")
    options = parser.parse_args()
    parts = report(messages(options.messages))
    show(parts)
    if options.json:
        options.json.write_text(json.dumps(parts, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
