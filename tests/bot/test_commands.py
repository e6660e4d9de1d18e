"""Which short phrases are commands, with the words around them that mean nothing."""

import pytest

from bot.components.commands import LONGEST, command_in, command_phrases, core

EXAMPLES = [
    ("转人工", "human", False),
    ("找个真人", "human", False),
    ("有没有真人", "human", False),
    ("取消", "cancel", False),
    ("好的", "affirm", False),
    ("删除我的数据", "erase_data", False),
    ("德国商标怎么注册", "ask", False),
    ("广州番禺", "inform", True),
    ("A", "quiz_choice", True),
    ("算了", "cancel", False),
    ("算了", "deny", False),
    ("请帮我把这个事情从头到尾登记下来", "lead", False),
    ("我要申请美国的援助", "lead", True),
]


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("转人工", "转人工"), ("请帮我转人工，谢谢！", "转人工"), ("麻烦您转人工吧", "转人工"), ("转 人 工。", "转人工"),
        ("我想要转人工一下哦", "转人工"), ("唔该转人工啦", "转人工"), ("ＡＢ", "ａｂ"),
        ("好，那现在继续登记", "继续登记"),
    ],
)  # fmt: skip
def test_marks_and_politeness_do_not_count(text, bare):
    assert core(text) == bare


@pytest.mark.parametrize("text", ["好的", "谢谢", "请问", "嗯嗯", "？", "吧"])
def test_politeness_alone_is_what_it_is(text):
    assert core(text) == (text if text != "？" else "")


def test_only_short_phrases_of_one_act_are_commands():
    found = command_phrases(EXAMPLES)
    assert found["转人工"] == "human"
    assert found["取消"] == "cancel"
    assert found["a"] == "quiz_choice"
    assert "算了" not in found  # two acts
    assert not {"德国商标怎么注册", "广州番禺"} & set(found)  # asking and telling
    assert not any("援助" in phrase for phrase in found)  # it names something
    assert all(len(phrase) <= LONGEST for phrase in found)


def test_a_phrase_with_politeness_is_the_same_command():
    found = command_phrases(EXAMPLES)
    for text in ("请转人工", "转人工！", "麻烦帮我转人工，谢谢", "删除我的数据吧"):
        assert core(text) in found


def test_a_sentence_around_a_command_is_none():
    found = command_phrases(EXAMPLES)
    for text in (
        "转人工要等多久",
        "怎么取消商标注册",
        "删除我的数据要多久生效",
        "取消订单算不算违约",
    ):
        assert core(text) not in found


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("转人工", "human"),
        ("好的，请转人工，上午我方便接电话。", "human"),
        ("转人工。——没人的话你把要做的事列给我", "human"),
        ("样品在展位上被收走了，有没有真人，快", "human"),
        ("取消", "cancel"),
        ("那家公司取消了订单，我要退款吗", None),
        ("转人工以后多久有人回", None),
        ("先不要转人工，我再问一句", None),
        ("他们说找个真人，我没找到", None),
    ],
)
def test_staff_called_by_name_are_called_in_any_part_of_a_message(text, command):
    assert command_in(text, command_phrases(EXAMPLES)) == command
