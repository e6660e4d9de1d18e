"""A trusted channel carries many people over one address, and what staff say reaches each of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from channels.app import create_app
from desk import cases, staff
from desk.engine import writing
from desk.permissions import Role
from server import keys
from server.limits import PEOPLE_PER_ADDRESS

URL = "/api/v1/messages"
KEY = {"X-Channel-Key": "k" * 32}


@pytest.fixture
async def gateway(
    aiohttp_client: Any, settings: Any, dialogue: Any, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The service with a trusted channel, seen from an address that is not its own, at a moment that lasts."""
    channels = replace(
        settings.channels, channel_key="k" * 32, rate_per_minute=3, trusted_proxies=1
    )
    app = create_app(replace(settings, channels=channels), dialogue=dialogue)
    # On a busy machine allowances would grow back meanwhile.
    monkeypatch.setattr(app[keys.ALLOWANCES], "_clock", lambda: 1000.0)
    client = await aiohttp_client(app, headers={"X-Forwarded-For": "203.0.113.7"})
    assert await app[keys.READINESS].wait(5)
    return client


async def post(client: Any, sender: str, text: str, headers: dict[str, str] = KEY) -> Any:
    return await client.post(URL, json={"sender": sender, "text": text}, headers=headers)


async def test_people_behind_it_do_not_use_up_one_address(gateway: Any) -> None:
    people = [f"sms~{number}" for number in range(3 * PEOPLE_PER_ADDRESS + 5)]
    answers = [(await post(gateway, sender, "你好")).status for sender in people]
    assert set(answers) == {200}
    # Each of them has a limit all the same.
    own = [(await post(gateway, people[0], f"第{number}句")).status for number in range(4)]
    assert own[-1] == 429


async def test_a_wrong_key_brings_no_allowance_of_its_own(gateway: Any) -> None:
    tokens = {}
    for number in range(2 * PEOPLE_PER_ADDRESS):
        begun = await post(gateway, f"sms~{number}", "你好")
        tokens[f"sms~{number}"] = begun.headers["X-Sender-Token"]
    answers = [
        (await post(gateway, sender, text, {"X-Sender-Token": token, "X-Channel-Key": "x" * 32}))
        for text in ("再问", "又问")
        for sender, token in tokens.items()
    ]
    # Two of each person's three are left, more than their address has.
    assert [answer.status for answer in answers].count(200) == 3 * PEOPLE_PER_ADDRESS


async def test_what_staff_say_is_read_with_the_token_and_not_with_the_key(
    gateway: Any, engine: Any
) -> None:
    begun = await post(gateway, "sms~1", "转人工")
    token = begun.headers["X-Sender-Token"]
    (ticket,) = [m["data"]["ticket"] for m in (await begun.json())["messages"] if "data" in m]
    with writing(engine) as conn:
        person = staff.add(conn, "li", "李老师", Role.AGENT, None, "cli:root")
        cases.claim(conn, person, ticket)
        cases.reply(conn, person, ticket, "您好，请把通知发来", (), None)
    assert (await gateway.get("/api/v1/conversations/sms~1", headers=KEY)).status == 401
    read = await gateway.get(
        "/api/v1/conversations/sms~1", headers={**KEY, "X-Sender-Token": token}
    )
    body = await read.json()
    assert body["owner"] == "human"
    said = [item for item in body["messages"] if item["author"] == "staff"]
    assert said[-1]["text"] == "您好，请把通知发来"
    # While a person is served, the answer to a message is that nobody else speaks.
    kept = await post(gateway, "sms~1", "收到", {**KEY, "X-Sender-Token": token})
    assert (await kept.json())["messages"] == []
