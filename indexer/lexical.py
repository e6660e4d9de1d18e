"""BM25 over the tokenizer's terms, kept as plain arrays that are mapped into memory.

The scores are computed once, when the index is built, as bm25s computes them; a query adds up the columns
of its terms.
Terms are stored as 64-bit hashes, sorted, so that loading reads nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.persistence import mapped
from indexer.postings import LAYOUT, Postings, term_hash
from indexer.remembering import remembered

# Chosen on the train queries over 58,644 articles; see docs/retrieval.md.
K1 = 1.2
B = 0.9
_COUNTS_AT_HAND = 4096


@dataclass(frozen=True)
class LexicalHits:
    """Rows that share a term with the query, best first."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


class Column(NamedTuple):
    """The rows that hold one term, ascending, and what the term adds to each."""

    term: str
    weight: float
    rows: NDArray[np.int32]
    scores: NDArray[np.float32]

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """What the term adds to the rows given; zero where it does not occur."""
        places = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        found = self.rows[places] == rows
        return np.where(found, self.scores[places], np.float32(0))


def values(columns: Sequence[Column], rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
    """What each term adds to the rows given, shape (columns, rows).

    :param rows: each once.
    :param size: how many rows there are in all.
    """
    table = np.zeros((len(columns), len(rows)), dtype=np.float32)
    if not columns:
        return table
    place = np.full(size, -1, dtype=np.int32)
    place[rows] = np.arange(len(rows), dtype=np.int32)
    at = place[np.concatenate([column.rows for column in columns])]
    found = np.flatnonzero(at >= 0)
    ends = np.cumsum([len(column.rows) for column in columns])
    scores = np.concatenate([column.scores for column in columns])
    table[np.searchsorted(ends, found, side="right"), at[found]] = scores[found]
    return table


class BM25Retriever:
    """Rows ranked by BM25; a row that shares no term with the query is no hit."""

    def __init__(
        self,
        terms: NDArray[np.uint64],
        indptr: NDArray[np.int64],
        rows: NDArray[np.int32],
        scores: NDArray[np.float32],
        size: int,
    ) -> None:
        """Hold the postings: term i is found in ``rows[indptr[i]:indptr[i + 1]]``."""
        self._terms = terms
        self._indptr = indptr
        self._rows = rows
        self._scores = scores
        self._size = size
        #: how telling a term is that stands in so many rows
        self.idf = remembered(self._idf, _COUNTS_AT_HAND)

    def __len__(self) -> int:
        return self._size

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]]) -> BM25Retriever:
        """Index the terms of each row."""
        return cls.of(Postings.of(documents))

    @classmethod
    def of(cls, postings: Postings) -> BM25Retriever:
        """Weigh postings: Lucene's variant, its average length that of all rows."""
        size, lengths = postings.size, postings.lengths
        found = np.diff(postings.indptr)
        share = lengths / max(np.mean(lengths) if size else 0.0, 1e-9)
        length = (K1 * (1 - B + B * share)).astype(np.float32)
        counts = postings.times.astype(np.float32)
        telling = np.log(1 + (size - found + 0.5) / (found + 0.5)).astype(np.float32)
        return cls(
            postings.terms,
            postings.indptr,
            postings.rows,
            np.repeat(telling, found) * (counts / (length[postings.rows] + counts)),
            size,
        )

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        np.save(folder / LAYOUT.terms, self._terms)
        np.save(folder / LAYOUT.indptr, self._indptr)
        np.save(folder / LAYOUT.rows, self._rows)
        np.save(folder / LAYOUT.scores, self._scores)

    @classmethod
    def load(cls, folder: Path, size: int) -> BM25Retriever:
        """Map the arrays into memory."""
        names = (LAYOUT.terms, LAYOUT.indptr, LAYOUT.rows, LAYOUT.scores)
        terms, indptr, rows, scores = (mapped(folder / name) for name in names)
        return cls(terms, indptr, rows, scores, size)

    def columns(self, terms: Mapping[str, float]) -> list[Column]:
        """The postings of the known terms, each once."""
        return [
            Column(term, terms[term], self._rows[start:stop], self._scores[start:stop])
            for term, start, stop in self._spans(terms)
        ]

    def counts(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many rows each known term stands."""
        return {term: stop - start for term, start, stop in self._spans(dict.fromkeys(terms))}

    def _spans(self, terms: Collection[str]) -> Iterator[tuple[str, int, int]]:
        """Where the postings of the known terms begin and end."""
        if not terms or not len(self._terms):
            return
        keys = np.fromiter((term_hash(term) for term in terms), np.uint64, len(terms))
        places = np.minimum(np.searchsorted(self._terms, keys), len(self._terms) - 1)
        starts, stops = self._indptr[places].tolist(), self._indptr[places + 1].tolist()
        known = (self._terms[places] == keys).tolist()
        for term, start, stop, is_known in zip(terms, starts, stops, known, strict=True):
            if is_known:
                yield term, start, stop

    def weights(self, hashes: NDArray[np.uint64]) -> NDArray[np.float32]:
        """How telling each term is that has one of these hashes; :meth:`idf` of all at once."""
        found = np.zeros(len(hashes), dtype=np.int64)
        if len(self._terms):
            places = np.minimum(np.searchsorted(self._terms, hashes), len(self._terms) - 1)
            known = self._terms[places] == hashes
            found[known] = self._indptr[places[known] + 1] - self._indptr[places[known]]
        return np.asarray(np.log(1 + (self._size - found + 0.5) / (found + 0.5)), np.float32)

    def held(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """What the rows given hold: the hashes of their terms, ascending, and what each adds to each row.

        :param rows: each once.
        :return: hashes, and scores of shape (hashes, rows).
        """
        place = np.full(self._size, -1, dtype=np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        at = place[self._rows]
        found = np.flatnonzero(at >= 0)
        terms = np.searchsorted(self._indptr, found, side="right") - 1
        unique, inverse = np.unique(terms, return_inverse=True)
        table = np.zeros((len(unique), len(rows)), dtype=np.float32)
        table[inverse, at[found]] = self._scores[found]
        return self._terms[unique], table

    def score_all(self, columns: Iterable[Column]) -> NDArray[np.float32]:
        """The score of every row."""
        held = list(columns)
        if not held:
            return np.zeros(self._size, dtype=np.float32)
        rows = np.concatenate([column.rows for column in held])
        weights = np.repeat([column.weight for column in held], [len(c.rows) for c in held])
        scores = np.concatenate([column.scores for column in held]) * weights
        return np.bincount(rows, scores, self._size).astype(np.float32)

    def search(self, terms: Mapping[str, float], top_k: int) -> LexicalHits:
        """The best rows by score; equal scores in row order.

        :param terms: term → how much it counts.
        """
        return best(self.score_all(self.columns(terms)), top_k)

    def _idf(self, found: int) -> float:
        return float(np.log(1 + (self._size - found + 0.5) / (found + 0.5)))


def counted(terms: Iterable[str]) -> dict[str, float]:
    """Terms with how often each occurs."""
    counts: dict[str, float] = {}
    for term in terms:
        counts[term] = counts.get(term, 0.0) + 1.0
    return counts


def best(totals: NDArray[np.float32], top_k: int) -> LexicalHits:
    """The ``top_k`` rows with a positive score, best first, equal scores in row order."""
    k = min(top_k, len(totals))
    if k <= 0:
        return LexicalHits(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
    rows = np.flatnonzero(totals > 0)
    if len(rows) > k:
        found = totals[rows]
        rows = rows[found >= np.partition(found, len(found) - k)[len(found) - k]]
    rows = rows[np.lexsort((rows, -totals[rows]))][:k]
    return LexicalHits(rows.astype(np.int64), totals[rows])
