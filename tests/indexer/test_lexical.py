"""BM25: the same scores as the library, zero is no hit, saved arrays are mapped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.lexical import K1, B, BM25Retriever, counted, values
from indexer.lexical import K1 as _K1

ROWS = [["商标", "抢注"], ["专利", "答辩", "专利"], ["商标", "异议"], []]


def test_scores_equal_those_of_the_library():
    import bm25s  # it brings jax, which nobody else needs

    retriever = BM25Retriever.build(ROWS)
    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in row] for row in ROWS]
    reference = bm25s.BM25(k1=K1, b=B, method="lucene")
    reference.index((ids, dict(vocabulary)), show_progress=False)
    wanted = reference.get_scores_from_ids([vocabulary["商标"], vocabulary["专利"]])
    ours = retriever.score_all(retriever.columns(counted(["商标", "专利"])))
    np.testing.assert_allclose(ours, wanted[: len(ours)], rtol=1e-5)
    assert _K1 == K1


def test_row_without_a_shared_term_is_no_hit():
    hits = BM25Retriever.build(ROWS).search({"答辩": 1.0}, 10)
    assert hits.rows.tolist() == [1]


@pytest.mark.parametrize("terms", [{}, {"没有": 1.0}])
def test_unknown_terms_find_nothing(terms):
    assert not len(BM25Retriever.build(ROWS).search(terms, 10).rows)


def test_equal_scores_come_in_row_order():
    hits = BM25Retriever.build([["甲"], ["甲"], ["甲"]]).search({"甲": 1.0}, 2)
    assert hits.rows.tolist() == [0, 1]


def test_saved_index_answers_as_before(tmp_path: Path):
    retriever = BM25Retriever.build(ROWS)
    retriever.save(tmp_path)
    loaded = BM25Retriever.load(tmp_path, len(ROWS))
    assert (
        loaded.search({"商标": 1.0}, 5).rows.tolist()
        == retriever.search({"商标": 1.0}, 5).rows.tolist()
    )


def test_index_of_nothing_finds_nothing(tmp_path: Path):
    retriever = BM25Retriever.build([])
    retriever.save(tmp_path)
    assert not len(BM25Retriever.load(tmp_path, 0).search({"商标": 1.0}, 3).rows)


def test_values_are_what_each_term_adds_to_the_rows_given():
    rows = [["甲", "乙"], ["乙"], ["丙"], ["甲", "甲"], []]
    columns = BM25Retriever.build(rows).columns({"甲": 1.0, "丙": 1.0, "乙": 1.0})
    wanted = np.array([4, 3, 0])
    found = values(columns, wanted, len(rows))
    np.testing.assert_array_equal(found, [column.at(wanted) for column in columns])
    assert values([], wanted, len(rows)).shape == (0, 3)


def test_of_equal_rows_the_first_are_found_however_many_there_are():
    index = BM25Retriever.build([["甲", "丁"], *[["甲", "乙"]] * 300])
    assert index.search({"甲": 1.0}, 40).rows.tolist() == list(range(40))
