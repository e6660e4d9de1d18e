"""FAISS: types agree with exact search, filters hold, saved stores load."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.dense import EXACT_LIMIT, FaissStore, StoreType, choose_type


def _vectors(size: int) -> np.ndarray:
    rows = np.random.default_rng(0).standard_normal((size, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_type_follows_size():
    assert choose_type(EXACT_LIMIT) is StoreType.EXACT
    assert choose_type(EXACT_LIMIT + 1) is StoreType.LISTS


@pytest.mark.parametrize("store_type", list(StoreType), ids=lambda t: t.value)
def test_own_vector_is_nearest(store_type):
    rows = _vectors(600)
    _, found = FaissStore.build(rows, store_type).search(rows[:20], 1)
    assert (found[:, 0] == np.arange(20)).mean() >= 0.9


@pytest.mark.parametrize("store_type", list(StoreType), ids=lambda t: t.value)
def test_only_allowed_rows_are_returned(store_type):
    rows = _vectors(600)
    allowed = np.zeros(600, dtype=np.bool_)
    allowed[::5] = True
    _, found = FaissStore.build(rows, store_type).search(rows[:5], 10, allowed)
    assert allowed[found[found >= 0]].all()


def test_more_asked_than_there_is_returns_what_there_is():
    scores, rows = FaissStore.build(_vectors(3)).search(_vectors(1), 10)
    assert rows.shape == (1, 3)
    assert (np.diff(scores[0]) <= 0).all()


def test_saved_store_answers_as_before(tmp_path: Path):
    rows = _vectors(50)
    store = FaissStore.build(rows)
    store.save(tmp_path)
    loaded = FaissStore.load(tmp_path)
    assert len(loaded) == 50
    np.testing.assert_array_equal(loaded.search(rows[:3], 5)[1], store.search(rows[:3], 5)[1])
