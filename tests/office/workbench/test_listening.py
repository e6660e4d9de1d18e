"""The pages of open questions and of what is due."""

from __future__ import annotations

import asyncio
import re

import pytest

from curation import publishing
from desk import plans, recording, unanswered
from desk.engine import writing
from desk.permissions import Role
from server import keys
from tests.sample_base import published_sample

QUESTION = "美国337调查的答辩书怎么写"


@pytest.fixture
def settings(tmp_path):
    return published_sample(tmp_path)


async def test_a_question_is_listed_assigned_and_declined(enter, engine):
    client = await enter(Role.TRAINER, login="li")
    assert "没有待答的问题" in await (await client.get("/workbench/listening")).text()
    with writing(engine) as conn:
        unanswered.record(conn, "v1", "<b>337</b>调查的答辩书怎么写", "refuse")
        unanswered.record(conn, "v1", QUESTION, "refuse")
    text = await (await client.get("/workbench/listening")).text()
    assert "&lt;b&gt;337" in text
    assert "<b>337</b>调查" not in text
    answer = await client.post(
        "/workbench/listening/assign", data={"chosen": QUESTION, "assignee": "li", "note": "查"}
    )
    assert "已分派给 li" in await answer.text()
    answer = await client.post("/workbench/listening/decline", data={"chosen": QUESTION})
    assert "已标为不在服务范围" in await answer.text()
    refused = await client.post("/workbench/listening/decline", data={})
    assert refused.status == 400


async def test_an_answer_is_offered_for_the_country_that_is_asked_about(enter, engine):
    client = await enter(Role.TRAINER, login="li")
    with writing(engine) as conn:
        unanswered.record(conn, "v1", QUESTION, "refuse")
        unanswered.record(conn, "v2", "小发明值不值得办手续", "refuse")
    text = await (await client.get("/workbench/listening")).text()
    chosen = re.findall(r'<option value="(\w+)" selected>', text)
    assert chosen.count("US") == 1
    assert "GENERAL" in chosen


async def test_an_answer_is_written_from_the_page(enter, engine, settings):
    client = await enter(Role.TRAINER, login="li")
    with writing(engine) as conn:
        unanswered.record(conn, "v1", QUESTION, "refuse")
    answer = await client.post(
        "/workbench/listening/answer",
        data={
            "chosen": QUESTION, "question": QUESTION, "text": "逐条承认或否认。", "jurisdiction": "US",
            "source": "委员会规则", "basis": "", "url": "",
        },
    )  # fmt: skip
    assert "已进入草稿" in await answer.text()
    documents = [d.meta.title for d in publishing.library_of(settings).documents]
    assert f"问答：{QUESTION}" in documents


async def test_the_list_of_what_is_due_is_looked_for_aside(enter, app):
    client = await enter(Role.TRAINER, login="li")
    first = await (await client.get("/workbench/listening/todo")).text()
    assert "progress" in first
    for _ in range(300):
        if not app[keys.JOBS].last("todo").is_running:
            break
        await asyncio.sleep(0.1)
    text = await (await client.get("/workbench/listening/todo")).text()
    assert "上次复核 2026-01-01" in text


async def test_an_agent_does_not_see_it(enter):
    client = await enter(Role.AGENT, login="zhou")
    assert (await client.get("/workbench/listening")).status == 403


async def test_a_refused_question_tells_how_it_was_decided(enter, engine):
    client = await enter(Role.TRAINER, login="li")
    plan = {
        "acts": ["action_answer"], "reason": "weighed", "scores": {"action_answer": 0.28},
        "seen": {
            "question": QUESTION, "reading": "heard", "band": "refuse", "confidence": 0.1, "hits": [],
            "titles": [], "ranking": {"ask": 0.9}, "names": [],
        },
    }  # fmt: skip
    with writing(engine) as conn:
        said = recording.receive(conn, "v1", "web", "答辩书怎么写").inbound
        unanswered.record(conn, "v1", QUESTION, "refuse")
        unanswered.record(conn, "v1", "别的", "refuse")
        plans.keep(conn, said.id, plan)
    text = await (await client.get("/workbench/listening")).text()
    assert text.count("怎么决定的") == 1
    assert "结合前面说过的），会说答不了" in text
