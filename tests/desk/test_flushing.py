"""What is acknowledged has been brought to the disk; steps on the way there have not to wait for it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from desk import conversations, flushing
from desk.casework import Casework
from desk.engine import reading, writing
from desk.flushing import flush
from desk.messages import InboundMessage, MessageKind, OutboundMessage
from desk.migrations import migrate
from knowledge.errors import StorageError
from tests.fresh_database import engine_as_served


@pytest.fixture
def engine(tmp_path):
    engine = engine_as_served(tmp_path / "desk.sqlite")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def brought(monkeypatch):
    """How often the log was brought to the disk."""
    times: list[int] = []
    bring = flushing._BRING
    monkeypatch.setattr(flushing, "_BRING", lambda file: (times.append(file), bring(file)))
    return times


def modes(engine):
    """Which synchronisation a transaction of either kind is committed with."""
    found = []
    for flushed in (False, True, False, True):
        with writing(engine, flushed=flushed) as conn:
            found.append(conn.exec_driver_sql("PRAGMA synchronous").scalar())
    return found


def test_only_a_step_on_the_way_is_committed_without_synchronisation(engine):
    assert modes(engine) == [1, 2, 1, 2]


def test_an_answer_is_on_the_disk_before_it_is_given_away(engine, brought):
    casework = Casework(engine)
    said = InboundMessage("a", "你好", client_id="m1")
    receipt = casework.receive(said)
    assert not brought
    casework.settle(said, receipt, [OutboundMessage(MessageKind.TEXT, "您好")])
    assert len(brought) == 1
    assert casework.receive(said).reply is not None  # the one that wrote it may have been killed
    assert len(brought) == 2


def test_what_nobody_answers_is_on_the_disk_when_it_is_acknowledged(engine, brought):
    casework = Casework(engine)
    said = InboundMessage("a", "你好")
    casework.settle(said, casework.receive(said), ())
    assert len(brought) == 1


def test_who_comes_while_others_are_flushed_is_flushed_once_with_the_next(engine, monkeypatch):
    begun, go_on, times = threading.Event(), threading.Event(), []

    def bring(file: int) -> None:
        times.append(file)
        begun.set()
        go_on.wait(10)
        os.fsync(file)

    monkeypatch.setattr(flushing, "_BRING", bring)
    with writing(engine, flushed=False) as conn:
        conversations.ensure(conn, "a", "web")
    first = threading.Thread(target=flush, args=(engine,))
    first.start()
    assert begun.wait(10)
    others = [threading.Thread(target=flush, args=(engine,)) for _ in range(5)]
    for thread in others:
        thread.start()
    log = flushing._log_of(engine.url.database)
    while log._asked < 6:
        threading.Event().wait(0.01)
    go_on.set()
    for thread in (first, *others):
        thread.join(10)
    assert len(times) == 2


def test_a_log_that_was_written_back_needs_nothing(engine, tmp_path: Path):
    with writing(engine, flushed=False) as conn:
        conversations.ensure(conn, "a", "web")
    engine.dispose()
    assert not (tmp_path / "desk.sqlite-wal").exists()
    flush(engine)
    with reading(engine) as conn:
        assert conversations.find(conn, "a") is not None


def test_a_disk_that_does_not_take_it_is_said_in_chinese(engine, monkeypatch):
    def fail(_file: int) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(flushing, "_BRING", fail)
    casework = Casework(engine)
    said = InboundMessage("a", "你好")
    receipt = casework.receive(said)
    with pytest.raises(StorageError, match="磁盘"):
        casework.settle(said, receipt, [OutboundMessage(MessageKind.TEXT, "您好")])
