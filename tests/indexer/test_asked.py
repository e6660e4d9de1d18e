"""What kind of thing a question asks for, and how well two sets of kinds agree."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.asked import NAMES, agreement, kinds, shares


def named(text):
    return {name for name, mark in zip(NAMES, kinds(text), strict=True) if mark}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("337答辩几天内交", "period"),
        ("what is the deadline", "period"),
        ("欧盟异议官费多少钱", "money"),
        ("能不能自己去出庭", "may"),
        ("必须找美国律师吗", "must"),
        ("这样算不算侵权", "true"),
        ("点样申请续展", "how"),
        ("异议去哪里提", "where"),
        ("边个可以帮手", "who"),
        ("TRO是什么", "what"),
        ("不理律师函会怎样", "if"),
        ("要准备哪些材料", "list"),
        ("依据是哪一条", "article"),
        ("新商标法哪年施行", "day"),
    ],
)
def test_the_kind_that_is_asked_for_is_recognised(question, kind):
    assert kind in named(question)


def test_a_bare_name_asks_for_nothing_in_particular():
    assert named("商标抢注") == set()


def test_a_passage_is_marked_by_the_share_of_its_questions():
    answered = shares(["几天内答辩", "官费多少钱", "期限多久"])
    assert answered[NAMES.index("period")] == pytest.approx(2 / 3)
    assert answered[NAMES.index("money")] == pytest.approx(1 / 3)
    assert not shares([]).any()


def test_who_answers_for_the_fee_agrees_less_with_a_question_for_the_period():
    asked = kinds("异议期有多久")
    period, money, nothing = agreement(
        asked, np.stack([shares(["期限是几个月"]), shares(["官费多少钱"]), shares([])])
    )
    assert period > money
    assert nothing == 0


def test_agreement_lies_between_nothing_and_all():
    asked = kinds("几天内答辩")
    same = agreement(asked, asked[None])[0]
    assert same == pytest.approx(1.0)
    assert agreement(kinds("商标抢注"), asked[None])[0] == 0
