"""One turn of a person at a time, whichever copy their messages come to."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from knowledge.errors import StorageError
from server import turns
from server.turns import DatabaseLocks, FileLocks, TurnOrder, number_of
from tests.stores import Postgres

Make = Callable[[], TurnOrder]


@pytest.fixture(params=["file", pytest.param("postgres", marks=pytest.mark.postgres)])
async def make(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Make]:
    """Makes the order of turns of one more copy."""
    made: list[TurnOrder] = []

    def order() -> TurnOrder:
        if request.param == "file":
            made.append(TurnOrder(FileLocks(tmp_path / "turns.lock")))
        else:
            made.append(TurnOrder(DatabaseLocks(request.getfixturevalue("postgres_url"))))
        return made[-1]

    yield order
    for item in made:
        await item.close()


async def test_turns_of_one_person_never_overlap_and_those_of_others_do(make):
    orders = [make() for _ in range(3)]
    under_way = {"a": 0, "b": 0}
    together = 0

    async def turn(order: TurnOrder, sender: str) -> None:
        nonlocal together
        async with order.turn(sender) as mine:
            under_way[sender] += 1
            assert under_way[sender] == 1
            together = max(together, sum(under_way.values()))
            await asyncio.sleep(0.01)
            await mine.insist()
            under_way[sender] -= 1

    await asyncio.gather(
        *(turn(order, sender) for _ in range(6) for order in orders for sender in ("a", "b"))
    )
    assert together == 2


async def test_messages_at_one_copy_keep_their_order(make):
    order, seen = make(), []

    async def turn(number: int) -> None:
        async with order.turn("a"):
            await asyncio.sleep(0.002)
            seen.append(number)

    await asyncio.gather(*(turn(number) for number in range(10)))
    assert seen == list(range(10))


async def test_who_waits_too_long_is_told_to_send_again(make, monkeypatch):
    monkeypatch.setattr(turns, "WAIT_S", 0.1)
    one, two = make(), make()
    async with one.turn("a"):
        with pytest.raises(StorageError, match="没有保存"):
            async with two.turn("a"):
                raise AssertionError
    async with two.turn("a"):
        pass


async def test_a_turn_ends_when_what_is_done_in_it_fails(make):
    one, two = make(), make()
    with pytest.raises(KeyError):
        async with one.turn("a"):
            raise KeyError
    async with two.turn("a"):
        pass


HOLDER = """
import asyncio, sys
from pathlib import Path
from server.turns import DatabaseLocks, FileLocks, TurnOrder
where = sys.argv[1]
locks = DatabaseLocks(where) if "://" in where else FileLocks(Path(where))

async def hold():
    async with TurnOrder(locks).turn("a"):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(hold())
"""


def _holder(where: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, where], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )


@pytest.mark.parametrize("kind", ["file", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_the_turn_of_a_killed_copy_is_free_at_once(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
):
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else ""
    where = url or str(tmp_path / "turns.lock")
    locks = DatabaseLocks(url) if url else FileLocks(tmp_path / "turns.lock")
    holder = _holder(where)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert not await locks.take(number_of("a"))
    holder.kill()
    holder.communicate()
    begun = asyncio.get_running_loop().time()
    async with TurnOrder(locks).turn("a"):
        assert asyncio.get_running_loop().time() - begun < 2
    await locks.close()


@pytest.mark.postgres
async def test_the_first_message_after_a_restart_of_the_database_is_not_refused(postgres: Postgres):
    order = TurnOrder(DatabaseLocks(postgres.url))
    async with order.turn("a"):
        pass
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)
    async with order.turn("a") as mine:
        await mine.insist()
    await order.close()


@pytest.mark.postgres
async def test_a_turn_whose_lock_was_lost_is_not_finished_and_the_next_works(postgres: Postgres):
    order = TurnOrder(DatabaseLocks(postgres.url))
    async with order.turn("a") as mine:
        await mine.insist()
        await asyncio.to_thread(postgres.stop)
        try:
            with pytest.raises(StorageError, match="没有保存"):
                await mine.insist()
        finally:
            await asyncio.to_thread(postgres.start)
        with pytest.raises(StorageError):
            await mine.insist()
    async with order.turn("a") as mine:
        await mine.insist()
    await order.close()
