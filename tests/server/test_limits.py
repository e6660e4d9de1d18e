"""Limits hold over all copies of the server, and while what counts together is away."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.engine import open_engine
from desk.migrations import migrate
from knowledge.errors import StorageError
from server import allowances as module
from server.allowances import (
    CautiousAllowances,
    MappedAllowances,
    OwnAllowances,
    allowances_of,
)
from server.buckets import Allowances
from server.limits import (
    BEGINNERS_PER_MINUTE,
    LOGINS_PER_MINUTE,
    PEOPLE_PER_ADDRESS,
    RateLimits,
)
from server.shared_allowances import DatabaseAllowances, RedisAllowances
from settings import Settings
from tests.stores import Redis

Make = Callable[[], Allowances]


@pytest.fixture(
    params=[
        "file",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("redis", marks=pytest.mark.redis),
    ]
)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes the count of one more copy."""
    made: list[Allowances] = []

    def count() -> Allowances:
        if request.param == "file":
            made.append(MappedAllowances(tmp_path / "allowances.map"))
        elif request.param == "postgres":
            made.append(DatabaseAllowances(request.getfixturevalue("migrated_postgres")))
        else:
            made.append(RedisAllowances(request.getfixturevalue("redis").url, "test"))
        return made[-1]

    yield count
    for item in made:
        item.close()


@pytest.fixture
def migrated_postgres(fresh_postgres: str) -> str:
    engine = open_engine(fresh_postgres)
    migrate(engine)
    engine.dispose()
    return fresh_postgres


def test_copies_count_together(make):
    one, two = make(), make()
    waits = [copy.take([("a", 6)]) for _ in range(3) for copy in (one, two)]
    assert waits == [0] * 6
    assert 1 <= one.take([("a", 6)]) <= 10
    assert 1 <= two.take([("a", 6)]) <= 10
    assert two.take([("b", 6)]) == 0


