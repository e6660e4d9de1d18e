"""The page on which sentences are labelled and models changed."""

from __future__ import annotations

import pytest

from bot import retraining
from bot.intent_names import INTENT_NAMES
from curation.jobs import Job, state_of
from desk import copies, leases, misunderstood, plans, recording
from desk.engine import writing
from desk.permissions import Role
from office.workbench import dialogue_training
from office.workbench.dialogue_training import JOB, intents
from server import keys
from tests.bot.test_retraining import candidate
from tests.waiting import until


@pytest.fixture
def reloadable(dialogue):
    """The bot counts how often it took up a model; ``fails`` makes it refuse."""
    dialogue.reloads, dialogue.fails = 0, False

    async def reload():
        if dialogue.fails:
            raise RuntimeError("damaged model")
        dialogue.reloads += 1
        return "model"

    dialogue.reload = reload
    return dialogue


async def test_a_doubtful_sentence_is_listed_labelled_and_taken_back(enter, engine):
    client = await enter(Role.TRAINER, login="li")
    with writing(engine) as conn:
        misunderstood.record(
            conn, "v1", "找个活人", "ask", 0.2, [{"name": "ask", "confidence": 0.2}]
        )
        key = misunderstood.listing(conn)[0].key
    text = await (await client.get("/workbench/dialogue")).text()
    assert "找个活人" in text
    assert "问知识 20%" in text
    refused = await client.post("/workbench/dialogue/label", data={"key": key, "intent": "nothing"})
    assert refused.status == 400
    done = await client.post("/workbench/dialogue/label", data={"key": key, "intent": "human"})
    assert "“找个活人”已标注" in await done.text()
    assert "已标注（1）" in await (await client.get("/workbench/dialogue")).text()
    await client.post("/workbench/dialogue/label", data={"key": key, "dismiss": "yes"})
    assert "已标注（0）" in await (await client.get("/workbench/dialogue")).text()


def test_every_intent_has_a_name_that_people_understand():
    assert set(INTENT_NAMES) == set(intents())


async def test_training_without_labels_is_refused(enter):
    client = await enter(Role.TRAINER, login="li")
    assert (await client.post("/workbench/dialogue/train")).status == 400


async def test_the_comparison_is_shown_and_the_switch_reloads_the_bot(enter, settings, reloadable):
    client = await enter(Role.TRAINER, login="li")
    made = candidate(settings)
    text = await (await client.get("/workbench/dialogue")).text()
    assert "0.900 → <b>0.900</b>" in text
    done = await client.post("/workbench/dialogue/switch", data={})
    assert f"已切换到 {made.model}" in await done.text()
    assert reloadable.reloads == 1


async def test_switching_without_a_candidate_or_an_earlier_model_is_refused(enter, reloadable):
    client = await enter(Role.TRAINER, login="li")
    for form, words in (({}, "请先训练"), ({"back": "yes"}, "没有可以换回")):
        refused = await client.post("/workbench/dialogue/switch", data=form)
        assert refused.status == 400
        assert words in await refused.text()
    assert reloadable.reloads == 0


async def test_a_worse_candidate_needs_a_reason(enter, settings, reloadable):
    client = await enter(Role.TRAINER, login="li")
    candidate(settings, after=retraining.Scores(0.8, 0.8, 1))
    assert (await client.post("/workbench/dialogue/switch", data={})).status == 400
    done = await client.post("/workbench/dialogue/switch", data={"reason": "补了新说法"})
    assert done.status == 200
    assert reloadable.reloads == 1


async def test_a_model_that_does_not_load_is_not_left_switched(enter, settings, reloadable):
    client = await enter(Role.TRAINER, login="li")
    retraining.model_path(settings).parent.mkdir(parents=True)
    retraining.model_path(settings).write_bytes(b"model")
    candidate(settings)
    reloadable.fails = True
    assert (await client.post("/workbench/dialogue/switch", data={})).status == 500
    assert not retraining.corrections_file(settings).exists()


async def test_a_bot_in_another_service_cannot_be_switched_here(enter, settings, app):
    client = await enter(Role.TRAINER, login="li")
    candidate(settings)
    assert not hasattr(app[keys.DIALOGUE], "reload")
    assert (await client.post("/workbench/dialogue/switch", data={})).status == 409


async def test_a_doubtful_sentence_tells_how_it_was_decided(enter, engine):
    client = await enter(Role.TRAINER, login="li")
    with writing(engine) as conn:
        said = recording.receive(conn, "v1", "web", "找个活人").inbound
        misunderstood.record(conn, "v1", "找个活人", "ask", 0.2)
        misunderstood.record(conn, "v1", "呃", "ask", 0.3)
        plans.keep(conn, said.id, {"acts": ["action_handoff"], "reason": "weighed"})
    text = await (await client.get("/workbench/dialogue")).text()
    assert text.count("怎么决定的") == 1
    assert "转人工<span" in text


async def test_training_whose_copy_is_gone_goes_on_at_another(enter, engine, app, monkeypatch):
    client = await enter(Role.TRAINER, login="li")
    with writing(engine) as conn:
        misunderstood.add(conn, "找个活人", "human", by="li")
        copies.enter(conn, "gone")
        state = {**state_of(Job(JOB, "li", goes_on=True)), "ended_at": None}
        leases.take(conn, JOB, "gone", state)
        copies.leave(conn, "gone")
    progress = await (await client.get("/workbench/dialogue/progress")).json()
    assert (progress["running"], progress["message"]) == (True, "")
    asked = []

    async def trained(work, settings, examples, by, **_options):
        asked.append((work, examples, by))
        return "候选模型已训练"

    monkeypatch.setattr(dialogue_training, "outliving", trained)
    for _ in range(2):  # and only once
        await app[keys.PRESENCE].look()
        await until(lambda: not app[keys.JOBS].last(JOB).is_running)
    assert asked == [(retraining.prepare_and_say, [("找个活人", "human")], "li")]
    progress = await (await client.get("/workbench/dialogue/progress")).json()
    assert progress["result"] == "候选模型已训练"
