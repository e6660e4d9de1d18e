"""Trying questions on the draft before anything is published."""

from __future__ import annotations

import asyncio
import json

import pytest

from curation.draft_index import opened
from curation.publishing import library_of, today_of
from curation.release import golden_file
from desk.permissions import Role
from indexer.jurisdictions import scope
from knowledge.edit_types import Action, edit_of
from knowledge.edits import EditStore
from office.workbench import ask
from server import keys

QUESTION = "337立案通知几天内答辩"
# The index of the draft is built by a process of its own.
builds = pytest.mark.slow


async def asked(client, app, **query):
    """The page once the index of the draft is there."""
    params = {"q": QUESTION, **query}
    await client.get("/workbench/ask", params=params)
    job = app[keys.JOBS].last(ask.JOB)
    for _ in range(600):
        if not job.is_running:
            break
        await asyncio.sleep(0.1)
    assert not job.message, job.message
    page = await client.get("/workbench/ask", params=params)
    assert page.status == 200
    return await page.text()


@builds
async def test_draft_answers_with_ranks_words_and_confidence_before_it_is_published(
    trainer, app, settings
):
    page = await asked(trainer, app)
    assert "收到337立案通知，几天内要答辩" in page
    assert "关键词第 1" in page
    assert "语义第 1" in page
    assert "把握" in page
    assert "命中的词" in page
    assert not settings.knowledge.snapshots_dir.exists()


@builds
async def test_edit_changes_what_is_found_at_the_next_question(trainer, app, settings):
    before = await asked(trainer, app, q="老板急着问几号交卷")
    source = library_of(settings).entries["us-sample"][0].source
    store = EditStore(settings.knowledge.draft_dir)
    edit = edit_of([source], by="陈", action=Action.EDIT, similar=["老板急着问几号交卷"])
    store.save(edit, [source], [store.of("us-sample").token(source)])
    page = await trainer.get("/workbench/ask", params={"q": "老板急着问几号交卷"})
    assert "正在更新试问用的索引" in await page.text()
    after = await asked(trainer, app, q="老板急着问几号交卷")
    assert "老板、急着" not in before
    assert "关键词第 1" in after


@builds
@pytest.mark.parametrize("country", ["德国", "DE", "de"])
async def test_a_country_is_known_by_its_name_and_by_its_code(trainer, app, settings, country):
    other = library_of(settings).entries["us-sample"][1].source
    page = await asked(trainer, app, q="展会答辩期限怎么算", country=country, passage=other.id)
    assert "问题限定在" in page
    assert f'value="{country}"' in page


@builds
async def test_an_unknown_country_is_said_to_be_unknown(trainer, app, settings):
    page = await asked(trainer, app, q="展会答辩期限怎么算", country="火星")
    assert "不认识国家“火星”，没有按它限定" in page


@builds
async def test_page_says_why_a_passage_was_not_used(trainer, app, settings):
    other = library_of(settings).entries["us-sample"][1].source
    page = await asked(trainer, app, q="展会答辩期限怎么算", country="de", passage=other.id)
    assert "为什么" in page
    assert "问题限定在" in page
    assert "这一段属于 美国" in page
    assert "没有的词" in page
    assert "草稿里已经没有要查的那一段" in await asked(trainer, app, passage="x#y")


@builds
async def test_tried_question_becomes_a_golden_case(trainer, app, settings):
    passage = library_of(settings).passages[0]
    form = {"q": QUESTION, "passage": passage.id}
    answer = await trainer.post("/workbench/ask/golden", data=form, allow_redirects=False)
    assert answer.status == 303
    form = {"q": "怎么做红烧肉", "refuse": "yes"}
    await trainer.post("/workbench/ask/golden", data=form, allow_redirects=False)
    rows = [json.loads(line) for line in golden_file(settings).read_text("utf-8").splitlines()]
    assert [(row["question"], row.get("passages"), row.get("refuse")) for row in rows] == [
        (QUESTION, [passage.id], None),
        ("怎么做红烧肉", None, True),
    ]
    assert rows[0]["by"] == "chen"
    answer = await trainer.post("/workbench/ask/golden", data={"q": "x", "passage": "none"})
    assert answer.status == 400


@builds
async def test_page_asks_as_the_chat_does(trainer, app, settings):
    from actions.lookup import look_up
    from curation.draft_index import opened

    await asked(trainer, app)
    index = opened(settings)
    found = look_up(index, QUESTION, today_of(settings))
    page = await asked(trainer, app)
    assert f"把握 {found.confidence * 100:.0f}%" in page
    assert ask.BANDS[found.band][0] in page
    assert scope(found.info.countries) <= {"US"}


async def test_only_trainers_may_ask(enter):
    client = await enter(Role.AGENT)
    for path in ("", "/progress"):
        assert (await client.get(f"/workbench/ask{path}")).status == 403
    for path in ("/golden", "/rebuild"):
        assert (await client.post(f"/workbench/ask{path}")).status == 403


@builds
async def test_page_tells_what_the_chat_would_do_with_the_sentence(
    trainer, app, dialogue, settings
):
    assert "这里看不到" in await asked(trainer, app)
    tried = []

    async def try_out(text, index, *, country=None):
        tried.append((text, index, country))
        return {
            "acts": ["deadline_form"], "reason": "weighed",
            "scores": {"action_answer": 0.61, "deadline_form": 0.82},
            "seen": {
                "question": text, "reading": "alone", "band": "answer", "confidence": 0.7, "hits": [],
                "others": [{"reading": "part", "question": "几天", "band": "refuse", "confidence": 0.1}],
                "titles": ["美国337答辩"], "ranking": {"deadline": 0.8}, "names": ["procedure"],
            },
        }  # fmt: skip

    dialogue.try_out = try_out
    page = await asked(trainer, app, country="德国")
    assert "开始算期限" in page
    assert "各种做法里得分最高，其次是按问题回答" in page
    assert "得分 0.82" in page
    assert "几天（只看其中发问的部分），会说答不了" in page
    assert tried == [(QUESTION, opened(settings), "DE")] * len(tried)
    assert tried
    assert not dialogue.seen  # nothing is said
