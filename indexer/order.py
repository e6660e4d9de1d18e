"""The learned order of guides, answers and policy: small trees over what both retrievers and the names say.

Statutes have a second stage of their own (``second_stage``).  The trees know nothing of single passages,
so a document that was published a minute ago is ordered by the same evidence as any other.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer import asked, asked_kinds
from indexer.agreement import Agreement
from indexer.candidates import Candidates, reciprocal
from indexer.facets import Facets
from indexer.lexical import BM25Retriever, Column, values
from indexer.persistence import LAYOUT, mapped, products
from indexer.remembering import remembered
from indexer.reranker import Reranker
from indexer.spoken import written
from indexer.types import QueryInfo
from knowledge.text import normalise
from knowledge.types import GENERAL, Kind

Floats = NDArray[np.float32]
TREES = "order.npz"
WORDINGS = "index_wordings.npy"
_NO_QUESTION = 0
_PASSAGES_AT_HAND = 4096
DEPTH = 50  # curated candidates that are ordered
ELSEWHERE = -0.7  # a passage about other procedures than the question names
APPROVED = 6.0  # a question that a trainer approved word by word comes before all else
_REMEMBERED = 512
FEATURES = (
    "score", "gap", "dense", "dense_text", "dense_second", "dense_mean", "lexical", "lexical_text",
    "coverage", "coverage_text", "coverage_any", "agreement", "asked", "asked_text", "dense_rank",
    "lexical_rank", "is_faq", "length", "rows", "title", "is_general", "terms", "orienting", "dense_gap",
    "coverage_gap",
)  # fmt: skip
_FIXED = [FEATURES.index(name) for name in ("is_faq", "length", "rows", "is_general", "orienting")]


@dataclass(frozen=True)
class Ordered:
    """Scores after the order, and for the passages that it read its verdict, the features, and what they hold.

    ``held`` marks for each passage which of the person's own terms its best row holds.
    """

    scores: Floats
    verdicts: Mapping[int, float]
    lines: Mapping[int, Floats]
    held: Mapping[int, NDArray[np.bool_]]


class ShelfOrder:
    """Trees applied to the curated candidates of one index."""

    def __init__(
        self, folder: Path, trees: Reranker | None, lexical: BM25Retriever, facets: Facets
    ) -> None:
        """Map what the features need from an index folder.

        :param trees: None while they are still to be trained.
        """
        self.trees = trees
        self._lexical = lexical
        self._facets = facets
        self.agreement = Agreement(facets)
        self._apart = remembered(self._about_other_procedures, _REMEMBERED)
        self._owners = mapped(folder / LAYOUT.rows)
        self._vectors = mapped(folder / LAYOUT.vectors)
        self._lengths = mapped(folder / LAYOUT.lengths)
        self._orienting = mapped(folder / LAYOUT.orienting)
        self._titles = mapped(folder / LAYOUT.titles)
        self._title_vectors = mapped(folder / LAYOUT.title_vectors)
        count = len(self._lengths)
        self._starts = np.searchsorted(self._owners, np.arange(count + 1))
        self._sizes = np.diff(self._starts)
        self._keys = json.loads((folder / LAYOUT.keys).read_text(encoding="utf-8"))
        wordings = wordings_of(folder, self._keys)
        self._by_wording = np.argsort(wordings, kind="stable").astype(np.int32)
        self._wordings = wordings[self._by_wording]
        self._worded = remembered(self._find_worded, _REMEMBERED)
        self._kinds = asked_kinds.kept(folder)
        self._kinds_at_hand = remembered(self._read_kinds, _PASSAGES_AT_HAND)
        self._years = remembered(self._read_years, _PASSAGES_AT_HAND)
        numbers = facets.numbers(np.arange(count))
        kinds = np.array([facet.kind for facet in facets.distinct], dtype=np.str_)[numbers]
        self._curated, is_faq = kinds != Kind.LAW.value, kinds == Kind.FAQ.value
        general = np.array(
            [GENERAL in facet.jurisdiction for facet in facets.distinct], dtype=np.bool_
        )
        # What the trees read of a passage whatever is asked, in the order of :data:`_FIXED`.
        self._fixed = np.column_stack((
            is_faq, np.log1p(self._lengths), self._sizes, general[numbers], self._orienting,
        )).astype(np.float32)  # fmt: skip

    def _questions(self, passage: int) -> list[str]:
        """The questions that a passage answers, its heading first."""
        rows = range(int(self._starts[passage]), int(self._starts[passage + 1]))
        return [text for row in rows if (text := question_of(self._keys[row])) is not None]

    def _read_years(self, passage: int) -> frozenset[str]:
        """The years that the heading of a passage names."""
        return frozenset(_YEAR.findall(" ".join(self._questions(passage)[:1])))

    def _read_kinds(self, passage: int) -> Floats:
        return asked_kinds.shares(self._questions(passage))

    def _kinds_of(self, passages: NDArray[np.int64]) -> Floats:
        """What the questions of passages ask for, as :func:`asked_kinds.shares` has it for each."""
        if self._kinds is not None:
            return np.asarray(self._kinds[passages])
        return np.stack([self._kinds_at_hand(passage) for passage in passages.tolist()])

    def approved(self, info: QueryInfo) -> int | None:
        """The passage of which a question is, word by word, an approved wording or heading."""
        for folded in dict.fromkeys((fold(info.written), fold(info.text))):
            passage = self._worded(folded)
            if passage is not None:
                return passage
        return None

    def _find_worded(self, folded: str) -> int | None:
        """The passage that has a folded question among its own."""
        wanted = np.uint64(_hash(folded))
        start, stop = (self._wordings.searchsorted(wanted, side) for side in ("left", "right"))
        for row in self._by_wording[start:stop].tolist():
            question = question_of(self._keys[row])
            if question is not None and fold(question) == folded:
                return int(self._owners[row])
        return None

    def rank(
        self,
        found: Candidates,
        scores: Floats,
        info: QueryInfo,
        vector: Floats,
        columns: tuple[Column, ...],
    ) -> Ordered:
        """Let the trees order the curated candidates among themselves.

        As in the second stage the scores stay where they are and the passages that hold them change
        places, so what a score means is the same with and without the trees.
        """
        named = self.approved(info)
        if named is not None:
            scores = scores + APPROVED * (found.passages == named)
        if self.trees is None:
            return Ordered(scores, {}, {}, {})
        curated = np.flatnonzero(self._curated[found.passages] & np.isfinite(scores))
        read = curated[np.argsort(-scores[curated], kind="stable")][:DEPTH]
        if not len(read):
            return Ordered(scores, {}, {}, {})
        chosen, own = found.take(read), scores[read]
        table, held = self._read(chosen, own, info, vector, columns)
        raw = self.trees.raw(table) + ELSEWHERE * self._about_others(info, chosen)
        verdict = raw if named is None else raw + APPROVED * (chosen.passages == named)
        ordered = scores.copy()
        ordered[read[np.argsort(-verdict, kind="stable")]] = own  # which falls
        numbers = chosen.passages.tolist()
        return Ordered(
            ordered,
            dict(zip(numbers, raw.tolist(), strict=True)),
            dict(zip(numbers, table, strict=True)),
            dict(zip(numbers, held.T, strict=True)),
        )

    def _about_others(self, info: QueryInfo, found: Candidates) -> Floats:
        """Marks passages about other procedures, or headed by another year, than the question names."""
        named = frozenset(info.procedures)
        others = np.zeros(len(found), dtype=np.float32)
        if named:
            others[:] = self._apart(named)[self._facets.numbers(found.passages)]
        years = frozenset(_YEAR.findall(info.text))
        if years:
            theirs = map(self._years, found.passages.tolist())
            others += [2.0 * (bool(own) and own.isdisjoint(years)) for own in theirs]
        return others

    def _about_other_procedures(self, named: frozenset[str]) -> NDArray[np.bool_]:
        """A mark for each combination of facets."""
        theirs = [facet.procedures for facet in self._facets.distinct]
        return np.array([bool(own) and named.isdisjoint(own) for own in theirs], dtype=np.bool_)

    def features(
        self,
        found: Candidates,
        scores: Floats,
        info: QueryInfo,
        vector: Floats,
        columns: tuple[Column, ...],
    ) -> Floats:
        """One line of numbers a candidate, in the order of :data:`FEATURES`."""
        return self._read(found, scores, info, vector, columns)[0]

    def _read(
        self,
        found: Candidates,
        scores: Floats,
        info: QueryInfo,
        vector: Floats,
        columns: tuple[Column, ...],
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """The features, and which of the person's own terms the best row of each candidate holds."""
        table = np.zeros((len(found), len(FEATURES)), dtype=np.float32)
        own = [column for column in columns if column.weight >= 1]
        held = self._read_rows(table, found, vector, own)
        table[:, 0] = scores
        table[:, 1] = scores.max() - scores
        table[:, 11] = self.agreement.of(info, found.passages)
        kinds = asked.kinds(info.text)
        both = self._kinds_of(found.passages)
        table[:, 12] = asked.agreement(kinds, both[:, 0])
        table[:, 13] = asked.agreement(kinds, both[:, 1])
        table[:, 14] = reciprocal(found.dense_rank)
        table[:, 15] = reciprocal(found.lexical_rank)
        table[:, _FIXED] = self._fixed[found.passages]
        table[:, 19] = products(self._title_vectors[self._titles[found.passages]], vector)
        table[:, 21] = len(own)
        table[:, 23] = table[:, 2].max() - table[:, 2]
        table[:, 24] = table[:, 10].max() - table[:, 10]
        return table, held

    def _read_rows(
        self, table: Floats, found: Candidates, vector: Floats, own: Sequence[Column]
    ) -> NDArray[np.bool_]:
        """Fill the columns that all searchable rows of a passage have a part in: 2 to 10.

        :param own: the terms that the person wrote.
        :return: a mark for each term that the best row of a passage holds, shape (terms, passages).
        """
        starts, sizes = self._starts[found.passages], self._sizes[found.passages]
        ends = np.cumsum(sizes)
        firsts = ends - sizes
        rows = np.arange(ends[-1]) + np.repeat(starts - firsts, sizes)
        weights = np.array([self._lexical.idf(len(c.rows)) for c in own], dtype=np.float32)
        added = values(own, rows, len(self._lexical))
        total = float(weights.sum()) or 1.0
        bm25, hit = added.sum(axis=0), added > 0
        covered = weights @ hit / total if own else np.zeros(len(rows), np.float32)
        any_hit = np.logical_or.reduceat(hit, firsts, axis=1)
        dense = products(self._vectors[rows], vector)
        near = _nearest(dense, firsts, sizes)
        for column, said in enumerate((
            near[0], dense[firsts], near[1], near.sum(axis=0) / 3,
            np.maximum.reduceat(bm25, firsts), bm25[firsts],
            np.maximum.reduceat(covered, firsts), covered[firsts],
            weights @ any_hit / total if own else 0.0,
        ), start=2):  # fmt: skip
            table[:, column] = said
        for column in (6, 7):
            table[:, column] /= max(float(table[:, column].max()), 1e-6)
        return np.asarray(hit[:, firsts + found.rows - starts])


