"""Merging ranked lists: pure functions.

Ranks are fused by reciprocal rank (Cormack, Clarke and Büttcher 2009, k = 60) when scores are not
comparable; scores are added with weights only after each list was brought to the range 0–1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RRF_K = 60


def reciprocal_rank(
    rankings: Sequence[Sequence[int]], weights: Sequence[float] | None = None, k: int = RRF_K
) -> dict[int, float]:
    """Fuse ranked lists of ids by their ranks alone.

    :param rankings: ids, best first, a list a retriever.
    :param weights: how much each list counts; equal when omitted.
    :return: id → score, higher is better.
    :raises ValueError: when weights and rankings differ in number or no weight is positive.
    """
    shares = [1.0] * len(rankings) if weights is None else list(weights)
    if len(shares) != len(rankings):
        raise ValueError(f"{len(rankings)} rankings need as many weights, not {len(shares)}")
    if shares and not any(share > 0 for share in shares):
        raise ValueError("at least one weight must be positive")
    fused: dict[int, float] = {}
    for share, ranking in zip(shares, rankings, strict=True):
        for rank, identifier in enumerate(ranking, start=1):
            fused[identifier] = fused.get(identifier, 0.0) + share / (k + rank)
    return fused


def min_max(scores: Mapping[int, float]) -> dict[int, float]:
    """Scores brought to 0–1 by the list's own extremes; all 1 when they are equal."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high == low:
        return dict.fromkeys(scores, 1.0)
    return {identifier: (score - low) / (high - low) for identifier, score in scores.items()}


def weighted(lists: Sequence[Mapping[int, float]], weights: Sequence[float]) -> dict[int, float]:
    """Fuse scored lists: each is brought to 0–1, then added with its weight; a missing id adds 0.

    :raises ValueError: when weights and lists differ in number or no weight is positive.
    """
    if len(lists) != len(weights):
        raise ValueError(f"{len(lists)} lists need as many weights, not {len(weights)}")
    if weights and not any(weight > 0 for weight in weights):
        raise ValueError("at least one weight must be positive")
    fused: dict[int, float] = {}
    for weight, scores in zip(weights, lists, strict=True):
        for identifier, score in min_max(scores).items():
            fused[identifier] = fused.get(identifier, 0.0) + weight * score
    return fused


def ordered(fused: Mapping[int, float]) -> list[int]:
    """Ids by falling score; equal scores in id order."""
    return sorted(fused, key=lambda identifier: (-fused[identifier], identifier))
