"""The inbox: what waits, what is urgent, and that a center sees only its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from desk import handoffs, staff_moves
from desk.engine import writing
from desk.permissions import Role
from desk.service_clock import CHINA
from desk.times import china_day, utc_now
from tests.office.console.conftest import CENTER, DEADLINE, OTHER_CENTER, add_person


async def text(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_waiting_ticket_shows_what_is_known_and_hides_the_phone(enter, ticket):
    client = await enter()
    page = await text(client, "/desk")
    assert ticket in page
    assert "广州花灯有限公司" in page
    assert "排队中" in page
    assert "首次回复" in page
    assert "留了电话" in page
    assert "13800138000" not in page


async def test_deadline_is_said_in_words_not_by_colour_alone(enter, ticket, engine):
    client = await enter()
    page = await text(client, "/desk")
    # Counted from the day on which the test runs.
    left = (date.fromisoformat(DEADLINE["data"]["due_date"]) - china_day(None)).days
    told = "期限就在今天" if left == 0 else f"距期限{left}天" if left > 0 else f"期限已过{-left}天"
    assert told in page


async def test_center_sees_only_its_own_and_the_national_desk_sees_all(enter, ticket):
    other = await enter(login="li", center=OTHER_CENTER)
    assert ticket not in await text(other, "/desk?tab=all")
    national = await enter(login="zhao", center=None)
    assert ticket in await text(national, "/desk?tab=all")


async def test_urgent_deadline_comes_first(enter, ticket, engine):
    from datetime import timedelta

    today = utc_now().astimezone(CHINA).date()
    with writing(engine) as conn:
        urgent = handoffs.open_ticket(
            conn, "b", "马上到期", center=CENTER, deadline_on=today + timedelta(days=1)
        ).reference
        handoffs.open_ticket(
            conn, "c", "不急", center=CENTER, deadline_on=today + timedelta(days=60)
        )
    client = await enter()
    page = await text(client, "/desk/inbox/rows")
    assert page.index(urgent) < page.index("不急")
    assert "距期限1天" in page


async def test_claimed_ticket_moves_to_mine_and_says_when_an_answer_is_due(enter, ticket, engine):
    client = await enter()
    with writing(engine) as conn:
        staff_moves.claim(conn, ticket, "wang")
    assert ticket not in await text(client, "/desk?tab=waiting")
    assert ticket in await text(client, "/desk?tab=mine")


async def test_what_only_waits_to_be_rated_stands_last_among_ones_own(enter, ticket, engine):
    client = await enter()
    with writing(engine) as conn:
        later = handoffs.open_ticket(conn, "b", "还要办", center=CENTER).reference
        for reference in (ticket, later):
            staff_moves.claim(conn, reference, "wang")
        staff_moves.close(conn, ticket, "wang", "已解答", "说明了期限")
    page = await text(client, "/desk/inbox/rows?tab=mine")
    assert page.index(later) < page.index(ticket)


async def test_a_case_that_is_to_be_called_back_says_that_the_bot_answers(enter, ticket, engine):
    client = await enter()
    assert "在此之前机器人不会回答" in await text(client, f"/desk/tickets/{ticket}")
    with writing(engine) as conn:
        handoffs.take_back(conn, "a")
    page = await text(client, f"/desk/tickets/{ticket}")
    assert "对方再问由机器人回答" in page
    assert "不会回答" not in page


async def test_ticket_handed_to_a_person_is_visible_to_them_whatever_the_center(
    enter, ticket, engine
):
    with writing(engine) as conn:
        staff_moves.claim(conn, ticket, "wang")
        staff_moves.transfer(conn, ticket, "wang", "请协助", to_staff="li")
    other = await enter(login="li", center=OTHER_CENTER)
    assert ticket in await text(other, "/desk?tab=mine")
    assert (await other.get(f"/desk/tickets/{ticket}")).status == 200


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=花灯", True),
        ("q=没有这个", False),
        ("q=100%25", False),
        ("status=waiting", True),
        ("status=closed", False),
        ("status=nonsense", True),
    ],
)
async def test_list_of_all_is_narrowed(enter, ticket, query, is_found):
    client = await enter()
    page = await text(client, f"/desk/inbox/rows?tab=all&{query}")
    assert (ticket in page) is is_found


async def test_long_list_has_pages(enter, engine):
    with writing(engine) as conn:
        for number in range(45):
            handoffs.open_ticket(conn, f"s{number}", f"第{number}件", center=CENTER)
    client = await enter()
    first = await text(client, "/desk?tab=all")
    assert "第 1 / 2 页，共 45 条" in first
    assert "第44件" in first
    assert "第0件" in await text(client, "/desk?tab=all&page=2")
    assert "第 2 / 2 页" in await text(client, "/desk?tab=all&page=999999999999999")


async def test_trainer_has_no_inbox(enter):
    client = await enter(Role.TRAINER, login="xun")
    answer = await client.get("/desk")
    assert answer.status == 403
    page = await answer.text()
    assert "您的角色不能使用" in page
    assert "收件箱" not in page


async def test_names_and_words_with_markup_stay_text(enter, engine):
    add_person(engine, "evil", Role.AGENT, name="<script>alert(1)</script>")
    with writing(engine) as conn:
        opened = handoffs.open_ticket(
            conn, "x", "<img src=x onerror=alert(1)>", center=CENTER, facts={"<b>": "<i>x</i>"}
        )
        staff_moves.claim(conn, opened.reference, "evil")
    client = await enter()
    for path in ("/desk?tab=all", f"/desk/tickets/{opened.reference}"):
        page = await text(client, path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<i>x</i>" not in page


async def test_long_queue_has_pages_and_the_urgent_stand_on_the_first(enter, engine):
    client = await enter(Role.AGENT)
    with writing(engine) as conn:
        for number in range(45):
            handoffs.open_ticket(conn, f"web~{number}", f"第{number}位", center=CENTER)
        urgent = handoffs.open_ticket(
            conn, "web~last", "最后来的", center=CENTER, deadline_on=utc_now().date()
        )
    page = await (await client.get("/desk/inbox/rows?tab=waiting")).text()
    assert page.count('<li class="ticket') == 40
    assert page.index(urgent.reference) < page.index("第0位")
    assert "第44位" not in page
    # The list is fetched by itself; its links lead to the whole page.
    assert 'href="/desk?tab=waiting&amp;page=2"' in page
    second = await (await client.get("/desk?tab=waiting&page=2")).text()
    assert second.count('<li class="ticket') == 6
    assert "第44位" in second


async def test_what_the_scripts_of_a_page_fetch_uses_up_no_notice(enter, ticket):
    client = await enter()
    answer = await client.post(f"/desk/tickets/{ticket}/claim", allow_redirects=False)
    assert answer.status == 303
    # An open page hears of the claim and fetches before the browser has followed the redirect.
    await text(client, "/desk/inbox/rows")
    await text(client, f"/desk/tickets/{ticket}/messages?after=0")
    assert "已接待" in await text(client, f"/desk/tickets/{ticket}")
    assert 'class="notice done"' not in await text(client, f"/desk/tickets/{ticket}")
