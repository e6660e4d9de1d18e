"""What the two retrievers know about the passages worth ranking, and the features drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.lexical import BM25Retriever, Column

Floats = NDArray[np.float32]

FEATURES = (
    "dense",
    "dense_gap",
    "dense_rank",
    "lexical",
    "lexical_share",
    "lexical_rank",
    "coverage",
    "matched_terms",
    "rarest_match",
    "title_share",
    "title_dense",
    "siblings",
    "sibling_best",
    "neighbour",
    "length",
    "query_length",
    "document_size",
    "position",
    "vote",
    "nearest_judged",
    "law_vote",
    "vote_around",
    "answered",
    "law_prior",
    "top_judged",
)


@dataclass(frozen=True)
class Candidates:
    """Passages found by either retriever, with what both say of each.

    ``rows`` is the best searchable row of each passage; ranks count from 1, 0 where a retriever
    missed the passage.  ``least_dense`` and ``least_lexical`` are what a row had to reach to be found: minus
    infinity and zero where there was room for more.
    """

    passages: NDArray[np.int64]
    rows: NDArray[np.int64]
    dense: Floats
    dense_rank: NDArray[np.int64]
    lexical: Floats
    lexical_rank: NDArray[np.int64]
    least_dense: float = -np.inf
    least_lexical: float = 0.0

    def __len__(self) -> int:
        return len(self.passages)

    def within(self, depth: int) -> NDArray[np.bool_]:
        """Which candidates either retriever ranked so high."""
        dense = (self.dense_rank > 0) & (self.dense_rank <= depth)
        marks: NDArray[np.bool_] = dense | ((self.lexical_rank > 0) & (self.lexical_rank <= depth))
        return marks

    def take(self, order: NDArray[np.int64] | slice) -> Candidates:
        """The candidates at these places, in this order."""
        return Candidates(
            self.passages[order],
            self.rows[order],
            self.dense[order],
            self.dense_rank[order],
            self.lexical[order],
            self.lexical_rank[order],
            self.least_dense,
            self.least_lexical,
        )


def gather(
    row_owner: NDArray[np.int32],
    lexical_rows: NDArray[np.int64],
    dense_rows: NDArray[np.int64],
    totals: Floats,
    dense_scores: Floats,
    union: NDArray[np.int64],
) -> Candidates:
    """Bring rows together by passage: a passage scores what its best row scores.

    :param totals: lexical score of every row.
    :param dense_scores: dense score of each row of ``union``.
    :param union: the rows of both lists, ascending.
    """
    owners = row_owner[union].astype(np.int64)
    begins = np.ones(len(union), dtype=np.bool_)  # the rows of a passage lie side by side
    np.not_equal(owners[1:], owners[:-1], out=begins[1:])
    starts, inverse = np.flatnonzero(begins), np.cumsum(begins) - 1
    passages = owners[starts]
    order = np.argsort(
        dense_scores, kind="stable"
    )  # the row with the highest score is written last
    best_row = np.zeros(len(passages), dtype=np.int64)
    best_row[inverse[order]] = union[order]
    return Candidates(
        passages=passages,
        rows=best_row,
        dense=_most(dense_scores, starts),
        dense_rank=_ranks(passages, row_owner[dense_rows]),
        lexical=_most(totals[union], starts),
        lexical_rank=_ranks(passages, row_owner[lexical_rows]),
    )


def _most(scores: Floats, starts: NDArray[np.int64]) -> Floats:
    """The highest score of each passage."""
    return np.maximum.reduceat(scores, starts) if len(starts) else scores[:0]


def _ranks(passages: NDArray[np.int64], found: NDArray[np.int32]) -> NDArray[np.int64]:
    """The place of each passage among the owners of rows found, best row first; 0 where it is none."""
    ranks = np.zeros(len(passages), dtype=np.int64)
    firsts = list(dict.fromkeys(found.tolist()))
    ranks[np.searchsorted(passages, firsts)] = np.arange(1, len(firsts) + 1)
    return ranks


@dataclass(frozen=True)
class InDocument:
    """What each candidate's document says of it, a number a candidate.

    ``documents`` numbers the documents and ``sizes`` counts their passages; ``title_dense`` is how near
    the question is to the title, ``title_share`` the part of the title's terms that it names,
    ``neighbour`` the better dense score of the passages before and after, ``lengths`` counts characters,
    ``positions`` is how far into the document a passage stands, 0–1.
    """

    documents: NDArray[np.int32]
    title_dense: Floats
    title_share: Floats
    neighbour: Floats
    lengths: NDArray[np.int32]
    sizes: NDArray[np.int64]
    positions: Floats


def features(
    candidates: Candidates,
    columns: Sequence[Column],
    lexical: BM25Retriever,
    around: InDocument,
    judged: Sequence[Floats],
) -> Floats:
    """One line of numbers a candidate, in the order of :data:`FEATURES`.

    :param columns: the query's terms in the lexical index.
    :param around: what the candidates' documents say of them.
    :param judged: what judged questions say of each candidate, a column each.
    """
    size = len(candidates)
    weights = np.array([lexical.idf(len(column.rows)) for column in columns], dtype=np.float32)
    hit = np.zeros((len(columns), size), dtype=np.bool_)
    for number, column in enumerate(columns):
        hit[number] = column.at(candidates.rows) > 0
    total = float(weights.sum()) or 1.0
    dense, bm25 = candidates.dense, candidates.lexical
    siblings, sibling_best = _siblings(around.documents, dense)
    top_bm25 = float(bm25.max()) if size else 0.0
    table = np.empty((size, len(FEATURES)), dtype=np.float32)
    table[:, 0] = dense
    table[:, 1] = dense.max(initial=0.0) - dense
    table[:, 2] = reciprocal(candidates.dense_rank)
    table[:, 3] = bm25
    table[:, 4] = bm25 / top_bm25 if top_bm25 else 0.0
    table[:, 5] = reciprocal(candidates.lexical_rank)
    table[:, 6] = (weights @ hit) / total if len(columns) else 0.0
    table[:, 7] = hit.sum(axis=0) / max(len(columns), 1)
    table[:, 8] = (weights[:, None] * hit).max(axis=0, initial=0.0)
    table[:, 9] = around.title_share
    table[:, 10] = around.title_dense
    table[:, 11] = siblings
    table[:, 12] = sibling_best
    table[:, 13] = around.neighbour
    table[:, 14] = np.log1p(around.lengths)
    table[:, 15] = len(columns)
    table[:, 16] = np.log1p(around.sizes)
    table[:, 17] = around.positions
    for place, said in enumerate(judged, start=18):
        table[:, place] = said
    return table


def reciprocal(ranks: NDArray[np.int64]) -> Floats:
    """A number that falls with the rank, counted from 1; 0 where there is none (rank 0)."""
    return np.where(ranks > 0, 1.0 / (10.0 + ranks), 0.0).astype(np.float32)


def _siblings(codes: NDArray[np.int32], dense: Floats) -> tuple[Floats, Floats]:
    """For each candidate, the summed nearness of its document's candidates and the best other one."""
    _, inverse = np.unique(codes, return_inverse=True)
    size = int(inverse.max()) + 1 if len(inverse) else 0
    nearness = np.exp((dense - dense.max(initial=-1.0)) * 10)
    sums = np.zeros(size, dtype=np.float32)
    np.add.at(sums, inverse, nearness)
    total = float(nearness.sum()) or 1.0
    first = np.full(size, -1, dtype=np.float32)
    np.maximum.at(first, inverse, dense)
    second = np.full(size, -1, dtype=np.float32)
    below = dense < first[inverse]
    np.maximum.at(second, inverse[below], dense[below])
    is_first = ~below
    best_other = np.where(is_first, second[inverse], first[inverse])
    return (sums[inverse] / total).astype(np.float32), best_other.astype(np.float32)
