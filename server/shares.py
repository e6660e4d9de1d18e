"""How many connections each worker of one address has, for the others to see."""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import struct
import tempfile

# A worker's process and the connections that it has open.
_PLACE = struct.Struct("=ii")
# Who has not loaded everything yet counts as having so many more, and gets what the others leave.
_LOADING = 1_000_000
# Twice as many as there may be workers: each may be replaced by one that starts beside it.
_PLACES = 128


class Shares:
    """A place for each worker in memory that they have in common, written by nobody but its worker."""

    def __init__(self, file: int) -> None:
        """Look at the others.

        :param file: the descriptor that :func:`new_shares` gave, as this process inherited it.
        """
        self._file = file
        self._memory = mmap.mmap(file, _PLACES * _PLACE.size)
        self._mine: int | None = None
        self._connections, self._beside = 0, _LOADING

    def enter(self) -> None:
        """Take a place that nobody has; where there is none, the others do not see this worker."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            for place in range(_PLACES):
                if not _runs(self._at(place)[0]):
                    self._mine = place
                    self.tell(0)
                    return
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def tell(self, connections: int) -> None:
        """Say how many connections this worker has open."""
        self._connections = connections
        if self._mine is not None:
            has = connections + self._beside
            _PLACE.pack_into(self._memory, self._mine * _PLACE.size, os.getpid(), has)

    def ready(self) -> None:
        """Take as many as the others from now on."""
        self._beside = 0
        self.tell(self._connections)

    def leave(self) -> None:
        """Take part no more."""
        if self._mine is not None:
            _PLACE.pack_into(self._memory, self._mine * _PLACE.size, 0, 0)
            self._mine = None

    def gives_way(self, connections: int) -> bool:
        """Whether another worker has fewer than these connections of this one, or is ready where it is not."""
        own = connections + self._beside
        return any(
            process and place != self._mine and has < own and _runs(process)
            for place in range(_PLACES)
            for process, has in (self._at(place),)
        )

    def _at(self, place: int) -> tuple[int, int]:
        process, connections = _PLACE.unpack_from(self._memory, place * _PLACE.size)
        return int(process), int(connections)


def new_shares() -> int:
    """:return: the descriptor of a memory in which nobody has a place, for workers to inherit."""
    with tempfile.TemporaryFile() as file:
        file.truncate(_PLACES * _PLACE.size)
        return os.dup(file.fileno())


def _runs(process: int) -> bool:
    if not process:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False
