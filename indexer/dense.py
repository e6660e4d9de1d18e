"""Nearest neighbours in FAISS; the index type is chosen by size.

A store is never changed after it was built: FAISS allows concurrent searches but not concurrent
changes, so a new index is built beside the old one and swapped in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.types import Vectors

FILE_NAME = "dense.faiss"

# Measured in docs/scale.md: up to here one thread searches all rows in about 5 ms.
EXACT_LIMIT = 300_000
_PROBE_SHARE = 0.1  # part of the lists looked into; recall against exact in docs/scale.md
_TRAINING_ROWS_PER_LIST = 39  # the fewest FAISS asks for without a warning
_SEED = 1234


class StoreType(str, Enum):
    """How vectors are laid out."""

    EXACT = "exact"
    LISTS = "lists"
    GRAPH = "graph"


def choose_type(size: int) -> StoreType:
    """Exact while that is fast, inverted lists beyond."""
    return StoreType.EXACT if size <= EXACT_LIMIT else StoreType.LISTS


@contextmanager
def _one_thread() -> Iterator[None]:
    """FAISS in the calling thread alone: for one question, waking the others takes longer than the search."""
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


class FaissStore:
    """Vectors in FAISS, searched by inner product."""

    def __init__(self, index: Callable[[], Any]) -> None:
        """Take an index when it is first searched.

        :param index: gives a finished FAISS index; called once.
        """
        self._given = index

    @cached_property
    def _index(self) -> Any:
        return self._given()

    @classmethod
    def build(cls, vectors: Vectors, store_type: StoreType | None = None) -> FaissStore:
        """Build a store of the rows given.

        :param store_type: how to lay them out; by size when omitted.
        """
        import faiss

        size, dimension = vectors.shape
        chosen = store_type or choose_type(size)
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        if chosen is StoreType.EXACT:
            index = faiss.IndexScalarQuantizer(
                dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
            )
            index.train(rows)
            index.add(rows)
        elif chosen is StoreType.GRAPH:
            index = faiss.IndexHNSWFlat(dimension, 32, faiss.METRIC_INNER_PRODUCT)
            index.hnsw.efConstruction = 80
            index.hnsw.efSearch = 256
            index.add(rows)
        else:
            lists = max(1, min(int(4 * math.sqrt(size)), size // _TRAINING_ROWS_PER_LIST))
            coarse = faiss.IndexFlatIP(dimension)
            index = faiss.IndexIVFScalarQuantizer(
                coarse, dimension, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
            )
            index.cp.seed = _SEED
            index.cp.niter = 8
            sample = np.random.default_rng(_SEED).permutation(size)[: lists * 64]
            index.train(rows[np.sort(sample)])
            index.add(rows)
            index.nprobe = max(1, round(lists * _PROBE_SHARE))
        return cls(lambda: index)

    def search(
        self, vectors: Vectors, top_k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Vectors, NDArray[np.int64]]:
        """The nearest rows of each vector.

        :param allowed: a mark for each row; only marked rows are returned.
        :return: scores and row numbers, shape (queries, k), k at most the size; missing entries −1.
        """
        k = min(top_k, len(self))
        if k <= 0 or not len(vectors):
            shape = (len(vectors), 0)
            return np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.int64)
        queries = np.ascontiguousarray(vectors, dtype=np.float32)
        params = None if allowed is None else self._only(allowed)
        with _one_thread() if len(queries) == 1 else nullcontext():
            scores, rows = self._index.search(queries, k, params=params)
        return scores, rows

    def _only(self, allowed: NDArray[np.bool_]) -> Any:
        import faiss

        bits = np.packbits(allowed, bitorder="little")
        selector = faiss.IDSelectorBitmap(bits)
        index = faiss.downcast_index(self._index)
        if isinstance(index, faiss.IndexIVF):
            return faiss.SearchParametersIVF(sel=selector, nprobe=index.nprobe)
        if isinstance(index, faiss.IndexHNSW):
            return faiss.SearchParametersHNSW(sel=selector, efSearch=index.hnsw.efSearch)
        return faiss.SearchParameters(sel=selector)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def save(self, folder: Path) -> None:
        """Write the index."""
        import faiss

        faiss.write_index(self._index, str(folder / FILE_NAME))

    @classmethod
    def load(cls, folder: Path) -> FaissStore:
        """Read the index when it is first searched; inverted lists are mapped into memory, not read."""
        return cls(lambda: _read(folder))


def _read(folder: Path) -> Any:
    import faiss

    return faiss.read_index(str(folder / FILE_NAME), faiss.IO_FLAG_MMAP)
