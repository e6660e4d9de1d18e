"""Measures by hand-computed cases."""

from __future__ import annotations

import math

import pytest

from indexer.evaluation import mean, measures, ndcg_at, recall_at, reciprocal_rank, refusal


def test_measures_of_a_small_ranking():
    ranking, relevant = ["a", "b", "c", "d"], frozenset({"b", "d"})
    assert recall_at(ranking, relevant, 1) == 0
    assert recall_at(ranking, relevant, 2) == 0.5
    assert reciprocal_rank(ranking, relevant) == 0.5
    ideal = 1 + 1 / math.log2(3)
    assert ndcg_at(ranking, relevant) == pytest.approx(
        (1 / math.log2(3) + 1 / math.log2(5)) / ideal
    )


def test_rank_beyond_the_cut_counts_nothing():
    assert reciprocal_rank([str(i) for i in range(20)], frozenset({"15"})) == 0


def test_mean_of_no_question_is_empty():
    assert mean([]) == {}
    assert mean([measures(["a"], frozenset({"a"}))])["recall@1"] == 1


def test_refusal_precision_and_recall():
    values = refusal([(True, True), (True, False), (False, True), (False, False)])
    assert values == {"refusal_precision": 0.5, "refusal_recall": 0.5}
