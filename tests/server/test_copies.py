"""Two copies of the server on the same records: what happens at one is seen at the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from channels.app import create_app
from desk import cases, handoffs, staff
from desk.engine import writing
from desk.logins import log_in
from desk.permissions import Role
from desk.staff import Staff
from office.access import SESSION_COOKIE
from server import keys
from server.signals import Topic
from settings import Settings
from tests.scripted_app import FakeDialogue

pytestmark = pytest.mark.slow  # starts two applications
# A busy machine may be slow; benchmarks/copies.py measures how soon it is.
SOON_S = 5.0
PASSWORD = "correct-horse-9"


class Bot(FakeDialogue):
    """The scripted bot, with a model that can be exchanged."""

    def __init__(self) -> None:
        super().__init__()
        self.reloads = 0

    async def reload(self) -> str:
        self.reloads += 1
        return "model"


class NoPapers:
    """A reader of papers that nobody sends."""

    def read(self, *_args: Any, **_options: Any) -> Any:
        raise AssertionError

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Copy:
    """A running copy and a browser at it."""

    client: TestClient
    bot: Bot

    @property
    def app(self) -> Any:
        return self.client.app


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """The settings of both copies."""
    if request.param == "sqlite":
        return settings
    url = request.getfixturevalue("fresh_postgres")
    return replace(settings, desk=replace(settings.desk, database_url=url))


@pytest.fixture
async def pair(shared: Settings) -> AsyncIterator[tuple[Copy, Copy]]:
    bots = (Bot(), Bot())
    clients = [
        TestClient(TestServer(create_app(shared, dialogue=bot, reader=NoPapers()))) for bot in bots
    ]
    # Both at once, on empty records.
    await asyncio.gather(*(client.start_server() for client in clients))
    copies = [Copy(client, bot) for client, bot in zip(clients, bots, strict=True)]
    for copy in copies:
        copy.bot.engine = copy.app[keys.ENGINE]
        assert await copy.app[keys.READINESS].wait(5)
    yield copies[0], copies[1]
    for client in clients:
        await client.close()


async def event(socket: Any, kind: str) -> dict[str, Any]:
    """The next event of a kind, which has to come soon."""

    async def search() -> dict[str, Any]:
        while True:
            found: dict[str, Any] = await socket.receive_json()
            if found["type"] == kind:
                return found

    return await asyncio.wait_for(search(), SOON_S)


async def visitor_at(copy: Copy) -> tuple[str, Any]:
    """Somebody with an open page, who waits for a human."""
    await copy.client.get("/")
    socket = await copy.client.ws_connect("/ws")
    sender = (await event(socket, "welcome"))["sender"]
    await socket.send_json({"type": "message", "message_id": "m1", "text": "转人工"})
    await event(socket, "reply")
    return sender, socket


def serve(copy: Copy, sender: str) -> tuple[str, Staff]:
    """A colleague who serves them, and the ticket."""
    with writing(copy.app[keys.ENGINE]) as conn:
        person = staff.add(conn, "wang", "王芳", Role.ADMIN, None, "test")
        ticket = handoffs.current(conn, sender)
        assert ticket is not None
        cases.claim(conn, person, ticket.reference)
    return ticket.reference, person


async def page_of(copy: Copy, other: Copy) -> Any:
    """Another page of the visitor whose first page is open at the other copy."""
    copy.client.session.cookie_jar.update_cookies(
        {item.key: item.value for item in other.client.session.cookie_jar},
        copy.client.make_url("/"),
    )
    socket = await copy.client.ws_connect("/ws")
    await event(socket, "welcome")
    return socket


async def desk_page(copy: Copy, reference: str) -> Any:
    """A page of the colleague that shows the ticket."""
    engine = copy.app[keys.ENGINE]
    with writing(engine) as conn:
        secret = staff.invite(conn, "wang")
    staff.accept_invitation(engine, secret, PASSWORD)
    copy.client.session.cookie_jar.update_cookies(
        {SESSION_COOKIE: log_in(engine, "wang", PASSWORD)}, copy.client.make_url("/")
    )
    socket = await copy.client.ws_connect("/desk/ws", headers={"Sec-Fetch-Site": "same-origin"})
    await event(socket, "inbox")
    await socket.send_json({"type": "look", "ticket": reference})
    await event(socket, "conversation")
    return socket


async def test_a_reply_of_staff_reaches_the_page_at_the_other_copy_and_is_marked_delivered(pair):
    here, there = pair
    sender, page = await visitor_at(there)
    reference, person = serve(here, sender)
    desk = await desk_page(here, reference)
    await here.app[keys.DELIVERY].carry_out(
        reference, cases.reply, person, reference, "您好，我来看", (), "c1"
    )
    pushed = await event(page, "push")
    joined, reply = pushed["reply"]["messages"]  # that somebody joined was stored and told nobody
    assert joined["text"].startswith("工作人员王芳已接入")
    assert reply["text"] == "您好，我来看"
    assert pushed["reply"]["owner"] == "human"
    identity = reply["id"]
    await page.send_json({"type": "delivered", "ids": [identity]})
    assert (await event(desk, "delivered"))["ids"] == [identity]


async def test_what_a_person_says_is_seen_on_their_page_and_by_staff_at_the_other_copy(pair):
    here, there = pair
    sender, page = await visitor_at(there)
    reference, _ = serve(here, sender)
    second, desk = await page_of(here, there), await desk_page(here, reference)
    await page.send_json({"type": "message", "message_id": "m2", "text": "在吗"})
    while (shown := await event(second, "exchange"))["message_id"] != "m2":
        assert shown["message_id"] == "m1"  # told before this page was open
    assert shown["text"] == "在吗"
    await event(desk, "conversation")


async def test_an_answer_of_the_bot_is_seen_on_the_page_at_the_other_copy(pair):
    here, there = pair
    await there.client.get("/")
    page = await there.client.ws_connect("/ws")
    await event(page, "welcome")
    second = await page_of(here, there)
    await page.send_json({"type": "message", "message_id": "m1", "text": "你好"})
    said = await event(page, "reply")
    shown = await event(second, "exchange")
    assert (shown["message_id"], shown["text"]) == ("m1", "你好")
    assert shown["reply"] == said["reply"]


async def test_typing_is_seen_at_the_other_copy_both_ways(pair):
    here, there = pair
    sender, page = await visitor_at(there)
    reference, _ = serve(here, sender)
    desk = await desk_page(here, reference)
    await page.send_json({"type": "typing"})
    await event(desk, "typing")
    await desk.send_json({"type": "typing", "ticket": reference})
    await event(page, "typing")


async def test_desk_lists_at_the_other_copy_count_who_waits(pair):
    here, there = pair
    sender, _ = await visitor_at(there)
    reference, _ = serve(here, sender)
    desk = await desk_page(here, reference)
    await there.client.post(
        "/api/v1/messages", json={"sender": "another", "text": "转人工", "message_id": "x"}
    )
    assert (await event(desk, "inbox"))["waiting"] == 1


async def test_what_a_killed_copy_stored_and_told_nobody_is_found(pair):
    here, there = pair
    sender, page = await visitor_at(there)
    reference, person = serve(here, sender)
    with writing(here.app[keys.ENGINE]) as conn:  # and then the copy was killed
        cases.reply(conn, person, reference, "您好", (), "c1")
    await there.app[keys.DELIVERY].look()
    said = [(await event(page, "push"))["reply"]["messages"][0]["text"] for _ in range(2)]
    assert said[0].startswith("工作人员王芳已接入")
    assert said[1] == "您好"
    await there.app[keys.DELIVERY].look()  # the page may be slow to confirm: it is not shown again
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(page.receive_json(), 0.3)


@pytest.mark.parametrize("teller", ["here", "there"])
async def test_what_was_said_first_is_shown_first_though_its_signal_comes_late(pair, teller):
    here, there = pair
    sender, page = await visitor_at(there)
    reference, person = serve(here, sender)
    with writing(here.app[keys.ENGINE]) as conn:  # stored, and the line between the copies is down
        cases.reply(conn, person, reference, "第一句", (), "c1")
    second = {"here": here, "there": there}[teller].app[keys.DELIVERY]
    await second.carry_out(reference, cases.reply, person, reference, "第二句", (), "c2")
    said: list[str] = []
    while "第二句" not in said:
        said += [item["text"] for item in (await event(page, "push"))["reply"]["messages"]]
    assert said[-2:] == ["第一句", "第二句"]


async def test_another_model_and_new_accounts_are_taken_up_by_every_copy(pair):
    here, there = pair
    there.app[keys.NAMES].take({"wang": "王芳"})
    assert not there.app[keys.NAMES].is_old
    here.app[keys.SIGNALS].tell(Topic.MODEL)
    here.app[keys.SIGNALS].tell(Topic.PEOPLE)
    end = asyncio.get_running_loop().time() + SOON_S
    while not (there.bot.reloads and there.app[keys.NAMES].is_old):
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.01)
    assert here.bot.reloads == 0
