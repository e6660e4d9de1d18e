"""Long work in a process of its own, at low priority, that tells how far it is.

The process is nicer than the server by :data:`NICER` and of the class for computing, which wakes up without
pushing others aside: where the processors are full it has about a sixth of one beside four that serve, so
that it comes to an end.

A process can be made ready ahead (:func:`warm`): it has loaded what the work needs when it is asked for.
One that has done work of that kind waits for the next, with what it has read: who builds after an import
needs no process to be started, and no document to be read, a second time.
The chat goes on at full speed meanwhile.  What is under way when the server stops is ended with it;
everything run here leaves a state that the next start can explain.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from knowledge.errors import AssistantError

logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_CUT_OFF = "后台处理中断了（可能内存不足或服务在停止），线上没有变化，请重试"

Report = Callable[[str], None]
NICER = 5
# How often work looks whether it is still wanted.
_LOOK_S = 0.5
# How long a process that is ready waits for work; it holds some 300 MB meanwhile.
_WARM_S = 900.0
# What is under way, by name where it may be stopped on its own.
_running: dict[BaseProcess, str] = {}
# The process that waits for work, and those that will wait again once theirs is done.
_ready: list[_Helper] = []
_lent: set[BaseProcess] = set()
_readying = threading.Lock()


class _NeverBegunError(Exception):
    """A process had ended before the work was sent to it."""


class InterruptedWorkError(AssistantError, RuntimeError):
    """The process ended before its work was done; nothing live was changed."""


@dataclass(frozen=True)
class _Helper:
    """A process that does what is sent to it, one piece of work after the other."""

    process: BaseProcess
    pipe: Connection

    def do(
        self, work: Callable[..., _Result], arguments: tuple[Any, ...], report: Report
    ) -> _Result:
        """Have it do something and wait for that.

        :raises AssistantError: what the work raised on purpose.
        :raises InterruptedWorkError: the process was killed, or failed in a way nobody foresaw.
        :raises _NeverBegunError: it had ended before.
        """
        try:
            self.pipe.send((work, arguments))
            kind, value = self.pipe.recv()
        except (EOFError, OSError) as error:
            raise _NeverBegunError from error
        while kind in ("begun", "step"):
            if kind == "step":
                report(value)
            try:
                kind, value = self.pipe.recv()
            except (EOFError, OSError) as error:
                raise InterruptedWorkError(_CUT_OFF) from error
        if kind == "failed":
            raise value
        result: _Result = value
        return result

    def end(self) -> None:
        """End it: it waits for nothing, or for what does not come any more."""
        self.pipe.close()
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def silent(_step: str) -> None:
    """Tells nobody."""


def warm(prepare: Callable[..., None], *arguments: Any) -> None:
    """Have a process get ready for work, unless one waits, or soon will; call this off the event loop.

    :param prepare: a function of a module that loads what work will need.
    """
    with _readying:
        for helper in [helper for helper in _ready if not helper.process.is_alive()]:
            _ready.remove(helper)
            helper.end()
        if not _ready and not _lent:
            _ready.append(_begun(prepare, arguments))


def _begun(prepare: Callable[..., None], arguments: tuple[Any, ...]) -> _Helper:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_wait, args=(theirs, prepare, arguments), daemon=True)
    process.start()
    theirs.close()
    return _Helper(process, ours)


def _taken(*, is_warm: bool) -> tuple[_Helper, bool]:
    """A process to do work: the one that is ready, else a fresh one, and whether it is fresh."""
    with _readying:
        is_fresh = not (is_warm and _ready)
        helper = _begun(_nothing, ()) if is_fresh else _ready.pop()
        if is_warm:
            _lent.add(helper.process)
    return helper, is_fresh


def _given_back(helper: _Helper, *, waits: bool) -> None:
    """Let a process wait for more work, in the place of one that waits already, or end it."""
    with _readying:
        _lent.discard(helper.process)
        ended = [helper]
        if waits:
            ended, _ready[:] = list(_ready), [helper]
    for other in ended:
        other.end()


def _nothing() -> None:
    """Needs nothing made ready."""


async def aside(
    work: Callable[..., _Result],
    *arguments: Any,
    report: Report = silent,
    name: str = "",
    is_warm: bool = False,
) -> _Result:
    """:func:`run_aside`, waited for in a thread of its own: the few that serve people stay free.

    :raises AssistantError: as there.
    """
    waiting = ThreadPoolExecutor(1, "aside")
    call = partial(run_aside, work, *arguments, report=report, name=name, is_warm=is_warm)
    try:
        return await asyncio.get_running_loop().run_in_executor(waiting, call)
    finally:
        waiting.shutdown(wait=False)


def run_aside(
    work: Callable[..., _Result],
    *arguments: Any,
    report: Report = silent,
    name: str = "",
    is_warm: bool = False,
) -> _Result:
    """Run ``work(*arguments, report=…)`` elsewhere and wait for it; call this off the event loop.

    :param work: a function of a module; it and its arguments travel to the other process.
    :param is_warm: whether it may use the process that was made ready.
    :param name: under which :func:`stop` ends it.
    :param report: called with each step in words.
    :raises AssistantError: what the work raised on purpose.
    :raises InterruptedWorkError: the process was killed or failed in a way nobody foresaw.
    """
    while True:
        helper, is_fresh = _taken(is_warm=is_warm)
        _running[helper.process] = name
        waits = False
        try:
            result: _Result = helper.do(work, arguments, report)
            waits = is_warm
        except _NeverBegunError as error:
            # One that waited may have ended a moment ago; another one does the work, unless it was stopped.
            if is_fresh or helper.process not in _running:
                raise InterruptedWorkError(_CUT_OFF) from error
            continue
        except AssistantError as error:
            waits = is_warm and not isinstance(error, InterruptedWorkError)
            raise
        finally:
            _running.pop(helper.process, None)
            _given_back(helper, waits=waits)
        return result


def stop(name: str) -> None:
    """End the work of a name; who waits for it gets :class:`InterruptedWorkError`."""
    for process, known in list(_running.items()):
        if known == name:
            _running.pop(process, None)
            process.terminate()


def stop_all() -> None:
    """End what is under way, and what waits for work."""
    with _readying:
        waiting, _ready[:] = list(_ready), []
    for process in [*_running, *(helper.process for helper in waiting)]:
        _running.pop(process, None)
        process.terminate()
    for helper in waiting:
        helper.end()


def lower_priority() -> None:
    """Have this process compute behind those that serve people."""
    os.nice(NICER)
    if hasattr(os, "SCHED_BATCH"):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _end_with(parent: int | None) -> None:
    """End this process once the server that wanted the work is gone, however that was ended."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(1)


def _wait(pipe: Connection, prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Get ready, then do what is sent, as long as something is sent in time."""
    lower_priority()
    if (server := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(server.pid,), daemon=True).start()
    try:
        prepare(*arguments)
    except Exception:  # the work itself will say what is wrong
        logger.exception("getting ready for work failed")
    with suppress(EOFError, OSError):  # nobody wants this process any more
        while pipe.poll(_WARM_S):
            work, given = pipe.recv()
            pipe.send(("begun", None))
            _call(pipe, work, given)


def _call(sending: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        result = work(*arguments, report=lambda step: sending.send(("step", step)))
    except AssistantError as error:
        sending.send(("failed", error))
    except Exception:
        logger.exception("work aside failed")
        sending.send(("failed", InterruptedWorkError("后台处理出错，线上没有变化；原因已写入日志")))
    else:
        sending.send(("done", result))
