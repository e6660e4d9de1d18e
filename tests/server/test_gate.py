"""While a human is waited for or serves, the bot is silent; the person can take it back."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from desk import handoffs, staff, staff_moves, tables
from desk.engine import reading, writing
from desk.messages import InboundMessage, MessageKind, OutboundMessage
from desk.permissions import Role
from desk.tickets import Ticket
from desk.times import utc_now
from tests import contract

URL = "/api/v1/messages"


async def say(client: Any, text: str, sender: str = "a") -> dict[str, Any]:
    reply = await (await client.post(URL, json={"sender": sender, "text": text})).json()
    contract.check_reply(reply)
    return reply


@pytest.fixture
async def ticket(client, engine):
    """A person who waits; the ticket's reference."""
    reply = await say(client, "转人工")
    assert reply["owner"] == "waiting"
    assert reply["messages"][0]["kind"] == "handoff"
    return reply["messages"][0]["data"]["ticket"]


@pytest.fixture
def on_duty(engine):
    """Somebody of the staff at the console."""
    with writing(engine) as conn:
        staff.add(conn, "wang", "王老师", Role.AGENT, None, "test")
        conn.execute(sa.update(tables.staff).values(last_seen_at=utc_now()))


def kept(engine: Any, ticket: str) -> Ticket:
    """The ticket as it stands now."""
    with reading(engine) as conn:
        row = handoffs.find(conn, ticket)
    assert row is not None
    return row


def claim(engine: Any, ticket: str) -> None:
    with writing(engine) as conn:
        staff_moves.claim(conn, ticket, "wang")


async def test_bot_does_not_answer_while_somebody_on_duty_is_waited_for(
    client, dialogue, on_duty, ticket
):
    before = list(dialogue.seen)
    reply = await say(client, "337答辩期限是多久")
    assert dialogue.seen == before
    assert reply["owner"] == "waiting"
    assert [message["kind"] for message in reply["messages"]] == ["notice"]


async def test_waiting_person_is_told_once_where_they_stand(client, on_duty, ticket):
    first = await say(client, "我们在美国被诉")
    again = await say(client, "公司在广州")
    assert ticket in first["messages"][0]["text"]
    assert "第 1 位" in first["messages"][0]["text"]
    assert first["messages"][0]["buttons"] == [{"title": "继续问机器人", "payload": "继续问机器人"}]
    assert again["messages"] == []


@pytest.mark.parametrize("text", ["转人工", "排到第几位了", "还要等多久？"])
async def test_waiting_person_who_asks_is_told_again(client, on_duty, ticket, text):
    await say(client, "我们在美国被诉")
    assert ticket in (await say(client, text))["messages"][0]["text"]


async def test_nobody_online_asks_for_a_phone_and_keeps_it_with_the_ticket(client, engine, ticket):
    told = await say(client, "在吗")
    assert "手机号" in told["messages"][0]["text"]
    assert told["owner"] == "waiting"
    told = await say(client, "13800138000，工作日下午")
    assert "尾号 8000" in told["messages"][0]["text"]
    row = kept(engine, ticket)
    assert (row.callback_phone, row.callback_time) == ("13800138000", "工作日下午")


@pytest.mark.parametrize("text", ["继续问机器人", "繼續問機器人。", " 取消人工！"])
async def test_person_takes_the_conversation_back_and_the_ticket_stays(
    client, engine, dialogue, ticket, text
):
    reply = await say(client, text)
    assert reply["owner"] == "bot"
    assert ticket in reply["messages"][0]["text"]
    row = kept(engine, ticket)
    assert row.status.value == "callback"
    assert (await say(client, "你好"))["messages"][0]["text"] == "收到：你好"


async def test_person_can_wait_and_go_back_more_than_once(client, ticket):
    for _ in range(2):
        assert (await say(client, "继续问机器人"))["owner"] == "bot"
        assert (await say(client, "转人工"))["owner"] == "waiting"
    assert ticket in (await say(client, "排到第几位了"))["messages"][0]["text"]


@pytest.mark.parametrize(
    "text",
    [
        "337答辩期限是多久",
        "我们收到TRO，店铺账户冻结了",
        "专利多久能授权",
        "电话13800138000，TRO怎么办",
    ],
)
async def test_with_nobody_on_duty_the_bot_answers_and_the_callback_stays(
    client, engine, ticket, text
):
    reply = await say(client, text)
    assert reply["owner"] == "bot"
    assert reply["messages"][0]["text"] == f"收到：{text}"
    row = kept(engine, ticket)
    assert row.status.value == "callback"


async def test_what_the_bot_keeps_for_staff_leaves_the_person_waiting(
    client, engine, dialogue, ticket
):
    kept_for_staff = {"kind": "notice", "text": "收到。", "data": {"standing": ticket}}
    dialogue.replies = {"我就在旁边等": [kept_for_staff]}
    assert (await say(client, "我就在旁边等"))["owner"] == "waiting"
    assert kept(engine, ticket).status.value == "waiting"
    assert (await say(client, "337答辩期限是多久"))["owner"] == "bot"


async def test_the_bots_late_answer_takes_nobody_from_the_staff(client, engine, casework, ticket):
    inbound = InboundMessage(sender="a", text="337答辩期限是多久")
    receipt = await asyncio.to_thread(casework.receive, inbound)
    claim(engine, ticket)
    answer = OutboundMessage(kind=MessageKind.TEXT, text="20天。")
    owner, said = await asyncio.to_thread(
        partial(casework.settle, inbound, receipt, [answer], takes_back=True)
    )
    assert (owner.value, said) == ("human", ())


