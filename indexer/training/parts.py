"""Dealing what is learnt from into parts, so that each part is judged by what has not seen it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


def dealt(names: Iterable[str], parts: int, seed: int) -> dict[str, int]:
    """The part, from 0, of each name; what bears one name stays together."""
    each = sorted(set(names))
    numbers = np.random.default_rng(seed).integers(parts, size=len(each))
    return dict(zip(each, map(int, numbers), strict=True))
