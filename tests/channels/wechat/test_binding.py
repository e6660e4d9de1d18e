"""A person of WeChat and of the web page becomes one, by a code shown on either side."""

from __future__ import annotations

import asyncio
import re

import pytest

from server import keys
from tests.channels.wechat.conftest import OPENID, Connect
from tests.channels.wechat.test_official import person_of, said_in
from tests.scripted_app import FakeDialogue
from tests.wechat.standin import StandIn


async def posted(standin: StandIn, text: str, token: str | None, sender: str) -> tuple[str, str]:
    base = standin.callback.removesuffix("/wechat/callback")
    headers = {} if token is None else {"X-Sender-Token": token}
    async with standin.session().post(
        f"{base}/api/v1/messages", json={"sender": sender, "text": text}, headers=headers
    ) as response:
        body = await response.json()
    return body["messages"][0]["text"], response.headers.get("X-Sender-Token", token or "")


async def test_a_code_shown_in_wechat_is_said_on_the_page(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    app = await connect()
    await standin.says(OPENID, "微信里问的")
    joined = person_of(app).sender
    shown = await standin.says(OPENID, "绑定")
    code = re.search(r"[0-9]{8}", shown).group()
    token = app[keys.TOKENS].issue("web~page00000000000000000a"[:26])
    sender = app[keys.TOKENS].sender(token)
    await posted(standin, "网页里问的", token, sender)
    said, _ = await posted(standin, f"绑定 {code}", token, sender)
    assert said.startswith("已绑定")
    assert person_of(app).sender == sender
    # What the bot remembers of a conversation that is no more would not be erased with the other.
    assert joined in dialogue.forgotten
    await standin.says(OPENID, "接着问")
    texts = [text for _, text in said_in(app, sender)]
    assert [text for text in ("微信里问的", "网页里问的", "接着问") if text in texts] == [
        "微信里问的", "网页里问的", "接着问",
    ]  # fmt: skip
    assert texts.index("微信里问的") < texts.index("网页里问的") < texts.index("接着问")


async def test_a_code_shown_on_the_page_is_said_in_wechat(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await connect()

    async def fails(sender: str) -> None:
        raise OSError(sender)

    monkeypatch.setattr(dialogue, "forget", fails)  # that it is bound is told all the same
    token = app[keys.TOKENS].issue("web~page00000000000000000b"[:26])
    sender = app[keys.TOKENS].sender(token)
    said, _ = await posted(standin, "绑定微信", token, sender)
    code = re.search(r"[0-9]{8}", said).group()
    assert (await standin.says(OPENID, f"绑定{code}")).startswith("已绑定")
    assert person_of(app).sender == sender
    assert (await standin.says("oSomebodyElse", f"绑定{code}")).startswith("绑定码不对")


async def test_a_question_that_is_being_answered_is_joined_with_its_answer(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    app = await connect()
    await standin.says(OPENID, "你好")
    token = app[keys.TOKENS].issue("web~page00000000000000000c"[:26])
    sender = app[keys.TOKENS].sender(token)
    said, _ = await posted(standin, "绑定微信", token, sender)
    code = re.search(r"[0-9]{8}", said).group()
    slow = dialogue.pause("慢")
    asked = asyncio.create_task(standin.says(OPENID, "慢"))
    await slow.reached.wait()
    bound = asyncio.create_task(standin.says(OPENID, f"绑定 {code}"))
    await asyncio.wait({bound}, timeout=0.5)
    slow.release.set()
    assert (await bound).startswith("已绑定")
    await asked
    assert said_in(app, sender)[-2:] == [("in", "慢"), ("out", "收到：慢")]


async def test_codes_cannot_be_tried_without_end(connect: Connect, standin: StandIn) -> None:
    await connect()
    said = [await standin.says(OPENID, f"绑定 {n:08d}") for n in range(7)]
    assert said[0].startswith("绑定码不对")
    assert said[-1].startswith("试得太多")
