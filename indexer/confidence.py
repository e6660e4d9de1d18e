"""Knowing that one does not know: a calibrated confidence and what to do with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from indexer.types import Assessment, QueryInfo, ScoredPassage

ANSWER = "answer"
CHOICES = "choices"
REFUSE = "refuse"

# Logistic weights over :func:`signals`, fitted on the judged questions by benchmarks/confidence.py,
# which also reports precision and recall of refusing in cross-validation; docs/retrieval.md.
INTERCEPT = -7.81
WEIGHTS: Mapping[str, float] = {
    "dense": 1.90,
    "crowd": 1.21,
    "coverage": -5.24,
    "known": 5.36,
    "mass": 4.51,
    "margin": 0.84,
    "country": 2.34,
    "procedure": 2.26,
    "right": 2.96,
    "platform": -0.40,
}

# Below the second line the question is refused; between the two the first headings are offered.
ANSWER_FROM = 0.70
CHOICES_FROM = 0.58
MAX_CHOICES = 3
_SHORTEST_WORD = 2
_MASS = 20.0  # brings the weight of the matched terms to about 0-1
_FIRST = 5


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
    """What speaks for or against the first hit, each roughly 0-1.

    ``known`` is the share of the question's words that stand anywhere in the knowledge base,
    ``coverage`` the share that stands in the first hit, ``mass`` how telling the matched words are
    together, ``crowd`` how near the first hits are on average (everyday questions are equally near
    to many passages).
    """
    first = hits[0]
    matched = set(first.matched)
    words = {term for term in terms if len(term) >= _SHORTEST_WORD}
    telling = {word: weights.get(word, unknown_weight) for word in words}
    total = sum(telling.values()) or 1.0
    hit = sum(weight for word, weight in telling.items() if word in matched)
    return {
        "dense": first.dense_score,
        "crowd": sum(h.dense_score for h in hits[:_FIRST]) / len(hits[:_FIRST]),
        "coverage": hit / total,
        "known": sum(weight for word, weight in telling.items() if word in weights) / total,
        "mass": hit / _MASS,
        "margin": min(first.score - hits[1].score, 1.0) if len(hits) > 1 else 0.0,
        "country": float(bool(info.countries)),
        "procedure": float(bool(info.procedures)),
        "right": float(bool(info.ip_types)),
        "platform": float(bool(info.platforms)),
    }


def choices(hits: Sequence[ScoredPassage]) -> tuple[ScoredPassage, ...]:
    """Up to three hits with different headings."""
    different: dict[tuple[str, tuple[str, ...]], ScoredPassage] = {}
    for hit in hits:
        different.setdefault((hit.passage.document, hit.passage.heading), hit)
    return tuple(different.values())[:MAX_CHOICES]
