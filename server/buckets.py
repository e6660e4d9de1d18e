"""Buckets of allowances: what everybody who counts them agrees on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

_MINUTE_S = 60.0

# A key, and how many it may have a minute, which is also how many at once.
Wanted = tuple[str, int]


class Allowances(Protocol):
    """Buckets by key."""

    is_quick: bool

    def take(self, wanted: Sequence[Wanted]) -> int:
        """Use one allowance of each key in order, up to the first that has none.

        :return: 0 when all were there, else the seconds after which to try again.
        :raises StorageError: the count cannot be reached.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def left(level: float, age_s: float, per_minute: int) -> float:
    """What a bucket holds after some time."""
    return min(float(per_minute), level + max(0.0, age_s) * per_minute / _MINUTE_S)


def wait_for(level: float, per_minute: int) -> int:
    """Seconds until a bucket below one holds one."""
    return max(1, math.ceil((1 - level) * _MINUTE_S / per_minute))
