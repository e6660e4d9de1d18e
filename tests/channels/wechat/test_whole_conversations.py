"""Whole conversations with the real bot: on WeChat and 微信客服 they go as on the web page.

What a channel cannot show (cards, buttons beside the text) is rendered differently; what is answered,
who owns the conversation afterwards and that every sentence of it arrives is the same.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.runtime import EmbeddedRasa
from channels.app import create_app
from channels.wechat.rendering import MOST_PARTS
from desk import conversations, transcripts
from desk.conversations import Message, Owner
from desk.engine import reading
from desk.messages import InboundMessage
from server import keys
from settings import ROOT, WeChatSettings, WeComSettings
from tests.waiting import until
from tests.wechat.standin import StandIn
from tests.wechat.standin_wecom import WeComStandIn
from tests.wechat.wire import Secrets

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.asyncio(loop_scope="module"),
]

# Those whose outcome depends on a draw or on another conversation of the same company, and the one that
# erases itself, are left out.
NOT_COMPARED = frozenset({"quiz", "lead_full", "lead_status", "privacy"})
MOST = 20
CORP = Secrets(receiver="ww5823bf96d3bd56c7")
# A reference, and the place in the queue, belong to one conversation.
_OWN = re.compile(
    r"[A-Z]{2}-[A-Z0-9-]{4,}|第\s*\d+\s*位|前面(?:还有)?\s*\d+\s*[位人]|\d{1,2}:\d{2}"
)


def dialogues() -> Iterator[tuple[str, list[str]]]:
    path = ROOT / "benchmarks" / "questions" / "fit" / "dialogues.jsonl"
    found = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    kept = [item for item in found if item["category"] not in NOT_COMPARED]
    for item in kept[:MOST]:
        yield item["id"], [turn["text"] for turn in item["turns"]]


@dataclasses.dataclass
class Place:
    """The application with both accounts, and the servers it talks to."""

    app: web.Application
    official: StandIn
    company: WeComStandIn


def _connected(bot_settings: Any, folder: Path, official: StandIn, apis: list[str]) -> Any:
    """The settings of both accounts, over records of their own."""
    known = official.known
    wechat = WeChatSettings(
        app_id=known.receiver, secret=known.app_secret, token=known.token, aes_key=known.aes_key,
        mode="safe", original_id=official.original, may_push=True, api=apis[0],
    )  # fmt: skip
    wecom = WeComSettings(
        corp_id=CORP.receiver, agent_id=1000002, secret="s", token=CORP.token,
        aes_key=CORP.aes_key, kf_secret="k", kf_token=CORP.token, kf_aes_key=CORP.aes_key,
        kf_handover="desk", api=apis[1],
    )  # fmt: skip
    url = f"sqlite:///{folder / 'desk.sqlite'}"
    return dataclasses.replace(
        bot_settings,
        wechat=wechat,
        wecom=wecom,
        desk=dataclasses.replace(bot_settings.desk, database_url=url),
        bot=dataclasses.replace(
            bot_settings.bot, tracker_url=f"sqlite:///{folder / 'trackers.sqlite'}"
        ),
        channels=dataclasses.replace(
            bot_settings.channels, public_url="https://huhang.example", rate_per_minute=100_000
        ),
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(bot_settings: Any, tmp_path_factory: Any) -> AsyncIterator[Place]:
    folder: Path = tmp_path_factory.mktemp("whole")
    official, company = StandIn(Secrets()), WeComStandIn(CORP)
    official.cut_off_s = 60.0
    servers = [TestServer(official.app()), TestServer(company.app())]
    for server in servers:
        await server.start_server()
    apis = [str(server.make_url("")).rstrip("/") for server in servers]
    settings = _connected(bot_settings, folder, official, apis)
    app = create_app(settings, dialogue=EmbeddedRasa(settings))
    ours = TestServer(app)
    await ours.start_server()
    official.callback = str(ours.make_url("/wechat/callback"))
    company.base = str(ours.make_url("")).rstrip("/")
    readiness = app[keys.READINESS]
    while not readiness.is_loaded:  # until then questions are answered from the shelf alone
        assert await readiness.wait(180)
        await asyncio.sleep(0.1)
    yield Place(app, official, company)
    await ours.close()
    for standin in (official, company):
        await standin.close()
    for server in servers:
        await server.close()


def sender_of(place: Place, channel: str, person: str) -> str | None:
    with reading(place.app[keys.ENGINE]) as conn:
        row = conn.exec_driver_sql(
            "SELECT sender FROM channel_people WHERE channel = ? AND address = ?", (channel, person)
        ).first()
    return None if row is None else str(row.sender)


def record(place: Place, sender: str | None) -> tuple[tuple[Message, ...], Owner]:
    if sender is None:
        return (), Owner.BOT
    with reading(place.app[keys.ENGINE]) as conn:
        return transcripts.history(conn, sender, 200), conversations.owner(conn, sender)


def outcome(place: Place, sender: str | None) -> tuple[list[tuple[str, str, str]], Owner]:
    """What was said in turn, without what belongs to one conversation alone; and who owns it."""
    said, owner = record(place, sender)
    # Questions of a quiz are drawn.
    return [
        (m.direction, m.kind, "…" if m.kind == "quiz" else _OWN.sub("…", m.text)) for m in said
    ], owner


async def on_the_page(place: Place, name: str, texts: list[str]) -> None:
    for number, text in enumerate(texts):
        inbound = InboundMessage(name, text, channel="web", client_id=f"{name}-{number}")
        await place.app[keys.DISPATCHER].handle(inbound, request_id=f"{name}-{number}")


async def on_wechat(place: Place, person: str, texts: list[str], page: list[Any]) -> None:
    for number, text in enumerate(texts, start=1):
        await place.official.says(person, text)
        await _recorded(place, "wechat", person, number, page)


async def on_kf(place: Place, person: str, texts: list[str], page: list[Any]) -> None:
    for number, text in enumerate(texts, start=1):
        await place.company.says(person, text)
        await _recorded(place, "kf", person, number, page)


async def _recorded(place: Place, channel: str, person: str, turn: int, page: list[Any]) -> None:
    """Until as much stands in the record as on the page after this turn."""
    asked = [n for n, (direction, *_) in enumerate(page) if direction == "in"]
    wanted = asked[turn] if turn < len(asked) else len(page)
    await until(
        lambda: len(record(place, sender_of(place, channel, person))[0]) >= wanted, within_s=60
    )


def shown_to(place: Place, openid: str, customer: str) -> dict[str, list[str]]:
    """What the person was shown in each channel."""
    bodies = place.company.shown.get(customer, [])
    items = [str(item) for body in bodies for item in body.get("msgmenu", {}).get("list", ())]
    return {
        "wechat": place.official.people[openid].texts,
        "kf": [*place.company.texts(customer), *items],
    }


def not_shown(shown: list[str], said: tuple[Message, ...]) -> list[str]:
    """Sentences of what was said that the person was not shown; none where the rest is on our page."""
    whole = re.sub(r"\s", "", "".join(shown))
    parts_left_out = "后面还有，请看全文" in whole
    missing = []
    for message in said:
        sentences = re.split(r"(?<=[。！？\n])", message.text) if message.direction == "out" else []
        for sentence in sentences:
            bare = re.sub(r"\s", "", sentence)
            if bare and bare not in whole and not parts_left_out:
                missing.append(bare)
    return missing


@pytest.mark.parametrize(("name", "texts"), list(dialogues()), ids=[n for n, _ in dialogues()])
async def test_a_conversation_goes_as_on_the_page(
    place: Place, name: str, texts: list[str]
) -> None:
    await on_the_page(place, name, texts)
    page, owner = outcome(place, name)
    assert sum(direction == "in" for direction, *_ in page) == len(texts)
    openid, customer = f"oWhole{name:0>22}", f"wmWhole{name}"
    await on_wechat(place, openid, texts, page)
    await on_kf(place, customer, texts, page)
    for channel, person in (("wechat", openid), ("kf", customer)):
        assert outcome(place, sender_of(place, channel, person)) == (page, owner), channel

    def missing() -> dict[str, list[str]]:
        shown = shown_to(place, openid, customer)
        said = {"wechat": openid, "kf": customer}
        left = {
            channel: not_shown(shown[channel], record(place, sender_of(place, channel, person))[0])
            for channel, person in said.items()
        }
        return {channel: sentences for channel, sentences in left.items() if sentences}

    # What did not fit the quota of five waits for the person's next word.
    for _ in range(MOST_PARTS):
        try:
            await until(lambda: not missing(), within_s=8)
        except AssertionError:
            await place.official.says(openid, "1")
            place.company.left[customer] = 5
            await place.company.says(customer, "继续")
    assert missing() == {}
    assert all(
        len(text.encode()) <= 2048
        for texts in shown_to(place, openid, customer).values()
        for text in texts
    )
