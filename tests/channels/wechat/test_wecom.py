"""微信客服 and the WeCom application against a stand-in for WeCom's server."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.app import create_app
from desk import cases, conversations, handoffs, reach, staff, transcripts
from desk.casework import public
from desk.conversations import Owner
from desk.engine import reading, writing
from desk.permissions import Role
from server import keys
from settings import Settings, WeComSettings
from tests.scripted_app import FakeDialogue
from tests.waiting import until
from tests.wechat.standin_wecom import WeComStandIn
from tests.wechat.wire import Secrets

PERSON = "wmAJ2GCAAAme1XQRC-NI-q0_ZM9ukoAw"
CORP = Secrets(receiver="ww5823bf96d3bd56c7")
CHOICES = {
    "kind": "question", "text": "哪个国家？",
    "buttons": [{"title": "美国", "payload": "是美国"}, {"title": "德国", "payload": "是德国"}],
}  # fmt: skip


@pytest.fixture
async def company(aiohttp_server: Any) -> AsyncIterator[WeComStandIn]:
    company = WeComStandIn(CORP)
    server = await aiohttp_server(company.app())
    company.api = str(server.make_url("")).rstrip("/")  # type: ignore[attr-defined]
    yield company
    await company.close()


@pytest.fixture
def join(settings: Settings, dialogue: FakeDialogue, company: WeComStandIn, aiohttp_server: Any):
    async def joined(handover: str = "desk") -> Any:
        known = WeComSettings(
            corp_id=CORP.receiver, agent_id=1000002, secret="s", token=CORP.token,
            aes_key=CORP.aes_key, kf_secret="k", kf_token=CORP.token, kf_aes_key=CORP.aes_key,
            kf_handover=handover, api=company.api,  # type: ignore[attr-defined]
        )  # fmt: skip
        app = create_app(dataclasses.replace(settings, wecom=known), dialogue=dialogue)
        server = await aiohttp_server(app)
        company.base = str(server.make_url("")).rstrip("/")
        assert await app[keys.READINESS].wait(5)
        return app

    return joined


def sender_of(app, channel: str = "kf", person: str = PERSON) -> str:
    with reading(app[keys.ENGINE]) as conn:
        row = conn.exec_driver_sql(
            "SELECT sender FROM channel_people WHERE channel = ? AND address = ?", (channel, person)
        ).one()
    return row.sender


def owner_of(app) -> Owner:
    with reading(app[keys.ENGINE]) as conn:
        return conversations.owner(conn, sender_of(app))


async def test_a_customer_is_answered(join, company: WeComStandIn, dialogue: FakeDialogue) -> None:
    app = await join()
    await company.says(PERSON, "337答辩期限")
    await until(lambda: company.texts(PERSON) == ["收到：337答辩期限"])
    with reading(app[keys.ENGINE]) as conn:
        assert conversations.find(conn, sender_of(app)).channel == "kf"


async def test_everything_after_the_cursor_is_fetched_once(
    join, company: WeComStandIn, dialogue: FakeDialogue
) -> None:
    app = await join()
    for number in range(8):
        company.left[f"p{number}"] = 5
        await company.arrives(
            {
                "origin": 3,
                "external_userid": f"p{number}",
                "msgtype": "text",
                "text": {"content": f"第{number}问"},
            },
            calls=False,
        )
    await asyncio.gather(*(company.call() for _ in range(4)))
    await until(lambda: len(company.shown) == 8)
    assert len(dialogue.seen) == 8
    await app.shutdown()
    await app.cleanup()
    before = len(company.cursors)
    await join()
    await company.says(PERSON, "还有")
    await until(lambda: company.texts(PERSON) == ["收到：还有"])
    assert len(dialogue.seen) == 9
    assert company.cursors[before] == "8"
    assert set(company.cursors[before:]) <= {"8", "9"}


async def test_choices_are_pressed(join, company: WeComStandIn, dialogue: FakeDialogue) -> None:
    await join()
    dialogue.replies["问"] = [CHOICES]
    await company.says(PERSON, "问")
    await until(lambda: company.texts(PERSON) == ["哪个国家？"])
    listed = company.shown[PERSON][0]["msgmenu"]["list"]
    assert [item["click"] for item in listed] == [
        {"id": "1", "content": "美国"}, {"id": "2", "content": "德国"},
    ]  # fmt: skip
    await company.says(PERSON, "德国", menu_id="2")
    await until(lambda: company.texts(PERSON)[-1] == "收到：是德国")


async def test_who_enters_is_welcomed_with_choices(join, company: WeComStandIn) -> None:
    app = await join()
    await company.event(PERSON, event_type="enter_session", scene="fair-7", welcome_code="w1")
    await until(lambda: bool(company.on_event))
    assert company.on_event[0]["code"] == "w1"
    assert "护航" in company.on_event[0]["msgmenu"]["head_content"]
    await company.says(PERSON, "我被诉或被投诉", menu_id="1")
    await until(lambda: company.texts(PERSON) == ["收到：我被诉或被投诉"])
    with reading(app[keys.ENGINE]) as conn:
        assert reach.of_sender(conn, sender_of(app))[0].campaign == "fair-7"


async def test_our_desk_serves(join, company: WeComStandIn) -> None:
    app = await join()
    await company.says(PERSON, "转人工")
    await until(lambda: company.texts(PERSON) == ["已登记。"])
    with writing(app[keys.ENGINE]) as conn:
        person = staff.add(conn, "wang", "王", Role.AGENT, center=None, actor="tests")
        ticket = handoffs.current(conn, sender_of(app)).reference
    await app[keys.DELIVERY].carry_out(ticket, cases.claim, person, ticket)
    await app[keys.DELIVERY].carry_out(ticket, cases.reply, person, ticket, "我来看看。", (), None)
    await until(lambda: company.texts(PERSON)[-1] == "我来看看。")
    assert PERSON not in company.states
    await app[keys.DELIVERY].carry_out(ticket, cases.close, person, ticket, "已解答", "", None)
    await until(lambda: "请为这次服务打分" in company.texts(PERSON)[-1])
    await company.says(PERSON, "5分", menu_id="1")
    await until(lambda: "评价：5分" in company.texts(PERSON)[-1])


async def test_what_did_not_fit_the_quota_comes_first_with_the_next_message(
    join, company: WeComStandIn, dialogue: FakeDialogue
) -> None:
    await join()
    dialogue.replies["多"] = [{"kind": "text", "text": f"第{n}条"} for n in range(1, 8)]
    await company.says(PERSON, "多")
    await until(lambda: company.texts(PERSON) == [f"第{n}条" for n in range(1, 6)])
    await company.says(PERSON, "还有呢")
    expected = [*(f"第{n}条" for n in range(1, 8)), "收到：还有呢"]
    await until(lambda: company.texts(PERSON) == expected)


async def test_wecoms_own_staff_serve_where_the_settings_say_so(
    join, company: WeComStandIn, dialogue: FakeDialogue
) -> None:
    app = await join("wecom")
    await company.says(PERSON, "转人工")
    await until(lambda: company.states.get(PERSON) == 2)
    assert company.texts(PERSON) == ["已登记。"]
    await until(lambda: bool(reached(app, sender_of(app)).pending))
    seen = len(dialogue.seen)
    await company.says(PERSON, "在吗")
    await until(lambda: ("in", "在吗") in said(app))
    assert len(dialogue.seen) == seen
    assert owner_of(app) is Owner.WAITING
    shown = list(company.texts(PERSON))
    await company.serves(PERSON, "我是王工，请把订单号发来", by="WangGong")
    await until(lambda: ("out", "我是王工，请把订单号发来") in said(app))
    await company.serves(PERSON, None, by="WangGong")
    await until(lambda: ("out", "[图片]") in said(app))
    with reading(app[keys.ENGINE]) as conn:
        theirs = [
            m for m in transcripts.history(conn, sender_of(app)) if m.author == "wecom:WangGong"
        ]
    # The person has it already: it is neither sent again nor waiting, and names nobody to them.
    assert [m.delivered_at is not None for m in theirs] == [True, True]
    assert {public(m)["author"] for m in theirs} == {"staff"}
    assert company.texts(PERSON) == shown
    assert owner_of(app) is Owner.WAITING
    await company.event(PERSON, event_type="session_status_change", change_type=3, msg_code="m1")
    await until(lambda: owner_of(app) is Owner.BOT)
    await until(lambda: [event["code"] for event in company.on_event] == ["m1"])
    company.states[PERSON] = 1
    await company.says(PERSON, "谢谢")
    await until(lambda: company.texts(PERSON)[-1] == "收到：谢谢")


def said(app) -> list[tuple[str, str]]:
    with reading(app[keys.ENGINE]) as conn:
        return [(m.direction, m.text) for m in transcripts.history(conn, sender_of(app))]


async def test_a_member_is_answered_by_the_application(join, company: WeComStandIn) -> None:
    app = await join()
    message: dict[str, str | int] = {
        "ToUserName": CORP.receiver, "FromUserName": "zhangsan", "CreateTime": 1,
        "MsgType": "text", "Content": "期限", "MsgId": 7, "AgentID": 1000002,
    }  # fmt: skip
    assert await company.post("/wecom/callback", message) == 200
    sender = sender_of(app, "wecom", "zhangsan")
    await app[keys.COURIERS]["wecom"].say(sender, [_notice("文书读完了")])
    await until(lambda: company.texts("zhangsan") == ["文书读完了"])
    company.invalid.add("zhangsan")
    await app[keys.COURIERS]["wecom"].say(sender, [_notice("再说")])
    await until(lambda: not reached(app, sender).is_reachable)


def _notice(text: str):
    from desk.messages import MessageKind, OutboundMessage

    return OutboundMessage(MessageKind.NOTICE, text)


def reached(app, sender: str):
    with reading(app[keys.ENGINE]) as conn:
        return reach.of_sender(conn, sender)[0]


async def test_what_is_for_another_company_is_refused(join, company: WeComStandIn) -> None:
    await join()
    company.known = dataclasses.replace(CORP, receiver="wwother")
    assert await company.call() == 403
