"""Coming in, going out, one-time links; what a session does and does not allow."""

from __future__ import annotations

from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any

import pytest

from channels.app import create_app
from desk import logins, staff
from desk.engine import reading, writing
from desk.permissions import Role
from server import keys
from server.allowances import OwnAllowances
from server.limits import LOGINS_PER_MINUTE, RateLimits
from tests.office.console.conftest import PASSWORD, add_person
from tests.program import remembering


async def post(client: Any, path: str, **form: str) -> Any:
    return await client.post(path, data=form, allow_redirects=False)


async def test_page_leads_to_login_and_back(visitor, engine):
    add_person(engine, "wang", Role.ADMIN)
    refused = await visitor.get("/desk/staff?x=1", allow_redirects=False)
    assert refused.status == 303
    assert refused.headers["Location"] == "/desk/login?next=/desk/staff?x%3D1"
    form = {"login": "Wang", "password": PASSWORD, "next": "/desk/staff?x=1"}
    done = await post(visitor, "/desk/login", **form)
    assert (done.status, done.headers["Location"]) == (303, "/desk/staff?x=1")


async def test_programs_without_session_get_401(visitor):
    answer = await visitor.get("/desk/staff", headers={"Accept": "application/json"})
    assert answer.status == 401
    assert (await answer.json())["error"]["code"] == "login_required"


@pytest.mark.parametrize("path", ["/desk/nothing", "/desk"])
async def test_unknown_and_known_paths_look_alike_without_session(visitor, path):
    assert (await visitor.get(path, allow_redirects=False)).status == 303


async def test_session_cookie_is_closed_to_scripts_and_other_sites(visitor, engine):
    add_person(engine, "wang", Role.AGENT)
    done = await post(visitor, "/desk/login", login="wang", password=PASSWORD)
    morsel = SimpleCookie(done.headers["Set-Cookie"])["huhang_staff"]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Strict"
    assert not morsel["secure"]


async def test_wrong_password_is_told_without_saying_whether_the_account_exists(visitor, engine):
    add_person(engine, "wang", Role.AGENT)
    wrong = await (await post(visitor, "/desk/login", login="wang", password="nonsense")).text()
    unknown = await (await post(visitor, "/desk/login", login="who", password="nonsense")).text()
    assert "登录名或密码不对" in wrong
    assert wrong.replace("wang", "") == unknown.replace("who", "")


async def test_guessing_locks_the_login(visitor, engine):
    add_person(engine, "wang", Role.AGENT)
    for _ in range(logins.MAX_FAILURES):
        await post(visitor, "/desk/login", login="wang", password="nonsense")
    locked = await post(visitor, "/desk/login", login="wang", password=PASSWORD)
    assert locked.status == 403
    assert "尝试次数过多" in await locked.text()


async def test_someone_called_like_a_login_keeps_nobody_out(
    aiohttp_client, settings, dialogue, engine
):
    add_person(engine, "wang", Role.AGENT)
    channels = replace(settings.channels, trusted_proxies=1)
    app = create_app(replace(settings, channels=channels), dialogue=dialogue)
    app[keys.LIMITS] = RateLimits(3, OwnAllowances(lambda: 0.0))
    own = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "203.0.113.5"}
    client = remembering(await aiohttp_client(app))
    for _ in range(4):
        said = await client.post(
            "/api/v1/messages",
            json={"sender": "login 203.0.113.5", "text": "问"},
            headers={"X-Forwarded-For": "198.51.100.1"},
        )
    assert said.status == 429
    form = {"login": "wang", "password": PASSWORD}
    done = await client.post("/desk/login", data=form, headers=own, allow_redirects=False)
    assert done.status == 303


