"""The chat on other people's pages: who may show it, what proves who writes there, and for how long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from aiohttp import FormData

from desk import conversations, papers, widget_sites
from desk.engine import reading, writing
from desk.errors import InvalidRecordError
from desk.paper_terms import VERSION
from desk.permissions import Role
from desk.widget_sites import Site
from server import keys
from server.security import RENEWABLE_S, SHORT_S, Tokens
from tests.desk.files import pdf
from tests.office.console.conftest import enter, visitor  # noqa: F401  fixtures

SCRIPT = Path(__file__).parents[3] / "channels" / "static" / "widget" / "widget.js"
ORIGIN = "https://park.example.com"


def allowed(engine, **changes) -> Site:
    values = {
        "key": "", "origin": ORIGIN, "title": "园区法律角", "greeting": "园区的朋友您好",
        "colour": "#117733", "partner": "park-7", **changes,
    }  # fmt: skip
    with writing(engine) as conn:
        return widget_sites.save(conn, Site(**values), "tests")


def paper(sender: str) -> FormData:
    form = FormData(default_to_multipart=True)
    for name, value in (("sender", sender), ("channel", "web"), ("consent", VERSION)):
        form.add_field(name, value)
    form.add_field("file", pdf(), filename="a.pdf")
    return form


async def frame(client, site: str, origin: str):
    return await client.get("/widget/frame", params={"site": site, "origin": origin})


async def test_an_allowed_origin_gets_the_chat_and_no_cookie(client, engine) -> None:
    site = allowed(engine)
    response = await frame(client, site.key, ORIGIN)
    page = await response.text()
    assert response.status == 200
    assert "园区的朋友您好" in page
    assert "Set-Cookie" not in response.headers
    policy = response.headers["Content-Security-Policy"]
    assert f"frame-ancestors {ORIGIN}" in policy
    assert "script-src 'self'" in policy


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "",
        "null",
        "https://park.example.com.evil.com",
        "http://park.example.com",
    ],
)
async def test_any_other_origin_gets_a_clear_refusal_that_it_may_show(
    client, engine, origin
) -> None:
    site = allowed(engine)
    response = await frame(client, site.key, origin)
    assert response.status == 403
    page = await response.text()
    assert "没有获准嵌入护航" in page
    assert 'id="state"' not in page
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]


async def test_a_stopped_site_gets_nothing_any_more(client, engine) -> None:
    site = allowed(engine)
    token = client.app[keys.TOKENS].issue_short("web~a", site.key)
    allowed(engine, key=site.key, is_active=False)
    assert (await frame(client, site.key, ORIGIN)).status == 403
    renewed = await client.post("/api/v1/widget/session", headers={"X-Sender-Token": token})
    assert renewed.status == 401
    refused = await client.get("/ws", headers={"X-Sender-Token": token})
    assert refused.status == 403


async def test_a_frame_talks_by_its_token_alone(client, engine, dialogue) -> None:
    site = allowed(engine)
    page = await (await frame(client, site.key, ORIGIN)).text()
    token = re.search(r'"token": "(w1\.[^"]+)"', page).group(1)
    sender = client.app[keys.TOKENS].sender(token)
    socket = await client.ws_connect("/ws", protocols=("huhang", token))
    assert socket.protocol == "huhang"
    assert (await socket.receive_json())["sender"] == sender
    await socket.send_json({"type": "message", "message_id": "m1", "text": "你好"})
    while (event := await socket.receive_json())["type"] != "reply":
        pass
    assert event["reply"]["messages"][0]["text"] == "收到：你好"
    assert dialogue.metadata[-1]["partner"] == "park-7"
    with reading(engine) as conn:
        assert conversations.find(conn, sender).channel == "widget"
    own = {"X-Sender-Token": token}
    history = await client.get(f"/api/v1/conversations/{sender}", headers=own)
    assert len((await history.json())["messages"]) == 2
    await socket.close()


async def test_what_a_frame_says_by_plain_requests_is_the_partners_too(
    client, engine, dialogue
) -> None:
    site = allowed(engine)
    own = {"X-Sender-Token": client.app[keys.TOKENS].issue_short("web~a", site.key)}
    said = {"sender": "web~a", "text": "你好", "channel": "web", "metadata": {"partner": "else"}}
    assert (await client.post("/api/v1/messages", json=said, headers=own)).status == 200
    assert dialogue.metadata[-1]["partner"] == "park-7"
    with reading(engine) as conn:
        assert conversations.find(conn, "web~a").channel == "widget"
    allowed(engine, key=site.key, is_active=False)
    for path, sent in (("messages", {"json": said}), ("papers", {"data": paper("web~a")})):
        refused = await client.post(f"/api/v1/{path}", headers=own, **sent)
        assert refused.status == 403
        assert (await refused.json())["error"]["code"] == "site_not_allowed"


async def test_a_paper_from_a_frame_is_the_partners_too(client, engine) -> None:
    site = allowed(engine)
    own = {"X-Sender-Token": client.app[keys.TOKENS].issue_short("web~b", site.key)}
    taken = await client.post("/api/v1/papers", data=paper("web~b"), headers=own)
    assert taken.status == 202
    with reading(engine) as conn:
        assert [item.channel for item in papers.listing(conn, "web~b")] == ["widget"]


async def test_a_token_is_changed_for_a_fresh_one(client, engine) -> None:
    site = allowed(engine)
    tokens = client.app[keys.TOKENS]
    ended = tokens.issue_short("web~a", site.key, now_s=1)
    assert tokens.sender(ended) is None
    for token, status in (
        (ended, 401),
        (None, 401),
        ("w1.x.9.y", 401),
        (tokens.issue("web~a"), 401),
    ):
        headers = {} if token is None else {"X-Sender-Token": token}
        response = await client.post("/api/v1/widget/session", headers=headers)
        assert response.status == status
    good = tokens.issue_short("web~a", site.key)
    response = await client.post("/api/v1/widget/session", headers={"X-Sender-Token": good})
    body = await response.json()
    assert body["sender"] == "web~a"
    assert tokens.sender(body["token"]) == "web~a"


def test_a_short_token_ends_and_cannot_be_made_up() -> None:
    tokens, others = Tokens("a" * 40), Tokens("b" * 40)
    token = tokens.issue_short("web~a", "site", now_s=1000)
    assert tokens.renewable(token, now_s=1000 + SHORT_S + RENEWABLE_S - 1) == ("web~a", "site")
    assert tokens.renewable(token, now_s=1000 + SHORT_S + RENEWABLE_S + 1) is None
    assert others.renewable(token, now_s=1000) is None
    version, name, ends, mark = token.split(".")
    longer = ".".join((version, name, str(int(ends) + 9999), mark))
    assert tokens.renewable(longer, now_s=1000) is None


async def test_the_script_is_small_and_may_be_named_by_other_pages(client) -> None:
    response = await client.get("/widget.js")
    text = await response.text()
    assert len(text.encode()) <= 12 * 1024
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    # Nothing that a strict policy of the page would stop: no inline style, no markup, no request.
    for word in (
        "innerHTML",
        "cssText",
        "fetch(",
        "XMLHttpRequest",
        "eval(",
        'setAttribute("style"',
    ):
        assert word not in SCRIPT.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://A.example.com/x?y", "https://a.example.com"),
        ("http://a.com:80", "http://a.com"),
        ("https://a.com:8443", "https://a.com:8443"),
    ],
)
def test_an_address_is_reduced_to_its_origin(address: str, origin: str) -> None:
    assert widget_sites.origin_of(address) == origin


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a.com",
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "https://a.com;script-src *",
        "https://u@a.com",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidRecordError):
        widget_sites.origin_of(address)


async def test_an_administrator_allows_a_site_and_gets_its_line(enter, engine) -> None:  # noqa: F811
    admin = await enter(Role.ADMIN, center=None)
    form = {"origin": ORIGIN, "title": "法律角", "colour": "#117733", "partner": "park-7"}
    response = await admin.post("/desk/widget", data=form)
    page = await response.text()
    key = widget_sites_of(engine)[0].key
    assert f'data-site="{key}"' in page.replace("&#34;", '"')
    refused = await admin.post("/desk/widget", data={**form, "origin": "nonsense"})
    assert "网址不对" in await refused.text()


async def test_a_colour_on_which_white_cannot_be_read_is_refused_unless_it_is_to_stop(
    enter,  # noqa: F811
    engine,
) -> None:
    admin = await enter(Role.ADMIN, center=None)
    form = {"origin": ORIGIN, "title": "法律角", "colour": "#ffcc00"}
    assert "颜色太浅" in await (await admin.post("/desk/widget", data=form)).text()
    assert widget_sites_of(engine) == ()
    await admin.post("/desk/widget", data={**form, "colour": "#b00020"})
    (site,) = widget_sites_of(engine)
    await admin.post("/desk/widget", data={**form, "key": site.key, "active": "no"})
    assert not widget_sites_of(engine)[0].is_active


@pytest.mark.parametrize(
    ("colour", "ratio"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54)]
)
def test_contrast_is_that_of_the_guidelines(colour: str, ratio: float) -> None:
    assert widget_sites.contrast_with_white(colour) == pytest.approx(ratio, abs=0.01)


async def test_others_may_not_allow_sites(enter) -> None:  # noqa: F811
    agent = await enter(Role.AGENT)
    assert (await agent.get("/desk/widget")).status in (403, 404)


def widget_sites_of(engine) -> tuple[Site, ...]:
    with reading(engine) as conn:
        return widget_sites.listing(conn)