def test_at_once_no_more_than_allowed_get_through(make):
    copies = [make() for _ in range(3)]
    got: list[int] = []
    start = threading.Barrier(9)

    def ask(copy: Allowances) -> None:
        start.wait()
        got.extend(copy.take([("a", 10)]) for _ in range(4))

    threads = [threading.Thread(target=ask, args=(copies[n % 3],)) for n in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 10 <= got.count(0) <= 12  # ten a minute, and what is refilled meanwhile


def test_the_first_key_without_allowance_decides_and_the_next_loses_none(make):
    count = make()
    assert count.take([("address", 1), ("person", 2)]) == 0
    assert count.take([("address", 1), ("person", 2)]) > 30
    assert count.take([("person", 2)]) == 0
    assert count.take([("person", 2)]) > 0


async def test_what_people_are_called_uses_no_allowance_of_an_address():
    limits = RateLimits(1, OwnAllowances(lambda: 0.0))
    address = "203.0.113.5"
    for kind in ("login", "begin", "link", "round", "address"):
        assert await limits.take(f"{kind} {address}", None) == 0
        assert await limits.take(f"{kind} {address}", None) > 0
    assert await limits.log_in(address) == 0
    assert await limits.take("a", address) == 0


async def test_an_address_tries_no_more_passwords_than_allowed_however_much_it_chats():
    limits = RateLimits(1, OwnAllowances(lambda: 0.0))
    address = "203.0.113.5"
    while await limits.take(f"p{secrets.token_hex(4)}", address) == 0:
        pass
    tries = [await limits.log_in(address) for _ in range(LOGINS_PER_MINUTE + 1)]
    assert [wait > 0 for wait in tries] == [False] * LOGINS_PER_MINUTE + [True]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("kind", ["own", "file"])
def test_bucket_refills_with_time(kind: str, tmp_path: Path):
    clock = Clock()
    count = OwnAllowances(clock) if kind == "own" else MappedAllowances(tmp_path / "x", clock)
    assert [count.take([("a", 30)]) for _ in range(30)] == [0] * 30
    assert count.take([("a", 30)]) == 2
    clock.now = 2.1
    assert count.take([("a", 30)]) == 0
    assert count.take([("a", 30)]) == 2
    count.close()


def test_every_place_of_the_table_is_used(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(MappedAllowances, "_SETS", 8)
    count = MappedAllowances(tmp_path / "x", lambda: 1.0)
    for n in range(1000):
        assert count.take([(f"k{n}", 1)]) == 0
    table = (tmp_path / "x").read_bytes()
    size = MappedAllowances._PLACE.size
    places = [table[at : at + size] for at in range(0, len(table), size)]
    assert len(places) == 64
    assert all(any(place) for place in places)
    count.close()


def test_more_keys_than_places_forget_the_one_used_longest_ago(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(MappedAllowances, "_SETS", 1)
    clock = Clock()
    count = MappedAllowances(tmp_path / "x", clock)
    for n in range(8):
        clock.now = n / 1000
        assert count.take([(f"k{n}", 1)]) == 0
    assert count.take([("k1", 1)]) > 0
    assert count.take([("k8", 1)]) == 0  # in the place of k0
    assert count.take([("k7", 1)]) > 0
    assert count.take([("k0", 1)]) == 0
    count.close()


def test_what_was_counted_before_the_machine_started_anew_blocks_nobody_for_long(tmp_path: Path):
    clock = Clock()
    clock.now = 1e6
    count = MappedAllowances(tmp_path / "x", clock)
    assert count.take([("a", 1)]) == 0
    clock.now = 1.0
    assert count.take([("a", 1)]) == 60
    clock.now = 62.0
    assert count.take([("a", 1)]) == 0
    count.close()


def test_a_limit_holds_in_each_copy_while_redis_is_away(redis: Redis):
    shared = CautiousAllowances(RedisAllowances(redis.url, "test"))
    assert [shared.take([("a", 2)]) for _ in range(2)] == [0, 0]
    assert shared.take([("a", 2)]) > 0
    redis.stop()
    assert [shared.take([("a", 2)]) for _ in range(2)] == [0, 0]
    assert shared.take([("a", 2)]) > 0
    redis.start()
    shared._rests_until = 0.0
    assert shared.take([("a", 2)]) == 0  # Redis began anew
    shared.close()


def test_what_is_away_is_not_asked_again_at_once():
    clock, asked = Clock(), []

    class Away:
        is_quick = False

        def take(self, wanted):
            asked.append(wanted)
            raise StorageError("away")

        def close(self):
            """Nothing is held."""

    count = CautiousAllowances(Away(), clock)
    for _ in range(5):
        assert count.take([("a", 9)]) == 0
    assert len(asked) == 1
    clock.now = module.REST_S
    count.take([("a", 9)])
    assert len(asked) == 2


async def test_address_is_limited_across_senders():
    limits = RateLimits(1, OwnAllowances(lambda: 0.0))
    waits = [await limits.take(f"s{number}", "8.8.8.8") for number in range(PEOPLE_PER_ADDRESS + 1)]
    assert waits[:-1] == [0] * PEOPLE_PER_ADDRESS
    assert waits[-1] > 0
    assert await limits.take("other", None) == 0


async def test_an_address_begins_a_bounded_number_of_conversations_a_minute():
    limits = RateLimits(30, OwnAllowances(lambda: 0.0))
    begun = [await limits.admit("203.0.113.7") for _ in range(BEGINNERS_PER_MINUTE)]
    assert begun == [0] * BEGINNERS_PER_MINUTE
    assert await limits.admit("203.0.113.7") > 0
    assert await limits.admit("203.0.113.8") == 0
    assert await limits.admit(None) == 0
    assert await limits.open("203.0.113.7") == 0  # another count


async def test_a_count_that_is_not_quick_stays_off_the_event_loop(monkeypatch):
    threads = []

    class Slow(OwnAllowances):
        is_quick = False

        def take(self, wanted):
            threads.append(threading.current_thread())
            return super().take(wanted)

    assert await RateLimits(1, Slow()).take("a", None) == 0
    assert threads[0] is not threading.main_thread()


def test_the_settings_name_the_count(settings: Settings):
    count = allowances_of(settings, "x")
    assert isinstance(count, MappedAllowances)
    count.close()
