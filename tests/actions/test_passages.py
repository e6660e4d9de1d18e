"""What is said of a passage: whole sentences, and no figure that its quotes do not carry."""

from __future__ import annotations

import pytest

from actions.passages import guarded, shorten
from knowledge.types import Citation


def quoting(text: str) -> Citation:
    return Citation("d", "指南", (), "US", None, None, None, text, "s1")


@pytest.mark.parametrize(
    ("text", "quotes", "may_be_said"),
    [
        ("应在20天内答辩。", ["送达后20天内提交答辩。"], True),
        ("应在二十天内答辩。", ["送达后20天内提交答辩。"], True),
        ("应在30天内答辩。", ["送达后20天内提交答辩。"], False),
        ("应在20个月内答辩。", ["送达后20天内提交答辩。"], False),
        ("20天内答辩，费用350美元。", ["送达后20天内提交答辩。", "费用350美元。"], True),
        ("20天内答辩，费用350美元。", ["送达后20天内提交答辩。"], False),
        ("先保存证据。", [], True),
        ("应在20天内答辩。", [], False),
    ],
)
def test_a_figure_that_no_quote_carries_is_not_said(text, quotes, may_be_said):
    assert guarded(text, [quoting(quote) for quote in quotes]) is may_be_said


def test_whole_sentences_are_kept_as_far_as_they_fit_and_at_least_one():
    assert shorten(["一二三。", "四五六。", "七八九。"], 8) == ("一二三。四五六。", True)
    assert shorten(["一二三。", "四五六。"], 8) == ("一二三。四五六。", False)
    assert shorten(["一二三四五六七八九。", "十。"], 5) == ("一二三四五六七八九。", True)
    assert shorten([], 5) == ("", False)


def test_one_very_long_sentence_is_cut_at_twice_the_room():
    assert shorten(["一二三四、" + "五" * 9], 5) == ("一二三四、五五五五五……", True)
    assert shorten(["一二三四五六七八九、" + "五" * 9], 5) == ("一二三四五六七八九……", True)
