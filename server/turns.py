"""One message of a person after the other, whichever copies of the server they came to.

Within a copy they wait in the order they came.  Between copies a lock holds one person's turn: on one
machine a byte of a file that all copies lock, else a lock of the casework database.  Both are free the
moment their holder ends, however it ends.  Rasa's own lock store needs no other: it is asked within a turn.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import logging
import os
import struct
import time
import weakref
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from desk.engine import sqlite_file
from knowledge.errors import StorageError
from settings import Settings

if TYPE_CHECKING:
    from desk.postgres_lines import Line

logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")

# A turn is over after the bot's patience at the latest; who waited longer sends the message again.
WAIT_S = 75.0
# Between two looks at a turn that another copy has.
_LOOK_S = (0.005, 0.05)
# After a failure to connect nobody tries again so soon.
_REST_S = 0.5
_BUSY = "您的上一条消息还在处理，这一条没有保存，请稍后再发一次"
_LOST = "与办件数据库的连接断开过，这条消息没有保存，请再发一次"


class Locks(Protocol):
    """Locks that all copies see, by number."""

    async def take(self, key: int) -> bool:
        """Take a lock that this copy does not hold.

        :param key: 62 bits.
        :return: False while another copy holds it.
        :raises StorageError: it cannot be told.
        """
        ...

    async def give(self, key: int) -> bool:
        """Give a lock back.

        :return: whether it was held until now without a break.
        """
        ...

    async def holds(self, key: int) -> bool:
        """Whether a lock that was taken is still held."""
        ...

    async def close(self) -> None:
        """Give everything back."""
        ...


class Turn:
    """The turn of one person, while it is theirs."""

    def __init__(self, locks: Locks, key: int) -> None:
        self._locks = locks
        self._key = key

    async def insist(self) -> None:
        """:raises StorageError: another copy may have taken the next message already."""
        if not await self._locks.holds(self._key):
            raise StorageError(_LOST)


class TurnOrder:
    """Gives each person one turn at a time."""

    def __init__(self, locks: Locks) -> None:
        """Use these locks between copies."""
        self._locks = locks
        self._here: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, sender: str) -> AsyncIterator[Turn]:
        """Have the person's turn until the block ends.

        :raises StorageError: another copy has it for too long, or the locks cannot be reached.
        """
        here = self._here.setdefault(sender, asyncio.Lock())
        async with here:
            key = number_of(sender)
            await self._take(key)
            try:
                yield Turn(self._locks, key)
            finally:
                await self._locks.give(key)

    async def close(self) -> None:
        """Give everything back."""
        await self._locks.close()

    async def _take(self, key: int) -> None:
        until = time.monotonic() + WAIT_S
        pause, longest = _LOOK_S
        while not await self._locks.take(key):
            if time.monotonic() >= until:
                raise StorageError(_BUSY)
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)


def number_of(sender: str) -> int:
    """A number of 62 bits for a person."""
    digest = hashlib.blake2b(sender.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 2


class FileLocks:
    """Locks on the bytes of one file, which nobody ever writes to; each has a handle of its own."""

    def __init__(self, path: Path) -> None:
        """Make the file where it is missing.

        :raises StorageError: it cannot be made.
        """
        self._path = path
        self._handles: dict[int, int] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StorageError(f"无法使用 {path}，请检查磁盘和权限") from error

    async def take(self, key: int) -> bool:
        """Lock a byte, unless another process has it; takes microseconds."""
        if _SET_LOCK is None:
            self._handles[key] = -1
            return True
        try:
            handle = os.open(self._path, os.O_RDWR)
        except OSError as error:
            raise StorageError(f"无法使用 {self._path}，请检查磁盘和权限") from error
        try:
            fcntl.fcntl(handle, _SET_LOCK, struct.pack(_FLOCK, fcntl.F_WRLCK, 0, key, 1, 0))
        except OSError as error:
            os.close(handle)
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise StorageError(f"无法使用 {self._path}，请检查磁盘") from error
        self._handles[key] = handle
        return True

    async def give(self, key: int) -> bool:
        """Unlock the byte."""
        handle = self._handles.pop(key, None)
        if handle is not None and handle >= 0:
            os.close(handle)
        return handle is not None

    async def holds(self, key: int) -> bool:
        """The system keeps the lock as long as the handle is open."""
        return key in self._handles

    async def close(self) -> None:
        """Unlock everything."""
        for key in list(self._handles):
            await self.give(key)


# Locks that belong to an open file, not to the process; a system without them runs one copy at a time.
_SET_LOCK: int | None = getattr(fcntl, "F_OFD_SETLK", None)
_FLOCK = "hhqqi4x"


class DatabaseLocks:
    """Advisory locks of PostgreSQL, all on one line of their own.

    A line holds a lock as often as it takes it, so no two tasks of this copy may ask for the same one.
    """

    def __init__(self, url: str) -> None:
        """Nothing is opened yet.

        :param url: a SQLAlchemy address of PostgreSQL.
        """
        self._url = url
        self._line: Line | None = None
        self._failed_at = -_REST_S
        self._held: dict[int, Line] = {}
        # The line does one thing at a time.
        self._worker = ThreadPoolExecutor(1, "turn-locks")

    async def take(self, key: int) -> bool:
        """Ask the database."""
        line = await self._run(lambda: self._take(key))
        if line is None:
            return False
        self._held[key] = line
        return True

    async def give(self, key: int) -> bool:
        """Tell the database; a broken line has given everything back already."""
        line = self._held.pop(key)
        if line is not self._line:
            return False
        try:
            return await self._run(lambda: self._give(line, key))
        except StorageError:
            return False

    async def holds(self, key: int) -> bool:
        """Whether the line on which the lock was taken is open."""
        line = self._held.get(key)
        if line is None or line is not self._line:
            return False
        try:
            return await self._run(lambda: self._is_open(line))
        except StorageError:
            return False

    async def close(self) -> None:
        """End the line, and with it every lock."""
        await asyncio.get_running_loop().run_in_executor(self._worker, self._end)
        self._worker.shutdown(wait=False)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    def _take(self, key: int) -> Line | None:
        is_fresh = self._line is None
        line = self._open()
        try:
            return line if line.try_lock(key) else None
        except StorageError:
            self._end()
            if is_fresh:
                raise
        # It broke since it was used last: the database was restarted meanwhile, and is back perhaps.
        return self._take(key)

    def _give(self, line: Line, key: int) -> bool:
        try:
            return line.unlock(key)
        except StorageError:
            self._end()
            raise

    def _is_open(self, line: Line) -> bool:
        try:
            line.ask()
        except StorageError:
            self._end()
            raise
        return True

    def _open(self) -> Line:
        if self._line is not None:
            return self._line
        if time.monotonic() < self._failed_at + _REST_S:
            raise StorageError("连不上办件数据库，请稍后再试或联系管理员")
        # Imported here: a server on SQLite needs no driver of PostgreSQL.
        from desk.postgres_lines import Line

        try:
            self._line = Line(self._url)
        except StorageError:
            self._failed_at = time.monotonic()
            raise
        return self._line

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def locks_of(settings: Settings) -> Locks:
    """The locks that the settings imply."""
    if sqlite_file(settings.desk.database_url) is None:
        return DatabaseLocks(settings.desk.database_url)
    return FileLocks(settings.data_dir / "turns.lock")
