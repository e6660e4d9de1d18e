"""A question which of several is more is read as the question how much each is."""

import pytest

from actions.turn.comparing import compared


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("新加坡和泰国哪个商标异议期更长", "新加坡和泰国商标异议期多久"),
        ("日本跟韩国哪边官费便宜些", "日本跟韩国官费多少钱"),
        ("英国和法国哪个国家的官司快?", "英国和法国的官司多久?"),
        # What asks for no amount stays.
        ("日本和韩国哪个要先公告", "日本和韩国哪个要先公告"),
        ("哪个中心离我近", "哪个中心离我近"),
    ],
)
def test_which_is_more_asks_how_much_it_is(text, meant):
    assert compared(text) == meant
