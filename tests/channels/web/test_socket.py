"""The live connection: answers, repeats, other pages of the same person."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError

from channels.web.socket import MOST_PAGES
from server import keys
from server.limits import EVENTS_PER_MINUTE
from tests import contract
from tests.waiting import until


async def receive(socket: Any, kind: str) -> dict[str, Any]:
    """The next event of a kind; others before it are passed over."""
    while True:
        event = await asyncio.wait_for(socket.receive_json(), 5)
        if event["type"] == kind:
            return event


@pytest.fixture
async def sender(client) -> str:
    await client.get("/")
    async with client.ws_connect("/ws") as socket:
        return (await receive(socket, "welcome"))["sender"]


async def say(socket: Any, text: Any, identity: Any = "m1") -> None:
    await socket.send_json({"type": "message", "message_id": identity, "text": text})


async def test_message_is_acknowledged_and_answered(client, sender):
    async with client.ws_connect("/ws") as socket:
        await say(socket, "你好")
        assert (await receive(socket, "received"))["message_id"] == "m1"
        reply = await receive(socket, "reply")
        assert reply["message_id"] == "m1"
        contract.check_reply(reply["reply"])
        assert reply["reply"]["sender"] == sender


async def test_resending_after_a_broken_line_answers_without_doubling(
    client, sender, dialogue, casework
):
    pause = dialogue.pause("你好")
    async with client.ws_connect("/ws") as socket:
        await say(socket, "你好")
        await pause.reached.wait()
    pause.release.set()
    async with client.ws_connect("/ws") as socket:
        await say(socket, "你好")
        reply = await receive(socket, "reply")
    assert reply["reply"]["messages"][0]["text"] == "收到：你好"
    assert len(dialogue.seen) == 1
    assert len(casework.history(sender, 10)["messages"]) == 2


async def test_resending_by_a_plain_request_gives_the_same_answer(client, sender, dialogue):
    async with client.ws_connect("/ws") as socket:
        await say(socket, "你好")
        live = await receive(socket, "reply")
    body = {"sender": sender, "text": "你好", "message_id": "m1"}
    plain = await (await client.post("/api/v1/messages", json=body)).json()
    assert plain == live["reply"]
    assert len(dialogue.seen) == 1


async def test_other_page_of_the_same_person_sees_the_exchange(client, sender):
    async with client.ws_connect("/ws") as first, client.ws_connect("/ws") as second:
        await receive(first, "welcome")
        await receive(second, "welcome")
        await say(first, "你好")
        seen = await receive(second, "exchange")
        assert seen["text"] == "你好"
        assert seen["reply"]["messages"][0]["text"] == "收到：你好"


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty_text"), ("问" * 2001, "text_too_long"), (7, "invalid_text")]
)
async def test_bad_message_is_refused_with_its_id(client, sender, text, code):
    async with client.ws_connect("/ws") as socket:
        await say(socket, text)
        refused = await receive(socket, "refused")
        assert refused["message_id"] == "m1"
        assert refused["error"]["code"] == code


@pytest.mark.parametrize("frame", ["{", "[]", '{"type":"unknown"}', "[" * 5000])
async def test_senseless_frame_is_refused_and_the_line_stays_open(client, sender, frame):
    async with client.ws_connect("/ws") as socket:
        await socket.send_str(frame)
        assert (await receive(socket, "refused"))["error"]["code"] == "invalid_event"
        await socket.send_json({"type": "ping"})
        await receive(socket, "pong")


async def test_rate_limit_holds_on_the_socket(client, sender):
    async with client.ws_connect("/ws") as socket:
        for number in range(30):
            await say(socket, "问", f"m{number}")
            await receive(socket, "reply")
        await say(socket, "问", "m30")
        refused = await receive(socket, "refused")
        assert refused["error"]["code"] == "rate_limited"


async def test_too_many_messages_at_once_are_refused(client, sender, dialogue):
    pause = dialogue.pause("慢")
    async with client.ws_connect("/ws") as socket:
        for number in range(9):
            await say(socket, "慢", f"m{number}")
        refused = await receive(socket, "refused")
        assert refused["message_id"] == "m8"
        pause.release.set()


async def test_messages_of_one_page_stand_in_the_record_as_they_were_sent(
    client, sender, casework, monkeypatch
):
    """Also where the first takes longer than the next on its way to its turn."""
    limits = client.app[keys.LIMITS]
    is_slow, told, take = asyncio.Event(), asyncio.Event(), limits.take

    async def take_slowly(*asked: Any) -> int:
        if not is_slow.is_set():
            is_slow.set()
            await told.wait()
        return await take(*asked)

    monkeypatch.setattr(limits, "take", take_slowly)
    async with client.ws_connect("/ws") as socket:
        await say(socket, "第一句", "m1")
        await is_slow.wait()
        for number in range(2, 6):
            await say(socket, f"第{number}句", f"m{number}")
        await socket.send_json({"type": "ping"})
        await receive(socket, "pong")  # others are not held up
        told.set()
        answered = [(await receive(socket, "reply"))["message_id"] for _ in range(5)]
    assert answered == [f"m{number}" for number in range(1, 6)]
    said = [m for m in casework.history(sender, 20)["messages"] if m["direction"] == "in"]
    assert [m["message_id"] for m in said] == answered


async def test_shutdown_closes_open_pages(client, sender):
    async with client.ws_connect("/ws") as socket:
        await receive(socket, "welcome")
        closing = asyncio.create_task(client.server.close())
        assert (await asyncio.wait_for(socket.receive(), 5)).data == 1012
        await closing


@pytest.mark.parametrize("identity", ["\ud800", "m" * 65, "", {"a": 1}, ["m1"], 7, "a\nb"])
async def test_a_bad_id_is_refused_and_the_line_stays_open(client, sender, dialogue, identity):
    async with client.ws_connect("/ws") as socket:
        await say(socket, "你好", identity)
        refused = await receive(socket, "refused")
        assert refused["error"]["code"] == "invalid_message_id"
        assert refused["message_id"] is None
        await socket.send_json({"type": "delivered", "ids": [identity, "\x00", None]})
        await socket.send_json({"type": "ping"})
        await receive(socket, "pong")
    assert dialogue.seen == []


async def test_a_person_has_only_so_many_pages_open(client, sender):
    async with contextlib.AsyncExitStack() as pages:
        opened = [
            await pages.enter_async_context(client.ws_connect("/ws")) for _ in range(MOST_PAGES)
        ]
        with pytest.raises(WSServerHandshakeError) as refused:
            await client.ws_connect("/ws")
        assert refused.value.status == 429
        # A page is not told why; it asks once more plainly.
        assert (await client.get("/ws")).status == 429
        await opened[0].close()
        hub = client.app[keys.HUB]
        await until(lambda: hub.pages(sender) < MOST_PAGES)
        async with client.ws_connect("/ws") as socket:
            await receive(socket, "welcome")


@pytest.mark.parametrize("kind", ["typing", "delivered"])
async def test_what_a_program_says_besides_messages_is_heard_only_so_often(
    client, sender, monkeypatch, kind
):
    heard: list[Any] = []

    async def confirm(*said: Any) -> None:
        heard.append(said)

    monkeypatch.setattr(client.app[keys.DELIVERY], "confirm", confirm)
    monkeypatch.setattr(client.app[keys.WATCHERS], "tell", lambda *said: heard.append(said))
    async with client.ws_connect("/ws") as one, client.ws_connect("/ws") as two:
        for socket in (one, two):
            await receive(socket, "welcome")
            for _ in range(EVENTS_PER_MINUTE):
                await socket.send_json({"type": kind, "ids": ["a"]})
            await socket.send_json({"type": "ping"})
            await receive(socket, "pong")
    assert EVENTS_PER_MINUTE <= len(heard) < EVENTS_PER_MINUTE * 3 / 2
