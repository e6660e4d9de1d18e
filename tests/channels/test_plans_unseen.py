"""How a message was decided is for staff: nothing that a person can fetch tells it."""

from __future__ import annotations

import pytest

from desk import plans, transcripts
from desk.engine import reading, writing
from server.security import TOKEN_HEADER
from tests.channels.web.test_socket import receive, say

QUESTION = "只有判断里才有的读法"
PLAN = {
    "acts": ["action_answer"],
    "reason": "weighed",
    "scores": {"action_answer": 0.8123},
    "seen": {
        "question": QUESTION, "reading": "alone", "band": "answer", "confidence": 0.8123, "hits": [],
        "titles": [], "ranking": {"ask": 0.8123}, "names": [],
    },
}  # fmt: skip
TELLS = (QUESTION, "0.8123", "action_answer", '"plan"', "怎么决定的", "按问题回答")


@pytest.fixture
def planned(dialogue, engine, monkeypatch):
    """A bot that keeps a plan with every message, as the one in this process does."""
    handle = dialogue.handle

    async def keeping(sender, text, metadata):
        replies = await handle(sender, text, metadata)
        if not sender.startswith("probe~"):
            with writing(engine) as conn:
                assert plans.keep(conn, metadata["message_id"], PLAN)
        return replies

    monkeypatch.setattr(dialogue, "handle", keeping)
    return dialogue


def kept(engine, sender):
    with reading(engine) as conn:
        said = transcripts.history(conn, sender, 50)
        return plans.of_messages(conn, [item.id for item in said])


def tells_nothing(text):
    assert "你好" in text
    assert [sign for sign in TELLS if sign in text] == []


async def test_neither_an_answer_nor_the_conversation_carries_a_plan(planned, client, engine):
    body = {"sender": "a", "message_id": "m1", "text": "你好"}
    first = await client.post("/api/v1/messages", json=body)
    token = {TOKEN_HEADER: first.headers[TOKEN_HEADER]}
    tells_nothing(await first.text())
    again = await client.post("/api/v1/messages", json=body, headers=token)
    tells_nothing(await again.text())
    own = await client.get("/api/v1/conversations/a", headers=token)
    assert own.status == 200
    tells_nothing(await own.text())
    assert len(kept(engine, "a")) == 1


async def test_neither_the_live_connection_nor_the_page_carries_a_plan(planned, client, engine):
    await client.get("/")
    async with client.ws_connect("/ws") as socket:
        sender = (await receive(socket, "welcome"))["sender"]
        await say(socket, "你好")
        tells_nothing(str(await receive(socket, "reply")).replace("'", '"'))
    assert len(kept(engine, sender)) == 1
    own = await client.get(
        f"/api/v1/conversations/{sender}"
    )  # the page opened again, by its cookie
    assert own.status == 200
    tells_nothing(await own.text())
    page = await (await client.get("/")).text()
    assert [sign for sign in TELLS if sign in page] == []
