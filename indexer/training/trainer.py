"""Training word vectors so that a question's sum points at the sum of a passage that answers it.

The loss is a softmax over the passages of a batch and over hard negatives; gradients are written
out by hand, since a bag of words is one sparse product, and only the rows in a batch are touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.ngrams import WordList

Floats = NDArray[np.float32]
_CHUNK = 4000
_TINY = np.float32(1e-10)
_BLOCK = 1024  # rows updated at a time, so that they stay in the processor's cache
_MASKED = np.float32(-1e9)
_FIRST_MOMENT, _SECOND_MOMENT = 0.9, 0.999


def bag_matrix(words: WordList, texts: Sequence[str], power: float) -> Any:
    """Texts as sparse rows of word weights."""
    from scipy.sparse import csr_matrix, vstack

    if not texts:
        return csr_matrix((0, len(words)), dtype=np.float32)
    parts = []
    for start in range(0, len(texts), _CHUNK):
        bags = words.count(texts[start : start + _CHUNK])
        weights = (bags.counts**power).astype(np.float32)
        parts.append(csr_matrix((weights, bags.ids, bags.indptr), shape=(len(bags), len(words))))
    return vstack(parts).tocsr()


@dataclass(frozen=True)
class Batch:
    """Questions, passages (first one for each question, then negatives) and which pairs to ignore."""

    queries: Any
    passages: Any
    ignored: NDArray[np.bool_]


class Trainer:
    """Adam over the rows of the word table that a batch uses."""

    def __init__(
        self, table: Floats, *, temperature: float, dropout: float, seed: int, decay: float = 0.0
    ) -> None:
        """Start from a table of word vectors.

        :param temperature: cosines are divided by it before the softmax.
        :param dropout: part of the words left out of each text at random.
        """
        self.table = table
        self._temperature = np.float32(temperature)
        self._dropout = dropout
        self._decay = decay
        self._rng = np.random.default_rng(seed)
        self._first = np.zeros_like(table)
        self._second = np.zeros_like(table)
        self._steps = np.zeros(len(table), dtype=np.int64)

    def encode(self, matrix: Any) -> Floats:
        """Unit rows of bags."""
        rows = matrix @ self.table
        return np.asarray(
            rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32
        )

    def _thinned(self, matrix: Any) -> Any:
        if not self._dropout:
            return matrix
        thinned = matrix.copy()
        thinned.data = thinned.data * (self._rng.random(len(thinned.data)) >= self._dropout)
        return thinned

    def step(self, batch: Batch, rate: float) -> float:
        """One update.

        :return: the loss before it.
        """
        queries, passages = self._thinned(batch.queries), self._thinned(batch.passages)
        active = np.unique(np.concatenate([queries.indices, passages.indices]))
        queries, passages = self._narrow(queries, active), self._narrow(passages, active)
        rows = self.table[active]
        q, q_norms = _unit(queries @ rows)
        p, p_norms = _unit(passages @ rows)
        scores = q @ p.T / self._temperature
        scores[batch.ignored] = _MASKED
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        size = len(q)
        diagonal = np.arange(size)
        loss = -float(np.log(shares[diagonal, diagonal] + 1e-12).mean())
        shares[diagonal, diagonal] -= 1
        shares /= size * self._temperature
        gradient = queries.T @ _through_norm(shares @ p, q, q_norms)
        gradient += passages.T @ _through_norm(shares.T @ q, p, p_norms)
        self._update(active, rows, np.asarray(gradient, dtype=np.float32), rate)
        return loss

    def _narrow(self, matrix: Any, active: NDArray[np.int32]) -> Any:
        from scipy.sparse import csr_matrix

        places = np.searchsorted(active, matrix.indices)
        return csr_matrix((matrix.data, places, matrix.indptr), (matrix.shape[0], len(active)))

    def _update(
        self, active: NDArray[np.int32], rows: Floats, gradient: Floats, rate: float
    ) -> None:
        self._steps[active] += 1
        for start in range(0, len(active), _BLOCK):
            part = slice(start, start + _BLOCK)
            at, slope = active[part], gradient[part]
            steps = self._steps[at][:, None]
            first = _FIRST_MOMENT * self._first[at] + (1 - _FIRST_MOMENT) * slope
            second = _SECOND_MOMENT * self._second[at] + (1 - _SECOND_MOMENT) * slope**2
            self._first[at], self._second[at] = first, second
            mean = first / (1 - _FIRST_MOMENT**steps).astype(np.float32)
            spread = np.sqrt(second / (1 - _SECOND_MOMENT**steps).astype(np.float32)) + _TINY
            self.table[at] = rows[part] * (1 - rate * self._decay) - rate * mean / spread


def _unit(rows: Floats) -> tuple[Floats, Floats]:
    norms = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6).astype(np.float32)
    return rows / norms, norms


def _through_norm(gradient: Floats, unit: Floats, norms: Floats) -> Floats:
    """The gradient before division by the length."""
    along = (gradient * unit).sum(axis=1, keepdims=True)
    return np.asarray((gradient - unit * along) / norms, dtype=np.float32)
