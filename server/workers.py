"""Several serving processes on one address: a parent that starts them, watches them and hands the socket on.

The parent takes the address and never accepts; each worker is a process of its own, started from scratch,
that inherits the listening socket.  Whoever has the fewest takes the next connection (:mod:`server.accepting`)
and keeps it (a WebSocket stays where it began), and a worker that ends leaves the connections that nobody took yet to the others.
What workers have to tell each other goes by :mod:`server.signals`, as between copies on several machines;
memory is shared through the files that each of them maps.

A worker writes a line to its status pipe when it answers from the shelf, and another when all of it
answers.  One that ends unasked is started again, later each time.  SIGHUP replaces them one after the
other, each once its successor answers; SIGTERM and SIGINT have all of them finish what is under way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Sequence

logger = logging.getLogger(__name__)

OPEN, READY = "open", "ready"
# A worker that ran for so long may be started again at once.
_LONG_S = 60.0
_PAUSE_S = (1.0, 30.0)
# To finish what is under way, which a worker gives up in less (server/serving.py); then it is ended.
_DRAIN_S = 60.0
# A successor that is not ready by then leaves the old one in its place.
_READY_S = 300.0


class Worker:
    """One serving process."""

    def __init__(self, process: asyncio.subprocess.Process, status: int) -> None:
        """Watch a process that was started.

        :param status: what its status lines are read from.
        """
        self.process = process
        self.begun = time.monotonic()
        self.is_leaving = False
        self._reached = {OPEN: asyncio.Event(), READY: asyncio.Event()}
        self._ended = asyncio.Event()
        self._status = status
        self._text = b""
        asyncio.get_running_loop().add_reader(status, self._read)

    async def reached(self, state: str) -> bool:
        """Wait for a state.

        :return: False when the worker ended first.
        """
        waits = [
            asyncio.ensure_future(event.wait()) for event in (self._reached[state], self._ended)
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return self._reached[state].is_set()

    async def end(self) -> None:
        """Have it finish what is under way, and end."""
        self.is_leaving = True
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), _DRAIN_S)
        except asyncio.TimeoutError:
            logger.warning("worker %d did not end in time", self.process.pid)
            self.process.kill()
            await self.process.wait()

    def _read(self) -> None:
        part = os.read(self._status, 1024)
        if not part:
            asyncio.get_running_loop().remove_reader(self._status)
            os.close(self._status)
            self._ended.set()
            return
        *lines, self._text = (self._text + part).split(b"\n")
        for line in lines:
            if (event := self._reached.get(line.decode())) is not None:
                event.set()


class Workers:
    """The workers of one address."""

    def __init__(
        self,
        listening: socket.socket,
        line: Callable[[int, int], Sequence[str]],
        number: int,
        inherited: Sequence[int] = (),
    ) -> None:
        """Start nothing yet.

        :param line: the command of a worker, given the numbers of the listening socket's and the status
            pipe's descriptors.
        :param number: how many workers.
        :param inherited: further descriptors that each worker is handed.
        """
        self._listening = listening
        self._line = line
        self._number = number
        self._inherited = tuple(inherited)
        self._present: set[Worker] = set()
        self._keeping: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._replacing = asyncio.Lock()

    async def run(
        self,
        opened: Callable[[], Awaitable[None]],
        ready: Callable[[], None],
    ) -> None:
        """Keep the workers until the process is asked to end.

        :param opened: awaited when the first worker answers from the shelf.
        :param ready: called when all of every worker answers.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._keep(self._replace()))
        first = [await self._start() for _ in range(self._number)]
        for worker in first:
            self._keep(self._watch(worker))
        self._keep(_tell(first, opened, ready))
        await self._stopping.wait()
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*(worker.end() for worker in self._present))

    def _keep(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def _start(self) -> Worker:
        reading, writing = os.pipe()
        listening = self._listening.fileno()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._line(listening, writing), pass_fds=(listening, writing, *self._inherited)
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        worker = Worker(process, reading)
        self._present.add(worker)
        logger.info("worker %d started", process.pid)
        return worker

    async def _watch(self, worker: Worker) -> None:
        """Start another when a worker ends unasked."""
        pause, longest = _PAUSE_S
        while True:
            code = await worker.process.wait()
            self._present.discard(worker)
            if worker.is_leaving:
                return
            if time.monotonic() - worker.begun >= _LONG_S:
                pause = _PAUSE_S[0]
            logger.error("worker %d ended with %d", worker.process.pid, code)
            started: Worker | None = None
            while started is None:
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)
                started = await self._started()
            worker = started

    async def _started(self) -> Worker | None:
        """:return: None where the machine has nothing left for a process, or no file for its pipe."""
        try:
            return await self._start()
        except OSError as error:
            logger.error("a worker could not be started: %s", error)
            return None

    async def _replace(self) -> None:
        """One after the other, so that there are never fewer."""
        async with self._replacing:
            for old in list(self._present):
                new = await self._started()
                if new is None:
                    return
                try:
                    is_ready = await asyncio.wait_for(new.reached(READY), _READY_S)
                except asyncio.TimeoutError:
                    is_ready = False
                if not is_ready:
                    logger.error("worker %d was not replaced", old.process.pid)
                    await new.end()
                    self._present.discard(new)
                    return
                self._keep(self._watch(new))
                await old.end()


async def _tell(
    workers: Sequence[Worker], opened: Callable[[], Awaitable[None]], ready: Callable[[], None]
) -> None:
    if any([await workers[0].reached(OPEN)]):
        await opened()
    if all([await worker.reached(READY) for worker in workers]):
        await asyncio.to_thread(ready)
