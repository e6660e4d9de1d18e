"""Questions before the dialogue model is there: answered from the shelf, and followed by the agent later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.answer_card import refusal_reply
from actions.context import build_services
from bot import runtime
from bot.contract import StillStarting
from bot.errors import ModelError
from bot.first_answers import as_said, first_answer
from bot.runtime import EmbeddedRasa
from curation.publishing import build, publish
from settings import ROOT
from tests import contract
from tests.sample_base import sample_settings


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    settings = sample_settings(tmp_path_factory.mktemp("base"))
    build(settings, by="tester")
    publish(settings, by="tester", golden=False)
    shipped = replace(settings.knowledge, tables_dir=ROOT / "knowledge" / "tables")
    return build_services(replace(settings, knowledge=shipped))


def test_question_is_answered_with_its_source_and_told_that_the_rest_is_starting(services):
    said = first_answer(services, "a", "收到美国337调查立案通知，几天内要答辩？")
    contract.check_reply({"sender": "a", "owner": "bot", "messages": said})
    assert [item["kind"] for item in said] == ["answer", "notice"]
    assert "20天" in said[0]["text"]
    assert said[0]["text"].endswith("不构成法律意见。")
    assert said[0]["citations"]
    assert "启动" in said[-1]["text"]
    assert len(said[-1]["text"]) <= 40


@pytest.mark.parametrize("text", ["你好", "我要登记援助线索", "火星上能不能开店？", "转人工"])
def test_what_the_shelf_does_not_answer_waits_for_the_dialogue(services, text):
    with pytest.raises(StillStarting):
        first_answer(services, "a", text)


def test_a_refusal_has_its_words_before_the_dialogue_is_there():
    said = as_said(refusal_reply())
    assert said["custom"]["kind"] == "refusal"
    assert "转人工" in said["text"]
    assert "“冥王星”" in as_said(refusal_reply("冥王星"))["text"]


class Starting(EmbeddedRasa):
    """A bot whose agent is a list of what it heard."""

    def __init__(self) -> None:
        super().__init__(settings=None)
        self.heard: list[tuple[str, str]] = []
        self.while_hearing = None

    def _open(self):
        self._services = object()

    def _start(self):
        return self.heard

    async def _pass(self, agent, heard):
        agent.append((heard.sender, heard.text))
        if self.while_hearing is not None:
            question, self.while_hearing = self.while_hearing, None
            await self.handle("c", question, {})
        if heard.text == "出错":
            raise ModelError("broken")
        return [{"kind": "text", "text": "whole"}]


@pytest.fixture
def starting(monkeypatch):
    import bot.first_answers

    monkeypatch.setattr(
        bot.first_answers,
        "first_answer",
        lambda services, sender, text: [{"kind": "answer", "text": "early"}],
    )
    return Starting()


async def test_nothing_is_answered_before_anything_was_opened(starting):
    with pytest.raises(runtime.BotError):
        await starting.handle("a", "甲", {})


async def test_agent_hears_what_was_answered_before_it_in_the_order_it_came(starting):
    await starting.open()
    for sender, text in (("a", "甲"), ("b", "乙"), ("a", "丙")):
        said = await starting.handle(sender, text, {})
        assert said == [{"kind": "answer", "text": "early"}]
    await starting.start()
    assert starting.heard == [("a", "甲"), ("b", "乙"), ("a", "丙")]
    assert (await starting.handle("a", "丁", {}))[0]["text"] == "whole"
    assert starting.heard[-1] == ("a", "丁")


async def test_question_that_comes_while_the_agent_hears_is_heard_too(starting):
    await starting.open()
    await starting.handle("a", "甲", {})
    starting.while_hearing = "乙"
    await starting.start()
    assert starting.heard == [("a", "甲"), ("c", "乙")]


async def test_agent_that_fails_over_an_early_question_starts_all_the_same(starting):
    await starting.open()
    await starting.handle("a", "出错", {})
    await starting.handle("b", "乙", {})
    await starting.start()
    assert (await starting.handle("b", "丙", {}))[0]["text"] == "whole"
    assert starting.heard == [("a", "出错"), ("b", "乙"), ("b", "丙")]
