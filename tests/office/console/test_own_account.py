"""Passwords and codes in the browser, the center's contact, and drafts that were left with a number."""

from __future__ import annotations

import io
import re
from datetime import date
from http.cookies import SimpleCookie

import aiohttp
import pytest
from PIL import Image

from actions.route_rules import default_router
from desk import (
    audit,
    center_contacts,
    conversations,
    handoffs,
    lead_drafts,
    logins,
    privacy,
    staff,
    totp,
)
from desk.center_contacts import Contact
from desk.engine import reading, writing
from desk.lead_intake import upsert
from desk.permissions import Role
from desk.tickets import Status
from desk.times import utc_now
from server import keys
from tests.office.console.conftest import CENTER, PASSWORD


async def post(client, path, **form):
    return await client.post(path, data=form, allow_redirects=False)


def now_code(secret: str, after: int = 0) -> str:
    return totp.code(secret, int(utc_now().timestamp()) // totp.STEP_S + after)


async def test_whoever_used_the_one_time_link_is_in(visitor, engine):
    with writing(engine) as conn:
        staff.add(conn, "li", "李雷", Role.AGENT, CENTER, "test")
        link = staff.invite(conn, "li")
    done = await post(visitor, f"/desk/invitation/{link}", password=PASSWORD, again=PASSWORD)
    assert (done.status, done.headers["Location"]) == (303, "/desk")
    session = SimpleCookie("; ".join(done.headers.getall("Set-Cookie")))["huhang_staff"].value
    with reading(engine) as conn:
        assert logins.session_staff(conn, session).login == "li"


async def test_first_administrator_is_asked_for_the_contact(visitor, engine):
    with writing(engine) as conn:
        link = staff.first_admin_invitation(conn)
    done = await post(visitor, f"/desk/invitation/{link}", password=PASSWORD, again=PASSWORD)
    assert done.headers["Location"] == "/desk/settings"


async def test_second_factor_from_switching_on_to_logging_in(enter, engine):
    client = await enter()
    page = await (await client.post("/desk/me/code")).text()
    assert 'class="qr"' in page
    secret = re.search(r'mono">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    wrong = await client.post("/desk/me/code/confirm", data={"code": "1"})
    assert "还没有打开" in await wrong.text()
    assert (
        "已打开"
        in await (
            await client.post("/desk/me/code/confirm", data={"code": now_code(secret)})
        ).text()
    )
    await client.post("/desk/logout")
    first = await client.post("/desk/login", data={"login": "wang", "password": PASSWORD})
    text = await first.text()
    assert "六位数字" in text
    assert (await client.get("/desk/me", allow_redirects=False)).status == 303
    token = re.search(r'name="token" value="([^"]+)"', text)[1]
    code = now_code(secret, after=1)
    done = await post(client, "/desk/login/code", token=token, code=code)
    assert (done.status, done.headers["Location"]) == (303, "/desk")
    again = await post(client, "/desk/login/code", token=token, code=code)
    assert again.headers["Location"].startswith("/desk/login")


async def test_changed_password_keeps_this_browser_in(enter, engine):
    client = await enter()
    form = {"old": PASSWORD, "new": "another-horse-7", "again": "another-horse-7"}
    page = await (await client.post("/desk/me/password", data=form)).text()
    assert "密码已修改" in page
    assert (await client.get("/desk/me")).status == 200
    assert logins.log_in(engine, "wang", "another-horse-7")


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"phones": "123"}, "格式不对"), ({"website": "javascript:alert(1)"}, "https://"),
     ({"phones": "020-38846789、13800138000、12330、12345"}, "最多3个")],
)  # fmt: skip
async def test_contact_that_cannot_be_right_is_refused(enter, engine, changes, message):
    client = await enter(Role.CENTER_ADMIN)
    answer = await client.post("/desk/settings", data={"phones": "020-38846789", **changes})
    assert message in await answer.text()
    with reading(engine) as conn:
        assert center_contacts.listing(conn) == {}


async def test_contact_of_the_center_stands_in_the_bots_card(enter, engine):
    client = await enter(Role.CENTER_ADMIN)
    form = {"phones": "020-38846789", "address": "广州市某路1号", "hours": "工作日9:00–17:00",
            "center": "gd-ippc"}  # fmt: skip
    assert "已保存" in await (await client.post("/desk/settings", data=form)).text()
    with reading(engine) as conn:
        entered = center_contacts.listing(conn)
    assert list(entered) == [CENTER]  # one's own center, whatever the form names
    routed = default_router().route(region="广州").with_contacts(entered)
    named = [routed.primary, routed.fallback, *routed.others]
    cards = {item.center.id: item.to_json() for item in named}
    assert cards[CENTER]["phone"] == "020-38846789"
    assert cards[CENTER]["phone_note"] == "中心自己填写"
    assert "find" not in cards[CENTER]
    assert all("entered_on" not in card for name, card in cards.items() if name != CENTER)


