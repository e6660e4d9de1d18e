"""Knowing that one does not know: a calibrated confidence and what to do with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from indexer.order import FEATURES as ORDER_FEATURES
from indexer.types import Assessment, QueryInfo, ScoredPassage

ANSWER = "answer"
CHOICES = "choices"
REFUSE = "refuse"

# Logistic weights over :func:`signals`, fitted on the judged questions by benchmarks/confidence.py,
# which also reports precision and recall of refusing in cross-validation; docs/retrieval.md.
# The chance that the shelf has an answer at all.
INTERCEPT = -11.07
WEIGHTS: Mapping[str, float] = {
    "verdict": 0.30, "verdict_margin": -0.28, "verdict_lead": 0.92, "text": 1.68, "any": -1.55,
    "asked": 1.31, "title": 0.84, "agreement": -0.92, "dense": 0.98, "crowd": 2.06, "coverage": -11.57,
    "known": 9.00, "mass": 3.50, "margin": 0.38, "country": 1.83, "procedure": 0.94, "right": 1.76,
    "platform": 0.32,
}  # fmt: skip
# The chance that the first hit is it, where there is an answer.
RIGHT_INTERCEPT = -3.24
RIGHT_WEIGHTS: Mapping[str, float] = {
    "verdict": 0.10, "verdict_margin": -0.48, "verdict_lead": 1.15, "text": 1.98, "any": 4.02,
    "asked": 0.88, "title": 1.54, "agreement": 2.86, "dense": 2.90, "crowd": -7.39, "coverage": -3.48,
    "known": 1.96, "mass": 0.50, "margin": 2.13, "country": -0.55, "procedure": -0.41, "right": 0.35,
    "platform": 1.13,
}  # fmt: skip

# Below the second line the question is refused; between the two the first headings are offered.
ANSWER_FROM = 0.60
CHOICES_FROM = 0.48
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
    chance = _logistic(INTERCEPT, WEIGHTS, values)
    right = _logistic(RIGHT_INTERCEPT, RIGHT_WEIGHTS, values)
    if chance >= ANSWER_FROM:
        return Assessment(ANSWER, chance, right=right)
    if chance >= CHOICES_FROM:
        return Assessment(CHOICES, chance, choices(hits), right)
    return Assessment(REFUSE, chance, right=right)


def _logistic(intercept: float, weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    return 1 / (1 + math.exp(-intercept - sum(weights[name] * values[name] for name in weights)))


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
    verdicts = [h.verdict for h in hits[:_FIRST]]
    others = verdicts[1:] or [first.verdict - 1.0]
    line = dict(zip(ORDER_FEATURES, first.line, strict=False))
    return {
        "verdict": first.verdict,
        "verdict_margin": first.verdict - max(others),
        "verdict_lead": first.verdict - sum(others) / len(others),
        "text": line.get("dense_text", 0.0),
        "any": line.get("coverage_any", 0.0),
        "asked": line.get("asked", 0.0),
        "title": line.get("title", 0.0),
        "agreement": line.get("agreement", 0.0),
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
