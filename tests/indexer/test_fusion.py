"""Fusion of ranked lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.fusion import min_max, ordered, reciprocal_rank, weighted


def test_found_by_both_beats_found_by_one():
    assert ordered(reciprocal_rank([[1, 2], [2, 3]]))[0] == 2


def test_equal_scores_come_in_id_order():
    assert ordered({5: 1.0, 2: 1.0}) == [2, 5]


def test_weights_shift_the_winner():
    lists = ({1: 9.0, 2: 0.0}, {1: 0.0, 2: 3.0})
    assert ordered(weighted(lists, (0.7, 0.3)))[0] == 1
    assert ordered(weighted(lists, (0.3, 0.7)))[0] == 2


def test_equal_scores_are_all_one():
    assert min_max({1: 4.0, 2: 4.0}) == {1: 1.0, 2: 1.0}


@pytest.mark.parametrize("weights", [(0.0, 0.0), (1.0,)], ids=["zero-sum", "too-few"])
def test_unusable_weights_raise(weights):
    with pytest.raises(ValueError, match="weight"):
        weighted(({1: 1.0}, {1: 2.0}), weights)
    with pytest.raises(ValueError, match="weight"):
        reciprocal_rank([[1], [1]], weights)


@given(st.lists(st.integers(0, 50), unique=True, max_size=20))
def test_one_list_keeps_its_order(ranking):
    assert ordered(reciprocal_rank([ranking])) == ranking
