"""The list of what is due, its marks, and how each person wants to be reminded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desk import handoffs, recording, releases, reminders
from desk.engine import reading, writing
from desk.permissions import Role
from desk.reminders import Wishes
from desk.times import china_day
from server import keys
from server.reminding import Reminding
from tests.smtp import mail_server

CENTER, OTHER_CENTER = "gz-aid", "gd-ippc"
NEVER_QUIET = Wishes(quiet_from=0, quiet_to=0)


def somebody(engine: Any, sender: str, days: int, center: str = CENTER) -> str:
    with writing(engine) as conn:
        recording.receive(conn, sender, "web", "请帮帮我")
        due_on = china_day(None) + timedelta(days=days)
        return handoffs.open_ticket(
            conn, sender, f"{sender}的事", center=center, deadline_on=due_on
        ).reference


def look(app: Any) -> None:
    Reminding(app[keys.SETTINGS], app[keys.ENGINE], app[keys.COPY]).look()


async def page(client: Any, path: str = "/desk/due") -> str:
    async with client.get(path) as response:
        assert response.status == 200
        return str(await response.text())


async def told(client: Any, *, shows: bool) -> dict[str, Any]:
    """What a page's line is told of reminders."""
    async with client.ws_connect("/desk/ws", headers={"Sec-Fetch-Site": "same-origin"}) as socket:
        await socket.send_json({"type": "reminders", "shows": shows})
        while True:
            found: dict[str, Any] = await asyncio.wait_for(socket.receive_json(), 5)
            if found["type"] == "reminders":
                return found


async def test_list_has_what_is_near_in_groups_and_hides_other_centers(enter, engine):
    client = await enter()
    today, near, far, other = (
        somebody(engine, "a", 0), somebody(engine, "b", 2), somebody(engine, "c", 20),
        somebody(engine, "d", 0, OTHER_CENTER),
    )  # fmt: skip
    text = await page(client)
    assert (
        text.index("<h2>今天") < text.index(today) < text.index("<h2>三天之内") < text.index(near)
    )
    assert far not in text
    assert other not in await page(client, "/desk/due?tab=all")


async def test_new_ones_are_marked_until_they_were_seen(enter, engine, app):
    client = await enter()
    somebody(engine, "a", 1)
    look(app)
    assert (await told(client, shows=False))["unseen"] == 1
    assert ">新<" in await page(client)
    assert ">新<" not in await page(client)
    assert (await told(client, shows=False))["unseen"] == 0


async def test_browser_is_given_each_reminder_once_and_only_where_it_may_show_it(
    enter, engine, app
):
    client = await enter()
    with writing(engine) as conn:
        reminders.wish(conn, "wang", NEVER_QUIET)
    reference = somebody(engine, "a", 1)
    look(app)
    assert (await told(client, shows=False))["show"] == []
    shown = (await told(client, shows=True))["show"]
    assert [(item["title"], item["text"]) for item in shown] == [("当事人的期限", reference)]
    assert (await told(client, shows=True))["show"] == []


def submitted(engine: Any, by: str) -> int:
    with writing(engine) as conn:
        made = releases.create(conn, "s2", None, {}, by=by, note="新政策")
        return releases.submit(conn, made.id, by=by).id


async def test_trainers_browser_is_given_what_waits_for_approval_once(enter, engine, app):
    client = await enter(Role.TRAINER)
    with writing(engine) as conn:
        reminders.wish(conn, "wang", NEVER_QUIET)
    number = submitted(engine, "chen")
    look(app)
    shown = (await told(client, shows=True))["show"]
    assert [(item["title"], item["text"], item["path"]) for item in shown] == [
        ("等您批准", f"第{number}次发布", "/workbench/publish")
    ]
    found = await told(client, shows=True)
    assert (found["show"], found["unseen"]) == ([], 0)


async def test_what_was_seen_on_the_page_of_releases_is_not_shown_any_more(enter, engine, app):
    client = await enter(Role.TRAINER)
    with writing(engine) as conn:
        reminders.wish(conn, "wang", NEVER_QUIET)
    submitted(engine, "chen")
    look(app)
    assert "在这台设备上弹出提醒" in await page(client, "/workbench/publish")
    assert (await told(client, shows=True))["show"] == []


async def test_line_of_who_does_not_serve_tells_nothing_of_the_inbox(enter, engine):
    client = await enter(Role.TRAINER, center=None)
    reference = somebody(engine, "a", 1)
    async with client.ws_connect("/desk/ws", headers={"Sec-Fetch-Site": "same-origin"}) as line:
        await line.send_json({"type": "look", "ticket": reference})
        await line.send_json({"type": "typing", "ticket": reference})
        await line.send_json({"type": "ping"})
        assert (await asyncio.wait_for(line.receive_json(), 5))["type"] == "pong"


async def test_list_needs_a_login_and_a_role_that_serves(visitor, enter):
    async with visitor.get("/desk/due", allow_redirects=False) as response:
        assert response.status == 303
    client = await enter(Role.TRAINER)
    async with client.get("/desk/due") as response:
        assert response.status == 403
    # A trainer is reminded of what waits for approval, and of nothing else.
    own = await page(client, "/desk/me")
    assert "提醒我" in own
    assert "等您批准" in own
    assert "快到期" not in own


async def test_each_person_switches_theirs_off(enter, engine, app):
    client = await enter()
    form = {"email": "wang@example.org", "quiet_from": "21", "quiet_to": "7"}
    response = await client.post("/desk/me/reminders", data=form)
    assert "提醒方式已保存" in await response.text()
    with reading(engine) as conn:
        kept = reminders.wishes_of(conn, "wang")
    assert kept == Wishes(is_on=False, email="wang@example.org", quiet_from=21, quiet_to=7)
    somebody(engine, "a", 1)
    look(app)
    assert (await told(client, shows=True))["unseen"] == 0
    assert "您已关闭提醒" in await page(client)


@pytest.mark.parametrize("changes", [{"email": "wang"}, {"quiet_from": "25"}, {"quiet_to": "x"}])
async def test_what_cannot_be_right_is_refused_and_nothing_changes(enter, engine, changes):
    client = await enter()
    form = {"is_on": "yes", "email": "", "quiet_from": "20", "quiet_to": "8", **changes}
    response = await client.post("/desk/me/reminders", data=form)
    assert "没有保存" in await response.text()
    with reading(engine) as conn:
        assert reminders.wishes(conn) == {}


async def test_trying_sends_one_mail_at_once_and_says_when_it_fails(enter, app):
    client = await enter()
    form = {"is_on": "yes", "email": "wang@example.org", "quiet_from": "20", "quiet_to": "8"}
    with mail_server() as post:
        settings = app[keys.SETTINGS]
        mail = replace(
            settings.mail, host="127.0.0.1", port=post.port, sender="desk@example.org", tls="none"
        )
        object.__setattr__(settings, "mail", mail)
        response = await client.post("/desk/me/reminders", data={**form, "try": "yes"})
        assert "请到 wang@example.org 查收" in await response.text()
        assert [str(item["To"]) for item in post.taken] == ["wang@example.org"]
    response = await client.post("/desk/me/reminders", data={**form, "try": "yes"})
    assert "试发没有成功：连不上邮件服务器" in await response.text()
