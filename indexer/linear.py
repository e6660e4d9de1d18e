"""A linear classifier of short texts: support vector machines over terms and a sentence vector.

Trained with scikit-learn (one machine a class), applied with numpy: one sum of rows and one softmax a text.
The margins are made probabilities by one factor, ``sharpness``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TERMS, _WEIGHTS = "terms.json", "weights.npz"
_LEAST_SEEN = 2
_LONGEST_RUN = 3
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LinearModel:
    """``weights`` has a row a term, a row a dimension of the vector, then the intercepts; a column a class."""

    classes: tuple[str, ...]
    terms: dict[str, int]
    weights: Floats

    @classmethod
    def fit(
        cls,
        terms: Sequence[AbstractSet[str]],
        vectors: Sequence[Floats],
        labels: Sequence[str],
        *,
        C: float,
        seed: int,
    ) -> LinearModel:
        """Learn from examples: the terms, the vector, shape (dimension,), and the class of each, three at least.

        :param C: the inverse of the regularisation.
        """
        from scipy.sparse import csr_matrix, hstack
        from sklearn.svm import LinearSVC

        columns = {term: column for column, term in enumerate(_shared(terms))}
        rows = [sorted(columns[term] for term in read if term in columns) for read in terms]
        indptr = np.cumsum([0, *map(len, rows)])
        found = np.concatenate([np.array(row, dtype=np.int64) for row in rows])
        sparse = csr_matrix(
            (np.ones(len(found), dtype=np.float32), found, indptr), shape=(len(rows), len(columns))
        )
        model = LinearSVC(C=C, class_weight="balanced", random_state=seed)
        model.fit(hstack([sparse, csr_matrix(np.vstack(vectors))]).tocsr(), list(labels))
        weights = np.vstack([model.coef_.T, model.intercept_]).astype(np.float32)
        return cls(tuple(map(str, model.classes_)), columns, weights)

    def probabilities(self, terms: AbstractSet[str], vector: Floats, sharpness: float) -> Floats:
        """The chance of each class, shape (classes,)."""
        rows = [self.terms[term] for term in terms if term in self.terms]
        scores = self.weights[-1] + self.weights[rows].sum(axis=0)
        scores = (scores + vector @ self.weights[len(self.terms) : -1]) * sharpness
        scores = np.exp(scores - scores.max())
        return np.asarray(scores / scores.sum(), dtype=np.float32)

    def save(self, folder: Path, **beside: object) -> None:
        """Write it into a folder.

        :param beside: what is kept with it, as JSON.
        """
        content = {"classes": self.classes, "terms": list(self.terms), **beside}
        (folder / _TERMS).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        np.savez_compressed(folder / _WEIGHTS, weights=self.weights)

    @classmethod
    def load(cls, folder: Path) -> tuple[LinearModel, dict[str, Any]]:
        """Read what :meth:`save` wrote: the model, and everything that was kept with it."""
        content = json.loads((folder / _TERMS).read_text("utf-8"))
        weights = np.load(folder / _WEIGHTS, allow_pickle=False)["weights"]
        columns = {term: row for row, term in enumerate(content["terms"])}
        return cls(tuple(content["classes"]), columns, weights), content


def _shared(found: Sequence[AbstractSet[str]]) -> list[str]:
    """The terms that two examples have at least: what only one says tells nothing about another."""
    seen = Counter(term for terms in found for term in terms)
    return sorted(term for term, times in seen.items() if times >= _LEAST_SEEN)


def character_runs(text: str) -> set[str]:
    """Runs of one to three characters, with marks for where the text begins and ends."""
    bounded = f"^{text.lower()}$"
    return {
        bounded[start : start + size]
        for size in range(1, _LONGEST_RUN + 1)
        for start in range(len(bounded) - size + 1)
    }
