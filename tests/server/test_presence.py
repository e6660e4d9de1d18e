"""A copy among the others: it is seen to be there, whatever keeps it busy."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import copies
from desk.copy_tables import copies as rows
from desk.engine import open_engine, reading, writing
from desk.migrations import migrate
from server.presence import Presence

pytestmark = pytest.mark.postgres


@pytest.fixture
def engine(fresh_postgres: str) -> Iterator[Engine]:
    engine = open_engine(fresh_postgres)
    migrate(engine)
    yield engine
    engine.dispose()


def fall_silent(engine: Engine) -> None:
    """As another machine sees a copy that has said nothing for an hour."""
    with writing(engine) as conn:
        past = copies.present(conn) - timedelta(hours=1)
        conn.execute(sa.update(rows).values(seen_at=past, host="another/1/x"))


def wait_for_a_sign(engine: Engine) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with reading(engine) as conn:
            if not copies.gone(conn, ["one"]):
                return
        time.sleep(0.02)
    raise AssertionError("no sign of life came")


async def test_it_says_that_it_is_there_while_its_threads_and_its_loop_compute(engine, monkeypatch):
    monkeypatch.setattr(copies, "SAYS_EVERY_S", 0.05)
    presence = Presence(engine, "one")
    await presence.start()
    busy = threading.Event()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
    threads = [asyncio.create_task(asyncio.to_thread(busy.wait)) for _ in range(4)]
    await asyncio.sleep(0)
    # Every connection of the pool is taken, too.
    taken = [engine.connect() for _ in range(32)]
    fall_silent(other := open_engine(str(engine.url)))
    try:
        wait_for_a_sign(other)  # and nothing else happens in this loop
    finally:
        busy.set()
        for connection in taken:
            connection.close()
    await asyncio.gather(*threads)
    await presence.close()
    with reading(other) as conn:
        assert copies.gone(conn, ["one"]) == {"one"}
    other.dispose()


async def test_the_records_may_be_away_for_a_moment(engine, monkeypatch):
    monkeypatch.setattr(copies, "SAYS_EVERY_S", 0.05)
    failures = [sa.exc.OperationalError("", {}, Exception("gone")), KeyError("unforeseen")]
    stay = copies.stay

    def failing(conn: sa.engine.Connection, copy: str) -> None:
        if failures:
            raise failures.pop()
        stay(conn, copy)

    monkeypatch.setattr(copies, "stay", failing)
    presence = Presence(engine, "one")
    await presence.start()
    fall_silent(engine)
    await asyncio.to_thread(wait_for_a_sign, engine)
    await presence.close()
