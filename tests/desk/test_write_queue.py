"""Many writers of one file: each in its turn, none refused."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from desk import conversations, recording, transcripts
from desk.engine import open_engine, reading, writing
from desk.migrations import migrate
from desk.write_queue import queue_of
from knowledge.errors import StorageError

WRITERS, TIMES = 24, 12


def _say(conn: Connection, who: str, number: int) -> None:
    recording.add_message(conn, f"person-{who}", "in", "text", f"{who}-{number}")


def _at_once(count: int, work: Callable[[int], None]) -> list[Exception]:
    failures: list[Exception] = []

    def run(number: int) -> None:
        try:
            work(number)
        except Exception as error:  # the test reports it
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_nobody_waits_for_more_writers_than_there_are(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    # As in the server: the channels and the actions each have an engine on the same file.
    engines = [open_engine(url), open_engine(url)]
    migrate(engines[0])
    done: list[int] = []
    passed: list[int] = []

    def write(writer: int) -> None:
        for number in range(TIMES):
            before = len(done)
            with writing(engines[writer % 2]) as conn:
                passed.append(len(done) - before)
                _say(conn, str(writer), number)
                time.sleep(0.001)
                done.append(writer)

    assert _at_once(WRITERS, write) == []
    assert len(done) == WRITERS * TIMES
    assert max(passed) <= WRITERS
    with reading(engines[1]) as conn:
        kept = [transcripts.history(conn, f"person-{w}", 100) for w in range(WRITERS)]
    assert [[m.text for m in said] for said in kept] == [
        [f"{w}-{n}" for n in range(TIMES)] for w in range(WRITERS)
    ]
    for engine in engines:
        engine.dispose()


def _write_much(url: str, name: str, failures: multiprocessing.Queue[str]) -> None:
    engine = open_engine(url)

    def write(writer: int) -> None:
        for number in range(TIMES * 2):
            with writing(engine) as conn:
                _say(conn, f"{name}-{writer}", number)

    for error in _at_once(6, write):
        failures.put(repr(error))
    engine.dispose()


@pytest.mark.slow
def test_several_processes_write_beside_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    engine = open_engine(url)
    migrate(engine)
    context = multiprocessing.get_context("spawn")
    failures = context.Queue()
    processes = [
        context.Process(target=_write_much, args=(url, f"p{number}", failures))
        for number in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert failures.empty()
    with reading(engine) as conn:
        kept = conn.exec_driver_sql("SELECT count(*), count(DISTINCT text) FROM messages").one()
    assert tuple(kept) == (3 * 6 * TIMES * 2,) * 2
    engine.dispose()


def test_a_writer_that_fails_lets_the_next_one_write(fresh_db: Engine) -> None:
    def fail(_: int) -> None:
        with writing(fresh_db) as conn:
            _say(conn, "a", 1)
            raise KeyError

    failures = _at_once(8, fail)
    assert [type(error) for error in failures] == [KeyError] * 8
    with writing(fresh_db) as conn:
        assert conversations.find(conn, "person-a") is None


def test_who_would_wait_for_itself_is_told_at_once(fresh_db: Engine) -> None:
    begun = time.monotonic()
    with writing(fresh_db), pytest.raises(RuntimeError, match="inside another"), writing(fresh_db):
        pass
    assert time.monotonic() - begun < 1
    with writing(fresh_db) as conn:
        conversations.ensure(conn, "a", "web")


def test_a_stuck_queue_is_left_and_works_again(tmp_path: Path) -> None:
    queue = queue_of(tmp_path / "x.sqlite")
    assert queue is queue_of(tmp_path / "." / "x.sqlite")
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with queue.turn():
            inside.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(10)
    with pytest.raises(StorageError, match="正忙"), queue.turn(0.05):
        pass
    leave.set()
    holder.join()
    with queue.turn(1) as waited:
        assert waited < 1


@pytest.mark.slow
def test_another_process_that_keeps_the_file_is_waited_for_once_and_not_by_each_in_turn(
    tmp_path: Path,
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'desk.sqlite'}", busy_timeout_ms=1000)
    migrate(engine)
    other = sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def write(number: int) -> None:
        with writing(engine) as conn:
            _say(conn, str(number), 1)

    begun = time.monotonic()
    failures = _at_once(8, write)
    assert [type(error) for error in failures] == [StorageError] * 8
    assert time.monotonic() - begun < 1 + 8 * 0.3 + 1
    other.execute("ROLLBACK")
    other.close()
    write(1)
    engine.dispose()


@pytest.mark.postgres
def test_postgresql_orders_its_writers_itself(postgres_db: Engine) -> None:
    with writing(postgres_db) as first:
        conversations.ensure(first, "a", "web")
        with writing(postgres_db) as second:  # SQLite's queue would refuse this
            conversations.ensure(second, "b", "web")
            second.execute(sa.text("SELECT 1"))
    with reading(postgres_db) as conn:
        assert conversations.find(conn, "b") is not None
