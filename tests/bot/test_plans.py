"""The running assistant keeps its plan with the message, and decides what nobody said without a trace."""

import asyncio
import dataclasses

import pytest
import sqlalchemy as sa

from bot.deciding import explained
from bot.turn import plan_of
from curation import publishing
from desk import plans, recording, tables
from desk.engine import open_engine, reading, writing
from desk.migrations import migrate

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.asyncio(loop_scope="module"),
]
ONLY_IN_DRAFT = "荧光展会上被投诉商标侵权怎么答辩"
DRAFT = f"""\
---
id: mars
title: 荧光展会指南
kind: guide
jurisdiction: [general]
as_of: '2026'
reviewed_on: 2026-01-01
---
## {ONLY_IN_DRAFT}
荧光展会上被投诉商标侵权的，三十天内向主办方书面答辩。
"""
QUESTION = "收到337调查立案通知，几天内要答辩？"


@pytest.fixture(scope="module")
def engine(bot_settings):
    engine = open_engine(bot_settings.desk.database_url)
    migrate(engine)
    yield engine
    engine.dispose()


async def say(rasa, engine, sender, text):
    with writing(engine) as conn:
        message = recording.receive(conn, sender, "web", text).inbound.id
    replies = await rasa.handle(sender, text, {"message_id": message})
    assert "plan" not in str([set(reply["data"]) for reply in replies])
    with reading(engine) as conn:
        return plans.of_messages(conn, [message]).get(message)


async def test_the_plan_is_kept_with_its_message(rasa, engine):
    kept = await say(rasa, engine, "plan-kept", QUESTION)
    assert kept == await rasa.plan("plan-kept")
    assert "turn" not in kept  # it names the sender
    told = explained(kept)
    assert told.decision.startswith("按问题回答")
    assert dict(told.seen)["命中"]
    later = await say(rasa, engine, "plan-kept", "转人工")
    assert explained(later).decision.startswith("转人工")


async def test_an_earlier_plan_is_not_taken_for_that_of_a_message_that_got_none(rasa, engine):
    await say(rasa, engine, "plan-stale", QUESTION)
    tracker = await rasa.tracker("plan-stale")
    assert plan_of(tracker)
    tracker.latest_message.message_id = "another"
    assert plan_of(tracker) == {}


async def test_erasing_leaves_no_plan(rasa, engine):
    await say(rasa, engine, "plan-erased", QUESTION)
    await say(rasa, engine, "plan-erased", "删除我的数据")
    assert await say(rasa, engine, "plan-erased", "确认删除") is None
    assert await rasa.plan("plan-erased") == {}


def rows(*engines):
    """How many rows every table of these databases holds."""
    counted = {}
    for engine in engines:
        with engine.connect() as conn:
            for name in sa.inspect(conn).get_table_names():
                table = sa.table(name)
                counted[name] = conn.execute(
                    sa.select(sa.func.count()).select_from(table)
                ).scalar_one()
    return counted


async def test_trying_out_decides_as_the_chat_does_and_leaves_no_trace(rasa, engine):
    kept = await say(rasa, engine, "plan-tried", QUESTION)
    databases = (engine, rasa._store.engine)
    before = rows(*databases)
    assert before[tables.messages.name]
    index = rasa._services.index.current()
    tried = await rasa.try_out(QUESTION, index)
    assert {name: tried[name] for name in ("acts", "reason", "scores")} == {
        name: kept[name] for name in ("acts", "reason", "scores")
    }
    # A refused question, one in doubt, a command and an erasure are noted or carried out when said.
    for text in ("月球基地的税率是多少", "呃那个", "转人工", "删除我的数据"):
        plan = await rasa.try_out(text, index)
        assert plan["acts"]
        assert plan["seen"]["reading"]
    assert rows(*databases) == before
    assert await rasa.tracker("tried") is None


async def test_trying_out_asks_the_index_that_is_given_and_no_other(rasa, bot_settings, tmp_path):
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "mars.md").write_text(DRAFT, encoding="utf-8")
    kept = bot_settings.knowledge
    draft_of = dataclasses.replace(
        bot_settings,
        data_dir=tmp_path,
        knowledge=dataclasses.replace(kept, sources_dir=sources, draft_dir=tmp_path / "draft"),
    )
    (tmp_path / "index").mkdir()
    publishing.build_into(draft_of, tmp_path / "index")
    draft = publishing.open_index(draft_of, tmp_path / "index")
    tried, said = await asyncio.gather(
        rasa.try_out(ONLY_IN_DRAFT, draft), rasa.handle("plan-live", ONLY_IN_DRAFT, {})
    )
    assert tried["seen"]["titles"] == [f"荧光展会指南 › {ONLY_IN_DRAFT}"]
    assert [message["kind"] for message in tried["said"]] == ["answer"]
    assert tried["said"][0]["citations"][0]["title"] == "荧光展会指南"
    assert "本回答由知识库自动整理" in tried["said"][0]["text"]
    assert tried["seen"]["band"] == "answer"
    assert tried["acts"][0] == "action_answer"
    assert "荧光展会指南" not in str(said)
