"""What a message that hangs on the conversation asks for: an order over everything its readings find.

A message is read as it stands, with what the conversation is about, and after the question before it.
The passages that the readings find are one pool; small trees order it by what each reading says to a
passage and by how near it is to what was just answered.  The trees never see words, countries or
documents by name, so they know nothing of single passages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actions.lookup import Found, look_up
from actions.turn.asking import asks
from actions.vocabulary import Vocabulary
from indexer.build import is_orienting
from indexer.confidence import band_of, logistic
from indexer.hybrid import MODEL_DIR, HybridIndex
from indexer.order import FEATURES as LINE
from indexer.reranker import Reranker
from indexer.types import QueryInfo, ScoredPassage
from knowledge.errors import EncoderError
from knowledge.types import GENERAL, Passage

READINGS = ("alone", "whole", "joined")
_EACH = ("score", "verdict", "rank", "asked", "coverage", "right", "there")
FEATURES = (
    *(f"{what}_{name}" for name in READINGS for what in _EACH),
    "firsts", "mean_rank", "same_document", "same_passage", "same_fact", "same_place", "elsewhere",
    "same_procedure", "own_words", "length", "names_country", "names_topic", "asks", "new_words",
)  # fmt: skip
FILE_NAME = "hearing.npz"
_MISSING = -6.0
Floats = NDArray[np.float32]


# Of the whole pool: what tells whether there is an answer at all, and whether the first is it.
SIGNALS = (
    "first", "lead", "spread", "right", "confidence_alone", "confidence_whole", "confidence_joined",
    "same_document", "own_words", "length", "asks", "names", "agree",
)  # fmt: skip
_FIRSTS = 3
# How much of the distance between two verdicts stands between the scores of two hits.
_STEP = 0.25


@dataclass(frozen=True)
class Conversation:
    """What was said before, as far as a question may hang on it; codes as in the alias table."""

    country: str | None = None
    platform: str | None = None
    procedure: str | None = None
    right: str | None = None
    question: str | None = None
    passage: Passage | None = None


def context(index: HybridIndex, vocabulary: Vocabulary, said: Conversation, info: QueryInfo) -> str:
    """What the matter or the question before was about and the message does not name, in words."""
    before = index.understand(said.question) if said.question else None
    rows = (
        ("country", before.countries if before else (), info.countries, said.country),
        ("platform", before.platforms if before else (), info.platforms, said.platform),
        ("procedure", before.procedures if before else (), info.procedures, said.procedure),
        ("right", before.ip_types if before else (), info.ip_types, said.right),
    )
    named = []
    for kind, asked, own, slot in rows:
        code = next(iter(asked), None) or slot
        if code is not None and not own:
            named.append(vocabulary.name(kind, code))
    return " ".join(dict.fromkeys(named))


def readings_of(
    index: HybridIndex, text: str, said: Conversation, named: str, today: date
) -> dict[str, Found]:
    """What each reading of a message finds.

    :param named: what :func:`context` says that the message leaves unnamed.
    """
    found = {"alone": look_up(index, text, today, country=said.country)}
    if named:
        found["whole"] = look_up(index, f"{named} {text}", today, country=said.country)
    if said.question is not None:
        found["joined"] = look_up(index, f"{said.question} {text}", today, country=said.country)
    return found


def pool(found: Mapping[str, Found]) -> list[ScoredPassage]:
    """Every passage that a reading finds, once."""
    hits: dict[str, ScoredPassage] = {}
    for name in READINGS:
        for hit in found[name].hits if name in found else ():
            hits.setdefault(hit.passage.id, hit)
    return list(hits.values())


def features(
    text: str,
    info: QueryInfo,
    found: Mapping[str, Found],
    last: Passage | None,
    words: Sequence[str],
) -> tuple[list[ScoredPassage], Floats]:
    """The pool and one line of numbers a passage, in the order of :data:`FEATURES`.

    :param info: what the message itself names.
    :param last: the passage that was answered from before.
    :param words: the message's own lexical terms.
    """
    hits = pool(found)
    table = np.zeros((len(hits), len(FEATURES)), dtype=np.float32)
    ranks = {name: {h.passage.id: n for n, h in enumerate(one.hits)} for name, one in found.items()}
    own = {word for word in words if len(word) > 1}
    for line, hit in zip(table, hits, strict=True):
        at = 0
        matched: set[str] = set()
        places = []
        for name in READINGS:
            place = ranks.get(name, {}).get(hit.passage.id)
            one = found.get(name)
            if one is not None and place is not None:
                seen = one.hits[place]
                matched.update(seen.matched)
                places.append(place)
                line[at : at + 5] = _of_hit(seen, place)
            else:
                line[at + 1] = _MISSING
            line[at + 5 : at + 7] = (one.right, one.confidence) if one is not None else (0.0, 0.0)
            at += len(_EACH)
        line[at : at + 2] = (sum(p == 0 for p in places), sum(1 / (1 + p) for p in places) / 3)
        line[at + 2 : at + 8] = _beside(hit.passage, last)
        line[at + 8] = len(own & matched) / (len(own) or 1)
        line[at + 9 :] = (
            math.log1p(len(text)), bool(info.countries), bool(info.procedures or info.platforms),
            asks(text), len(own),
        )  # fmt: skip
    return hits, table


def _of_hit(hit: ScoredPassage, place: int) -> tuple[float, ...]:
    line = dict(zip(LINE, hit.line, strict=False))
    return (
        hit.score, hit.verdict, 1 / (1 + place), line.get("asked", 0.0), line.get("coverage_any", 0.0),
    )  # fmt: skip


def _beside(passage: Passage, last: Passage | None) -> tuple[float, ...]:
    """How a passage lies to the one that was answered from."""
    if last is None:
        return (0.0,) * 6
    places, before = set(passage.jurisdiction), set(last.jurisdiction)
    is_general = GENERAL in places or GENERAL in before
    return (
        passage.document == last.document,
        passage.id == last.id,
        bool(passage.facts) and passage.facts[:1] == last.facts[:1],
        bool(places & before),
        not is_general and not places & before,
        bool(set(passage.procedures) & set(last.procedures)),
    )


@dataclass(frozen=True)
class Hearing:
    """The trained trees: the order, the chance of an answer, the chance that the first hit is it."""

    order: Reranker
    there: Reranker
    right: Reranker

    def hear(
        self, index: HybridIndex, text: str, said: Conversation, named: str, today: date
    ) -> Found | None:
        """What a message asks for within a conversation; None where no reading finds anything.

        :param named: what :func:`context` says that the message leaves unnamed.
        """
        found = readings_of(index, text, said, named, today)
        alone = found["alone"]
        words = index.tokenizer.tokenize(alone.info.text)
        hits, table = features(text, alone.info, found, said.passage, words)
        if not hits:
            return None
        verdicts = self.order.raw(table)
        values = signals(found, table, verdicts)[None]
        there, right = (logistic(float(trees.raw(values)[0])) for trees in (self.there, self.right))
        # Option cards and the section for whom a guide is point the way and answer nothing.
        points = np.array([is_orienting(hit.passage) for hit in hits])
        ordered = np.lexsort((-verdicts, points))
        top = float(verdicts[ordered[0]])
        best = max(hit.score for hit in hits)
        return replace(
            alone,
            hits=tuple(
                replace(hits[n], score=best - _STEP * (top - float(verdicts[n]))) for n in ordered
            ),
            band=band_of(there),
            confidence=there,
            right=right,
            each=(),
            countries=(),
        )

    def save(self, folder: Path) -> None:
        """Write the trees with the names of what they read."""
        arrays: dict[str, Any] = {
            f"{name}_{key}": value
            for name in ("order", "there", "right")
            for key, value in getattr(self, name).arrays().items()
        }
        np.savez_compressed(
            folder / FILE_NAME, features=np.array(FEATURES), signals=np.array(SIGNALS), **arrays
        )

    @classmethod
    def load(cls, folder: Path) -> Hearing:
        """Read the trees.

        :raises EncoderError: they were trained on other features than are computed now.
        """
        with np.load(folder / FILE_NAME, allow_pickle=False) as arrays:
            if tuple(arrays["features"]) != FEATURES or tuple(arrays["signals"]) != SIGNALS:
                raise EncoderError(
                    f"{folder / FILE_NAME} 的特征与程序不符，请运行 huhang train hearing"
                )
            parts = (
                {k.removeprefix(f"{name}_"): arrays[k] for k in arrays if k.startswith(f"{name}_")}
                for name in ("order", "there", "right")
            )
            return cls(*(Reranker.of(part) for part in parts))


@lru_cache(maxsize=1)
def trained() -> Hearing:
    """The trees that are shipped."""
    return Hearing.load(MODEL_DIR)


def signals(found: Mapping[str, Found], table: Floats, verdicts: Floats) -> Floats:
    """What the chances read of a pool, in the order of :data:`SIGNALS`."""
    place = int(np.argmax(verdicts))
    first = dict(zip(FEATURES, table[place], strict=True))
    rest = np.sort(np.delete(verdicts, place))[::-1]
    lead = float(verdicts[place] - rest[0]) if len(rest) else 6.0
    spread = float(verdicts[place] - rest[: _FIRSTS + 1].mean()) if len(rest) else 6.0
    confidence = [found[name].confidence if name in found else 0.0 for name in READINGS]
    return np.array(
        (
            verdicts[place], lead, spread, max(one.right for one in found.values()), *confidence,
            first["same_document"], first["own_words"], first["length"], first["asks"],
            first["names_country"] + first["names_topic"], first["firsts"],
        ),
        dtype=np.float32,
    )  # fmt: skip
