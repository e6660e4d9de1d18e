"""Work in a process of its own that outlives the copy of the server which began it.

Training takes minutes, on a busy machine many, and meanwhile copies are exchanged or killed.  While others
are there the process goes on without its own: it holds the lease itself from then on, and keeps the record
of how far it is to the end.  Without other copies, or where all processes of a machine or container end
together, it ends as well; whoever takes the work up goes on after its last step (:meth:`curation.jobs.Jobs.left`).
"""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from curation.background import InterruptedWorkError, Report, lower_priority
from desk import copies, leases
from desk.engine import open_engine, reading, writing
from desk.leases import Fence, LeaseLostError
from desk.signs_of_life import SignsOfLife
from desk.times import utc_now
from knowledge.errors import AssistantError

logger = logging.getLogger(__name__)

# Does the work, asks the fence before it makes something last, and says what came of it.
Work = Callable[..., str]

_LOOK_S = 0.2
# How long a copy that ends waits until its work goes on without it.
_LEAVING_S = 20.0
_AGAIN_S = 0.5
# Records that are away for longer have the work begun anew by whoever finds it left.
_MOST_AWAY_S = 60.0
# How often work that goes on alone looks whether somebody is left to whom it matters.
_OTHERS_S = 5.0
_LEAVE = "leave"
_FAILED = "后台处理出错，线上没有变化；原因已写入日志"
_running: dict[Apart, str] = {}
# Nobody waits for these any more.
_moved: list[subprocess.Popen[bytes]] = []


class MovedWorkError(InterruptedWorkError):
    """The work goes on without this copy."""