def _nearest(dense: Floats, firsts: NDArray[np.int64], sizes: NDArray[np.int64]) -> Floats:
    """The three nearest rows of each passage, shape (3, passages); the mean of what it has where it has fewer."""
    width = max(3, int(sizes.max(initial=0)))
    table = np.full((len(sizes), width), -np.inf, dtype=np.float32)
    table[np.arange(width) < sizes[:, None]] = dense  # a line a passage, its rows from the left
    table.sort(axis=1)
    first = table[:, -1]
    second = np.where(sizes > 1, table[:, -2], first)
    third = np.where(sizes > 2, table[:, -3], (first + second) / np.float32(2))
    return np.stack((first, second, third))


_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年)")


def load_order(folder: Path) -> Reranker | None:
    """The trained trees; None when there are none."""
    if not (folder / TREES).is_file():
        return None
    with np.load(folder / TREES, allow_pickle=False) as arrays:
        if tuple(arrays["features"]) != FEATURES:
            return None
        return Reranker.of(arrays)


def save_order(trees: Reranker, folder: Path) -> None:
    """Write the trees with the names of their features."""
    np.savez_compressed(folder / TREES, features=np.array(FEATURES), **trees.arrays())


@lru_cache(maxsize=_REMEMBERED)
def fold(text: str) -> str:
    """A question as it is written, without marks and case, for telling whether two are the same."""
    return "".join(filter(str.isalnum, written(normalise(text)).casefold()))


def save_wordings(keys: Sequence[str], folder: Path, folded: Callable[[str], str]) -> None:
    """Write by what a question that is asked in an approved wording is found.

    :param folded: gives what :func:`fold` does.
    """
    np.save(folder / WORDINGS, wording_hashes(keys, folded))


def wordings_of(folder: Path, keys: Sequence[str]) -> NDArray[np.uint64]:
    """A number for the folded question of each row; rows that are no questions share one that nothing has."""
    path = folder / WORDINGS
    # An index that was built before has no such file.
    return mapped(path) if path.is_file() else wording_hashes(keys, fold)


def wording_hashes(keys: Sequence[str], folded: Callable[[str], str]) -> NDArray[np.uint64]:
    """A number for the folded question of each row."""
    questions = map(question_of, keys)
    found = [_NO_QUESTION if text is None else _hash(folded(text)) for text in questions]
    return np.array(found, dtype=np.uint64)


def _hash(folded: str) -> int:
    return int.from_bytes(hashlib.blake2b(folded.encode(), digest_size=8).digest(), "big")


def question_of(key: str) -> str | None:
    """The question of a row's key; None for a row that is a passage itself."""
    return key[1:].partition("\n")[0] if key.startswith("?") else None
