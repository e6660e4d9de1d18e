"""Spoken questions in written words."""

from __future__ import annotations

import pytest

from indexer.spoken import WRITTEN, written


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("337咋办", "337怎么办"),
        ("德国展会罚几多", "德国展会罚多少"),
        ("去边度申诉得唔得", "去哪里申诉行不行"),
        ("点解冻咗我嘅钱", "为什么冻了我的钱"),
        ("UPC答辩几个月", "UPC答辩几个月"),
    ],
)
def test_spoken_words_are_written(said, expected):
    assert written(said) == expected


def test_what_is_written_stays_as_it_is():
    assert [word for word in WRITTEN.values() if written(word) != word] == []
