"""What the desk sent while a person was away is told once when they come back, by whatever way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from desk import lead_intake, leads, phrases, supplements, transcripts
from desk.engine import reading, writing
from desk.leads import Lead, Stage

ITEMS = ["判决书的译文", "已付律师费的发票"]
DUE = date(2099, 1, 8)


@pytest.fixture
def send_list(engine: Any) -> Any:
    """The staff send the one-time list of missing materials to a person."""

    def send(sender: str) -> str:
        with writing(engine) as conn:
            reference, _ = lead_intake.upsert(
                conn,
                Lead(
                    company="广州测试灯具有限公司",
                    contact="张三",
                    phone="13800138000",
                    consent_version="2026-1",
                    sender=sender,
                ),
            )
            leads.move(conn, reference, Stage.SCREENING, "staff:li")
            told = phrases.missing_materials(reference, ITEMS, DUE).to_json()
            supplements.send(conn, reference, ITEMS, DUE, told, "staff:li")
        return reference

    return send


async def say(client: Any, sender: str, text: str, **headers: str) -> Any:
    answer = await client.post(
        "/api/v1/messages", json={"sender": sender, "text": text}, headers=headers
    )
    assert answer.status == 200
    return answer


async def sender_of_page(client: Any) -> str:
    """Who somebody is that opens the chat page for the first time."""
    page = await (await client.get("/")).text()
    return str(page.split('"sender": "')[1].split('"')[0])


async def test_program_is_told_with_its_next_message_and_only_once(
    client: Any, engine: Any, send_list: Any
) -> None:
    token = {"X-Sender-Token": (await say(client, "a", "你好")).headers["X-Sender-Token"]}
    reference = send_list("a")
    first, answer = (await (await say(client, "a", "你好", **token)).json())["messages"]
    assert first["kind"] == "lead"
    assert first["data"]["reference"] == reference
    assert first["data"]["materials"] == ITEMS
    assert answer["text"] == "收到：你好"
    with reading(engine) as conn:
        said = transcripts.history(conn, "a")
    assert [item.id for item in said if item.kind == "lead"] == [first["id"]]
    again = (await (await say(client, "a", "还有吗", **token)).json())["messages"]
    assert [item["text"] for item in again] == ["收到：还有吗"]


async def test_whoever_only_knows_the_id_is_not_told(client: Any, send_list: Any) -> None:
    token = (await say(client, "a", "你好")).headers["X-Sender-Token"]
    send_list("a")
    body = {"sender": "a", "text": "你好"}
    stranger = await client.post_as_stranger("/api/v1/messages", json=body)
    assert stranger.status == 401
    assert "判决书" not in await stranger.text()
    # and takes nothing from the person
    person = await say(client, "a", "你好", **{"X-Sender-Token": token})
    assert "判决书" in await person.text()


async def test_reopened_page_shows_it_and_the_next_message_does_not_repeat_it(
    client: Any, engine: Any, send_list: Any
) -> None:
    sender = await sender_of_page(client)
    send_list(sender)
    page = await (await client.get("/")).text()
    assert "需要补正" in page
    with reading(engine) as conn:
        assert transcripts.undelivered(conn, sender) == ()
    # The page falls back to plain requests where it has no line.
    reply = await (await say(client, sender, "你好")).json()
    assert [item["text"] for item in reply["messages"]] == ["收到：你好"]


async def test_page_without_a_line_is_told_with_the_next_message(
    client: Any, send_list: Any
) -> None:
    sender = await sender_of_page(client)
    send_list(sender)
    first, _answer = (await (await say(client, sender, "你好")).json())["messages"]
    assert first["data"]["materials"] == ITEMS


async def test_list_read_in_the_history_is_not_told_again(client: Any, send_list: Any) -> None:
    token = {"X-Sender-Token": (await say(client, "a", "你好")).headers["X-Sender-Token"]}
    send_list("a")
    history = await (await client.get("/api/v1/conversations/a", headers=token)).json()
    assert [item["kind"] for item in history["messages"]].count("lead") == 1
    reply = await (await say(client, "a", "你好", **token)).json()
    assert len(reply["messages"]) == 1
