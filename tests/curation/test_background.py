"""Work aside: a process that did some waits for the next, and one that has ended is not waited for."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

import pytest

from curation import background
from curation.background import InterruptedWorkError, aside, run_aside, stop, stop_all, warm
from knowledge.errors import SourceError
from tests.waiting import until

# Starts processes.
pytestmark = pytest.mark.slow


def pid(*, report):
    return os.getpid()


def refuse(*, report):
    raise SourceError("不行")


def fail(*, report):
    raise RuntimeError("nobody foresaw this")


def linger(*, report):
    report(str(os.getpid()))
    threading.Event().wait()


def get_ready():
    os.environ["READY"] = "yes"


def is_ready(*, report):
    return os.environ.get("READY", "no")


@pytest.fixture(autouse=True)
def nothing_waits():
    stop_all()
    yield
    stop_all()


def test_a_process_that_did_work_does_the_next():
    first = run_aside(pid, is_warm=True)
    assert run_aside(pid, is_warm=True) == first
    with pytest.raises(SourceError, match="不行"):
        run_aside(refuse, is_warm=True)
    assert run_aside(pid, is_warm=True) == first
    assert run_aside(pid) != first


def test_a_process_that_failed_does_no_more():
    first = run_aside(pid, is_warm=True)
    with pytest.raises(InterruptedWorkError):
        run_aside(fail, is_warm=True)
    assert run_aside(pid, is_warm=True) != first


def test_work_is_done_though_the_process_that_waited_was_killed():
    first = run_aside(pid, is_warm=True)
    os.kill(first, signal.SIGKILL)
    assert run_aside(pid, is_warm=True) != first


def test_one_process_waits_and_what_was_made_ready_is():
    warm(get_ready)
    warm(get_ready)
    assert len(background._ready) == 1
    assert run_aside(is_ready, is_warm=True) == "yes"


async def test_none_is_made_ready_beside_one_that_comes_back():
    steps: list[str] = []
    working = asyncio.create_task(
        aside(linger, report=steps.append, name="long", is_warm=True),
    )
    await until(lambda: bool(steps))
    warm(get_ready)
    assert not background._ready
    stop("long")
    with pytest.raises(InterruptedWorkError):
        await working
    assert not background._lent
