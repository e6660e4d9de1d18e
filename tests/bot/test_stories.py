"""Who, where and what happened in one message is a story, a question about the law is not."""

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")

SAID = frozenset({"region", "procedure", "country"})


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("我是中山做灯具的，昨天收到德国律师的警告函，怎么办？", {"industry", "date"}),
        ("上海的公司，被告到美国加州北区法院了，10月20号收到的传票，怎么办", {"date"}),
        ("我们在佛山，货在鹿特丹被海关扣了，怎么处理", set()),
    ],
)
def test_a_story_is_one(text, more):
    from bot.components.stories import is_story

    assert is_story(text, SAID | more)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("广州企业被美国公司起诉，有没有资助可以申请", SAID),
        ("如果我们在佛山的货被荷兰海关扣了，会怎么样", SAID),
        ("收到德国警告函几天内要回", {"country", "procedure"}),
        ("我们公司在广州，想了解337调查的流程", SAID),
        ("我在广州，被告了", SAID),
        ("广州的企业被起诉到美国法院，一审要多久", SAID),
    ],
)
def test_a_question_is_none(text, names):
    from bot.components.stories import is_story

    assert not is_story(text, frozenset(names))
