"""What a message labels, and what a label stands for later."""

import pytest

from actions.turn.labels import labelled, unlabelled

TWO = "A是土耳其商标被异议，B是波兰海关扣了货"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TWO, {"A": "土耳其商标被异议", "B": "波兰海关扣了货"}),
        (
            "甲店在日本被投诉，乙店在韩国被下架。怎么办",
            {"甲店": "在日本被投诉", "乙店": "在韩国被下架"},
        ),
        ("一号柜：扣在汉堡；二号柜：扣在利物浦", {"一号柜": "扣在汉堡", "二号柜": "扣在利物浦"}),
        ("A类商品被扣了", {}),
        ("一审输了，二审还没开", {}),
        ("3号收到扣货单，4号去海关问了", {}),  # days of a month
        ("2号收到的，1号在路上", {}),
        ("一号店被封，二号店收到来信", {"一号店": "被封", "二号店": "收到来信"}),
        ("甲在泰国被诉，乙在越南被扣，甲怎么应对", {"甲": "在泰国被诉", "乙": "在越南被扣"}),
    ],
)
def test_things_that_are_labelled_in_order_are_known_by_their_labels(text, found):
    assert labelled(text) == found


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("B呢", "波兰海关扣了货，怎么办"),
        ("b最晚哪天答复", "波兰海关扣了货最晚哪天答复"),
        ("谢谢", "谢谢"),
        ("B", "B"),  # chooses
        ("B2B那种呢", "B2B那种呢"),
        ("A和B先办谁的", f"{labelled(TWO)['A']}和{labelled(TWO)['B']}先办谁的"),
        ("那土耳其那件呢", "那土耳其那件呢"),
    ],
)
def test_a_label_stands_for_what_was_said_of_it(text, meant):
    assert unlabelled(text, [TWO]) == meant


def test_a_bare_label_asks_what_was_asked_of_the_other():
    assert unlabelled("B呢", ["A几天内要答复？", TWO]) == "波兰海关扣了货，几天内要答复"


def test_nothing_was_labelled_before():
    assert unlabelled("B呢", ["商标被异议了"]) == "B呢"


@pytest.mark.parametrize("text", ["B几号前回", "B柜几号前回"])
def test_a_letter_stands_for_what_it_letters(text):
    assert unlabelled(text, ["A柜在荷兰被扣，B柜在泰国被查"]) == "在泰国被查几号前回"