def test_empty_contact_takes_the_entry_away(engine):
    with writing(engine) as conn:
        on = date(2026, 11, 28)
        center_contacts.save(conn, Contact(CENTER, ("12330",)), "staff:wang", on)
        center_contacts.save(conn, Contact(CENTER), "staff:wang", on)
        assert center_contacts.listing(conn) == {}


def own(app, sender="a"):
    return {"X-Sender-Token": app[keys.TOKENS].issue(sender), "Accept": "application/json"}


async def leave(client, app, **changes):
    body = {"sender": "a", "consent": True,
            "fields": {"phone": "13800138000", "company": "明烛灯具", "country": "德国", "evil": "x"}}  # fmt: skip
    headers = changes.pop("headers", own(app))
    return await client.post("/api/v1/lead-drafts", json={**body, **changes}, headers=headers)


async def test_draft_with_a_number_is_a_call_owed_that_staff_see_masked(enter, engine, app):
    client = await enter(Role.ADMIN, center=None)
    answer = await leave(client, app)
    assert answer.status == 200
    ticket = (await answer.json())["ticket"]
    with reading(engine) as conn:
        found = handoffs.find(conn, ticket)
        assert (found.status, found.callback_phone) == (Status.CALLBACK, "13800138000")
        assert conversations.owner(conn, "a").value == "bot"
    listed = await (await client.get("/desk/leads/drafts")).text()
    assert "明烛灯具" in listed
    assert "138****8000" in listed
    assert "13800138000" not in listed
    form = await (await client.get(f"/desk/leads/new?ticket={ticket}")).text()
    assert 'value="明烛灯具"' in form
    again = await leave(client, app, fields={"phone": "13900139000", "company": "明烛灯具"})
    assert (await again.json())["ticket"] == ticket
    with reading(engine) as conn:
        assert handoffs.find(conn, ticket).callback_phone == "13900139000"


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"consent": False}, 400), ({"fields": {"company": "甲"}}, 400), ({"fields": "x"}, 400),
     ({"headers": {"Accept": "application/json"}}, 401)],
)  # fmt: skip
async def test_draft_needs_consent_a_number_and_the_persons_own_token(
    visitor, engine, app, changes, status
):
    assert (await leave(visitor, app, **changes)).status == status
    with reading(engine) as conn:
        assert lead_drafts.listing(conn) == ()


async def test_draft_goes_with_the_lead_and_with_the_person(visitor, engine, app, lead_like):
    await leave(visitor, app)
    with writing(engine) as conn:
        assert len(lead_drafts.listing(conn)) == 1
        upsert(conn, lead_like)
        assert lead_drafts.listing(conn) == ()
        assert lead_drafts.of_sender(conn, "a") is not None
        privacy.erase(conn, "a")
        assert lead_drafts.of_sender(conn, "a") is None


@pytest.fixture
def lead_like():
    from desk.lead_types import Lead

    return Lead("明烛灯具", "周工", "13800138000", consent_version="1", sender="a")


async def test_name_of_a_colleague_leads_to_their_own_account(enter):
    client = await enter(name="王芳")
    page = await (await client.get("/desk")).text()
    assert re.search(r'href="/desk/me"[^>]*><strong>王芳', page)


async def test_a_centers_mark_is_kept_shown_and_taken_away(enter, engine):
    client = await enter(Role.ADMIN, center=CENTER)
    stream = io.BytesIO()
    noise = Image.effect_noise((800, 400), 90)
    noise.convert("RGB").save(stream, "JPEG", quality=95)
    assert stream.tell() > 100_000  # more than other forms may send

    async def send(data: bytes) -> int:
        form = aiohttp.FormData()
        form.add_field("logo", data, filename="logo.jpg", content_type="image/jpeg")
        answer = await client.post(
            "/desk/settings/logo", data=form, headers={"Sec-Fetch-Site": "same-origin"}
        )
        return answer.status

    assert (await client.get("/desk/settings/logo.png")).status == 404
    assert await send(b"<svg/>") == 400
    assert await send(stream.getvalue()) == 200
    shown = await client.get("/desk/settings/logo.png")
    assert shown.content_type == "image/png"
    with Image.open(io.BytesIO(await shown.read())) as picture:
        assert picture.size == (800, 400)
    with reading(engine) as conn:
        assert [entry.detail["bytes"] > 0 for entry in audit.search(conn, action="setting")] == [
            True
        ]
    await client.post(
        "/desk/settings/logo",
        data={"remove": "yes"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert (await client.get("/desk/settings/logo.png")).status == 404
