"""Long work in a process of its own, at low priority, that tells how far it is.

The process is nicer than the server by :data:`NICER` and of the class for computing, which wakes up without
pushing others aside: where the processors are full it has about a sixth of one beside four that serve, so
that it comes to an end.

A process can be made ready ahead (:func:`warm`): it has loaded what the work needs when it is asked for.
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
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from knowledge.errors import AssistantError

logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")

Report = Callable[[str], None]
NICER = 5
# How often work looks whether it is still wanted.
_LOOK_S = 0.5
# How long a process that was made ready waits for work; it holds some 300 MB meanwhile.
_WARM_S = 900.0
# What is under way, by name where it may be stopped on its own.
_running: dict[BaseProcess, str] = {}
_ready: list[tuple[BaseProcess, Connection]] = []
_readying = threading.Lock()


class InterruptedWorkError(AssistantError, RuntimeError):
    """The process ended before its work was done; nothing live was changed."""


def silent(_step: str) -> None:
    """Tells nobody."""


def warm(prepare: Callable[..., None], *arguments: Any) -> None:
    """Have a process get ready for work, unless one waits already; call this off the event loop.

    :param prepare: a function of a module that loads what work will need.
    """
    with _readying:
        for process, pipe in [pair for pair in _ready if not pair[0].is_alive()]:
            _ready.remove((process, pipe))
            pipe.close()
            process.join()
        if not _ready:
            _ready.append(_begun(prepare, arguments))


def _begun(
    prepare: Callable[..., None], arguments: tuple[Any, ...]
) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_wait, args=(theirs, prepare, arguments), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _taken(
    work: Callable[..., Any], arguments: tuple[Any, ...], *, is_warm: bool
) -> tuple[BaseProcess, Connection]:
    """A process that does the work: the one that is ready, else a fresh one."""
    while True:
        with _readying:
            process, pipe = _ready.pop() if is_warm and _ready else _begun(_nothing, ())
        try:
            pipe.send((work, arguments))
        except OSError:  # it had waited long enough a moment ago
            pipe.close()
            process.join()
        else:
            return process, pipe


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
    process, receiving = _taken(work, arguments, is_warm=is_warm)
    _running[process] = name
    try:
        while True:
            try:
                kind, value = receiving.recv()
            except EOFError as error:
                raise InterruptedWorkError(
                    "后台处理中断了（可能内存不足或服务在停止），线上没有变化，请重试"
                ) from error
            if kind == "step":
                report(value)
            elif kind == "failed":
                raise value
            else:
                result: _Result = value
                return result
    finally:
        receiving.close()
        process.join(5)
        if process.is_alive():
            process.kill()
            process.join()
        del _running[process]


def stop(name: str) -> None:
    """End the work of a name; who waits for it gets :class:`InterruptedWorkError`."""
    for process, known in list(_running.items()):
        if known == name:
            process.terminate()


def stop_all() -> None:
    """End what is under way."""
    with _readying:
        waiting = [process for process, _ in _ready]
    for process in [*_running, *waiting]:
        process.terminate()


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
    """Get ready, then do the one piece of work that is sent, if it is sent in time."""
    lower_priority()
    if (server := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(server.pid,), daemon=True).start()
    try:
        prepare(*arguments)
    except Exception:  # the work itself will say what is wrong
        logger.exception("getting ready for work failed")
    if pipe.poll(_WARM_S):
        _call(pipe, *pipe.recv())


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
    finally:
        sending.close()
