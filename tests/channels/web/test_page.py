"""The chat page: its session, its plain form, and that nothing written can become markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from channels.app import create_app
from server.readiness import GOLDEN_QUESTION

STATIC = Path(__file__).parents[3] / "channels" / "static"
HOSTILE = "</script><img src=x onerror=alert(1)><b>\"'&"


def state_of(html: str) -> dict:
    found = re.search(r'<script type="application/json" id="state">(.*?)</script>', html, re.S)
    assert found
    return json.loads(found.group(1))


async def test_first_visit_gets_an_unguessable_id_in_a_cookie_scripts_cannot_read(client):
    response = await client.get("/")
    cookie = response.cookies["huhang_token"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert re.fullmatch(r"web~[\w-]{22}", state_of(await response.text())["sender"])


async def test_second_visit_is_the_same_person(client):
    first = state_of(await (await client.get("/")).text())
    second = state_of(await (await client.get("/")).text())
    assert first["sender"] == second["sender"]


async def test_cookie_is_secure_behind_an_encrypting_proxy(aiohttp_client, settings, dialogue):
    channels = replace(settings.channels, trusted_proxies=1)
    app = create_app(replace(settings, channels=channels), dialogue=dialogue)
    client = await aiohttp_client(app)
    response = await client.get("/", headers={"X-Forwarded-Proto": "https"})
    assert response.cookies["huhang_token"]["secure"]


@pytest.mark.parametrize(
    ("host", "is_secure"), [("huhang.example", True), ("10.0.0.5:8080", False)]
)
async def test_cookie_is_secure_under_an_encrypted_public_address_whatever_the_proxies_say(
    aiohttp_client, settings, dialogue, host, is_secure
):
    channels = replace(settings.channels, public_url="https://huhang.example")
    app = create_app(replace(settings, channels=channels), dialogue=dialogue)
    client = await aiohttp_client(app)
    headers = {"Host": host, "X-Forwarded-Proto": "http"}
    response = await client.get("/", headers=headers)
    assert bool(response.cookies["huhang_token"]["secure"]) is is_secure


async def test_form_without_scripts_asks_and_shows_the_answer_with_its_source(client):
    await client.get("/")
    page = await client.post("/", data={"text": GOLDEN_QUESTION})
    html = await page.text()
    assert page.url.path == "/"
    assert "20天内答辩" in html
    assert "19 CFR § 210.13(a)" in html
    assert '<button name="text" value="帮我算337答辩期限">' in html


async def test_form_refuses_an_empty_text_on_the_page(client):
    await client.get("/")
    page = await client.post("/", data={"text": " "})
    assert page.status == 400
    assert "内容是空的" in await page.text()


async def test_form_of_a_forgotten_session_starts_a_new_one(client, dialogue):
    page = await client.post("/", data={"text": "你好"})
    assert page.status == 200
    assert "再发一次" in await page.text()
    assert dialogue.seen == []


async def test_history_is_in_the_page_and_hostile_text_stays_text(client):
    await client.get("/")
    await client.post("/", data={"text": HOSTILE})
    html = await (await client.get("/")).text()
    assert "<img src=x" not in html
    assert state_of(html)["messages"][0]["text"] == HOSTILE


async def test_script_address_in_a_citation_is_not_linked(client, dialogue):
    from tests.scripted_app import ANSWER, CITATION

    citation = {**CITATION, "url": "javascript:alert(1)"}
    dialogue.replies["问"] = [{**ANSWER, "citations": [citation]}]
    await client.get("/")
    html = await (await client.post("/", data={"text": "问"})).text()
    assert 'href="javascript' not in html


async def test_page_has_what_keyboard_and_screen_reader_users_need(client):
    html = await (await client.get("/")).text()
    assert '<html lang="zh-CN">' in html
    assert re.search(r'role="log" aria-live="polite"', html)
    assert '<label for="question"' in html
    assert 'class="skip" href="#question"' in html
    assert "user-scalable" not in html


async def test_four_entries_and_the_human_are_on_the_page(client):
    html = await (await client.get("/")).text()
    for text in (
        "我被诉或被投诉",
        "我要维权或布局",
        "找援助中心或申请资助",
        "世界知识产权日",
        "转人工",
    ):
        assert f'value="{text}"' in html


async def test_large_text_is_remembered(client):
    html = await (await client.get("/", cookies={"huhang_size": "large"})).text()
    assert 'data-size="large"' in html


def test_scripts_never_write_markup():
    scripts = list(STATIC.rglob("*.js"))
    assert scripts
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert name not in text, f"{script.name}: {name}"


def test_pages_load_nothing_from_elsewhere_and_have_no_inline_script():
    folder = STATIC.parent
    for path in [*folder.glob("templates/*.html"), *STATIC.rglob("*.css")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(src|href)=\"(https?:)?//", text), path.name
        assert not re.search(r"url\((?!data:)|@import", text), path.name
        assert not re.search(r"\son\w+=", text), path.name
        for script in re.findall(r"<script[^>]*>", text):
            assert 'src="/static/' in script or 'type="application/json"' in script
        assert "style=" not in text, path.name


async def test_page_tells_when_the_staff_are_there(client):
    assert "服务时间：周一至周五 9:00–12:00、14:00–17:30" in await (await client.get("/")).text()


async def test_link_preview_names_a_picture_in_full_and_the_picture_is_there(client):
    html = await (await client.get("/")).text()
    image = re.search(r'property="og:image" content="([^"]+)"', html).group(1)
    assert image == f"http://{client.host}:{client.port}/static/preview.png"
    picture = await client.get("/static/preview.png")
    assert picture.content_type == "image/png"
    assert (await picture.read()).startswith(b"\x89PNG")


async def test_page_can_be_put_on_a_phones_first_screen(client):
    response = await client.get("/static/manifest.webmanifest")
    manifest = json.loads(await response.text())
    for icon in manifest["icons"]:
        assert (await client.get(icon["src"])).status == 200
    assert "manifest-src 'self'" in response.headers["Content-Security-Policy"]
