"""Signals between copies: heard by the others, in order, not lost when the line or its server was away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import StorageError
from server import signals as module
from server.carriers.datagrams import Datagrams
from server.carriers.postgres import Notices
from server.carriers.redis import Subscription
from server.signals import Signals, Topic, deployment, signals_of
from settings import Settings
from tests.stores import Postgres, Redis
from tests.waiting import until

Make = Callable[[str], Signals]


class Copy:
    """One end: what it heard, and how often it read everything again."""

    def __init__(self, signals: Signals) -> None:
        self.signals = signals
        self.heard: list[tuple[str, Mapping[str, Any]]] = []
        self.gaps = 0
        signals.hear(Topic.SAID, self._hear)
        signals.on_gap(self._read)

    async def _hear(self, key: str, along: Mapping[str, Any]) -> None:
        await asyncio.sleep(0)
        self.heard.append((key, along))

    async def _read(self) -> None:
        self.gaps += 1

    def numbers(self) -> list[int]:
        return [along["n"] for _, along in self.heard]


@pytest.fixture(
    params=[
        "datagrams",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("redis", marks=pytest.mark.redis),
    ]
)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes a copy's signals by name, all over one carrier."""
    if request.param == "datagrams":
        return lambda name: Signals(Datagrams(tmp_path, name), name)
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        return lambda name: Signals(Notices(url), name)
    redis: Redis = request.getfixturevalue("redis")
    return lambda name: Signals(Subscription(redis.url, "test:signals"), name)


@pytest.fixture
async def pair(make: Make) -> AsyncIterator[tuple[Copy, Copy]]:
    one, two = Copy(make("one")), Copy(make("two"))
    for copy in (one, two):
        await copy.signals.start()
        assert copy.signals.is_up
    yield one, two
    for copy in (one, two):
        await copy.signals.close()


async def test_the_others_hear_it_in_order_and_oneself_does_not(pair):
    one, two = pair
    for n in range(500):
        one.signals.tell(Topic.SAID, "person", n=n, text="话")
    await until(lambda: len(two.heard) >= 500)
    assert two.numbers() == list(range(500))
    assert two.heard[0] == ("person", {"n": 0, "text": "话"})
    two.signals.tell(Topic.SAID, "person", n=-1)
    await until(lambda: one.numbers() == [-1])


async def test_it_is_heard_within_a_fraction_of_a_second(pair):
    one, two = pair
    loop = asyncio.get_running_loop()
    for n in range(20):
        begun = loop.time()
        one.signals.tell(Topic.SAID, "person", n=n)
        await until(lambda n=n: len(two.heard) == n + 1)
        assert loop.time() - begun < 0.5


async def test_a_copy_that_ended_is_not_missed_and_a_new_one_is_heard(pair, make):
    one, two = pair
    await two.signals.close()
    one.signals.tell(Topic.SAID, "person", n=1)
    three = Copy(make("three"))
    await three.signals.start()
    one.signals.tell(Topic.SAID, "person", n=2)
    await until(lambda: 2 in three.numbers())
    await three.signals.close()


async def test_what_is_too_large_is_a_mistake_of_the_program(pair):
    with pytest.raises(ValueError, match="bytes"):
        pair[0].signals.tell(Topic.SAID, "person", ids=["x" * 36] * 250)


async def test_more_than_can_be_kept_becomes_one_reading_of_everything(make, monkeypatch):
    monkeypatch.setattr(module, "_MOST_UNSENT", 10)
    one, two = Copy(make("one")), Copy(make("two"))
    await two.signals.start()
    for n in range(25):  # before the line is open
        one.signals.tell(Topic.SAID, "person", n=n)
    await one.signals.start()
    await until(lambda: two.gaps >= 1 and 24 in two.numbers())
    for copy in (one, two):
        await copy.signals.close()


async def test_one_signal_that_cannot_be_read_does_not_end_hearing(pair):
    one, two = pair
    await one.signals._carrier.send(["[]", "{}", "no json", '{"from": 1}'])
    one.signals.tell(Topic.SAID, "person", n=1)
    await until(lambda: two.numbers() == [1])


async def test_what_is_heard_while_the_records_are_away_is_heard_when_they_are_back(pair):
    one, two = pair
    failures = 3
    heard: list[int] = []

    async def hear(_key: str, along: Mapping[str, Any]) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise StorageError("away")
        heard.append(along["n"])

    two.signals.hear(Topic.EXCHANGE, hear)
    for n in range(3):
        one.signals.tell(Topic.EXCHANGE, "person", n=n)
    await until(lambda: len(heard) == 3)
    assert heard == [0, 1, 2]
    assert two.gaps == 0


