"""What may be asked while the assistant starts."""

from __future__ import annotations

import asyncio

import pytest

from bot.contract import StillStarting
from bot.errors import ModelError
from channels.app import create_app
from knowledge.errors import SnapshotError
from server import keys
from server.readiness import GOLDEN_QUESTION, WARMING, Readiness
from tests.scripted_app import ANSWER, FakeDialogue

URL = "/api/v1/messages"


class EarlyDialogue(FakeDialogue):
    """Answers 问题 once opened; everything once started."""

    def __init__(self) -> None:
        super().__init__()
        self.is_started = False
        self.failures = 0
        self.refused = 0
        self.opened = 0

    async def open(self) -> None:
        self.opened += 1
        if self.opened <= self.refused:
            raise SnapshotError("还没有发布")

    async def start(self) -> None:
        if self.failures:
            self.failures -= 1
            raise ModelError("对话模型还没有训练")
        self.is_started = True

    async def handle(self, sender, text, metadata):
        if self.is_started:
            return await super().handle(sender, text, metadata)
        if text != "问题？":
            raise StillStarting("启动中")
        return [ANSWER]


@pytest.fixture
def early(engine):
    dialogue = EarlyDialogue()
    dialogue.engine = engine
    return dialogue


async def said(client, sender, text):
    response = await client.post(URL, json={"sender": sender, "text": text})
    assert response.status == 200
    return await response.json()


async def test_questions_are_answered_before_the_model_is_there(aiohttp_client, settings, early):
    trained = asyncio.Event()
    heard_ready = []
    app = create_app(
        settings, dialogue=early, before_model=trained.wait, ready=lambda: heard_ready.append(1)
    )
    client = await aiohttp_client(app)
    assert (await said(client, "a", "问题？"))["messages"][0]["kind"] == "answer"
    body = await (await client.get("/readyz")).json()
    assert body["status"] == "not_ready"
    assert body["checks"]["index"] is True
    assert body["checks"]["model"] is False
    assert heard_ready == []
    trained.set()
    for _ in range(200):
        if heard_ready:
            break
        await asyncio.sleep(0.01)
    assert heard_ready == [1]
    assert (await client.get("/readyz")).status == 200
    assert (await said(client, "b", "你好"))["messages"][0]["text"] == "收到：你好"


async def test_who_needs_the_dialogue_is_told_and_a_human_can_be_had(
    aiohttp_client, settings, early
):
    app = create_app(settings, dialogue=early, before_model=asyncio.Event().wait)
    client = await aiohttp_client(app)
    told = (await said(client, "a", "你好"))["messages"][0]
    assert told["kind"] == "notice"
    assert "启动" in told["text"]
    assert "编号" not in told["text"]
    assert (await said(client, "b", "转人工"))["owner"] == "waiting"


async def test_start_that_failed_leaves_the_shelf_open(
    aiohttp_client, settings, early, monkeypatch
):
    early.failures = 10**6
    monkeypatch.setattr("server.readiness.RETRY_S", (0.02, 0.02))
    app = create_app(settings, dialogue=early)
    client = await aiohttp_client(app)
    await app[keys.READINESS].wait(5)
    for _ in range(500):
        if early.failures <= 10**6 - 3:
            break
        await asyncio.sleep(0.01)
    assert (await said(client, "a", "问题？"))["messages"][0]["kind"] == "answer"
    assert not early.closed
    early.failures = 0
    for _ in range(500):
        if early.is_started:
            break
        await asyncio.sleep(0.01)
    assert early.is_started


async def test_shelf_that_is_not_there_yet_is_waited_for(
    aiohttp_client, settings, early, monkeypatch
):
    early.refused, early.failures = 1, 1
    monkeypatch.setattr("server.readiness.RETRY_S", (0.05, 0.05))
    client = await aiohttp_client(create_app(settings, dialogue=early))
    for _ in range(200):
        if (await client.get("/readyz")).status == 200:
            break
        await asyncio.sleep(0.02)
    assert early.opened == 2


async def test_the_golden_question_is_asked_by_somebody_new_each_time_and_forgotten():
    class Remembering:
        """Says so when it is asked the same again, as the bot does."""

        def __init__(self) -> None:
            self.known: set[str] = set()

        async def start(self) -> None:
            """Nothing to load."""

        async def handle(self, sender, text, metadata):
            if sender in self.known:
                return [{**ANSWER, "kind": "text", "text": "刚才答过", "citations": []}]
            self.known.add(sender)
            return [ANSWER]

        async def forget(self, sender):
            self.known.discard(sender)

        def snapshot(self):
            return None

    dialogue = Remembering()
    readiness = Readiness(dialogue)
    await readiness.load()
    assert readiness.is_ready
    readiness.stored(done=False)
    await readiness.recheck()
    assert (readiness.is_ready, readiness.reason, dialogue.known) == (True, "", set())


class Heard(FakeDialogue):
    """Keeps what is said to it by whomever; fails at some words."""

    def __init__(self, fails_at: str | None = None) -> None:
        super().__init__()
        self.fails_at = fails_at
        self.heard: list[str] = []

    async def handle(self, sender, text, metadata):
        self.heard.append(text)
        if text == self.fails_at:
            raise KeyError(text)
        return await super().handle(sender, text, metadata)


async def test_a_story_and_a_form_are_begun_for_nobody_and_forgotten():
    dialogue = Heard()
    readiness = Readiness(dialogue)
    await readiness.load()
    assert dialogue.heard == [GOLDEN_QUESTION, *WARMING]
    assert len(set(dialogue.forgotten)) == 2


async def test_who_could_not_be_warmed_up_answers_all_the_same():
    ready = []
    readiness = Readiness(Heard(fails_at=WARMING[0]))
    await readiness.load(ready=lambda: ready.append(1))
    assert readiness.is_ready
    assert ready == [1]
