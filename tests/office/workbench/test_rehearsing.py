"""Beside the editor: what would be answered with the text as it is typed, and what people asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from curation import publishing
from desk import unanswered
from desk.engine import writing
from desk.permissions import Role
from desk.times import utc_now
from knowledge.edits import EditStore
from tests.exchange import record_exchange
from tests.office.workbench.test_drafts import DOCUMENT, editor

HEADING = "收到337立案通知，几天内要答辩"


@pytest.fixture
def live(settings):
    """The sample, published."""
    publishing.build(settings, by="tests")
    publishing.publish(settings, by="tests", golden=False)


@pytest.fixture
def bot(dialogue):
    """A bot that answers with the text of the first passage of the index it is given."""

    async def try_out(text, index, *, country=None):
        passage = index.search(text)[0].passage
        said = {"text": passage.text, "data": {"passage": passage.id}}
        return {
            "acts": ["action_answer"], "reason": "weighed", "scores": {"action_answer": 0.9}, "said": [said],
            "seen": {
                "question": text, "reading": "alone", "band": "answer", "confidence": 0.9, "titles": [],
                "ranking": {"ask": 0.8}, "names": [], "others": [],
            },
        }  # fmt: skip

    dialogue.try_out = try_out


async def tried(client, form):
    answer = await client.post(f"/workbench/drafts/{DOCUMENT}/try", data=form)
    assert answer.status == 200
    return await answer.text()


@pytest.fixture
async def form(trainer, settings):
    source = publishing.library_of(settings).entries[DOCUMENT][0].source
    return await editor(trainer, source.id)


async def test_typed_text_is_answered_from_beside_todays_answer_and_kept_nowhere(
    live, bot, trainer, form, settings
):
    store = publishing.store_of(settings)
    before = store.current_id()
    typed = {**form, "text": "改过的正文：请在20天内答辩。", "q": HEADING}
    page = await tried(trainer, typed)
    assert "和今天的回答不同" in page
    assert "改过的正文：请在20天内答辩。" in page
    assert "20天。美国337调查的被诉企业应在送达后20天内答辩。" in page
    assert "用这一段回答" in page
    again = await tried(trainer, {**form, "q": HEADING})
    assert "和今天的回答一样" in again
    assert not EditStore(settings.knowledge.draft_dir).edits()
    assert store.current_id() == before
    assert [info.id for info in store.list()] == [before]


async def test_typed_wordings_are_asked_without_being_asked_for(live, bot, trainer, form):
    page = await tried(trainer, {**form, "similar": "老板急着问几号交卷"})
    assert "问：老板急着问几号交卷" in page


async def test_figure_without_a_source_is_told_at_once(live, bot, trainer, form):
    page = await tried(trainer, {**form, "text": "应在送达后45天内答辩。"})
    assert "原文和来源里都没有这些数字：45" in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": "  "}, "正文不能为空"),
        ({"text": "字" * 4001}, "超过上限"),
        ({"similar": "问" * 201}, "请缩短"),
        ({"country": "火星"}, "不认识国家“火星”"),
        ({"q": "问" * 301}, "问题超过 300 字"),
    ],
    ids=["empty", "too long", "long wording", "unknown country", "long question"],
)
async def test_what_cannot_be_tried_is_said_in_words(live, bot, trainer, form, fields, told):
    page = await tried(trainer, {**form, **fields})
    assert told in page
    assert 'role="alert"' in page


async def test_without_a_bot_here_the_page_says_so(live, trainer, form):
    assert "暂时不能试答" in await tried(trainer, form)


async def test_typed_markup_is_shown_as_text(live, bot, trainer, form):
    page = await tried(trainer, {**form, "q": "<b>337</b>几天内答辩"})
    assert "<b>" not in page
    assert "&lt;b&gt;337" in page


async def test_unknown_passage_is_not_found(live, bot, trainer, form):
    form["passage"] = "nothing#here"
    answer = await trainer.post(f"/workbench/drafts/{DOCUMENT}/try", data=form)
    assert answer.status == 404


def ask(engine, passage, question, confidence, sender="a", days=3):
    """A question that was answered from a passage some days ago."""
    cited = {
        "document": passage.document, "title": passage.title, "heading": list(passage.heading),
        "passage": passage.id, "quote": passage.text, "snapshot": "s",
    }  # fmt: skip
    answer = {
        "kind": "answer",
        "text": passage.text,
        "citations": [cited],
        "data": {"confidence": confidence},
    }
    with writing(engine) as conn:
        record_exchange(
            conn, sender, "web", question, [answer], now=utc_now() - timedelta(days=days)
        )


async def asked(client, passage):
    path = f"/workbench/drafts/{DOCUMENT}/asked"
    answer = await client.get(path, params={"passage": passage.id})
    assert answer.status == 200
    return await answer.text()


async def test_wordings_come_from_what_people_asked_masked(live, trainer, settings, engine):
    first, second = publishing.library_of(settings).passages
    ask(engine, first, "电话13800138000，ITC那边几天内要回话", 0.6)
    ask(engine, first, "广州花灯有限公司被告了几天内要回话", 0.5, sender="b")
    ask(engine, first, "十拿九稳的问法", 0.99, sender="c")
    ask(engine, first, "去年的问法", 0.6, sender="d", days=200)
    ask(engine, second, "问的是另一段", 0.6, sender="e")
    with writing(engine) as conn:
        unanswered.record(conn, "f", "337立案通知几天里要答辩啊", "refuse", confidence=0.2)
        unanswered.record(conn, "g", "红烧肉怎么做", "refuse", confidence=0.0)
        unanswered.record(conn, "h", "德国337立案通知几天里要答辩", "refuse", confidence=0.0)
    page = await asked(trainer, first)
    assert "ITC那边几天内要回话" in page
    assert "13800138000" not in page
    assert "花灯" not in page
    assert "337立案通知几天里要答辩啊" in page
    assert "没答上来" in page
    for text in ("十拿九稳", "去年", "另一段", "红烧肉", "德国"):
        assert text not in page, text
    assert page.count("加为问法</button>") == 3


async def test_passage_that_nobody_was_unsure_of_has_no_suggestions(live, trainer, settings):
    assert "<h2>" not in await asked(trainer, publishing.library_of(settings).passages[0])


async def test_only_trainers_may_try(live, enter):
    client = await enter(Role.AGENT)
    assert (await client.post(f"/workbench/drafts/{DOCUMENT}/try")).status == 403
    assert (await client.get(f"/workbench/drafts/{DOCUMENT}/asked")).status == 403
