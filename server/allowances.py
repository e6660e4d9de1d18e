"""Allowances that all copies of the server count together: a bucket a key, refilled steadily.

On one machine the buckets lie in a file that every copy has in its memory; an allowance costs microseconds.
Copies on several machines count in Redis, or without it in the casework database.  While those are away,
each copy counts for itself: a limit that is too generous for a moment is better than nobody being heard.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import math
import mmap
import os
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from desk.engine import sqlite_file
from knowledge.errors import StorageError
from server.buckets import Allowances, Wanted, left, wait_for
from settings import Settings

logger = logging.getLogger(__name__)

_REMEMBERED = 20_000
# After a failure the shared count is left alone for a while.
REST_S = 1.0


class OwnAllowances:
    """Buckets of this process alone; the least recently used are forgotten."""

    is_quick = True

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets."""
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, wanted: Sequence[Wanted]) -> int:
        """Use one allowance of each."""
        for key, per_minute in wanted:
            if wait := self._take(key, per_minute):
                return wait
        return 0

    def close(self) -> None:
        """Nothing is held."""

    def _take(self, key: str, per_minute: int) -> int:
        now = self._clock()
        level, since = self._buckets.pop(key, (float(per_minute), now))
        level = left(level, now - since, per_minute)
        self._buckets[key] = (level - 1 if level >= 1 else level, now)
        while len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return 0 if level >= 1 else wait_for(level, per_minute)


class MappedAllowances:
    """Buckets in a file that the copies on one machine share.

    The file is a table of sets of eight places; a key has one of the places of its set, and takes that of
    the one used longest ago when all are others'.  Nothing in it survives a restart of the machine, whose
    clock begins anew.
    """

    is_quick = True
    _SETS, _PLACES = 4096, 8
    _PLACE = struct.Struct("<Qdd")  # digest of the key, level, moment

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Open the file, made where it is missing.

        :raises StorageError: it cannot be used.
        """
        self._clock = clock
        self._guard = threading.Lock()
        size = self._SETS * self._PLACES * self._PLACE.size
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if os.fstat(self._handle).st_size < size:
                os.ftruncate(self._handle, size)
            self._table = mmap.mmap(self._handle, size)
        except OSError as error:
            raise StorageError(f"无法使用 {path}，请检查磁盘和权限") from error

    def take(self, wanted: Sequence[Wanted]) -> int:
        """Use one allowance of each."""
        with self._guard:
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            try:
                for key, per_minute in wanted:
                    if wait := self._take(key, per_minute):
                        return wait
                return 0
            finally:
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file."""
        self._table.close()
        os.close(self._handle)

    def _take(self, key: str, per_minute: int) -> int:
        number, now = number_of(key), self._clock()
        place, level, since = self._find(number, now, float(per_minute))
        level = left(level, now - since, per_minute)
        self._PLACE.pack_into(self._table, place, number, level - 1 if level >= 1 else level, now)
        return 0 if level >= 1 else wait_for(level, per_minute)

    def _find(self, number: int, now: float, full: float) -> tuple[int, float, float]:
        """Where a key's bucket is, or is to be, and what it held when."""
        # The lowest bit is always set and says nothing.
        begin = (number >> 1) % self._SETS * self._PLACES * self._PLACE.size
        oldest, oldest_at = begin, math.inf
        for place in range(begin, begin + self._PLACES * self._PLACE.size, self._PLACE.size):
            found, level, since = self._PLACE.unpack_from(self._table, place)
            since = min(since, now)  # written before the machine was started anew
            if found == number:
                return place, level, since
            if since < oldest_at:
                oldest, oldest_at = place, since
        return oldest, full, now


class CautiousAllowances:
    """Shared buckets, and one's own while those cannot be reached."""

    is_quick = False

    def __init__(self, shared: Allowances, clock: Callable[[], float] = time.monotonic) -> None:
        """Count in ``shared`` where that works."""
        self._shared = shared
        self._own = OwnAllowances(clock)
        self._clock = clock
        self._rests_until = -math.inf

    def take(self, wanted: Sequence[Wanted]) -> int:
        """Use one allowance of each."""
        if self._clock() >= self._rests_until:
            try:
                return self._shared.take(wanted)
            except StorageError as error:
                logger.warning("allowances are counted here alone for now: %s", error)
                self._rests_until = self._clock() + REST_S
        return self._own.take(wanted)

    def close(self) -> None:
        """Close the shared count."""
        self._shared.close()


def number_of(key: str) -> int:
    """64 bits for a key; never 0, which is an empty place."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8"), digest_size=8).digest(), "big") | 1


def allowances_of(settings: Settings, deployment: str) -> Allowances:
    """The count that the settings imply.

    :param deployment: what names in a shared Redis begin with.
    :raises StorageError: the data folder cannot be used.
    """
    # Imported here: one server alone needs neither.
    if settings.redis_url is not None:
        from server.shared_allowances import RedisAllowances

        return CautiousAllowances(RedisAllowances(settings.redis_url, deployment))
    if sqlite_file(settings.desk.database_url) is None:
        from server.shared_allowances import DatabaseAllowances

        return CautiousAllowances(DatabaseAllowances(settings.desk.database_url))
    return MappedAllowances(settings.data_dir / "allowances.map")
