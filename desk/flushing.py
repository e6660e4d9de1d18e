"""Having what was committed survive a power cut, when that is needed and for many at once.

A transaction of SQLite's log is in the file system's hands when it commits: a killed process takes nothing
of it away.  Only a power cut could, until the log is brought to the disk; done by every commit, that holds
up each other writer of every process meanwhile.  The steps of an exchange are therefore committed without
it (``writing(engine, flushed=False)``) and flushed together before anything is acknowledged.
"""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import Engine

from knowledge.errors import StorageError


def flush(engine: Engine) -> None:
    """Have everything that was committed before this call survive a power cut; blocks.

    PostgreSQL does so with every commit.

    :raises StorageError: the disk does not take it.
    """
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file is not None:
        _log_of(file).flush()


# Not every system has the one that leaves out the times of the file.
_BRING = getattr(os, "fdatasync", os.fsync)


class _Log:
    """The write-ahead log of one file in this process."""

    def __init__(self, file: str) -> None:
        self._path = Path(f"{file}-wal")
        self._counting, self._working = threading.Lock(), threading.Lock()
        self._asked = self._done = 0
        self._is_named = False

    def flush(self) -> None:
        """Bring it to the disk, unless somebody began to do so after this was called."""
        with self._counting:
            self._asked += 1
            mine = self._asked
        with self._working:
            if self._done >= mine:
                return
            with self._counting:
                until = self._asked
            try:
                self._bring()
            except OSError as error:
                raise StorageError("磁盘没有写成，这次没有保存；请联系管理员检查磁盘") from error
            self._done = until

    def _bring(self) -> None:
        # SQLite's locks lie on the other files, so that this one may be closed.
        try:
            log = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return  # written back into the database, which was flushed for that
        try:
            _BRING(log)
        finally:
            os.close(log)
        if not self._is_named:
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
            self._is_named = True


@lru_cache(maxsize=16)
def _log_of(file: str) -> _Log:
    return _Log(file)
