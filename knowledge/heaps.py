"""How the memory of a process with many threads is kept: in few heaps, big blocks given back at once."""

from __future__ import annotations

import ctypes

# M_ARENA_MAX, M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h.
_MALLOPT = ((-8, 2), (-1, 1_000_000), (-3, 1_000_000))


def few_heaps() -> None:
    """Ask glibc for few heaps before threads are started: less memory at the same speed.

    By itself it keeps a heap for each of a dozen threads, and what one frees no other uses.  Elsewhere
    nothing happens.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in _MALLOPT:
            libc.mallopt(option, value)
