"""How the memory of a process is kept: few heaps, big blocks given back at once, cycles sought seldom."""

from __future__ import annotations

import ctypes
import gc

# M_ARENA_MAX, M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h.
_MALLOPT = ((-8, 2), (-1, 1_000_000), (-3, 1_000_000))
# Of gc.set_threshold: new objects before the young are searched, and how often an older generation is.
_COLLECTED_AFTER = (20_000, 20, 50)


def few_heaps() -> None:
    """Ask glibc for few heaps before threads are started: less memory at the same speed.

    By itself it keeps a heap for each of a dozen threads, and what one frees no other uses.  Elsewhere
    nothing happens.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in _MALLOPT:
            libc.mallopt(option, value)


def seldom_collected() -> None:
    """Look for unreachable cycles after 20,000 new objects instead of 700.

    A start makes a million objects that stay (parsed code, tables, grammars), through which the collector
    goes again and again: a quarter of the start.
    """
    gc.set_threshold(*_COLLECTED_AFTER)
