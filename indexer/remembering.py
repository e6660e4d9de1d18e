"""What a method gave for the same arguments, kept without keeping its object alive."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

Result = TypeVar("Result")


def remembered(method: Callable[..., Result], maxsize: int) -> Callable[..., Result]:
    """An ``lru_cache`` of a bound method, to be held by the method's own object.

    A plain one holds the object that holds it, so a replaced index would stay in memory until the
    garbage collector passes by, which in a large process is seldom.

    :param method: bound to the object that keeps the result of this call.
    :param maxsize: how many results are kept.
    """
    weakly = weakref.WeakMethod(method)

    @lru_cache(maxsize=maxsize)
    def ask(*args: Any) -> Result:
        bound = weakly()
        if bound is None:
            raise ReferenceError("what kept this result is gone")
        return bound(*args)

    return ask
