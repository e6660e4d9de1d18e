"""What the desk says reaches WeChat: tokens, limits and windows, and what staff are told of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from channels.wechat import courier
from desk import cases, handoffs, outgoing, reach, staff, transcripts
from desk.engine import reading, writing
from desk.outgoing import State
from desk.permissions import Role
from server import keys
from server.delivery_errors import MEANINGS, Fate, meaning
from tests.channels.wechat.conftest import OPENID, Connect
from tests.channels.wechat.test_official import person_of, said_in
from tests.scripted_app import FakeDialogue
from tests.waiting import until
from tests.wechat.standin import StandIn


async def served(app, standin: StandIn):
    """Somebody who asked for a human and is served; :return: the ticket and whoever serves."""
    await standin.says(OPENID, "转人工")
    sender = person_of(app).sender
    with writing(app[keys.ENGINE]) as conn:
        person = staff.add(conn, "wang", "王", Role.AGENT, center=None, actor="tests")
        ticket = handoffs.current(conn, sender).reference
    await app[keys.DELIVERY].carry_out(ticket, cases.claim, person, ticket)
    return ticket, person


async def greeted(connect: Connect, standin: StandIn):
    """The same on a fresh server, once both messages about it have been seen."""
    app = await connect()
    ticket, person = await served(app, standin)
    await until(lambda: len(standin.people[OPENID].seen) == 2)
    return app, ticket, person


async def reply(app, ticket, person, text: str) -> str:
    step = await app[keys.DELIVERY].carry_out(ticket, cases.reply, person, ticket, text, (), None)
    return step.said[0].id


def delivered(app, uid: str) -> bool:
    with reading(app[keys.ENGINE]) as conn:
        return transcripts.message(conn, uid).delivered_at is not None


def is_kept(app, uid: str) -> bool:
    """Whether a message waits until the person writes."""
    with reading(app[keys.ENGINE]) as conn:
        return outgoing.errors(conn, [uid]).get(uid, (None,))[0] is State.KEPT


async def test_staff_are_heard_on_wechat_and_told_that_it_arrived(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue
) -> None:
    app = await connect()
    ticket, person = await served(app, standin)
    uid = await reply(app, ticket, person, "我来看看您的通知书。")
    await until(lambda: "我来看看您的通知书。" in standin.people[OPENID].texts)
    await until(lambda: delivered(app, uid))
    assert await standin.says(OPENID, "谢谢") is None
    assert said_in(app, person_of(app).sender)[-1] == ("in", "谢谢")


async def test_without_the_right_staff_are_heard_with_the_next_message(
    connect: Connect, standin: StandIn
) -> None:
    app = await connect(may_push=False)
    ticket, person = await served(app, standin)
    uid = await reply(app, ticket, person, "请把收到日期告诉我。")
    assert not delivered(app, uid)
    shown = await standin.says(OPENID, "在吗")
    assert shown.endswith("请把收到日期告诉我。")
    await until(lambda: delivered(app, uid))


async def test_a_token_that_is_no_longer_taken_is_fetched_once(
    connect: Connect, standin: StandIn
) -> None:
    app, ticket, person = await greeted(connect, standin)
    assert standin.tokens_given == 1
    standin.expire_token()
    await reply(app, ticket, person, "一")
    await reply(app, ticket, person, "二")
    await until(lambda: standin.people[OPENID].texts[-2:] == ["一", "二"])
    assert standin.tokens_given == 2


async def test_many_that_need_a_token_at_once_fetch_one(connect: Connect, standin: StandIn) -> None:
    app = await connect()
    api = app[keys.COURIERS]["wechat"].account.api
    assert len({*await asyncio.gather(*(api.token(None) for _ in range(12)))}) == 1
    assert standin.tokens_given == 1


async def test_a_busy_server_is_tried_again_and_order_is_kept(
    connect: Connect, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_LOOK_S", 0.1)
    app, ticket, person = await greeted(connect, standin)
    standin.failing = [-1]
    await reply(app, ticket, person, "一")
    await reply(app, ticket, person, "二")
    await until(lambda: standin.people[OPENID].texts[-2:] == ["一", "二"])


async def test_after_five_messages_the_rest_waits_for_the_person(
    connect: Connect, standin: StandIn
) -> None:
    app = await connect()
    ticket, person = await served(app, standin)
    uids = [await reply(app, ticket, person, f"第{n}句。") for n in range(1, 8)]
    await until(lambda: is_kept(app, uids[-1]))
    assert person_of(app).window_left == 0
    assert "第7句。" not in standin.people[OPENID].texts
    shown = await standin.says(OPENID, "还在吗")
    assert shown.startswith("第")
    assert shown.endswith("第7句。")
    await until(lambda: delivered(app, uids[-1]))
    said = "\n\n".join(standin.people[OPENID].texts)
    assert [said.count(f"第{n}句。") for n in range(1, 8)] == [1] * 7


async def test_two_days_later_nothing_is_sent_until_the_person_writes(
    connect: Connect, standin: StandIn
) -> None:
    app, ticket, person = await greeted(connect, standin)
    # Their clock is ahead of ours, so that only the server's refusal tells.
    standin.offset_s = timedelta(hours=49).total_seconds()
    uid = await reply(app, ticket, person, "结果出来了。")
    await until(lambda: person_of(app).window_left == 0)
    with reading(app[keys.ENGINE]) as conn:
        assert outgoing.errors(conn, [uid]) == {uid: (State.KEPT, 45015)}
    assert not person_of(app).may_be_written_to()
    calls = len(standin.calls)
    second = await reply(app, ticket, person, "请回电。")
    await until(lambda: is_kept(app, second))
    assert len(standin.calls) == calls
    assert await standin.says(OPENID, "怎么样了") == "结果出来了。\n\n请回电。"


async def test_a_refusal_for_good_does_not_hold_up_what_follows(
    connect: Connect, standin: StandIn
) -> None:
    app, ticket, person = await greeted(connect, standin)
    standin.failing = [45002]
    uid = await reply(app, ticket, person, "一")
    await reply(app, ticket, person, "二")
    await until(lambda: standin.people[OPENID].texts[-1] == "二")
    with reading(app[keys.ENGINE]) as conn:
        assert outgoing.errors(conn, [uid]) == {uid: (State.FAILED, 45002)}


async def test_what_a_killed_server_stored_and_did_not_send_is_sent(
    connect: Connect, standin: StandIn
) -> None:
    app, ticket, person = await greeted(connect, standin)
    with writing(app[keys.ENGINE]) as conn:
        cases.reply(conn, person, ticket, "没来得及发", (), None)
    await app.shutdown()
    await app.cleanup()
    await connect()
    await until(lambda: standin.people[OPENID].texts[-1] == "没来得及发")


async def test_who_asked_for_erasure_is_not_known_by_openid_any_more(
    connect: Connect, standin: StandIn, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desk.privacy import erase

    app = await connect()
    await standin.says(OPENID, "你好")
    before = person_of(app).sender
    handle = dialogue.handle

    async def erasing(sender, text, metadata):
        if text != "确认删除":
            return await handle(sender, text, metadata)
        with writing(app[keys.ENGINE]) as conn:
            erase(conn, sender)
        return [{"kind": "notice", "text": "已删除。"}]

    monkeypatch.setattr(dialogue, "handle", erasing)
    assert await standin.says(OPENID, "确认删除") == "已删除。"
    assert person_of(app) is None
    with reading(app[keys.ENGINE]) as conn:
        for table in ("channel_people", "channel_inbox", "channel_outbox"):
            rows = conn.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert OPENID not in str(rows)
            assert "你好" not in str(rows)
    await standin.says(OPENID, "又来了")
    assert person_of(app).sender != before


@pytest.mark.parametrize("code", [45015, 45047, 95001, 95002, 43004])
def test_staff_are_told_what_to_do_when_a_message_is_refused(code: int) -> None:
    assert meaning(code).fate in (Fate.CLOSED, Fate.EXHAUSTED, Fate.LEFT)
    assert "电话" in meaning(code).words


def test_an_unknown_code_is_no_reason_to_try_for_ever() -> None:
    assert meaning(99999).fate is Fate.FAILED
    assert meaning(None).fate is Fate.AGAIN
    assert all(item.words for item in MEANINGS.values())


def test_an_act_raises_what_is_left_and_does_not_add(engine) -> None:
    from desk.times import utc_now

    now = utc_now()
    with writing(engine) as conn:
        person = reach.meet(conn, reach.Address("wechat", "a", "o"), now=now)
        assert not person.may_be_written_to(now)
        reach.heard(conn, person.id, reach.MESSAGE, now=now)
        reach.heard(conn, person.id, reach.MENU, now=now)
        known = reach.get(conn, person.id)
        assert (known.window_left, known.window_until) == (5, now + timedelta(hours=48))
        for _ in range(4):
            reach.spent(conn, person.id)
        reach.heard(conn, person.id, reach.MENU, now=now)
        assert reach.get(conn, person.id).window_left == 3
        later = now + timedelta(hours=49)
        assert not reach.get(conn, person.id).may_be_written_to(later)
        reach.heard(conn, person.id, reach.SCAN, now=later)
        assert reach.get(conn, person.id).window_until == later + timedelta(minutes=1)


async def test_a_busy_database_does_not_send_a_message_twice(
    connect: Connect, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from knowledge.errors import StorageError

    app, ticket, person = await greeted(connect, standin)
    courier = app[keys.COURIERS]["wechat"]
    arrived, refusals = courier._arrived, [1, 2]

    def busy(part):
        if refusals:
            refusals.pop()
            raise StorageError("办件数据库正忙")
        return arrived(part)

    monkeypatch.setattr(courier, "_arrived", busy)
    uid = await reply(app, ticket, person, "只说一次")
    await until(lambda: delivered(app, uid))
    assert standin.people[OPENID].texts.count("只说一次") == 1
