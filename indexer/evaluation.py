"""Measures of ranked results against judged questions: pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

CUTS = (1, 5, 10, 20, 100)
DEPTH = 100


def recall_at(ranking: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """Part of the relevant ids among the first ``k``."""
    return len(relevant.intersection(ranking[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], relevant: frozenset[str], k: int = 10) -> float:
    """One over the place of the first relevant id among the first ``k``, else 0."""
    for place, identifier in enumerate(ranking[:k], start=1):
        if identifier in relevant:
            return 1.0 / place
    return 0.0


def ndcg_at(ranking: Sequence[str], relevant: frozenset[str], k: int = 10) -> float:
    """Discounted gain of the first ``k`` over that of a perfect ranking."""
    gain = sum(
        1 / math.log2(place + 1)
        for place, identifier in enumerate(ranking[:k], start=1)
        if identifier in relevant
    )
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(len(relevant), k) + 1))
    return gain / ideal if ideal else 0.0


def measures(ranking: Sequence[str], relevant: frozenset[str]) -> dict[str, float]:
    """All measures of one question."""
    values = {f"recall@{k}": recall_at(ranking, relevant, k) for k in CUTS}
    values["mrr@10"] = reciprocal_rank(ranking, relevant)
    values["ndcg@10"] = ndcg_at(ranking, relevant)
    return values


def mean(rows: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each measure over questions; empty for no question."""
    collected = list(rows)
    if not collected:
        return {}
    return {name: sum(row[name] for row in collected) / len(collected) for name in collected[0]}


def refusal(decisions: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    """Precision and recall of refusing.

    :param decisions: (was refused, should have been refused) for each question.
    """
    refused = sum(was for was, _ in decisions)
    due = sum(should for _, should in decisions)
    both = sum(was and should for was, should in decisions)
    return {
        "refusal_precision": both / refused if refused else 0.0,
        "refusal_recall": both / due if due else 0.0,
    }
