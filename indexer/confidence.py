"""Knowing that one does not know: for each of the first hits the chance that it answers, and what to do with them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.order import FEATURES as ORDER_FEATURES
from indexer.reranker import Reranker
from indexer.sums import asks_a_sum, states_a_sum
from indexer.types import Assessment, QueryInfo, ScoredPassage
from knowledge.errors import EncoderError
from knowledge.types import Passage

ANSWER = "answer"
CHOICES = "choices"
REFUSE = "refuse"

FILE_NAME = "confidence.npz"
# What a chance reads of a hit, in the order of the fitted trees: what the order read of it, how it stands
# among the other hits, what of the question it leaves unsaid, and what the question names.
SIGNALS = (
    *ORDER_FEATURES,
    "verdict", "verdict_margin", "verdict_mean", "verdict_best", "place", "fused", "crowd", "held",
    "known", "mass", "missing", "missing_share", "words", "countries", "procedures", "rights", "platforms",
    "other_procedure", "names_procedures", "other_country", "other_right", "uncovered", "unread",
)  # fmt: skip

# Below the second line the question is refused; between the two the first headings are offered.
ANSWER_FROM = 0.5
CHOICES_FROM = 0.4
MAX_CHOICES = 3
# Hits that are read; the chance of an answer is that of any of those that may be offered.
READ = 4
# What is left of the chance of a passage without a word on money where a sum is asked.
_WITHOUT_SUM = 0.2
_SHORTEST_WORD = 2
_MASS = 20.0  # brings the weight of the matched terms to about 0-1
_FIRST = 6
_CROWD = 5
_AT_HAND = 128  # passages whose words stay at hand
_ALONE = 3.0  # how far a single hit is ahead of nothing
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Terms:
    """The words of a question with how telling each is.

    ``weights`` holds those known to the index, ``unknown`` is the weight of any other; ``covered`` are
    the places that some passage is about.
    """

    words: Sequence[str]
    weights: Mapping[str, float]
    unknown: float
    covered: Collection[str] = ()

    def telling(self) -> dict[str, float]:
        """The weight of each word of two signs or more, once."""
        words = (word for word in self.words if len(word) >= _SHORTEST_WORD)
        return {word: self.weights.get(word, self.unknown) for word in words}


def assess(
    info: QueryInfo, terms: Terms, hits: Sequence[ScoredPassage], chances: Chances
) -> Assessment:
    """What is done with the hits: one answer, several to choose from, or a refusal."""
    if not hits:
        return Assessment(REFUSE, 0.0)
    each = chances.of(signals(info, terms, hits))
    if asks_a_sum(info.text):
        each = tuple(
            chance if states_a_sum(hit.passage.text) else chance * _WITHOUT_SUM
            for chance, hit in zip(each, hits, strict=False)
        )
    chance = there(each)
    band = band_of(chance)
    offered = choices(hits) if band == CHOICES else ()
    return Assessment(band, chance, offered, each[0], each)


def there(each: Sequence[float]) -> float:
    """The chance that any of the hits that may be offered answers, by the chances of each."""
    return 1 - math.prod(1 - chance for chance in each[:MAX_CHOICES])


def band_of(chance: float) -> str:
    """What is done with this chance of an answer: one answer, choices or a refusal."""
    if chance >= ANSWER_FROM:
        return ANSWER
    return CHOICES if chance >= CHOICES_FROM else REFUSE


@dataclass(frozen=True)
class Chances:
    """The fitted trees; ``huhang train confidence`` fits them and prints what each line costs."""

    trees: Reranker

    def of(self, table: Floats) -> tuple[float, ...]:
        """The chance of each line of signals."""
        return tuple(logistic(float(score)) for score in self.trees.raw(table))

    def save(self, folder: Path) -> None:
        """Write the model with the names of its signals."""
        np.savez_compressed(folder / FILE_NAME, signals=np.array(SIGNALS), **self.trees.arrays())

    @classmethod
    def load(cls, folder: Path) -> Chances:
        """Read the model.

        :raises EncoderError: it was fitted on other signals than are computed now.
        """
        with np.load(folder / FILE_NAME, allow_pickle=False) as arrays:
            if tuple(arrays["signals"]) != SIGNALS:
                raise EncoderError(
                    f"{folder / FILE_NAME} 的特征与程序不符，请运行 huhang train confidence 重新拟合"
                )
            return cls(Reranker.of(arrays))


def logistic(score: float) -> float:
    """The chance that a score of any size stands for."""
    return 1 / (1 + math.exp(-max(min(score, 50.0), -50.0)))


def signals(info: QueryInfo, terms: Terms, hits: Sequence[ScoredPassage]) -> Floats:
    """A line of :data:`SIGNALS` for each of the first :data:`READ` hits.

    ``known`` is the share of the question's words that stand anywhere in the knowledge base, ``held`` the
    share that the hit's rows hold, ``missing`` the most telling word that stands nowhere in the
    passage, ``crowd`` how near the first hits are on average (everyday questions are equally near to
    many passages).
    """
    asked = _Asked.of(info, terms, hits)
    verdicts = [hit.verdict for hit in hits[:_FIRST]]
    lines = []
    for place, hit in enumerate(hits[:READ]):
        others = [verdict for at, verdict in enumerate(verdicts) if at != place]
        lines.append(_line(asked, hit, place, max(verdicts), others or [hit.verdict - _ALONE]))
    return np.array(lines, dtype=np.float32)


@dataclass(frozen=True)
class _Asked:
    """What the lines of all hits of a question share.

    ``total`` is the weight of all its words, ``known`` the share of it that the index knows, ``crowd`` the
    mean nearness of the first hits, ``uncovered`` the number of places that nothing is about.
    """

    info: QueryInfo
    telling: Mapping[str, float]
    total: float
    known: float
    crowd: float
    uncovered: int

    @classmethod
    def of(cls, info: QueryInfo, terms: Terms, hits: Sequence[ScoredPassage]) -> _Asked:
        """Read it from a question and its first hits."""
        telling = terms.telling()
        total = sum(telling.values()) or 1.0
        near = [hit.dense_score for hit in hits[:_CROWD]]
        return cls(
            info=info,
            telling=telling,
            total=total,
            known=sum(weight for word, weight in telling.items() if word in terms.weights) / total,
            crowd=sum(near) / len(near),
            uncovered=sum(place not in terms.covered for place in info.countries),
        )


def _line(
    asked: _Asked, hit: ScoredPassage, place: int, best: float, others: Sequence[float]
) -> list[float]:
    """One line of :data:`SIGNALS`.

    :param best: the highest verdict on the first hits.
    :param others: the verdicts on the other ones.
    """
    info, telling, total = asked.info, asked.telling, asked.total
    passage, matched = hit.passage, set(hit.matched)
    held = sum(weight for word, weight in telling.items() if word in matched)
    text = _all_words(passage)
    missing = [w for word, w in telling.items() if word not in matched and word.lower() not in text]
    own = set(passage.procedures)
    return [
        *(hit.line or (0.0,) * len(ORDER_FEATURES)),
        hit.verdict, hit.verdict - max(others), hit.verdict - sum(others) / len(others), best, place,
        hit.score, asked.crowd, held / total, asked.known, held / _MASS, max(missing, default=0.0),
        sum(missing) / total, len(telling),
        len(info.countries), len(info.procedures), len(info.ip_types), len(info.platforms),
        bool(info.procedures) and own.isdisjoint(info.procedures), bool(own) and bool(info.procedures),
        bool(info.countries) and set(info.countries).isdisjoint(passage.jurisdiction),
        bool(info.ip_types) and set(info.ip_types).isdisjoint(passage.ip_types),
        asked.uncovered, not hit.line,
    ]  # fmt: skip


# The first hits of a message are weighed once for each way in which it may be meant.
@lru_cache(maxsize=_AT_HAND)
def _all_words(passage: Passage) -> str:
    return "".join((passage.title, *passage.heading, passage.text, *passage.similar)).lower()


def choices(hits: Sequence[ScoredPassage]) -> tuple[ScoredPassage, ...]:
    """Up to three hits with different headings."""
    different: dict[tuple[str, tuple[str, ...]], ScoredPassage] = {}
    for hit in hits:
        different.setdefault((hit.passage.document, hit.passage.heading), hit)
    return tuple(different.values())[:MAX_CHOICES]
