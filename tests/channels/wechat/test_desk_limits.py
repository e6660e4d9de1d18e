"""Staff see the channel and what it allows before they write, and why a message did not arrive."""

from __future__ import annotations

from datetime import timedelta

from desk import handoffs, reach, staff
from desk.cases import claim
from desk.engine import reading, writing
from desk.logins import log_in
from desk.times import utc_now
from office.console import reachability
from server import keys
from tests.channels.wechat.conftest import OPENID, Connect
from tests.channels.wechat.test_official import person_of
from tests.channels.wechat.test_sending import reply, served
from tests.office.console.conftest import PASSWORD, Role, add_person
from tests.waiting import until
from tests.wechat.standin import StandIn


def limits(app):
    with reading(app[keys.ENGINE]) as conn:
        return reachability.limits(conn, person_of(app).sender, app[keys.COURIERS])


async def test_the_window_and_what_is_left_are_shown(connect: Connect, standin: StandIn) -> None:
    app = await connect()
    await standin.says(OPENID, "你好")
    shown = limits(app)
    assert shown.is_open
    assert "还能发 5 条" in shown.words
    assert shown.chars == 682
    with writing(app[keys.ENGINE]) as conn:
        reach.exhausted(conn, person_of(app).id)
    assert "条数用完了" in limits(app).words
    with writing(app[keys.ENGINE]) as conn:
        reach.closed(conn, person_of(app).id, now=utc_now() - timedelta(minutes=1))
    assert "48小时" in limits(app).words
    assert not limits(app).is_open
    with writing(app[keys.ENGINE]) as conn:
        reach.left(conn, person_of(app).id)
    assert "取消关注" in limits(app).words


async def test_an_account_without_the_right_says_so(connect: Connect, standin: StandIn) -> None:
    app = await connect(may_push=False)
    await standin.says(OPENID, "你好")
    assert "没有客服消息权限" in limits(app).words


async def test_a_person_of_the_web_has_no_limits(connect: Connect) -> None:
    app = await connect()
    with reading(app[keys.ENGINE]) as conn:
        assert reachability.limits(conn, "web~somebody", app[keys.COURIERS]) is None


async def test_the_page_of_a_case_shows_the_limits_and_what_did_not_arrive(
    connect: Connect, standin: StandIn
) -> None:
    app = await connect()
    ticket, person = await served(app, standin)
    await until(lambda: len(standin.people[OPENID].seen) == 2)
    standin.offset_s = 49 * 3600
    await reply(app, ticket, person, "结果出来了。")
    await until(lambda: person_of(app).window_left == 0)
    add_person(app[keys.ENGINE], "li", Role.ADMIN, center=None)
    base = standin.callback.removesuffix("/wechat/callback")
    cookies = {"Cookie": f"huhang_staff={log_in(app[keys.ENGINE], 'li', PASSWORD)}"}
    async with standin.session().get(f"{base}/desk/tickets/{ticket}", headers=cookies) as response:
        page = await response.text()
    assert "微信公众号" in page
    assert "约回访" in page
    assert "对方超过48小时没有发消息，微信不让发" in page
    async with standin.session().get(f"{base}/desk?tab=all", headers=cookies) as response:
        assert "微信公众号" in await response.text()


def test_a_ticket_from_wechat_names_its_channel(engine) -> None:
    with writing(engine) as conn:
        person = staff.add(conn, "wang", "王", Role.AGENT, center=None, actor="tests")
        opened = handoffs.open_ticket(conn, "wechat~x", "x", channel="wechat")
        assert claim(conn, person, opened.reference).ticket.channel == "wechat"
