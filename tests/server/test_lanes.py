"""Long messages wait for each other, ordinary ones for neither, and nobody waits for long."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from server.dispatch import MOST_QUEUED
from server.errors import RequestError
from server.lanes import LONG_CHARS, Lanes

URL = "/api/v1/messages"
LONG = "长" * (LONG_CHARS + 1)


async def test_ordinary_messages_pass_a_long_one_and_long_ones_take_turns():
    lanes, order = Lanes(wait_s=5), []
    has_passed = asyncio.Event()

    async def work(name: str, text: str) -> None:
        async with lanes.admitted(text):
            order.append(f"{name} begins")
            if name == "short":
                has_passed.set()
            else:
                await has_passed.wait()
            order.append(f"{name} ends")

    await asyncio.gather(work("long", LONG), work("second", LONG), work("short", "短"))
    assert order == [
        "long begins", "short begins", "short ends", "long ends", "second begins", "second ends",
    ]  # fmt: skip


async def test_between_two_long_messages_others_have_as_much_time_as_the_first_took():
    lanes, loop = Lanes(wait_s=5), asyncio.get_running_loop()
    async with lanes.admitted(LONG):
        await asyncio.sleep(0.1)
    ended = loop.time()
    async with lanes.admitted(LONG):
        assert loop.time() - ended > 0.05


@pytest.mark.parametrize("text", ["短", LONG])
async def test_who_would_wait_too_long_is_told_to_come_back(text):
    lanes = Lanes(at_once=1, wait_s=0.05)
    async with lanes.admitted(text):
        with pytest.raises(RequestError) as refused:
            async with lanes.admitted(text):
                pytest.fail("admitted")
    assert refused.value.status == 503
    assert int(refused.value.headers["Retry-After"]) > 0
    until = asyncio.get_running_loop().time() + 10
    while (
        asyncio.get_running_loop().time() < until
    ):  # a long one leaves others as much time as it took
        with contextlib.suppress(RequestError):
            async with lanes.admitted(text):
                return
    pytest.fail("never admitted again")


async def test_overloaded_bot_refuses_and_answers_the_same_message_later(
    client, app, dialogue, monkeypatch
):
    from server import keys

    monkeypatch.setattr(app[keys.DISPATCHER], "_lanes", Lanes(at_once=1, wait_s=0.05))
    pause = dialogue.pause("慢")
    slow = asyncio.create_task(client.post(URL, json={"sender": "a", "text": "慢"}))
    await pause.reached.wait()
    body = {"sender": "b", "text": "你好", "message_id": "m1"}
    refused = await client.post(URL, json=body)
    assert refused.status == 503
    assert refused.headers["Retry-After"]
    assert (await refused.json())["error"]["code"] == "overloaded"
    pause.release.set()
    assert (await slow).status == 200
    assert (await client.post(URL, json=body)).status == 200
    assert dialogue.seen.count(("b", "你好")) == 1


async def test_one_sender_cannot_pile_up_messages(client, dialogue):
    await client.post(URL, json={"sender": "a", "text": "你好"})
    pause = dialogue.pause("慢")
    first = asyncio.create_task(client.post(URL, json={"sender": "a", "text": "慢"}))
    await pause.reached.wait()
    rest = [
        asyncio.create_task(client.post(URL, json={"sender": "a", "text": f"第{number}条"}))
        for number in range(MOST_QUEUED + 2)
    ]
    done, waiting = await asyncio.wait(rest, timeout=1)
    assert {task.result().status for task in done} == {429}
    assert len(waiting) == MOST_QUEUED - 1
    pause.release.set()
    await asyncio.gather(first, *waiting)
