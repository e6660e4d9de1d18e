"""The REST interface keeps the message contract and a person's conversation private."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from channels.app import create_app
from desk import privacy, tables
from desk.conversations import REPEATABLE
from desk.engine import writing
from desk.times import utc_now
from knowledge.errors import StorageError
from server import keys
from server.readiness import GOLDEN_QUESTION
from tests import contract
from tests.waiting import until

URL = "/api/v1/messages"


async def post(client: Any, sender: str, text: str, **kwargs: Any) -> Any:
    return await client.post(URL, json={"sender": sender, "text": text}, **kwargs)


async def test_answer_keeps_the_contract_and_carries_its_source(client):
    response = await post(client, "a", GOLDEN_QUESTION)
    reply = await response.json()
    contract.check_reply(reply)
    assert reply["messages"][0]["kind"] == "answer"
    assert reply["messages"][0]["citations"][0]["basis"] == "19 CFR § 210.13(a)"


async def test_json_sent_as_curl_does_by_default_is_accepted(client):
    body = '{"sender":"a","text":"收到337调查立案通知，几天内要答辩？"}'
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await client.post(URL, data=body.encode(), headers=headers)
    assert response.status == 200
    contract.check_reply(await response.json())


async def test_answer_without_a_citation_never_reaches_the_person(client, dialogue):
    dialogue.replies["问"] = [{"kind": "answer", "text": "20天", "citations": []}]
    reply = await (await post(client, "a", "问")).json()
    assert [message["kind"] for message in reply["messages"]] == ["notice"]
    assert "20天" not in reply["messages"][0]["text"]


async def test_same_message_id_is_answered_once_and_identically(client, dialogue):
    body = {"sender": "a", "text": "你好", "message_id": "m1"}
    first = await (await client.post(URL, json=body)).json()
    second = await (await client.post(URL, json=body)).json()
    assert first == second
    assert len(dialogue.seen) == 1


async def test_messages_of_one_sender_are_answered_in_order(client, dialogue):
    await post(client, "a", "你好")
    pause = dialogue.pause("一")
    first = asyncio.create_task(post(client, "a", "一"))
    await pause.reached.wait()
    second = asyncio.create_task(post(client, "a", "二"))
    other = await post(client, "b", "三")
    assert other.status == 200
    assert ("a", "二") not in dialogue.seen
    pause.release.set()
    await asyncio.gather(first, second)
    assert [text for sender, text in dialogue.seen if sender == "a"] == ["你好", "一", "二"]


async def test_exchange_is_finished_and_recorded_though_the_client_left(client, dialogue, casework):
    pause = dialogue.pause("慢")
    request = asyncio.create_task(post(client, "a", "慢"))
    await pause.reached.wait()
    request.cancel()
    await until(lambda: not client.server.handler.connections)  # the server knows that it left
    pause.release.set()
    await until(lambda: len(casework.history("a", 10)["messages"]) == 2)
    said = casework.history("a", 10)["messages"]
    assert [item["direction"] for item in said] == ["in", "out"]


async def test_message_recorded_before_a_crash_is_answered_when_sent_again(
    client, dialogue, casework
):
    from desk.messages import InboundMessage

    casework.receive(InboundMessage("a", "你好", client_id="m1"))  # then the process died
    reply = await (
        await client.post(URL, json={"sender": "a", "text": "你好", "message_id": "m1"})
    ).json()
    assert reply["messages"][0]["text"] == "收到：你好"
    assert [item["direction"] for item in casework.history("a", 10)["messages"]] == ["in", "out"]


async def test_turn_that_was_not_stored_is_refused_and_kept_for_sending_again(
    client, dialogue, casework, monkeypatch
):
    answer = dialogue.handle

    async def locked(*_: Any) -> list[dict[str, Any]]:
        raise StorageError("对话记录正忙")

    body = {"sender": "a", "text": "你好", "message_id": "m1"}
    monkeypatch.setattr(dialogue, "handle", locked)
    response = await client.post(URL, json=body)
    assert response.status == 503
    assert response.headers["Retry-After"]
    assert (await response.json())["error"]["message"] == "对话记录正忙"
    ready = await client.get("/readyz")
    assert ready.status == 503
    assert (await ready.json())["checks"]["storing"] is False
    monkeypatch.setattr(dialogue, "handle", answer)
    reply = await (await client.post(URL, json=body)).json()
    assert [item["text"] for item in reply["messages"]] == ["收到：你好"]
    assert dialogue.metadata[-1]["repeated"] is True
    said = casework.history("a", 10)["messages"]
    assert [item["direction"] for item in said] == ["in", "out"]
    assert (await client.get("/readyz")).status == 200


async def test_readiness_comes_back_without_a_message_when_storing_works_again(
    client, app, monkeypatch
):
    monkeypatch.setattr("server.readiness.RECHECK_S", 0.0)
    app[keys.READINESS].stored(done=False)
    assert (await client.get("/readyz")).status == 200


async def test_readiness_shows_the_snapshot_that_answers_now(client, dialogue):
    dialogue.live = "s2"
    assert (await (await client.get("/readyz")).json())["snapshot"] == "s2"


async def test_start_that_failed_is_tried_again_until_it_works(
    aiohttp_client, settings, dialogue, monkeypatch
):
    attempts = 0

    async def start() -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise StorageError("数据库连不上")

    dialogue.start = start
    monkeypatch.setattr("server.readiness.RETRY_S", (0.02, 0.02))
    client = await aiohttp_client(create_app(settings, dialogue=dialogue))
    for _ in range(200):
        ready = await client.get("/readyz")
        if ready.status == 200:
            break
        assert (await ready.json())["reason"] in ("数据库连不上", "助手正在启动，请稍候")
        await asyncio.sleep(0.02)
    assert attempts == 3
    assert (await post(client, "a", "你好")).status == 200


async def test_message_is_recorded_before_the_bot_sees_it(client, dialogue, casework):
    pause = dialogue.pause("问")
    request = asyncio.create_task(post(client, "a", "问"))
    await pause.reached.wait()
    assert [item["text"] for item in casework.history("a", 10)["messages"]] == ["问"]
    pause.release.set()
    await request


async def test_failing_bot_apologises_offers_a_human_and_tells_nothing(client, caplog):
    response = await post(client, "a", "出错")
    reply = await response.json()
    contract.check_reply(reply)
    message = reply["messages"][0]
    assert message["kind"] == "notice"
    assert response.headers["X-Request-ID"] in message["text"]
    assert message["buttons"] == [{"title": "转人工", "payload": "转人工"}]
    assert "KeyError" not in message["text"]
    assert "13800138000" not in caplog.text
    assert response.headers["X-Request-ID"] in caplog.text
    metrics = await (await client.get("/metrics")).text()
    assert 'huhang_errors_total{code="bot_failed"} 1.0' in metrics


async def test_request_for_a_human_is_served_even_when_the_bot_fails(client, dialogue):
    dialogue.engine = None
    dialogue.replies["转人工"] = [{"kind": "无此类"}]
    reply = await (await post(client, "a", "转人工")).json()
    assert reply["owner"] == "waiting"
    contract.check_reply(reply)
    assert reply["messages"][0]["kind"] == "handoff"


async def test_bot_that_says_nothing_still_gets_the_person_an_answer(client, dialogue):
    dialogue.replies["嗯"] = []
    reply = await (await post(client, "a", "嗯")).json()
    assert reply["messages"][0]["kind"] == "notice"


async def test_knowing_an_id_does_not_open_its_conversation(client):
    await post(client, "a", "我的电话是13800138000")
    response = await client.get("/api/v1/conversations/a")
    assert response.status == 401
    body = await response.json()
    assert body["error"]["code"] == "token_required"
    assert "13800138000" not in str(body)


async def test_token_is_given_once_and_opens_only_its_own_conversation(client):
    first = await post(client, "a", "你好")
    second = await post(client, "a", "你好")
    token = first.headers["X-Sender-Token"]
    assert "X-Sender-Token" not in second.headers
    mine = await client.get("/api/v1/conversations/a", headers={"X-Sender-Token": token})
    assert [item["direction"] for item in (await mine.json())["messages"]] == ["in", "out"] * 2
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await client.get("/api/v1/conversations/a", headers=bearer)).status == 200
    await post(client, "b", "你好")
    assert (await client.get("/api/v1/conversations/b", headers=bearer)).status == 403


async def test_forged_token_is_refused(client):
    token = (await post(client, "a", "你好")).headers["X-Sender-Token"]
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    response = await client.get("/api/v1/conversations/a", headers={"X-Sender-Token": forged})
    assert response.status == 403


async def test_token_of_a_chosen_id_opens_nobody_elses_conversation(client):
    await post(client, "user-42", "我的案子")
    name = base64.urlsafe_b64encode(b"user-42").decode().rstrip("=")
    given = (await post(client, f"{name}.9999999999", "你好")).headers["X-Sender-Token"]
    forged = f"w1.{name}.9999999999.{given.rpartition('.')[2]}"
    response = await client.get("/api/v1/conversations/user-42", headers={"X-Sender-Token": forged})
    assert response.status == 403


async def test_conversation_that_has_begun_is_continued_only_with_its_token(client, dialogue):
    await post(client, "a", "你好")
    stranger = await client.post_as_stranger(URL, json={"sender": "a", "text": "删除我的数据"})
    assert stranger.status == 401
    error = (await stranger.json())["error"]
    assert error["code"] == "token_required"
    assert "X-Sender-Token" in error["message"]
    other = (await post(client, "b", "你好")).headers["X-Sender-Token"]
    wrong = await client.post_as_stranger(
        URL, json={"sender": "a", "text": "删除我的数据"}, headers={"X-Sender-Token": other}
    )
    assert wrong.status == 403
    assert ("a", "删除我的数据") not in dialogue.seen
    assert (await post(client, "a", "接着问")).status == 200


async def test_who_lost_the_first_reply_gets_the_token_by_sending_the_same_message(client):
    body = {"sender": "a", "text": "你好", "message_id": "m1"}
    lost = await client.post_as_stranger(URL, json=body)
    again = await client.post_as_stranger(URL, json=body)
    assert again.headers["X-Sender-Token"] == lost.headers["X-Sender-Token"]
    guessed = await client.post_as_stranger(URL, json={**body, "message_id": "m2"})
    assert guessed.status == 401


async def test_first_message_opens_nothing_with_other_words_or_later(client, engine):
    body = {"sender": "a", "text": "你好", "message_id": "1"}
    await client.post_as_stranger(URL, json=body)
    guessed = await client.post_as_stranger(URL, json={**body, "text": "x"})
    assert guessed.status == 401
    assert (await client.post_as_stranger(URL, json=body)).status == 200
    with writing(engine) as conn:
        begun = utc_now() - REPEATABLE - timedelta(seconds=1)
        conn.execute(sa.update(tables.messages).values(created_at=begun))
    assert (await client.post_as_stranger(URL, json=body)).status == 401


async def test_who_waits_for_the_first_answer_with_other_words_is_given_no_token(client, dialogue):
    pause = dialogue.pause("你好")
    body = {"sender": "a", "text": "你好", "message_id": "1"}
    first = asyncio.create_task(client.post_as_stranger(URL, json=body))
    await pause.reached.wait()
    guessed = asyncio.create_task(client.post_as_stranger(URL, json={**body, "text": "x"}))
    same = asyncio.create_task(client.post_as_stranger(URL, json=body))
    await asyncio.sleep(0.2)
    pause.release.set()
    assert (await first).headers["X-Sender-Token"]
    assert (await same).headers["X-Sender-Token"]
    assert "X-Sender-Token" not in (await guessed).headers


async def test_who_was_refused_at_first_begins_by_sending_again(client, dialogue, monkeypatch):
    answer = dialogue.handle

    async def locked(*_: Any) -> list[dict[str, Any]]:
        raise StorageError("对话记录正忙")

    monkeypatch.setattr(dialogue, "handle", locked)
    assert (await post(client, "a", "你好")).status == 503
    monkeypatch.setattr(dialogue, "handle", answer)
    begun = await post(client, "a", "你好")
    assert begun.headers["X-Sender-Token"]
    stranger = await client.post_as_stranger(URL, json={"sender": "a", "text": "你好"})
    assert stranger.status == 401


async def test_erased_conversation_stays_its_persons(client, engine):
    await post(client, "a", "你好")
    with writing(engine) as conn:
        privacy.erase(conn, "a")
    stranger = await client.post_as_stranger(URL, json={"sender": "a", "text": "你好"})
    assert stranger.status == 401
    assert (await post(client, "a", "你好")).status == 200


async def test_trusted_channel_speaks_for_its_users(aiohttp_client, settings, dialogue):
    key = "k" * 32
    channels = replace(settings.channels, channel_key=key)
    client = await aiohttp_client(
        create_app(replace(settings, channels=channels), dialogue=dialogue)
    )
    for _ in range(2):
        trusted = await post(client, "a", "你好", headers={"X-Channel-Key": key})
        assert trusted.status == 200
    for wrong in ("", "k" * 31, "钥匙"):
        refused = await post(client, "a", "你好", headers={"X-Channel-Key": wrong})
        assert refused.status == 403


async def test_without_a_key_no_channel_is_trusted(client):
    refused = await post(client, "a", "你好", headers={"X-Channel-Key": ""})
    assert refused.status == 403


async def test_id_that_the_server_gives_browsers_cannot_be_used_without_its_token(client):
    response = await post(client, "web~AAAAAAAAAAAAAAAAAAAAAA", "你好")
    assert response.status == 401


async def test_feedback_is_stored_for_own_messages_only(client):
    reply = await (await post(client, "a", GOLDEN_QUESTION)).json()
    message = reply["messages"][0]["id"]
    url = "/api/v1/feedback"
    body = {"sender": "a", "message": message, "rating": "up"}
    assert (await client.post(url, json=body)).status == 200
    assert (await client.post(url, json={**body, "sender": "b"})).status == 404
    assert (await client.post_as_stranger(url, json=body)).status == 401
    assert (await client.post(url, json={**body, "message": "none"})).status == 404
    bad = await client.post(url, json={**body, "rating": "great"})
    assert bad.status == 400


async def test_health_readiness_and_metrics(client):
    assert (await client.get("/healthz")).status == 200
    ready = await client.get("/readyz")
    assert ready.status == 200
    assert await ready.json() == {
        "status": "ready",
        "checks": {
            "index": True,
            "model": True,
            "golden_question": True,
            "storing": True,
            "signals": True,
            "desk": True,
        },
        "snapshot": "s1",
    }
    await post(client, "a", "你好")
    metrics = await (await client.get("/metrics")).text()
    assert 'huhang_messages_received_total{channel="rest"} 1.0' in metrics
    assert 'huhang_messages_sent_total{kind="text"} 1.0' in metrics
    assert 'huhang_stage_seconds_count{stage="bot"} 1.0' in metrics


async def test_server_listens_while_the_bot_loads_and_says_that_it_is_not_ready(
    aiohttp_client, settings, dialogue, monkeypatch
):
    from channels.app import create_app
    from server import intake

    gate = asyncio.Event()
    dialogue.start = gate.wait
    monkeypatch.setattr(intake, "LOADING_WAIT_S", 0.05)
    client = await aiohttp_client(create_app(settings, dialogue=dialogue))
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/readyz")).status == 503
    refused = await post(client, "a", "你好")
    assert refused.status == 503
    assert refused.headers["Retry-After"]
    gate.set()
    monkeypatch.setattr(intake, "LOADING_WAIT_S", 5)
    assert (await post(client, "a", "你好")).status == 200


async def test_bot_that_cannot_load_leaves_a_reason(aiohttp_client, settings, dialogue):
    from channels.app import create_app
    from knowledge.errors import SnapshotError
    from server import keys

    async def start() -> None:
        raise SnapshotError("还没有发布知识库，请先运行 huhang kb publish")

    dialogue.start = start
    app = create_app(settings, dialogue=dialogue)
    client = await aiohttp_client(app)
    assert not await app[keys.READINESS].wait(5)
    body = await (await client.get("/readyz")).json()
    assert "huhang kb publish" in body["reason"]
    assert (await post(client, "a", "你好")).status == 503


async def test_metadata_reaches_the_bot_with_channel_and_request_id(client, dialogue):
    body = {"sender": "a", "text": "你好", "channel": "wechat", "metadata": {"utm": "poster"}}
    response = await client.post(URL, json=body)
    assert dialogue.metadata[0]["utm"] == "poster"
    assert dialogue.metadata[0]["channel"] == "wechat"
    assert dialogue.metadata[0]["request_id"] == response.headers["X-Request-ID"]


@pytest.mark.parametrize("owner", ["waiting", "human"])
async def test_contract_schema_accepts_every_owner(owner):
    contract.check_reply({"sender": "a", "owner": owner, "messages": []})


async def test_shutdown_closes_the_bot(client, dialogue):
    await client.close()
    assert dialogue.closed


@pytest.fixture
def failing(dialogue):
    """A bot that fails over every message of the conversation."""
    for text in ("删除我的数据", "确认删除", "重新开始", "337答辩期"):
        dialogue.replies[text] = [{"kind": "无此类"}]
    return dialogue


def _people(failing):
    """Who was forgotten, without those whom readiness asks as."""
    return [sender for sender in failing.forgotten if not sender.startswith("probe~")]


async def test_a_person_is_erased_after_one_confirming_turn_though_the_bot_fails(client, failing):
    await post(client, "a", "我的电话是13800138000")
    asked = (await (await post(client, "a", "删除我的数据")).json())["messages"][0]
    assert asked["kind"] == "question"
    assert [button["payload"] for button in asked["buttons"]] == ["确认删除", "不删了"]
    done = (await (await post(client, "a", "确认删除")).json())["messages"][0]
    assert done["data"]["erased"]
    assert done["data"]["messages"] >= 2
    assert _people(failing) == ["a"]
    history = await (await client.get("/api/v1/conversations/a")).text()
    assert "13800138000" not in history


async def test_agreeing_to_nothing_erases_nothing_though_the_bot_fails(client, failing):
    reply = (await (await post(client, "a", "确认删除")).json())["messages"][0]
    assert "没有处理成功" in reply["text"]
    assert _people(failing) == []


async def test_a_person_begins_anew_though_the_bot_fails(client, failing):
    reply = (await (await post(client, "a", "重新开始吧")).json())["messages"][0]
    assert reply["text"] == "收到：重新开始吧"  # the bot that works answers itself
    reply = (await (await post(client, "a", "重新开始")).json())["messages"][0]
    assert reply["text"].startswith("好的，我们重新开始")
    assert _people(failing) == ["a"]
    reply = (await (await post(client, "a", "337答辩期")).json())["messages"][0]
    assert "没有处理成功" in reply["text"]
