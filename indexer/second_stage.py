"""The second stage over one index: judged questions vote, trees read what is most promising.

It orders statutes, which is what its judged questions are about; guides keep their places.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.candidates import Candidates, InDocument, features
from indexer.lexical import BM25Retriever, Column, counted
from indexer.persistence import LAYOUT, TITLES_FOLDER, mapped, products
from indexer.precedents import Jurisprudence, Precedents, Votes
from indexer.reranker import Reranker
from indexer.tokenizer import Tokenizer
from indexer.types import QueryInfo

RERANKED = 150  # statutes that the trees read


class SecondStage:
    """Trees and judged questions applied to the candidates of one index."""

    def __init__(
        self,
        folder: Path,
        reranker: Reranker | None,
        jurisprudence: Jurisprudence,
        lexical: BM25Retriever,
        tokenizer: Tokenizer,
        vectors: NDArray[np.float16],
    ) -> None:
        """Map what the features need from an index folder; use :meth:`load`.

        :param reranker: None while the trees are still to be trained.
        """
        self.reranker = reranker
        self.jurisprudence = jurisprudence
        self.lexical = lexical
        self.tokenizer = tokenizer
        self.vectors = vectors
        self.title_vectors = mapped(folder / LAYOUT.title_vectors)
        self._title_terms = BM25Retriever.load(folder / TITLES_FOLDER, len(self.title_vectors))
        self._documents = mapped(folder / LAYOUT.documents)
        self._titles = mapped(folder / LAYOUT.titles)
        self._lengths = mapped(folder / LAYOUT.lengths)
        self._document_sizes = np.bincount(self._documents, minlength=1)
        self._document_starts = np.unique(self._documents, return_index=True)[1]
        rows = mapped(folder / LAYOUT.rows)
        self._first_rows = np.searchsorted(rows, np.arange(len(self._documents)))

    @classmethod
    def load(
        cls,
        folder: Path,
        reranker: Reranker | None,
        precedents: Precedents | None,
        lexical: BM25Retriever,
        tokenizer: Tokenizer,
        vectors: NDArray[np.float16],
    ) -> SecondStage | None:
        """The second stage of an index; None without a model for it or without any statute."""
        hashes = mapped(folder / LAYOUT.hashes)
        if reranker is None or precedents is None or not hashes[1].any():
            return None
        jurisprudence = Jurisprudence(precedents, hashes)
        return cls(folder, reranker, jurisprudence, lexical, tokenizer, vectors)

    def beyond(
        self, near: NDArray[np.int64], depth: int, owners: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """Of the nearest rows all to a depth and statutes alone beyond it: a guide is found as where there are none.

        :param owners: the passage of every row.
        """
        far = near[depth:]
        return np.concatenate((near[:depth], far[self.jurisprudence.is_statute[owners[far]]]))

    def rerank(
        self,
        found: Candidates,
        fused: NDArray[np.float32],
        info: QueryInfo,
        vector: NDArray[np.float32],
        columns: tuple[Column, ...],
        votes: Votes,
    ) -> NDArray[np.float32]:
        """Let the second stage order the statutes among themselves.

        The fused scores stay where they are, only the statutes that hold them change places, so the
        place of a guide among statutes, and what a score means, is the same with and without it.
        """
        if self.reranker is None:
            return fused
        read, rest = self.statutes(found, votes)
        table = self.features(found.take(read), info, vector, columns, votes)
        verdict = self.reranker.score(table, fused[read])
        order = np.concatenate([read[np.argsort(-verdict, kind="stable")], rest])
        scores = fused.copy()
        scores[order] = -np.sort(-fused[order])
        return scores

    def statutes(
        self, found: Candidates, votes: Votes
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where among the candidates the statutes stand: those the second stage reads, and the rest.

        :return: the most promising ones, and the others from the more to the less promising.
        """
        places = np.flatnonzero(self.jurisprudence.is_statute[found.passages])
        promise = self.jurisprudence.promise(found.take(places), votes)
        places = places[np.argsort(-promise, kind="stable")]
        return places[:RERANKED], places[RERANKED:]

    def features(
        self,
        candidates: Candidates,
        info: QueryInfo,
        vector: NDArray[np.float32],
        columns: tuple[Column, ...],
        votes: Votes,
    ) -> NDArray[np.float32]:
        """The reranker's numbers for each candidate."""
        passages = candidates.passages
        titles = self._titles[passages]
        unique, inverse = np.unique(titles, return_inverse=True)
        title_dense = products(self.title_vectors[unique], vector)[inverse]
        terms = counted(self.tokenizer.tokenize(info.text))
        title_scores = self._title_terms.score_all(self._title_terms.columns(terms))
        sizes, positions = self._places(passages)
        around = InDocument(
            documents=self._documents[passages],
            title_dense=title_dense,
            title_share=title_scores[titles],
            neighbour=self._neighbours(passages, vector),
            lengths=self._lengths[passages],
            sizes=sizes,
            positions=positions,
        )
        own = [column for column in columns if column.weight >= 1]
        return features(candidates, own, self.lexical, around, votes.columns(passages))

    def _places(self, passages: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The size of each passage's document and how far into it the passage stands."""
        documents = self._documents[passages]
        sizes = self._document_sizes[documents]
        offsets = passages - self._document_starts[documents]
        return sizes, (offsets / np.maximum(sizes, 1)).astype(np.float32)

    def _neighbours(
        self, passages: NDArray[np.int64], vector: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The better dense score of the passages before and after within the document."""
        best_score = np.full(len(passages), -1, dtype=np.float32)
        for step in (-1, 1):
            other = np.clip(passages + step, 0, len(self._documents) - 1)
            same = (self._documents[other] == self._documents[passages]) & (other != passages)
            scores = products(self.vectors[self._first_rows[other]], vector)
            best_score = np.where(same, np.maximum(best_score, scores), best_score)
        return best_score
