"""Work over many items that cores with nothing else to do take a part in.

A helper is a copy of this process of the class that runs only where a core would stand still, so it takes
nothing from those who serve people.  It works from the end while this process works from the beginning, and
nobody waits for it: what it has not brought is done here.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe, wait
from typing import TypeVar

logger = logging.getLogger(__name__)
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Fewer items are done before a helper has begun.
_MANY = 40
_MOST_HELPERS = 3
_TELL_EVERY = 10


def spread(
    do: Callable[[_Item], _Result], items: Sequence[_Item], told: Callable[[int], None]
) -> Iterator[_Result]:
    """What ``do`` gives for each item, in order.

    :param do: computes, and changes nothing that outlives it; its results travel between processes.
    :param told: is told now and then how many items are done.
    """
    found: dict[int, _Result] = {}
    number = _helpers() if len(items) >= _MANY else 0
    with _helping(do, items, number) as pipes:
        for place, item in enumerate(items):
            _receive(pipes, found)
            if place % _TELL_EVERY == 0:
                told(place + sum(at > place for at in found))
            yield found[place] if place in found else do(item)


def _helpers() -> int:
    """How many cores beside the one that this process has may have nothing to do."""
    has_class = hasattr(os, "fork") and hasattr(os, "SCHED_IDLE")
    return min(len(os.sched_getaffinity(0)) - 1, _MOST_HELPERS) if has_class else 0


@contextmanager
def _helping(
    do: Callable[[_Item], _Result], items: Sequence[_Item], number: int
) -> Iterator[list[Connection]]:
    """Helpers that are at work until the block ends, each with what it sends its results through."""
    pipes, processes = [], []
    try:
        for first in range(number):
            ours, theirs = Pipe(duplex=False)
            process = os.fork()
            if not process:
                _help(theirs, do, items, range(len(items) - 1 - first, -1, -number))
            theirs.close()
            pipes.append(ours)
            processes.append(process)
        yield pipes
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _help(
    sending: Connection, do: Callable[[_Item], _Result], items: Sequence[_Item], places: range
) -> None:
    """Do the items at these places as long as somebody wants the results; ends this process."""
    parent = os.getppid()
    with suppress(BaseException):  # whatever it is, the items are done in the other process
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        for place in places:
            if os.getppid() != parent:
                break
            sending.send((place, do(items[place])))
    os._exit(0)


def _receive(pipes: list[Connection], found: dict[int, _Result]) -> None:
    """Take in what the helpers have sent; one that has ended sends no more."""
    while pipes and (ready := wait(pipes, 0)):
        for pipe in ready:
            assert isinstance(pipe, Connection)  # noqa: S101
            try:
                place, result = pipe.recv()
            except (EOFError, OSError):
                pipes.remove(pipe)
                pipe.close()
            else:
                found[place] = result
