"""Fusion of the scores of two retrievers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indexer.fusion import to_range, weighted

EVERY = np.array([True, True])


def _scores(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_weights_shift_the_winner():
    lists = (_scores(9, 0), _scores(0, 3))
    assert weighted(lists, (0.7, 0.3), EVERY).argmax() == 0
    assert weighted(lists, (0.3, 0.7), EVERY).argmax() == 1


def test_candidates_outside_the_core_do_not_stretch_the_range():
    alone = weighted((_scores(0.9, 0.5), _scores(4, 2)), (0.7, 0.3), EVERY)
    marks = np.array([True, True, False])
    more = weighted((_scores(0.9, 0.5, -1), _scores(4, 2, 0)), (0.7, 0.3), marks)
    np.testing.assert_allclose(more[:2], alone)
    assert more[2] < alone.min()


def test_equal_scores_are_all_one():
    assert to_range(_scores(4, 4), _scores(4, 4)).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("weights", [(0.0, 0.0), (1.0,)], ids=["zero-sum", "too-few"])
def test_unusable_weights_raise(weights):
    with pytest.raises(ValueError, match="weight"):
        weighted((_scores(1, 0), _scores(2, 0)), weights, EVERY)


@given(arrays(np.float32, 12, elements=st.integers(-9, 9), unique=True))
def test_one_list_keeps_its_order(scores):
    fused = weighted((scores,), (1.0,), np.ones(12, dtype=bool))
    np.testing.assert_array_equal(np.argsort(fused), np.argsort(scores))
    assert (fused.min(), fused.max()) == (0.0, 1.0)
