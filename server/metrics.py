"""Counters and timings for Prometheus; one registry an application, no text and no person in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What the server counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = Counter(
            "huhang_messages_received", "Messages of people", ["channel"], registry=self.registry
        )
        self.sent = Counter(
            "huhang_messages_sent", "Messages of the assistant", ["kind"], registry=self.registry
        )
        self.repeated = Counter(
            "huhang_messages_repeated", "Messages dropped as repeats", registry=self.registry
        )
        self.handoffs = Counter(
            "huhang_handoffs",
            "Conversations that began to wait for a human",
            registry=self.registry,
        )
        self.errors = Counter("huhang_errors", "Failures by code", ["code"], registry=self.registry)
        self.connections = Gauge(
            "huhang_websocket_connections", "Open chat connections", registry=self.registry
        )
        self.stage = Histogram(
            "huhang_stage_seconds",
            "Time of one exchange by stage (receive, understand, retrieve, act, bot, store, total)",
            ["stage"],
            registry=self.registry,
            buckets=_BUCKETS,
        )

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Observe how long the block takes, failed or not."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.stage.labels(stage).observe(time.perf_counter() - started)

    def render(self) -> bytes:
        """The text exposition of every metric."""
        return generate_latest(self.registry)
