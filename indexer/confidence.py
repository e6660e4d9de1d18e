"""Knowing that one does not know: a calibrated confidence and what to do with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from indexer.types import Assessment, QueryInfo, ScoredPassage

ANSWER = "answer"
CHOICES = "choices"
REFUSE = "refuse"

# Logistic weights fitted on judged answerable and unanswerable questions; docs/retrieval.md.
INTERCEPT = -4.2
WEIGHTS = {"dense": 6.0, "coverage": 3.0, "margin": 0.5, "agree": 0.6, "named": 1.0}

ANSWER_FROM = 0.55
CHOICES_FROM = 0.30
MAX_CHOICES = 3


def assess(
    info: QueryInfo,
    terms: Sequence[str],
    weights: Mapping[str, float],
    unknown_weight: float,
    hits: Sequence[ScoredPassage],
) -> Assessment:
    """Whether the first hit answers the question.

    :param terms: the question's lexical terms.
    :param weights: how telling each term known to the index is.
    :param unknown_weight: how telling a term is that stands nowhere.
    """
    if not hits:
        return Assessment(REFUSE, 0.0)
    values = signals(info, terms, weights, unknown_weight, hits)
    score = INTERCEPT + sum(WEIGHTS[name] * value for name, value in values.items())
    chance = 1 / (1 + math.exp(-score))
    if chance >= ANSWER_FROM:
        return Assessment(ANSWER, chance)
    if chance >= CHOICES_FROM:
        return Assessment(CHOICES, chance, choices(hits))
    return Assessment(REFUSE, chance)


def signals(
    info: QueryInfo,
    terms: Sequence[str],
    weights: Mapping[str, float],
    unknown_weight: float,
    hits: Sequence[ScoredPassage],
) -> dict[str, float]:
    """What speaks for the first hit, each roughly 0–1."""
    first = hits[0]
    matched = set(first.matched)
    known = {term: weights.get(term, unknown_weight) for term in set(terms)}
    total = sum(known.values()) or 1.0
    return {
        "dense": first.dense_score,
        "coverage": sum(weight for term, weight in known.items() if term in matched) / total,
        "margin": min(first.score - hits[1].score, 1.0) if len(hits) > 1 else 0.0,
        "agree": float(
            first.lexical_rank is not None
            and first.dense_rank is not None
            and max(first.lexical_rank, first.dense_rank) <= 5
        ),
        "named": float(bool(info.procedures or info.countries or info.platforms or info.articles)),
    }


def choices(hits: Sequence[ScoredPassage]) -> tuple[ScoredPassage, ...]:
    """Up to three hits with different headings."""
    different: dict[tuple[str, tuple[str, ...]], ScoredPassage] = {}
    for hit in hits:
        different.setdefault((hit.passage.document, hit.passage.heading), hit)
    return tuple(different.values())[:MAX_CHOICES]