class Apart:
    """The process, as the copy that began it sees it."""

    def __init__(self, work: Work, arguments: tuple[Any, ...], fence: Fence, state: Any) -> None:
        """Begin.

        :param state: what is recorded of the work, without how far it is.
        """
        self._pipe, theirs = Pipe()
        self._is_leaving = threading.Event()
        begin = f"import sys; sys.path[:] = {sys.path!r}; from curation.outliving import main; "
        self._process = subprocess.Popen(  # noqa: S603  # this program itself
            [sys.executable, "-c", f"{begin}main({theirs.fileno()})"],
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self._pipe.send((work, arguments, fence, dict(state)))

    def result(self, report: Report) -> str:
        """Wait for what the work says in the end; blocks.

        :raises AssistantError: what the work raised on purpose.
        :raises MovedWorkError: it goes on without this copy.
        :raises InterruptedWorkError: the process ended before its work was done.
        """
        until = None
        try:
            while True:
                if self._is_leaving.is_set() and until is None:
                    until = time.monotonic() + _LEAVING_S
                    self._pipe.send(_LEAVE)
                if until is not None and time.monotonic() > until:
                    self.terminate()
                if not self._pipe.poll(_LOOK_S):
                    continue
                kind, value = self._pipe.recv()
                if kind == "step":
                    report(value)
                elif kind == "moved":
                    _moved.append(self._process)
                    raise MovedWorkError("所在的服务停了，训练自己接着做")
                elif kind == "failed":
                    self._process.wait()
                    raise value
                else:
                    self._process.wait()
                    return str(value)
        except (EOFError, OSError) as error:
            self._process.wait()
            raise InterruptedWorkError(
                "后台处理中断了（可能内存不足或服务在停止），线上没有变化，请重试"
            ) from error
        finally:
            self._pipe.close()

    def leave(self) -> None:
        """Have it go on without this copy where others are there, and end otherwise."""
        self._is_leaving.set()

    def terminate(self) -> None:
        """End it."""
        self._process.terminate()


async def outliving(
    work: Work, *arguments: Any, fence: Fence, state: Mapping[str, Any], report: Report
) -> str:
    """Run ``work(*arguments, fence, report=…)`` apart and wait for what it says.

    :param work: a function of a module.
    :raises AssistantError: as :meth:`Apart.result`.
    """
    waiting = ThreadPoolExecutor(1, "apart")

    def wait() -> str:
        apart = Apart(work, arguments, fence, state)
        _running[apart] = fence.lease.name
        try:
            return apart.result(report)
        finally:
            del _running[apart]

    try:
        return await asyncio.get_running_loop().run_in_executor(waiting, wait)
    finally:
        waiting.shutdown(wait=False)


def leave_all() -> None:
    """This copy ends."""
    for apart in list(_running):
        apart.leave()


def stop(name: str) -> None:
    """End the work of a name."""
    for apart, known in list(_running.items()):
        if known == name:
            apart.terminate()


class _Own:
    """The work, as its own process sees it: at first for its copy, then perhaps for itself."""

    def __init__(self, pipe: Connection, fence: Fence, state: Mapping[str, Any]) -> None:
        self._pipe = pipe
        self._fence = fence
        self._state = dict(state)
        self._step = ""
        self._is_mine = False
        self._is_over = False
        self._guard = threading.RLock()
        self._engine = open_engine(fence.url)
        self._copy = copies.new_id()
        self._signs = SignsOfLife(self._engine, self._copy)

    def check(self) -> None:
        """:raises LeaseLostError: the work is somebody else's by now."""
        self._fence.check()

    def tell(self, step: str) -> None:
        """Say how far it is."""
        self._step = step
        if not self._is_mine:
            self._sent("step", step)
            return
        try:
            with writing(self._engine) as conn:
                leases.note(conn, self._fence.lease, {**self._state, "step": step})
        except LeaseLostError:
            os._exit(1)
        except AssistantError as error:  # the next step is told again
            logger.warning("a step was not stored: %s", error)

    def watch(self) -> None:
        """Wait until the copy ends, then go on without it for as long as others are there."""
        try:
            self._pipe.recv()
        except (EOFError, OSError):
            logger.info("the copy that began this work is gone")
        self._adopt()
        if self._is_over:
            return
        self._sent("moved", None)
        seen_at = time.monotonic()
        while time.monotonic() < seen_at + _MOST_AWAY_S:
            time.sleep(_OTHERS_S)
            try:
                with reading(self._engine) as conn:
                    are_others = bool(copies.others(conn, self._copy))
            except AssistantError as error:
                logger.warning("it could not be seen who is there: %s", error)
            else:
                if not are_others:
                    break
                seen_at = time.monotonic()
        os._exit(1)

    def end(self, kind: str, value: Any) -> None:
        """Say what came of it."""
        with self._guard:
            self._is_over = not self._is_mine and self._sent(kind, value)
            if self._is_over:
                return
            self._adopt()
        ended = {"ended_at": utc_now().isoformat(), "step": self._step}
        if kind == "done":
            ended.update(step="完成", result=str(value))
        else:
            ended["message"] = str(value)
        self._until_stored(lambda: self._give_up(ended))
        self._signs.close()

    def _sent(self, kind: str, value: Any) -> bool:
        try:
            self._pipe.send((kind, value))
        except OSError:  # the copy has gone
            return False
        return True

    def _adopt(self) -> None:
        """Hold the lease oneself; where nobody is left to whom it matters, or somebody has it, end."""
        with self._guard:
            if not (self._is_mine or self._is_over):
                self._until_stored(self._take_over)
                self._signs.start()
                self._is_mine = True

    def _take_over(self) -> None:
        with writing(self._engine) as conn:
            if not copies.others(conn, self._fence.lease.holder):
                os._exit(1)
            copies.enter(conn, self._copy)
            lease = leases.adopt(conn, self._fence.lease, self._copy)
            leases.note(conn, lease, {**self._state, "step": self._step})
        self._fence = Fence(self._fence.url, lease)

    def _give_up(self, ended: Mapping[str, Any]) -> None:
        with writing(self._engine) as conn:
            leases.give_up(conn, self._fence.lease, {**self._state, **ended})
            copies.leave(conn, self._copy)

    def _until_stored(self, step: Callable[[], None]) -> None:
        for _ in range(int(_MOST_AWAY_S / _AGAIN_S)):
            try:
                step()
            except LeaseLostError:
                logger.warning("this work is somebody else's by now")
                os._exit(1)
            except AssistantError as error:  # the records are away for a moment
                logger.warning("could not go on alone yet: %s", error)
                time.sleep(_AGAIN_S)
            else:
                return
        os._exit(1)


def main(handle: int) -> None:
    """Do the one piece of work that the copy sends.

    :param handle: of the pipe from the copy.
    """
    lower_priority()
    pipe = Connection(handle)
    work, arguments, fence, state = pipe.recv()
    own = _Own(pipe, fence, state)
    threading.Thread(target=own.watch, daemon=True).start()
    try:
        said = work(*arguments, own, report=own.tell)
    except AssistantError as error:
        own.end("failed", error)
    except Exception:
        logger.exception("work apart failed")
        own.end("failed", InterruptedWorkError(_FAILED))
    else:
        own.end("done", said)
