"""From labelled sentences to a model that answers with them, and back, while people talk."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import pytest
import yaml

from bot import retraining
from bot.errors import ModelError
from bot.retraining import Candidate, Scores
from bot.training import corrections_file, model_path
from settings import load_settings

SCORES = Scores(0.9, 0.9, 0)


@pytest.fixture
def settings(tmp_path):
    return load_settings({"HUHANG_DATA_DIR": str(tmp_path)})


def candidate(settings, text="- {intent: x}\n", **changes):
    """A candidate whose model file is there."""
    home = retraining.folder(settings)
    home.mkdir(parents=True, exist_ok=True)
    (home / "candidate.yml").write_text(text, "utf-8")
    model = model_path(settings, home / "candidate.yml")
    model.parent.mkdir(parents=True, exist_ok=True)
    model.write_bytes(b"model")
    made = Candidate(model.name, "li", "2026-11-23T08:00:00+00:00", 1, SCORES, SCORES, 5, 5)
    made = dataclasses.replace(made, **changes)
    (home / "candidate.json").write_text(json.dumps(dataclasses.asdict(made)), "utf-8")
    return made


def test_examples_are_written_as_rasa_reads_them():
    text = retraining.examples_yaml(
        [
            ("找个[活人](x)", "handoff"),
            ("给我接个\n真人", "handoff"),
            ("找个[活人](x)", "handoff"),
            (" ", "ask"),
        ]
    )
    (row,) = yaml.safe_load(text)["nlu"]
    assert row == {"intent": "handoff", "examples": "- 找个 活人 x\n- 给我接个 真人\n"}


def test_switching_changes_which_model_is_looked_for_and_back(settings):
    before = model_path(settings)
    before.parent.mkdir(parents=True)
    before.write_bytes(b"model")
    made = candidate(settings)
    assert retraining.candidate_of(settings) == made
    assert retraining.switch(settings).name == made.model
    assert model_path(settings).name == made.model
    assert retraining.candidate_of(settings) is None
    assert retraining.switch_back(settings) == before
    assert not corrections_file(settings).exists()
    assert retraining.switch_back(settings).name == made.model


def test_a_candidate_that_breaks_a_conversation_is_refused(settings):
    candidate(settings, stories_right=4, failed=("转人工",))
    with pytest.raises(ModelError, match="1 段对话测试没有通过"):
        retraining.switch(settings)
    assert not corrections_file(settings).exists()


def test_a_candidate_of_other_data_or_without_its_model_is_none(settings):
    made = candidate(settings)
    (settings.bot.models_dir / made.model).unlink()
    assert retraining.candidate_of(settings) is None
    candidate(settings)
    (retraining.folder(settings) / "candidate.yml").write_text("other", "utf-8")
    assert retraining.candidate_of(settings) is None
    with pytest.raises(ModelError, match="没有可切换"):
        retraining.switch(settings)
    with pytest.raises(ModelError, match="没有可以换回"):
        retraining.switch_back(settings)


def test_nothing_labelled_trains_nothing(settings):
    with pytest.raises(ModelError, match="还没有标注"):
        retraining.prepare(settings, [], "li")


VAGUE = "他家楼上那回事"
SENTENCE = "把你家掌柜的拎过来"


@pytest.mark.rasa
@pytest.mark.filterwarnings("ignore")
def test_a_taught_sentence_is_understood_after_the_switch_and_a_form_goes_on(
    bot_settings, tmp_path
):
    from bot.runtime import EmbeddedRasa
    from desk import misunderstood
    from desk.engine import open_engine, reading

    settings = dataclasses.replace(bot_settings, data_dir=tmp_path)
    steps = []
    made = retraining.prepare(settings, [(SENTENCE, "human")], "li", report=steps.append)
    assert len(steps) == 4
    assert made.stories == made.stories_right > 0
    assert made.after.macro_f1 > 0.8

    async def talk():
        bot = EmbeddedRasa(settings)
        await bot.start()
        try:
            before = await bot.handle("teach-1", SENTENCE, {})
            await bot.handle("teach-1", VAGUE, {})
            await bot.handle("teach-2", "我要登记援助线索", {})
            asked = await bot.handle("teach-2", "同意", {})
            retraining.switch(settings)
            answers = await asyncio.gather(
                bot.reload(),
                *(bot.handle(f"crowd-{n}", "世界知识产权日是哪天", {}) for n in range(5)),
            )
            after = await bot.handle("teach-3", SENTENCE, {})
            going_on = await bot.handle("teach-2", "广州测试灯具有限公司", {})
            retraining.switch_back(settings)
            await bot.reload()
            again = await bot.handle("teach-4", SENTENCE, {})
            return before, asked, answers, after, going_on, again
        finally:
            await bot.close()

    before, asked, answers, after, going_on, again = asyncio.run(talk())
    assert "handoff" not in [item["kind"] for item in before]
    assert "handoff" in [item["kind"] for item in after]
    assert "handoff" not in [item["kind"] for item in again]
    assert answers[0] == made.model
    assert all(answer[0]["kind"] == "answer" for answer in answers[1:])
    assert going_on[0]["text"] != asked[0]["text"]
    assert "企业名称" not in going_on[-1]["text"]
    engine = open_engine(settings.desk.database_url)
    with reading(engine) as conn:
        assert VAGUE in [item.text for item in misunderstood.listing(conn)]
    engine.dispose()
