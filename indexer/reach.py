"""How far the search for a question went, so that it can be told what a change of the shelf can touch.

A question is answered by the passages that either retriever ranks high.  A changed passage has a part in
the answer only where it was one of them, or where its new score comes up to the least score with which a
row got there.  That is one product of the questions with the changed rows, instead of a search for each.

How telling a word is moves with the rows that hold it.  It is kept as it was when the question was asked,
and a question with a word that moved by more than :data:`MOVED` is one that the change can touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.hybrid import HybridIndex
from indexer.persistence import LAYOUT, mapped, widened
from indexer.postings import term_hash
from indexer.ranked import Ranked
from indexer.types import SearchFilters
from knowledge.types import Kind, Passage

Floats = NDArray[np.float32]
Marks = NDArray[np.bool_]

MOVED = 0.0015  # of a word's weight
# What is left of a lexical score when words move by so much, with room for the average length of a row.
_LEAST_LEFT = 1 - 4 * MOVED
_ROUNDING = 1e-4  # between a score of the store and the same product made here
_ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Words:
    """The words of a question as hashes, how much each counts and how telling each was."""

    hashes: NDArray[np.uint64]
    counts: Floats
    weights: Floats


@dataclass(frozen=True)
class Reach:
    """What was weighed for a question, and what it takes to be weighed.

    ``passages`` are the ids of the passages weighed, ``dense`` and ``lexical`` the least scores of a row
    that got there (minus infinity and zero where there was room for more), ``countries`` the places that
    the search was locked to, ``names_article`` whether the question names an article.
    """

    passages: frozenset[str]
    dense: float
    lexical: float
    countries: frozenset[str]
    vector: Floats
    words: Words
    names_article: bool


def reach_of(
    index: HybridIndex, question: str, filters: SearchFilters, ranked: Ranked | None
) -> Reach | None:
    """How far the search went that gave a ranking; None for a blank question."""
    asked = index.question(question)
    if asked is None:
        return None
    found = None if ranked is None else ranked.weighed
    return Reach(
        _identifiers(index, () if found is None else found.passages.tolist()),
        -np.inf if found is None else found.least_dense,
        0.0 if found is None else found.least_lexical,
        filters.jurisdictions,
        asked.vector,
        _words(index, question),
        bool(asked.info.articles),
    )


def _identifiers(index: HybridIndex, numbers: Iterable[int]) -> frozenset[str]:
    return frozenset(map(index.passages.identifier, numbers))


def _words(index: HybridIndex, question: str) -> Words:
    """The words that a question is searched and judged by; the latter count nothing in the search."""
    info = index.understand(question)
    counts = {**dict.fromkeys(index.tokenizer.telling(info.text), 0.0), **index.terms(info)}
    hashes = np.fromiter(map(term_hash, counts), np.uint64, len(counts))
    return Words(
        hashes,
        np.fromiter(counts.values(), np.float32, len(counts)),
        index.lexical.weights(hashes),
    )


@dataclass(frozen=True)
class Change:
    """In what a shelf differs from the one that was asked.

    ``fresh`` numbers the passages of the new shelf that are new or say something else, ``affected`` are
    the ids of all that are no longer weighed as they were.
    """

    fresh: NDArray[np.int64]
    affected: frozenset[str]
    is_article: bool


def change_of(before: Sequence[Passage], after: Sequence[Passage]) -> Change:
    """Compare two shelves.

    A statute is weighed with the articles beside it and the length of its document, so those of a document
    that got longer or shorter and the neighbours of a changed one are affected, too.
    """
    old = {passage.id: passage for passage in before}
    new = {passage.id: passage for passage in after}
    fresh = [n for n, passage in enumerate(after) if old.get(passage.id) != passage]
    gone = [passage for passage in before if passage.id not in new]
    added = [after[n] for n in fresh if after[n].id not in old]
    changed = [*(after[n] for n in fresh), *gone]
    longer = {item.document for item in (*added, *gone) if item.kind is Kind.LAW}
    beside = {
        near.id
        for number in fresh
        for near in after[max(number - 1, 0) : number + 2]
        if near.kind is Kind.LAW and near.document == after[number].document
    }
    beside |= {item.id for item in after if item.document in longer}
    return Change(
        np.array(fresh, dtype=np.int64),
        frozenset(item.id for item in changed) | beside,
        any(item.article for item in (*changed, *(old[p.id] for p in changed if p.id in old))),
    )


def touched(index: HybridIndex, reaches: Sequence[Reach], change: Change, today: date) -> Marks:
    """Which questions a change can touch.

    :param index: the changed shelf.
    :param reaches: how far the search for each question went before the change.
    """
    if not reaches:
        return np.zeros(0, dtype=np.bool_)
    marks = np.array(
        [
            (change.is_article and reach.names_article)
            or not change.affected.isdisjoint(reach.passages)
            for reach in reaches
        ],
        dtype=np.bool_,
    )
    if index.second is not None and index.second.jurisprudence.knows(change.fresh).any():
        marks[:] = True
    marks |= _moved(index, reaches)
    owners = mapped(index.folder / LAYOUT.rows)
    rows = np.flatnonzero(np.isin(owners, change.fresh))
    allowed = _Allowed(index, reaches, today)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        part = rows[start : start + _ROWS_AT_ONCE]
        comes_up = _near(index, reaches, part) | _alike(index, reaches, part)
        marks |= (comes_up & allowed.of(owners[part])).any(axis=1)
    return marks


class _Allowed:
    """Which passages each question may be answered with."""

    def __init__(self, index: HybridIndex, reaches: Sequence[Reach], today: date) -> None:
        places = {reach.countries: None for reach in reaches}
        numbers = {countries: number for number, countries in enumerate(places)}
        self._which = [numbers[reach.countries] for reach in reaches]
        self._marks = []
        for countries in places:
            marks = index.facets.allowed(SearchFilters(jurisdictions=countries), today)
            self._marks.append(np.ones(len(index), dtype=np.bool_) if marks is None else marks)

    def of(self, passages: NDArray[np.int32]) -> Marks:
        """A mark for each question and passage."""
        marks: Marks = np.stack([marks[passages] for marks in self._marks])[self._which]
        return marks


def _near(index: HybridIndex, reaches: Sequence[Reach], rows: NDArray[np.int64]) -> Marks:
    """Which rows are as near to which questions as the farthest that was weighed."""
    vectors = widened(mapped(index.folder / LAYOUT.vectors)[rows])
    scores = np.stack([reach.vector for reach in reaches]) @ vectors.T
    least = np.array([reach.dense for reach in reaches])
    marks: Marks = scores >= least[:, None] - _ROUNDING
    return marks


def _alike(index: HybridIndex, reaches: Sequence[Reach], rows: NDArray[np.int64]) -> Marks:
    """Which rows share as much with which questions as the least that was weighed."""
    hashes, table = index.lexical.held(rows)
    counts = np.zeros((len(reaches), len(hashes)), dtype=np.float32)
    if len(hashes):
        every = np.concatenate([reach.words.hashes for reach in reaches])
        places = np.minimum(np.searchsorted(hashes, every), len(hashes) - 1)
        known = hashes[places] == every
        question = np.repeat(np.arange(len(reaches)), [len(r.words.hashes) for r in reaches])
        given = np.concatenate([reach.words.counts for reach in reaches])
        counts[question[known], places[known]] = given[known]
    scores = counts @ table
    least = np.array([reach.lexical for reach in reaches])
    marks: Marks = (scores > 0) & (scores >= least[:, None] * _LEAST_LEFT)
    return marks


def _moved(index: HybridIndex, reaches: Sequence[Reach]) -> Marks:
    """Which questions have a word that is more or less telling than it was."""
    every = np.concatenate([reach.words.hashes for reach in reaches])
    before = np.concatenate([reach.words.weights for reach in reaches])
    shift = np.abs(index.lexical.weights(every) / before - 1) > MOVED
    question = np.repeat(np.arange(len(reaches)), [len(r.words.hashes) for r in reaches])
    return np.bincount(question[shift], minlength=len(reaches)) > 0


def packed(reaches: Sequence[Reach]) -> dict[str, NDArray[Any]]:
    """The same as arrays, to be kept; :func:`unpacked` reads them."""
    numbers: dict[str, int] = {}
    passages = [numbers.setdefault(name, len(numbers)) for r in reaches for name in r.passages]
    words = [reach.words for reach in reaches]
    return {
        "names": np.array([*numbers], dtype=np.str_),
        "passages": np.array(passages, dtype=np.int32),
        "weighed": np.array([len(reach.passages) for reach in reaches], dtype=np.int64),
        "least": np.array([(reach.dense, reach.lexical) for reach in reaches]).reshape(-1, 2),
        "countries": np.array([" ".join(sorted(r.countries)) for r in reaches], dtype=np.str_),
        "vectors": np.array([reach.vector for reach in reaches], dtype=np.float32),
        "hashes": np.concatenate([*(w.hashes for w in words), np.zeros(0, dtype=np.uint64)]),
        "counts": np.concatenate([*(w.counts for w in words), np.zeros(0, dtype=np.float32)]),
        "weights": np.concatenate([*(w.weights for w in words), np.zeros(0, dtype=np.float32)]),
        "words": np.array([len(each.hashes) for each in words], dtype=np.int64),
        "marks": np.array([reach.names_article for reach in reaches], dtype=np.bool_),
    }


def unpacked(arrays: Mapping[str, NDArray[Any]]) -> list[Reach]:
    """What :func:`packed` gave.

    :raises KeyError: an array is missing.
    """
    names = arrays["names"].tolist()
    weighed = np.split(arrays["passages"], np.cumsum(arrays["weighed"]))
    ends = np.cumsum(arrays["words"])
    words = zip(*(np.split(arrays[k], ends) for k in ("hashes", "counts", "weights")), strict=True)
    return [
        Reach(
            frozenset(names[number] for number in passages.tolist()),
            float(dense),
            float(lexical),
            frozenset(str(countries).split()),
            vector,
            Words(*held),
            bool(names_article),
        )
        for passages, (dense, lexical), countries, vector, held, names_article in zip(
            weighed, arrays["least"], arrays["countries"], arrays["vectors"], words, arrays["marks"],
            strict=False,  # what follows the last end is empty
        )
    ]  # fmt: skip
