"""The shelf finds passages by fact and lets a replaced index go."""

import gc
import weakref
from dataclasses import replace

import pytest

from actions.shelf import Shelf, explains_a_word
from indexer.build import build_index
from indexer.hybrid import HybridIndex
from tests.indexer.conftest import FakeEncoder, make_passage


@pytest.fixture
def index(tmp_path):
    passages = [
        replace(make_passage("g#1", "先看期限。"), heading=("这篇写给谁：被告",), facts=("f",)),
        replace(make_passage("g#2", "二十天。"), heading=("几天内答辩",), facts=("f", "h")),
        replace(make_passage("g#3", "时间：二十天"), heading=("选项对比", "应诉"), facts=("f",)),
    ]
    passages = [replace(p, document="g") for p in passages]
    build_index(passages, FakeEncoder(), out_dir=tmp_path)
    return HybridIndex.load(tmp_path, FakeEncoder())


def test_fact_leads_to_the_section_about_it_not_to_whom_it_concerns(index):
    shelf = Shelf.of(index)
    assert shelf.resting_on("f").id == "g#2"
    assert shelf.resting_on("unknown") is None
    assert [p.id for p in shelf.options("g")] == ["g#3"]


def test_replaced_index_is_freed_at_once_without_the_collector(tmp_path):
    build_index([make_passage("d#1", "一段话")], FakeEncoder(), out_dir=tmp_path)
    index = HybridIndex.load(tmp_path, FakeEncoder())
    assert index.search("一段话")
    Shelf.of(index)
    gone = weakref.ref(index)
    gc.disable()
    try:
        del index
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("heading", "explains"),
    [
        ("TRO（临时限制令）是什么意思", True),
        ("UPC（统一专利法院）是什么", True),
        ("UPC的答辩期是多久", False),
        ("收到警告函，第一步做什么", False),
    ],
)
def test_a_section_that_explains_a_word_is_known_by_its_heading(heading, explains):
    section = replace(make_passage("w#1", "一个词。"), heading=("词", heading))
    assert explains_a_word(section) is explains
