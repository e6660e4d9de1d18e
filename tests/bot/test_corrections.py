"""A value corrected in the panel of the page: the day counted anew, never the former answer once more."""

import pytest

from tests.bot.last_said import assert_said, last_said

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]
STORY = (
    "我们公司在番禺做灯具，收到美国337调查的立案通知，被申请人里有我们，11月16日收到的，怎么办？"
)
SUED = "我们被美国法院起诉了，11月16日收到传票，公司在天河"
LETTER = "收到德国律师的警告函，11月16日收到的，怎么办"
FIRST = "更正这件事：美国，337调查，我们是被告，2026年11月20日收到，公司在广东广州番禺区"
SAME = "和刚才说的一样"

# What is said, what the last reply says, and what it must not say.
CASES = [
    ([STORY, FIRST], r"337调查答辩：截止日是2026年12月14日", SAME),
    (
        [STORY, FIRST, FIRST.replace("11月20日", "11月18日")],
        r"337调查答辩：截止日是2026年12月8日",
        SAME,
    ),
    ([STORY, FIRST.replace("美国", "德国")], r"已改为德国[\s\S]*收到了什么", rf"截止日是|{SAME}"),
    (
        [SUED, "更正这件事：德国，法院诉讼，我们是被告，2026年11月16日收到，公司在广东广州天河区"],
        r"德国、法院诉讼[\s\S]*德国诉讼：声明应诉[\s\S]*2026年12月16日",
        rf"美国联邦法院：答辩：截止日|{SAME}",
    ),
    (
        [LETTER, "更正这件事：德国，警告函，我们是被告，2026年11月20日收到"],
        r"已改为2026年11月20日（星期五）收到[\s\S]*文书上写的日期",
        SAME,
    ),
    (
        [STORY, "算期限", FIRST],
        r"337调查答辩：截止日是2026年12月14日",
        SAME,
    ),
    (
        [STORY, FIRST.replace("11月20日", "11月16日").replace("广东广州番禺区", "深圳")],
        r"建议先联系：[\s\S]*深圳",
        rf"截止日是|{SAME}",
    ),
]


@pytest.fixture(scope="module")
def last_replies(bot_settings):
    """What is said at the end of each conversation."""
    return last_said(bot_settings, "2026-11-23", [turns for turns, _, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)))
def test_what_follows_from_a_corrected_value_is_said_anew(last_replies, number):
    assert_said(last_replies[number], *CASES[number][1:])
