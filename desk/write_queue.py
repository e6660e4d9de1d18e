"""One writer at a time to a SQLite file, in the order they came.

SQLite lets a writer that finds the file taken sleep and look again, for up to a tenth of a second, and
whoever looks at the right moment wins: under load a transaction may wait until it is refused while
others pass it again and again.  So the threads of one process queue here, whichever engine they use,
and only the first of them asks the file, often enough to get its share beside other processes.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from knowledge.errors import StorageError

# A transaction takes milliseconds, so a queue that has not moved for so long is stuck.
QUEUE_WAIT_S = 30.0
# Between two looks at a file that another process writes.
_LOOK_S = 0.003
# Who comes to the front after others have waited for another process has this left.
_LEAST_S = 0.25

_queues: weakref.WeakValueDictionary[str, WriteQueue] = weakref.WeakValueDictionary()
_queues_lock = threading.Lock()


class WriteQueue:
    """The writers of one file in this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: int | None = None

    @contextmanager
    def turn(self, wait_s: float = QUEUE_WAIT_S) -> Iterator[float]:
        """Be the only writer of this process.

        :return: seconds that were waited.
        :raises StorageError: the turn did not come in time.
        :raises RuntimeError: this thread is the writer already, and would wait for itself.
        """
        begun = time.monotonic()
        self._take(wait_s)
        try:
            yield time.monotonic() - begun
        finally:
            self._pass_on()

    def _take(self, wait_s: float) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._holder == me:
                raise RuntimeError("a transaction that writes was begun inside another")
            if self._holder is None:
                self._holder = me
                return
            turn = threading.Event()
            self._waiting.append(turn)
        came = turn.wait(wait_s)
        with self._guard:
            if came or turn.is_set():
                self._holder = me
                return
            self._waiting.remove(turn)
        raise StorageError("办件数据库正忙，这次没有保存，请稍后再试")

    def _pass_on(self) -> None:
        with self._guard:
            # Until the next one wakes, the place is nobody else's.
            self._holder = 0 if self._waiting else None
            if self._waiting:
                self._waiting.popleft().set()


def queue_of(path: Path) -> WriteQueue:
    """The queue of a file, the same for everybody in this process."""
    key = str(path.resolve())
    with _queues_lock:
        queue = _queues.get(key)
        if queue is None:
            queue = _queues[key] = WriteQueue()
        return queue


def begin_immediate(connection: sqlite3.Connection, busy_s: float) -> None:
    """Begin a transaction that may write, waiting for other processes.

    :param busy_s: how long; the connection's own patience is the same again afterwards.
    :raises sqlite3.OperationalError: the file was taken all the time, or cannot be written.
    """
    patience: Any = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    until = time.monotonic() + max(busy_s, _LEAST_S)
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is_taken(error) or time.monotonic() >= until:
                    raise
                time.sleep(_LOOK_S)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(patience)}")


def _is_taken(error: sqlite3.OperationalError) -> bool:
    # Python 3.10 does not tell SQLite's code.
    return "locked" in str(error) or "busy" in str(error)
