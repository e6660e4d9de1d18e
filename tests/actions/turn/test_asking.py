"""What of a message asks, and which questions stand in it."""

import pytest

from actions.turn.asking import LONG, asked, asks, clauses, questions, sentences

STORY = (
    "我们是佛山做灯具的，今年三月在德国参展，十月收到对方律师寄来的信，说外观侵权，还附了一份承诺书要我们签字。"
    "这份承诺书能不能签？"
)


@pytest.mark.parametrize(
    "text",
    [
        "337应诉要多少钱", "这个能不能延期", "几天内要答辩", "是不是一定要请律师", "还来得及吗",
        "请问商标怎么注册", "最晚什么时候交", "得唔得", "求解释一下337",
        "他们收费不", "可唔可以拖耐啲", "要唔要我去", "还有救没",
    ],
)  # fmt: skip
def test_a_question_is_one_without_its_mark(text):
    assert asks(text.rstrip("？?"))


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "广州白云区",
        "11月16日",
        "广州星火电子有限公司",
        "德国",
        "好的谢谢",
        "我们被告了",
        "商标",
        "我还没",
        "对方不理我们",
    ],
)
def test_what_tells_or_names_asks_nothing(text):
    assert not asks(text)


def test_sentences_keep_their_order_and_their_words():
    text = "收到TRO。账户冻结了！怎么解冻？谢谢"
    assert sentences(text) == ["收到TRO。", "账户冻结了！", "怎么解冻？", "谢谢"]
    assert sentences("。。 ？") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("337应诉要多少钱", ["337应诉要多少钱"]),
        ("收到TRO了。账户能解冻吗？律师费多少？", ["账户能解冻吗？", "律师费多少？"]),
        ("德国警告函要不要回，多久内要回？", ["德国警告函要不要回", "多久内要回？"]),
        ("我们被告了。谢谢", []),
    ],
)
def test_each_question_of_a_message_is_found(text, found):
    assert [q.rstrip("？") for q in questions(text)] == [q.rstrip("？") for q in found]


def test_many_questions_are_cut_to_the_last_ones():
    text = "".join(f"第{n}件事怎么办？" for n in "一二三四五六")
    assert questions(text) == ["第四件事怎么办？", "第五件事怎么办？", "第六件事怎么办？"]


def test_only_a_long_message_has_an_asking_part():
    assert len(STORY) > LONG
    assert asked(STORY) == "这份承诺书能不能签？"
    assert asked("这份承诺书能不能签？") is None
    assert asked("佛" * (LONG + 1)) is None
    whole = "怎么判断德国法院发来的这份承诺书里面写的违约金是不是太高、能不能改、要不要先请律师看过之后再签字盖章？"
    assert len(whole) > LONG
    assert asked(whole) is None


def test_one_sign_between_two_marks_is_no_clause():
    assert clauses("好的，行，多久要答。德国") == ["好的", "多久要答", "德国"]
    assert clauses("？！") == []


def test_so_few_signs_are_no_question_of_their_own():
    assert questions("能不能签，多久要回") == ["能不能签", "多久要回"]
    assert questions("怎么办，多久要回") == ["怎么办，多久要回"]


def test_what_follows_the_last_question_of_a_sentence_belongs_to_it():
    assert questions("要不要回，我们等着") == ["要不要回，我们等着"]
    assert questions("好，怎么办") == ["好，怎么办"]  # too few signs to be one of their own
    assert questions("我想问，吗") == ["我想问，吗"]


def test_a_long_sentence_is_asked_with_what_stands_just_before_its_question_and_no_more():
    story = "我们在佛山做灯具，十月收到德国律师的警告函，说我们侵犯外观，要三天内签字，这个承诺书能不能签，签了会怎么样，不签呢"
    assert len(story) > LONG
    first, second = questions(story)
    assert first.endswith("要三天内签字，这个承诺书能不能签")
    assert "佛山" not in first
    assert second == "签了会怎么样，不签呢"
    # A shorter sentence is asked as it stands, up to the length from which on it is a story.
    short = f"我们在佛山做灯具{'和五金' * 9}，这个承诺书能不能签"
    assert len(short) == LONG
    assert questions(short) == [short]
    assert questions(f"说{short}") != [f"说{short}"]


def test_a_story_is_asked_by_its_part_only_where_the_part_is_the_smaller_one():
    told, part = "十月收到德国律师寄来的警告函。", "这份承诺书能不能签？"
    assert asked(told + part) is None  # short enough to be read as it stands
    assert asked("今年三月参展，" + told + part) == part
    assert asked("今年三月参展。" + part * 3) is None


def test_an_exclamation_asks_nothing():
    assert not asks("天哪搞错了，不是德国，是法国")
    assert not asks("我的天啊写错国家了")
    assert asks("今天哪个部门管这件事")
