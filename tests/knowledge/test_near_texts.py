"""Near-duplicates are found as comparing all pairs finds them, at a cost that grows with the text."""

import random
import time
from itertools import combinations
from types import SimpleNamespace

import pytest
from rapidfuzz import fuzz

from knowledge import near_texts
from knowledge.near_texts import near_pairs

LEAST = 95.0
LETTERS = (
    "收到起诉状后应当在法院规定的期限内提交答辩并保留全部证据联系律师评估侵权风险费用和时间安排"
)


def invented(rng, length):
    return "".join(rng.choice(LETTERS) for _ in range(length))


def retyped(rng, text, changes):
    letters = list(text)
    for _ in range(changes):
        letters[rng.randrange(len(letters))] = rng.choice(LETTERS)
    return "".join(letters)


def test_pairs_are_those_of_comparing_every_text_with_every_other():
    rng = random.Random(11)
    texts = []
    for _ in range(150):
        text = invented(rng, rng.randrange(40, 700))
        texts += [text, retyped(rng, text, rng.randrange(1, max(2, len(text) // 25)))]
    texts.append(texts[7])
    expected = {
        (one, two)
        for one, two in combinations(range(len(texts)), 2)
        if fuzz.ratio(texts[one], texts[two]) >= LEAST
    }
    found = list(near_pairs(texts, LEAST))
    assert len(expected) > 100
    assert {(one, two) for one, two, _ in found} == expected
    assert all(score >= LEAST for _, _, score in found)


def test_texts_shorter_than_a_run_and_empty_ones_do_no_harm():
    assert list(near_pairs(["", "甲", "甲", "乙"], LEAST)) == [(1, 2, 100.0)]
    assert list(near_pairs([], LEAST)) == []


@pytest.mark.slow
def test_twice_the_texts_take_about_twice_the_comparisons_not_four_times(monkeypatch):
    rng = random.Random(3)
    texts = [invented(rng, 200) for _ in range(8000)]
    compared = 0

    def ratio(one, two, **options):
        nonlocal compared
        compared += 1
        return fuzz.ratio(one, two, **options)

    monkeypatch.setattr(near_texts, "fuzz", SimpleNamespace(ratio=ratio))

    def comparisons(count):
        nonlocal compared
        compared = 0
        list(near_pairs(texts[:count], LEAST))
        return compared

    few = comparisons(2000)
    assert comparisons(8000) < 6 * max(few, 2000)


def test_rows_of_one_mould_stay_cheap():
    texts = [
        f"第{number}项商品的说明文字各不相同，请以原文为准，不清楚的地方请咨询"
        for number in range(5000)
    ]
    began = time.process_time()
    list(near_pairs(texts, 99.9))
    assert time.process_time() - began < 20
