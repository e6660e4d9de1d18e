"""Questions that mean much the same, put together by the encoder's vectors."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from indexer.types import Vectors

# Mean cosine within a cluster; chosen by benchmarks/clustering.py on questions known to belong together.
THRESHOLD = 0.6


def clusters(
    vectors: Vectors, kinds: Sequence[Hashable], threshold: float = THRESHOLD
) -> list[list[int]]:
    """Agglomerative clustering with average linkage over cosine distance.

    :param vectors: rows of unit length; a zero row (no known word) stays alone.
    :param kinds: for each row what it must share with its cluster, such as the countries it names:
        the same question about two countries has two answers.
    :return: the row numbers of each cluster, larger clusters first, rows in order.
    """
    groups: dict[Hashable, list[int]] = {}
    found: list[list[int]] = []
    for row, (kind, is_known) in enumerate(zip(kinds, vectors.any(axis=1), strict=True)):
        if is_known:
            groups.setdefault(kind, []).append(row)
        else:
            found.append([row])
    for rows in groups.values():
        found.extend(_within(vectors, rows, threshold))
    return sorted(found, key=lambda rows: (-len(rows), rows[0]))


def _within(vectors: Vectors, rows: list[int], threshold: float) -> list[list[int]]:
    if len(rows) < 2:
        return [rows]
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(
        n_clusters=None, affinity="cosine", linkage="average", distance_threshold=1 - threshold
    )
    labels = model.fit_predict(vectors[rows].astype(np.float64))
    found: dict[int, list[int]] = {}
    for row, label in zip(rows, labels.tolist(), strict=True):
        found.setdefault(label, []).append(row)
    return list(found.values())


def nearest(vector: Vectors, others: Vectors) -> tuple[int, float]:
    """The row of ``others`` most like a vector and its cosine; -1 and 0 when there is none."""
    if not len(others):
        return -1, 0.0
    scores = others @ vector
    best = int(scores.argmax())
    return best, float(scores[best])


def central(vectors: Vectors, rows: Sequence[int]) -> int:
    """The row of a cluster that is most like all of it: the one to name it by."""
    chosen = vectors[list(rows)]
    return rows[int((chosen @ chosen.sum(axis=0)).argmax())]
