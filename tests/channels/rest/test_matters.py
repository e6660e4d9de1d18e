"""我的事项 over the web: one's own, or by a kept link; a plan to take along."""

from __future__ import annotations

import io

import pdfplumber
import pytest
from aiohttp import web
from icalendar import Calendar

from desk import matters, privacy
from desk.engine import writing
from desk.matters import Matter
from server import keys
from server.limits import LINKS_PER_MINUTE
from server.security import TOKEN_HEADER

FACTS = {
    "country": "US",
    "procedure": "section-337",
    "party": "respondent",
    "received_on": "2026-11-16",
    "deadline": {
        "title": "337调查答辩", "rule": "itc-337-response-20-days", "due_date": "2026-12-07",
        "trigger_date": "2026-11-16", "basis": "19 CFR § 210.13(a)", "consequence": "可能被认定缺席",
    },
    "steps": ["把信封拍照存好", "找美国律师"],
    "center": {"id": "x", "name": "广州知识产权保护中心"},
}  # fmt: skip


@pytest.fixture
def known(engine, app: web.Application) -> dict[str, str]:
    """A person with two matters; their request headers."""
    with writing(engine) as conn:
        matters.save(conn, Matter("firm", 0, facts={"country": "DE", "procedure": "squatting"}))
        matters.save(conn, Matter("firm", 0, facts=FACTS))
    return {TOKEN_HEADER: app[keys.TOKENS].issue("firm")}


async def test_matters_are_shown_in_words_to_their_person_alone(client, known):
    assert (await client.get("/api/v1/matters/firm")).status == 401
    body = await (await client.get("/api/v1/matters/firm", headers=known)).json()
    current, other = body["matters"]
    assert (current["title"], other["title"]) == ("美国 · 337调查", "德国 · 商标抢注")
    assert {f["name"]: f["value"] for f in current["fields"] if f["value"]} == {
        "country": "美国", "procedure": "337调查", "party": "被告", "received_on": "2026年11月16日",
    }  # fmt: skip
    assert current["deadline"]["due_date"] == "2026-12-07"
    assert other["returns"] == "回到这件事：德国，商标抢注"


async def test_a_step_is_ticked_off(client, known):
    step = {"matter": 2, "step": "找美国律师", "done": True}
    response = await client.post("/api/v1/matters/firm/steps", json=step, headers=known)
    steps = (await response.json())["matters"][0]["steps"]
    assert [item["done"] for item in steps] == [False, True]
    for bad, status in (
        ({**step, "step": "没有的"}, 404), ({**step, "matter": "2"}, 400), ({**step, "done": 1}, 400), ([], 400),
    ):  # fmt: skip
        refused = await client.post("/api/v1/matters/firm/steps", json=bad, headers=known)
        assert refused.status == status
    assert (await client.post("/api/v1/matters/firm/steps", json=step)).status == 401


async def test_link_opens_the_plan_until_the_person_is_erased(client, known, engine):
    made = await client.post("/api/v1/matters/firm/link", headers=known)
    assert made.status == 201
    path = (await made.json())["path"]
    page = await client.get(path)
    text = await page.text()
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "把信封拍照存好" in text
    assert "firm" not in text
    assert (await client.get(path[:-1])).status == 404
    with writing(engine) as conn:
        privacy.erase(conn, "firm")
    assert (await client.get(path)).status == 404


async def test_nobody_without_matters_gets_a_link(client, app):
    shown = {TOKEN_HEADER: app[keys.TOKENS].issue("other")}
    assert (await client.post("/api/v1/matters/other/link", headers=shown)).status == 404
    assert (await client.get("/plan/mine")).status == 404


async def test_guessing_links_is_slowed_down(client, app):
    # A test client comes from the machine itself, which is never limited.
    taken = [await app[keys.LIMITS].open("203.0.113.9") for _ in range(LINKS_PER_MINUTE + 1)]
    assert taken[:-1] == [0] * LINKS_PER_MINUTE
    assert taken[-1] > 0


async def test_plan_is_one_page_with_date_steps_and_center(client, known):
    path = (await (await client.post("/api/v1/matters/firm/link", headers=known)).json())["path"]
    response = await client.get(f"{path}/plan.pdf", params={"n": "2"})
    assert response.content_type == "application/pdf"
    with pdfplumber.open(io.BytesIO(await response.read())) as document:
        (page,) = document.pages
        text = page.extract_text()
    for said in (
        "337调查答辩",
        "2026年12月7日",
        "找美国律师",
        "广州知识产权保护中心",
        "不构成法律意见",
    ):
        assert said in text


async def test_plan_of_much_text_is_still_one_page(client, known, engine):
    steps = [f"第{number}步：" + "保存证据并通知公司各部门" * 12 for number in range(30)]
    with writing(engine) as conn:
        matters.save(conn, Matter("firm", 2, facts={**FACTS, "steps": steps}))
    path = (await (await client.post("/api/v1/matters/firm/link", headers=known)).json())["path"]
    body = await (await client.get(f"{path}/plan.pdf", params={"n": "2"})).read()
    with pdfplumber.open(io.BytesIO(body)) as document:
        assert len(document.pages) == 1


async def test_date_goes_into_a_calendar(client, known):
    path = (await (await client.post("/api/v1/matters/firm/link", headers=known)).json())["path"]
    response = await client.get(f"{path}/days.ics", params={"n": "2"})
    (event,) = Calendar.from_ical(await response.text()).walk("VEVENT")
    assert str(event["dtstart"].dt) == "2026-12-07"
    assert len(event.walk("VALARM")) == 3
    assert (await client.get(f"{path}/days.ics", params={"n": "1"})).status == 404
    assert (await client.get(f"{path}/days.ics", params={"n": "9"})).status == 404
