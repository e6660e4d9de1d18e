"""Knowing that one does not know: a calibrated confidence and what to do with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.order import FEATURES as ORDER_FEATURES
from indexer.reranker import Reranker
from indexer.types import Assessment, QueryInfo, ScoredPassage
from knowledge.errors import EncoderError

ANSWER = "answer"
CHOICES = "choices"
REFUSE = "refuse"

FILE_NAME = "confidence.npz"
# What both chances read, in the order of the fitted model.
SIGNALS = (
    "verdict", "verdict_margin", "verdict_lead", "text", "any", "asked", "title", "agreement", "dense",
    "crowd", "coverage", "known", "mass", "margin", "country", "procedure", "right", "platform",
)  # fmt: skip

# Below the second line the question is refused; between the two the first headings are offered.
ANSWER_FROM = 0.62
CHOICES_FROM = 0.38
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
    chances: Chances,
) -> Assessment:
    """Whether the first hit answers the question.

    :param terms: the question's lexical terms.
    :param weights: how telling each term known to the index is.
    :param unknown_weight: how telling a term is that stands nowhere.
    """
    if not hits:
        return Assessment(REFUSE, 0.0)
    values = signals(info, terms, weights, unknown_weight, hits)
    chance, right = chances.of(np.array([values[name] for name in SIGNALS], dtype=np.float32))
    band = band_of(chance)
    return Assessment(band, chance, choices(hits) if band == CHOICES else (), right)


def band_of(chance: float) -> str:
    """What is done with this chance of an answer: one answer, choices or a refusal."""
    if chance >= ANSWER_FROM:
        return ANSWER
    return CHOICES if chance >= CHOICES_FROM else REFUSE


@dataclass(frozen=True)
class Chances:
    """The fitted model: trees for an answer being there, a logistic function for the first hit being it.

    Fitted by benchmarks/confidence.py, which reports in cross-validation what each line costs.
    """

    trees: Reranker
    intercept: float
    slope: NDArray[Any]

    def of(self, signals: NDArray[np.float32]) -> tuple[float, float]:
        """Both chances."""
        score = float(self.trees.raw(signals[None])[0])
        return logistic(score), logistic(self.intercept + float(signals @ self.slope))

    def save(self, folder: Path) -> None:
        """Write the model with the names of its signals."""
        np.savez_compressed(
            folder / FILE_NAME, signals=np.array(SIGNALS), intercept=self.intercept, slope=self.slope,
            **self.trees.arrays(),
        )  # fmt: skip

    @classmethod
    def load(cls, folder: Path) -> Chances:
        """Read the model.

        :raises EncoderError: it was fitted on other signals than are computed now.
        """
        with np.load(folder / FILE_NAME, allow_pickle=False) as arrays:
            if tuple(arrays["signals"]) != SIGNALS:
                raise EncoderError(f"{folder / FILE_NAME} 的特征与程序不符，请重新拟合置信度")
            return cls(Reranker.of(arrays), float(arrays["intercept"]), arrays["slope"])


def logistic(score: float) -> float:
    """The chance that a score of any size stands for."""
    return 1 / (1 + math.exp(-max(min(score, 50.0), -50.0)))


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
