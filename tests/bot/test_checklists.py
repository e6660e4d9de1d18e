"""The list of materials that a message means, by its words and by the matter that is spoken of."""

import pytest

from tests.bot.last_said import assert_said, replies_to

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]
CASES = [
    (["去国外参展随身要带的材料，给我一份清单"], r"^境外参展随身材料：", r"要办哪一件事"),
    (["我们的店被TRO冻了，给我列一份材料清单"], r"^美国TRO冻结应对材料：", r"要办哪一件事"),
    (["需要准备什么材料"], r"要办哪一件事", r"应诉材料："),
    (["给我列个清单", "欧盟商标被异议答辩材料"], r"^欧盟商标被异议答辩材料：", r"要办哪一件事"),
    (["给我列个清单"], r"要办哪一件事", r"随身材料："),
    (["收到337起诉书和调查通知，怎么办", "要准备什么材料"], r"^美国337调查应诉材料：", r"要办哪一件事"),
    (["TikTok Shop把我的链接下了，说侵权", "要交哪些材料"], r"^平台知识产权投诉申诉材料：", r"要办哪一件事"),
]  # fmt: skip

last_replies = replies_to("2026-11-28", [turns for turns, _, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: CASES[n][0][-1])
def test_the_list_that_is_meant_is_shown(last_replies, number):
    assert_said(last_replies[number], *CASES[number][1:])
