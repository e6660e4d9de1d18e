"""Items that other cores take a part in: all of them are done, in order, whatever becomes of the helpers."""

from __future__ import annotations

import os
import time

import pytest

from curation import idle_cores
from curation.idle_cores import spread

HERE = os.getpid()
ITEMS = [*range(100)]


@pytest.fixture
def helped(monkeypatch):
    """As where two cores have nothing to do."""
    monkeypatch.setattr(idle_cores, "_helpers", lambda: 2)
    monkeypatch.setattr(idle_cores.os, "sched_setscheduler", lambda *_: None)


def done(items, do):
    told: list[int] = []
    return list(spread(do, items, told.append)), told


def squared(item):
    time.sleep(0.01)  # so that everybody comes to do something
    return item * item, os.getpid()


def test_helpers_take_a_part_and_the_order_is_kept(helped):
    found, told = done(ITEMS, squared)
    assert [value for value, _ in found] == [item * item for item in ITEMS]
    assert len({by for _, by in found}) == 3
    assert told == sorted(told)
    assert len(told) == 10
    assert told[-1] <= len(ITEMS)


def test_few_items_are_done_here(helped):
    found, _ = done(ITEMS[:20], squared)
    assert {by for _, by in found} == {HERE}


def test_what_a_helper_does_not_bring_is_done_here(helped):
    def ends_elsewhere(item):
        if os.getpid() != HERE and item < 95:
            os._exit(1)
        return squared(item)

    found, _ = done(ITEMS, ends_elsewhere)
    assert [value for value, _ in found] == [item * item for item in ITEMS]


def test_an_error_ends_the_helpers(helped, monkeypatch):
    begun: list[int] = []
    fork = os.fork

    def noted():
        begun.append(fork())
        return begun[-1]

    monkeypatch.setattr(idle_cores.os, "fork", noted)

    def fails(item):
        if item == 0 and os.getpid() == HERE:
            raise ValueError("bad")
        return squared(item)

    with pytest.raises(ValueError, match="bad"):
        done(ITEMS, fails)
    for process in begun:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_nothing_is_no_work(helped):
    assert done([], squared) == ([], [])