async def test_an_address_that_tries_too_many_passwords_waits(
    aiohttp_client, settings, dialogue, engine
):
    add_person(engine, "wang", Role.AGENT)
    channels = replace(settings.channels, trusted_proxies=1)
    app = create_app(replace(settings, channels=channels), dialogue=dialogue)
    app[keys.LIMITS] = RateLimits(30, OwnAllowances(lambda: 0.0))
    own = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "203.0.113.5"}
    client = await aiohttp_client(app)
    tries = [
        await client.post(
            "/desk/login/code", data={"token": "x", "code": "0"}, headers=own, allow_redirects=False
        )
        for _ in range(LOGINS_PER_MINUTE + 1)
    ]
    assert [answer.status for answer in tries] == [303] * LOGINS_PER_MINUTE + [429]


async def test_session_planted_before_login_is_not_used(visitor, engine):
    """Session fixation: whoever knows the cookie from before knows nothing afterwards."""
    add_person(engine, "mallory", Role.AGENT)
    add_person(engine, "wang", Role.ADMIN)
    planted = logins.log_in(engine, "mallory", PASSWORD)
    visitor.session.cookie_jar.update_cookies({"huhang_staff": planted}, visitor.make_url("/"))
    done = await post(visitor, "/desk/login", login="wang", password=PASSWORD)
    fresh = SimpleCookie(done.headers["Set-Cookie"])["huhang_staff"].value
    assert fresh != planted
    with reading(engine) as conn:
        assert logins.session_staff(conn, planted) is None
        assert logins.session_staff(conn, fresh).login == "wang"


async def test_logout_ends_the_session(enter, engine):
    client = await enter()
    secret = next(c.value for c in client.session.cookie_jar if c.key == "huhang_staff")
    done = await post(client, "/desk/logout")
    assert done.headers["Location"] == "/desk/login"
    with reading(engine) as conn:
        assert logins.session_staff(conn, secret) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_post_from_another_site_is_refused(enter, engine, headers):
    client = await enter()
    answer = await client.post("/desk/logout", headers=headers, allow_redirects=False)
    assert answer.status == 403
    secret = next(c.value for c in client.session.cookie_jar if c.key == "huhang_staff")
    with reading(engine) as conn:
        assert logins.session_staff(conn, secret) is not None


async def test_post_without_any_origin_is_refused(client, engine):
    assert (await client.post("/desk/logout", allow_redirects=False)).status == 403


async def test_one_time_link_sets_the_password_once(visitor, engine):
    with writing(engine) as conn:
        secret = staff.first_admin_invitation(conn)
    path = f"/desk/invitation/{secret}"
    assert (await visitor.get(path)).status == 200
    unequal = await post(visitor, path, password=PASSWORD, again="another-one-9")
    assert "两次输入的密码不一样" in await unequal.text()
    weak = await post(visitor, path, password="aaaaaaaaaaaa", again="aaaaaaaaaaaa")
    assert weak.status == 400
    done = await post(visitor, path, password=PASSWORD, again=PASSWORD)
    assert (done.status, done.headers["Location"]) == (303, "/desk/settings")
    page = await (await visitor.get("/desk/settings")).text()
    assert "以后用登录名 admin 登录" in page
    visitor.session.cookie_jar.clear()
    again = await post(visitor, path, password=PASSWORD, again=PASSWORD)
    assert again.status == 410
    entered = await post(visitor, "/desk/login", login="admin", password=PASSWORD)
    assert entered.status == 303


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/deskevil",
        "javascript:x",
        "/",
    ],
)
async def test_login_leads_nowhere_else(visitor, engine, target):
    add_person(engine, "wang", Role.AGENT)
    done = await post(visitor, "/desk/login", login="wang", password=PASSWORD, next=target)
    assert done.headers["Location"] == "/desk"


async def test_markup_typed_at_the_login_stays_text(visitor):
    page = await (
        await post(visitor, "/desk/login", login='"><script>x</script>', password="p")
    ).text()
    assert "<script>x" not in page


async def test_forged_notice_is_shown_as_text_only(visitor):
    import base64
    import json

    forged = base64.urlsafe_b64encode(json.dumps(["done", "<b>hi</b>"]).encode()).decode()
    page = await (
        await visitor.get("/desk/login", headers={"Cookie": f"huhang_notice={forged}"})
    ).text()
    assert "&lt;b&gt;hi" in page
