"""Turns of the running assistant: what opens a form said twice, stories and questions, anything at any moment."""

import os

import pytest

from benchmarks.random_walk import CANCEL, HUMAN, MOST, OPENERS, walk

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.asyncio(loop_scope="module"),
]

TURNS = int(os.environ.get("HUHANG_WALK_TURNS", "300"))
SEED = int(os.environ.get("HUHANG_WALK_SEED", "26"))
ERASE = "删除我的数据"
OPENED = [(form, text) for form, texts in OPENERS.items() for text in texts]


async def test_who_begins_anew_twice_is_not_told_the_same_again(rasa):
    replies = [await rasa.handle("test-anew-twice", "重新开始", {}) for _ in range(2)]
    first, second = ([reply["text"] for reply in said] for said in replies)
    assert "重新开始" in first[0]
    assert second != first
    assert len(second) == 1


@pytest.mark.parametrize(("form", "text"), OPENED, ids=[text for _, text in OPENED])
@pytest.mark.parametrize("then", [HUMAN, ERASE, CANCEL])
async def test_what_opens_a_form_may_be_said_twice(rasa, form, text, then):
    sender = f"test-twice-{text}-{then}"
    before = []
    for _ in range(2):
        replies = await rasa.handle(sender, text, {})
        texts = [reply["text"] for reply in replies]
        assert 1 <= len(texts) == len(set(texts)) <= MOST
        assert texts != before
        assert (await rasa.tracker(sender)).active_loop_name == form
        before = texts
    replies = await rasa.handle(sender, then, {})
    loop = (await rasa.tracker(sender)).active_loop_name
    if then == HUMAN:
        assert "handoff" in [reply["kind"] for reply in replies]
    elif then == ERASE:
        assert loop == "erase_form"
        assert "确认删除" in replies[-1]["text"]
    else:
        assert loop is None
    assert 1 <= len(replies) <= MOST


@pytest.mark.parametrize(
    "text",
    [
        "我是中山做灯具的，昨天收到德国律师的警告函，怎么办？",
        "上海的公司，被告到美国加州北区法院了，10月20号收到的传票，怎么办",
        "我们在佛山，货在鹿特丹被海关扣了，怎么处理",
    ],
)
async def test_who_where_and_what_happened_is_taken_in_as_a_whole(rasa, text):
    replies = await rasa.handle(f"test-story-{text[:6]}", text, {})
    kinds = [reply["kind"] for reply in replies]
    assert kinds[0] == "answer"
    assert kinds[-1] == "center"
    assert len(replies) <= MOST


@pytest.mark.parametrize(
    "text",
    [
        "广州企业被美国公司起诉，有没有资助可以申请",
        "如果我们在佛山的货被荷兰海关扣了，会怎么样",
        "收到德国警告函几天内要回",
        "我们公司在广州，想了解337调查的流程",
        "广州的企业被起诉到美国法院，一审要多久",
    ],
)
async def test_a_question_about_the_law_is_no_story(rasa, text):
    replies = await rasa.handle(f"test-question-{text[:6]}", text, {})
    assert {reply["kind"] for reply in replies} == {"answer"}
    assert "我理解的情况" not in replies[0]["text"]


async def test_a_person_may_say_anything_at_any_moment(rasa):
    done = await walk(rasa, TURNS, SEED, "test-walk")
    assert done.turns >= TURNS
    assert done.probes
    assert not done.complaints, "\n".join(done.complaints)
