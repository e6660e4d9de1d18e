"""Merging what two retrievers say of the same candidates: pure functions.

Scores are added with weights only after each list was brought to the range 0–1; fusing by reciprocal
ranks instead was worse on every measure (docs/retrieval.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def to_range(scores: Floats, core: Floats) -> Floats:
    """Scores brought to 0–1 by the extremes of the core; all 1 when those are equal.

    :param core: the scores that make the range; others may fall outside it.
    """
    if not len(core):
        return np.zeros_like(scores)
    low, high = core.min(), core.max()
    if high == low:
        return np.where(scores < low, np.float32(0), np.float32(1))
    return np.asarray((scores - low) / (high - low), dtype=np.float32)


def weighted(lists: Sequence[Floats], weights: Sequence[float], core: NDArray[np.bool_]) -> Floats:
    """Fuse scores of the same candidates: each list is brought to 0–1, then added with its weight.

    :param core: marks of the candidates that make the range.
    :raises ValueError: when weights and lists differ in number or no weight is positive.
    """
    if len(lists) != len(weights):
        raise ValueError(f"{len(lists)} lists need as many weights, not {len(weights)}")
    if not any(weight > 0 for weight in weights):
        raise ValueError("at least one weight must be positive")
    fused = np.zeros(len(core), dtype=np.float32)
    for scores, weight in zip(lists, weights, strict=True):
        fused += np.float32(weight) * to_range(scores, scores[core])
    return fused
