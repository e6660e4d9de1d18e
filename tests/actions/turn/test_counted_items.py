"""The items of a message that counts what it asks."""

import pytest

from actions.turn.asking import questions
from actions.turn.counted_items import before_items, counted
from bot.contract import plain
from knowledge.text import normalise


@pytest.mark.parametrize(
    "text",
    [
        "①日本商标异议期 ②泰国商标官费",
        "1. 日本商标异议期 2. 泰国商标官费",
        "1、日本商标异议期；2、泰国商标官费",
        "(1)日本商标异议期(2)泰国商标官费",
        "一、日本商标异议期，二、泰国商标官费",
        "第一，日本商标异议期；第二，泰国商标官费",
    ],
)
def test_each_item_is_a_question(text):
    said = normalise(plain(text))
    assert counted(said) == ["日本商标异议期", "泰国商标官费"]
    assert questions(said) == ["日本商标异议期", "泰国商标官费"]


def test_what_stands_before_the_items_is_said_of_all():
    assert before_items("墨西哥商标：1.异议期多久 2.官费多少") == "墨西哥商标："
    assert before_items("墨西哥商标异议期多久") is None


@pytest.mark.parametrize(
    "text",
    [
        "337调查怎么答辩", "1.5万美元够不够", "2、官费多少", "一审输了，二审怎么办",
        "(1)款和(2)款怎么分", "19 CFR 210.4(a)(1)和(a)(2)讲什么", "第105条(1)、(2)怎么分",
    ],
)  # fmt: skip
def test_a_number_alone_counts_nothing(text):
    assert counted(text) == []
