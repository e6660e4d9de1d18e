"""Where training starts: word vectors from the co-occurrence of words in passages.

A truncated singular value decomposition of the word–passage matrix puts words that occur in the
same passages near each other, so that the few judged questions only have to refine it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_OVERSAMPLING = 32
_ITERATIONS = 2
_SVD_SHARE = 0.7  # the rest is random, so that words which always occur together can be told apart


def inverse_document_frequency(passages: Any) -> NDArray[np.float32]:
    """How telling each word is, the rarest 1."""
    found = np.bincount(passages.indices, minlength=passages.shape[1])
    weights = np.log((passages.shape[0] + 1) / (found + 1))
    return np.asarray(weights / max(float(weights.max()), 1e-9), dtype=np.float32)


def starting_vectors(passages: Any, dimension: int, seed: int) -> NDArray[np.float32]:
    """One row a word, its length the word's inverse document frequency.

    :param passages: sparse matrix of passages × words.
    """
    from scipy.sparse import diags

    rng = np.random.default_rng(seed)
    weights = inverse_document_frequency(passages)
    scaled = passages.astype(np.float32) @ diags(weights)
    lengths = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    matrix = (diags(1 / np.maximum(lengths, 1e-6).astype(np.float32)) @ scaled).T.tocsr()
    width = dimension + _OVERSAMPLING
    basis = matrix @ rng.standard_normal((matrix.shape[1], width), dtype=np.float32)
    for _ in range(_ITERATIONS):
        basis = np.linalg.qr(basis)[0]
        basis = matrix @ np.linalg.qr(matrix.T @ basis)[0]
    basis = np.linalg.qr(basis)[0]
    small = np.asarray(matrix.T @ basis)
    rotation = np.linalg.svd(small.T @ small)[0]
    rows = basis @ rotation[:, :dimension]
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-8)
    noise = rng.standard_normal(rows.shape, dtype=np.float32) / np.sqrt(dimension)
    rows = _SVD_SHARE * rows + (1 - _SVD_SHARE) * noise
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows * weights[:, None], dtype=np.float32)
