"""Pictures that staff send reach WeChat; one that cannot be read holds up nothing and is told of."""

from __future__ import annotations

import pytest

from channels.wechat import courier
from desk import attachments, cases, contents, outgoing
from desk.engine import reading
from desk.outgoing import State
from knowledge.errors import StorageError
from office.console import reachability
from server import keys
from tests.channels.wechat.conftest import OPENID, Connect
from tests.channels.wechat.test_pictures import photo
from tests.channels.wechat.test_sending import delivered, greeted, reply
from tests.waiting import until
from tests.wechat.standin import StandIn


async def send_picture(app, ticket, person, *, is_lost: bool = False):
    """:param is_lost: the content goes before the picture is sent."""
    folder = app[keys.SETTINGS].desk.attachments_dir
    with attachments.receiving(folder) as arriving:
        arriving.write(photo())

        def send(conn):
            step = cases.send_file(conn, person, ticket, folder, arriving, "函.png")
            if is_lost:
                (folder / step.said[0].payload["data"]["file"]["uid"]).unlink()
            return step

        step = await app[keys.DELIVERY].carry_out(ticket, send)
    return step.said[0].id


def trouble(app, uid: str) -> str | None:
    with reading(app[keys.ENGINE]) as conn:
        return reachability.troubles(conn, [uid]).get(uid)


def failures(app, uid: str):
    with reading(app[keys.ENGINE]) as conn:
        return outgoing.errors(conn, [uid]).get(uid)


async def test_a_picture_is_sent_with_another_token_when_the_first_is_refused(
    connect: Connect, standin: StandIn
) -> None:
    app, ticket, person = await greeted(connect, standin)
    standin.expire_token()
    uid = await send_picture(app, ticket, person)
    await until(lambda: delivered(app, uid))
    assert standin.people[OPENID].texts[-1] == "[image]"
    assert standin.uploaded == [photo()]
    assert standin.tokens_given == 2


async def test_a_picture_is_fetched_with_another_token_when_the_first_is_refused(
    connect: Connect, standin: StandIn
) -> None:
    app, _, _ = await greeted(connect, standin)
    standin.media["a"] = photo(1)
    api = app[keys.COURIERS]["wechat"].account.api
    standin.expire_token()
    assert await api.fetch("/cgi-bin/media/get", media_id="a") == (photo(1), "image/jpeg")


async def test_a_picture_whose_content_is_gone_holds_up_nothing_and_staff_are_told(
    connect: Connect, standin: StandIn
) -> None:
    app, ticket, person = await greeted(connect, standin)
    uid = await send_picture(app, ticket, person, is_lost=True)
    await reply(app, ticket, person, "请看这封函。")
    await until(lambda: standin.people[OPENID].texts[-1] == "请看这封函。")
    assert failures(app, uid)[0] is State.FAILED
    assert "图片" in trouble(app, uid)
    assert "重新发" in trouble(app, uid)


async def test_a_picture_that_is_in_the_store_is_fetched_before_it_is_sent(
    connect: Connect, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_LOOK_S", 0.1)
    app, ticket, person = await greeted(connect, standin)
    asked = []

    def from_store(folder, name):
        asked.append(name)
        if len(asked) == 1:
            raise StorageError("对象存储没有应答")
        (folder / name).write_bytes(photo())
        return True

    monkeypatch.setattr(contents, "is_there", from_store)
    uid = await send_picture(app, ticket, person, is_lost=True)
    await until(lambda: delivered(app, uid))
    assert standin.uploaded == [photo()]
    assert len(asked) == 2


async def test_what_fails_in_any_way_is_given_up_after_some_tries(
    connect: Connect, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_LOOK_S", 0.1)
    app, ticket, person = await greeted(connect, standin)
    monkeypatch.setattr(courier, "_MOST_ATTEMPTS", 1)
    account = app[keys.COURIERS]["wechat"].account
    send = account.send

    async def fails(reached, part):
        if part.body.get("text") == "一":
            raise ValueError(part.body)
        await send(reached, part)

    monkeypatch.setattr(account, "send", fails)
    uid = await reply(app, ticket, person, "一")
    await reply(app, ticket, person, "二")
    await until(lambda: standin.people[OPENID].texts[-1] == "二")
    assert failures(app, uid) == (State.FAILED, None)
    assert "电话" in trouble(app, uid)
    assert "送达" not in trouble(app, uid)
