"""What a message that hangs on the conversation asks for: an order over everything its readings find.

A message is read as it stands, with what the conversation is about, after the question before it, and
among what is about the same matters as the answers before.
The passages that the readings find are one pool; small trees order it by what each reading says to a
passage and by how near it is to what was just answered.  The trees never see words, countries or
documents by name, so they know nothing of single passages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from actions.lookup import CHINA, Found, countries_of, look_beside, look_up, matters_of
from actions.turn.asking import asks
from actions.vocabulary import Vocabulary
from indexer.build import is_orienting
from indexer.confidence import band_of, logistic
from indexer.encoder import encode_queries
from indexer.hybrid import MODEL_DIR, HybridIndex
from indexer.jurisdictions import scope
from indexer.order import FEATURES as LINE
from indexer.reranker import Ensembles, Reranker
from indexer.types import QueryInfo, ScoredPassage
from knowledge.parties import names_party
from knowledge.types import GENERAL, Passage

READINGS = ("alone", "whole", "joined", "beside")
_EACH = ("score", "verdict", "rank", "asked", "coverage", "near", "right", "there")
_OF_HIT = 6
_ASKED, _COVERAGE = LINE.index("asked"), LINE.index("coverage_any")
EARLIER = 3  # answers before the last one whose matters may be returned to
FEATURES = (
    *(f"{what}_{name}" for name in READINGS for what in _EACH),
    "firsts", "mean_rank", "same_document", "same_passage", "same_fact", "same_place", "elsewhere",
    "same_procedure", "same_before", "own_words", "length", "names_country", "names_topic", "asks",
    "new_words", "known",
)  # fmt: skip
FILE_NAME = "hearing.npz"
_MISSING = -6.0
# Words that point back beyond what was spoken of last.
_RETURNS = re.compile(
    r"刚才|刚刚|前面|上面|先前|最早|开头|回到|说回|那[件个单]|另一[件个]|头一[件个]"
)
_ANYWHERE = frozenset((GENERAL, CHINA))
Floats = NDArray[np.float32]


# Of the whole pool: what tells whether there is an answer at all, and whether the first is it.
SIGNALS = (
    "first", "lead", "spread", "right", *(f"confidence_{name}" for name in READINGS),
    *(f"near_{name}" for name in READINGS), "same_document", "elsewhere", "own_words", "length", "asks",
    "names", "agree", "known",
)  # fmt: skip
_FIRSTS = 3
# How much of the distance between two verdicts stands between the scores of two hits.
_STEP = 0.25


@dataclass(frozen=True)
class Conversation:
    """What was said before, as far as a question may hang on it; codes as in the alias table.

    ``passage`` was answered from last, ``earlier`` are those before it, the newest first.
    """

    country: str | None = None
    platform: str | None = None
    procedure: str | None = None
    right: str | None = None
    question: str | None = None
    passage: Passage | None = None
    earlier: tuple[Passage, ...] = ()

    @property
    def answered(self) -> tuple[Passage, ...]:
        """What was answered from, the last first."""
        return self.earlier if self.passage is None else (self.passage, *self.earlier)


def context(index: HybridIndex, vocabulary: Vocabulary, said: Conversation, info: QueryInfo) -> str:
    """What the matter or the question before was about and the message does not name, in words."""
    before = index.understand(said.question) if said.question else None
    place, procedure = _told_by(said.passage)
    own = _places(index, info)
    rows = (
        ("country", before.countries if before else (), own, said.country or place),
        ("platform", before.platforms if before else (), info.platforms, said.platform),
        (
            "procedure",
            before.procedures if before else (),
            info.procedures,
            said.procedure or procedure,
        ),
        ("right", before.ip_types if before else (), info.ip_types, said.right),
    )
    named = []
    for kind, asked, own, slot in rows:
        code = next(iter(asked), None) or slot
        if code is not None and not own:
            named.append(vocabulary.name(kind, code))
    return " ".join(dict.fromkeys(named))


def _places(index: HybridIndex, info: QueryInfo) -> tuple[str, ...]:
    """The countries that a message names as places; none where they only tell whose company is meant."""
    if not info.countries:
        return ()
    named = [m for m in index.understanding.mentions(info.text) if m.row.kind == "country"]
    is_party = bool(named) and all(names_party(info.text, m.stop) for m in named)
    return () if is_party else info.countries


def _told_by(passage: Passage | None) -> tuple[str | None, str | None]:
    """The country and the procedure that an answer is about, where each is a single one."""
    if passage is None:
        return None, None
    places, procedures = passage.jurisdiction, passage.procedures
    is_one = len(places) == 1 and places[0] != GENERAL
    return (
        places[0] if is_one else None, procedures[0] if len(procedures) == 1 else None
    )  # fmt: skip


def readings_of(
    index: HybridIndex, text: str, said: Conversation, named: str, today: date
) -> dict[str, Found]:
    """What each reading of a message finds.

    :param named: what :func:`context` says that the message leaves unnamed.
    """
    questions = {"alone": text}
    if named:
        questions["whole"] = f"{named} {text}"
    if said.question is not None:
        questions["joined"] = f"{said.question} {text}"
    # All of them are searched for; encoded together they take hardly longer than one.
    encode_queries(index.encoder, [index.understand(text).text for text in questions.values()])
    found = {
        name: look_up(index, question, today, country=said.country)
        for name, question in questions.items()
    }
    info = found["alone"].info
    is_elsewhere = _places(index, info) and not _speaks_of(index, said, info)
    beside = None if is_elsewhere else look_beside(index, text, today, said.answered)
    if beside is not None:
        found["beside"] = beside
    return found


def _speaks_of(index: HybridIndex, said: Conversation, info: QueryInfo) -> bool:
    """Whether what was answered last tells of a country that is named now (UPC管哪些国家；西班牙在里头吗)."""
    return said.passage is not None and not countries_of(index, said.passage).isdisjoint(
        info.countries
    )


def pool(found: Mapping[str, Found]) -> list[ScoredPassage]:
    """Every passage that a reading finds, once."""
    hits: dict[str, ScoredPassage] = {}
    for name in READINGS:
        for hit in found[name].hits if name in found else ():
            hits.setdefault(hit.passage.id, hit)
    return list(hits.values())


def features(
    index: HybridIndex, text: str, said: Conversation, found: Mapping[str, Found]
) -> tuple[list[ScoredPassage], Floats]:
    """The pool and one line of numbers a passage, in the order of :data:`FEATURES`.

    :param found: what :func:`readings_of` says to the text.
    """
    info = found["alone"].info
    hits = pool(found)
    table = np.zeros((len(hits), len(FEATURES)), dtype=np.float32)
    ranks = {name: {h.passage.id: n for n, h in enumerate(one.hits)} for name, one in found.items()}
    words, weights, unknown = index.term_weights(info)
    own = {word for word in words if len(word) > 1}
    telling = {word: weights.get(word, unknown) for word in own}
    whole = (
        math.log1p(len(text)), bool(info.countries), bool(info.procedures or info.platforms),
        asks(text), len(own), sum(telling[w] for w in own if w in weights) / (sum(telling.values()) or 1),
    )  # fmt: skip
    before = {passage.document for passage in said.earlier}
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
                line[at : at + _OF_HIT] = _of_hit(seen, place)
            else:
                line[at + 1] = _MISSING
            line[at + _OF_HIT : at + len(_EACH)] = (
                (one.right, one.confidence) if one is not None else (0.0, 0.0)
            )
            at += len(_EACH)
        line[at : at + 2] = (sum(p == 0 for p in places), sum(1 / (1 + p) for p in places))
        line[at + 2 : at + 8] = _beside(hit.passage, said.passage)
        line[at + 8 :] = (
            hit.passage.document in before, len(own & matched) / (len(own) or 1), *whole
        )  # fmt: skip
    return hits, table


def _of_hit(hit: ScoredPassage, place: int) -> tuple[float, ...]:
    asked, coverage = (hit.line[_ASKED], hit.line[_COVERAGE]) if hit.line else (0.0, 0.0)
    return (hit.score, hit.verdict, 1 / (1 + place), asked, coverage, hit.dense_score)


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
class Hearing(Ensembles):
    """The trained trees: the order, the chance of an answer, the chance that the first hit is it."""

    order: Reranker
    there: Reranker
    right: Reranker
    file_name, trained_by = FILE_NAME, "huhang train hearing"
    features, signals = FEATURES, SIGNALS

    def hear(
        self, index: HybridIndex, text: str, said: Conversation, named: str, today: date
    ) -> Found | None:
        """What a message asks for within a conversation; None where no reading finds anything.

        :param named: what :func:`context` says that the message leaves unnamed.
        """
        found = readings_of(index, text, said, named, today)
        alone = found["alone"]
        hits, table = features(index, text, said, found)
        if not hits:
            return None
        verdicts = self.order.raw(table)
        values = signals(found, table, verdicts)[None]
        there, right = (logistic(float(trees.raw(values)[0])) for trees in (self.there, self.right))
        # Option cards and the section for whom a guide is point the way and answer nothing.
        points = np.array([is_orienting(hit.passage) for hit in hits])
        ordered = np.lexsort((-verdicts, points))
        places = _places(index, alone.info)
        if places:
            kept = _ANYWHERE | scope(places)
            ordered = [n for n in ordered if not kept.isdisjoint(hits[n].passage.jurisdiction)]
        else:
            before = said if _RETURNS.search(text) else replace(said, earlier=())
            ordered = [n for n in ordered if is_of_the_matter(hits[n].passage, before)]
        if not ordered:
            return None
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


def is_of_the_matter(passage: Passage, said: Conversation) -> bool:
    """Whether a passage may answer who names no country: whoever means another one names it.

    It is general or about home, about the place spoken of, or about the place and the procedure of an
    answer before.
    """
    last = said.passage.jurisdiction if said.passage is not None else ()
    places = scope([place for place in (said.country, *last) if place and place not in _ANYWHERE])
    theirs = frozenset(passage.jurisdiction)
    if not places or not theirs or theirs & (_ANYWHERE | places):
        return True
    return not matters_of((passage,)).isdisjoint(matters_of(said.earlier))


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
    near = [first[f"near_{name}"] for name in READINGS]
    return np.array(
        (
            verdicts[place], lead, spread, max(one.right for one in found.values()), *confidence, *near,
            first["same_document"], first["elsewhere"], first["own_words"], first["length"],
            first["asks"], first["names_country"] + first["names_topic"], first["firsts"], first["known"],
        ),
        dtype=np.float32,
    )  # fmt: skip