async def test_after_a_gap_what_cannot_be_read_yet_holds_up_nobody_and_is_read_in_the_end(
    make, monkeypatch
):
    monkeypatch.setattr(module, "_RETRY_S", (0.01, 0.1))
    signals = make("one")
    other, asked, is_away = 0, 0, True

    async def read_records() -> None:
        nonlocal asked
        asked += 1
        if is_away:
            raise StorageError("away")

    async def read_other() -> None:
        nonlocal other
        other += 1

    signals.on_gap(read_records)
    signals.on_gap(read_other)
    await signals.start()
    signals._take(module.MISSED)
    await until(lambda: other == 1 and asked > 5)
    signals._take(module.MISSED)  # no second reading beside the first
    await until(lambda: other == 2)
    is_away = False
    before = asked
    await until(lambda: asked > before)
    await asyncio.sleep(0)
    assert not signals._working
    await signals.close()


async def one_after_the_gap(one: Copy, two: Copy) -> None:
    """Each has read everything again, and hears the other as before."""
    await until(lambda: one.gaps >= 1 and two.gaps >= 1)
    # Either it came when the line was up again, or before the other listened, who then read again.
    one.signals.tell(Topic.SAID, "person", n=2)
    await until(lambda: two.numbers()[-1:] == [2])
    for copy in (one, two):
        await copy.signals.close()


@pytest.mark.redis
async def test_after_redis_was_away_nothing_is_missed(redis: Redis):
    one, two = (
        Copy(Signals(Subscription(redis.url, "test:signals"), name)) for name in ("one", "two")
    )
    for copy in (one, two):
        await copy.signals.start()
    redis.stop()
    await until(lambda: not one.signals.is_up and not two.signals.is_up)
    one.signals.tell(Topic.SAID, "person", n=1)
    redis.start()
    await one_after_the_gap(one, two)


@pytest.mark.postgres
async def test_after_postgres_was_away_nothing_is_missed(postgres: Postgres):
    one, two = (Copy(Signals(Notices(postgres.url), name)) for name in ("one", "two"))
    for copy in (one, two):
        await copy.signals.start()
    await asyncio.to_thread(postgres.stop)
    try:
        await until(lambda: not one.signals.is_up and not two.signals.is_up)
        one.signals.tell(Topic.SAID, "person", n=1)
    finally:
        await asyncio.to_thread(postgres.start)
    await one_after_the_gap(one, two)


async def test_a_sibling_that_was_killed_leaves_no_socket_behind(tmp_path: Path):
    dead = Datagrams(tmp_path, "dead")
    await dead.open()
    assert dead._socket is not None
    asyncio.get_running_loop().remove_reader(dead._socket.fileno())
    dead._socket.close()  # as the system does for a killed process: the file stays
    left = tmp_path / "siblings" / "dead.sock"
    assert left.exists()
    one = Copy(Signals(Datagrams(tmp_path, "one"), "one"))
    await one.signals.start()
    one.signals.tell(Topic.SAID, "person", n=1)
    await until(lambda: not left.exists())
    await one.signals.close()


async def test_a_sibling_that_takes_nothing_is_told_later_that_it_missed_some(
    tmp_path: Path, monkeypatch
):
    from server.carriers import datagrams

    monkeypatch.setattr(datagrams, "_PATIENCE_S", 0.05)
    slow = Datagrams(tmp_path, "slow")
    await slow.open()
    one = Datagrams(tmp_path, "one")
    await one.open()
    for n in range(600):  # more than the system queues for one socket
        await one.send([f"{n}" + "x" * 5000])
    assert one._behind == {"slow.sock"}
    seen: list[str] = []
    while datagrams.MISSED not in seen:
        seen += await asyncio.wait_for(slow.heard(), 1)
        await one.send(["later"])
    await one.close()
    await slow.close()


async def test_a_deep_data_folder_is_no_obstacle(tmp_path: Path):
    deep = tmp_path / ("很深的文件夹" * 8) / ("x" * 100)
    one, two = (Copy(Signals(Datagrams(deep, name), name)) for name in ("one", "two"))
    for copy in (one, two):
        await copy.signals.start()
    one.signals.tell(Topic.SAID, "person", n=1)
    await until(lambda: two.numbers() == [1])
    for copy in (one, two):
        await copy.signals.close()


def test_the_settings_name_the_carrier(settings: Settings, postgres_url: str):
    assert isinstance(signals_of(settings, "s", "one")._carrier, Datagrams)
    on_postgres = replace(settings, desk=replace(settings.desk, database_url=postgres_url))
    assert isinstance(signals_of(on_postgres, "s", "one")._carrier, Notices)
    with_redis = replace(on_postgres, redis_url="redis://127.0.0.1:1")
    assert isinstance(signals_of(with_redis, "s", "one")._carrier, Subscription)
    assert deployment("one") != deployment("two")