async def test_callback_is_told_of_and_takes_a_number_after_the_bot_has_answered(
    client, engine, dialogue, ticket
):
    await say(client, "337答辩期限是多久")
    told = (await say(client, "还要等多久？"))["messages"][0]["text"]
    assert ticket in told
    assert "手机号" in told
    dialogue.replies = {"登记": [{"kind": "question", "text": "手机号是多少？"}]}
    await say(client, "登记")
    assert (await say(client, "13900139000"))["messages"][0]["text"] == "收到：13900139000"
    told = await say(client, "13800138000 明天上午")
    assert "尾号 8000" in told["messages"][0]["text"]
    row = kept(engine, ticket)
    assert (row.callback_phone, row.callback_time) == ("13800138000", "明天上午")


async def test_with_nobody_on_duty_a_time_to_call_is_kept(client, engine, ticket):
    told = await say(client, "明天下午3点到5点")
    assert told["owner"] == "waiting"
    assert "方便接听的时间" in told["messages"][0]["text"]
    row = kept(engine, ticket)
    assert row.callback_time == "明天下午3点到5点"


async def test_with_nobody_on_duty_a_landline_is_a_number_to_call(client, engine, ticket):
    told = (await say(client, "020-87654321转801"))["messages"][0]["text"]
    assert "尾号 4321" in told
    row = kept(engine, ticket)
    assert (row.callback_phone, row.callback_time) == ("020-87654321-801", None)


async def test_while_a_callback_is_owed_a_landline_and_a_time_are_kept(client, engine, ticket):
    await say(client, "337答辩期限是多久")
    told = (await say(client, "400-123-4567 礼拜三下午"))["messages"][0]["text"]
    assert "尾号 4567" in told
    row = kept(engine, ticket)
    assert (row.callback_phone, row.callback_time) == ("4001234567", "礼拜三下午")


async def test_with_nobody_on_duty_a_mere_number_is_no_time_to_call(client, engine, ticket):
    assert (await say(client, "87654321"))["messages"][0]["text"] == "收到：87654321"
    assert kept(engine, ticket).callback_time is None


async def test_erasing_is_heard_while_a_human_is_waited_for_and_while_one_serves(
    client, engine, dialogue, ticket
):
    question = {
        "kind": "question",
        "text": "确认删除吗？",
        "buttons": [{"title": "确认删除", "payload": "确认删除"}],
    }
    dialogue.replies = {"删除我的数据": [question], "把我的聊天记录都删了": [question]}
    assert (await say(client, "删除我的数据"))["messages"][0]["text"] == "确认删除吗？"
    reply = await say(client, "确认删除")
    assert reply["messages"][0]["text"] == "收到：确认删除"
    claim(engine, ticket)
    reply = await say(client, "把我的聊天记录都删了")
    assert (reply["owner"], reply["messages"][0]["text"]) == ("human", "确认删除吗？")
    assert (await say(client, "先不删"))["messages"][0]["text"] == "收到：先不删"
    # Said later, to the human, the same words answer no question of the bot.
    assert (await say(client, "好的"))["messages"] == []


async def test_nothing_answers_by_itself_while_a_human_serves(client, engine, dialogue, ticket):
    claim(engine, ticket)
    before = list(dialogue.seen)
    reply = await say(client, "337答辩期限是多久，机器人知道吗")
    assert reply == {"sender": "a", "owner": "human", "messages": []}
    assert dialogue.seen == before


async def test_what_is_said_to_a_human_is_recorded(client, engine, casework, ticket):
    claim(engine, ticket)
    await say(client, "合同在附件里")
    assert casework.history("a", 10)["messages"][-1]["text"] == "合同在附件里"


async def test_bot_answer_that_comes_after_a_human_took_over_is_dropped(client, engine, dialogue):
    pause = dialogue.pause("慢问题")
    import asyncio

    asked = asyncio.create_task(say(client, "慢问题"))
    await pause.reached.wait()
    with writing(engine) as conn:
        ticket = handoffs.open_ticket(conn, "a", "另一处请求").reference
        staff_moves.claim(conn, ticket, "wang")
    pause.release.set()
    assert (await asked) == {"sender": "a", "owner": "human", "messages": []}


async def test_one_person_waiting_does_not_silence_another(client, ticket):
    assert (await say(client, "你好", sender="b"))["messages"][0]["text"] == "收到：你好"


async def test_repeat_while_waiting_is_not_recorded_twice(client, casework, ticket):
    body = {"sender": "a", "text": "补充", "message_id": "m9"}
    first = await (await client.post(URL, json=body)).json()
    second = await (await client.post(URL, json=body)).json()
    assert first == second
    texts = [item["text"] for item in casework.history("a", 20)["messages"]]
    assert texts.count("补充") == 1


async def test_handoff_is_counted(client, ticket):
    assert "huhang_handoffs_total 1.0" in await (await client.get("/metrics")).text()


async def test_history_does_not_name_the_staff(client, engine, casework, ticket):
    claim(engine, ticket)
    with writing(engine) as conn:
        staff_moves.reply(conn, ticket, "wang", "您好，我来处理")
    last = casework.history("a", 20)["messages"][-1]
    assert last["author"] == "staff"
