"""我的事项 over the web: one's own, or by a kept link; a plan to take along."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pdfplumber
import pytest
import sqlalchemy as sa
from aiohttp import web
from icalendar import Calendar

from desk import center_contacts, handoffs, matter_tables, matters, privacy, recording
from desk.center_contacts import Contact
from desk.engine import reading, writing
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


async def changed(client: Any, known: dict[str, str], what: str, **given: Any) -> dict[str, Any]:
    """The current matter after something in it was changed by hand."""
    response = await client.post(
        f"/api/v1/matters/firm/{what}", json={"matter": 2, **given}, headers=known
    )
    assert response.status == 200, await response.text()
    current: dict[str, Any] = (await response.json())["matters"][0]
    return current


async def test_a_day_given_by_hand_stands_before_the_counted_one_and_apart_from_it(
    client, known, engine
):
    with writing(engine) as conn:
        handoffs.open_ticket(conn, "firm", "请人看看")
    due = (await changed(client, known, "due", on="2026-12-03"))["deadline"]
    assert (due["due_date"], due["is_given"], due["by"]) == ("2026-12-03", True, "您改的")
    assert (due["other"]["due_date"], due["other"]["by"]) == ("2026-12-07", "按规则算的")
    assert due["doubt"] == ""
    with reading(engine) as conn:
        (ticket,) = handoffs.listing(conn, sender="firm")
    assert ticket.deadline_on == date(2026, 12, 3)
    due = (await changed(client, known, "due", on=None))["deadline"]
    assert (due["due_date"], due["is_given"], due["other"]) == ("2026-12-07", False, None)
    with reading(engine) as conn:
        (ticket,) = handoffs.listing(conn, sender="firm")
    assert ticket.deadline_on == date(2026, 12, 7)


async def test_a_day_taken_back_leaves_the_staff_the_one_that_was_told(client, known, engine):
    told = {"kind": "deadline", "text": "12月7日", "data": {"due_date": "2026-12-07"}}
    with writing(engine) as conn:
        matters.save(conn, Matter("firm", 2, facts={"country": "US"}))
        asked = recording.receive(conn, "firm", "web", "到哪天").inbound.id
        recording.record_replies(conn, "firm", [told], reply_to=asked)
        handoffs.open_ticket(conn, "firm", "请人看看")
    for given, seen in (("2026-12-03", date(2026, 12, 3)), (None, date(2026, 12, 7))):
        await changed(client, known, "due", on=given)
        with reading(engine) as conn:
            (ticket,) = handoffs.listing(conn, sender="firm")
        assert ticket.deadline_on == seen


async def test_a_day_counted_since_is_asked_about_and_the_earlier_one_runs(client, known, engine):
    await changed(client, known, "due", on="2026-12-10")
    anew = {**FACTS["deadline"], "due_date": "2026-12-14", "trigger_date": "2026-11-23"}
    with writing(engine) as conn:
        before = matters.current(conn, "firm")
        matters.save(conn, Matter("firm", 2, facts={**before.facts, "deadline": anew}))
    (current, _) = (await (await client.get("/api/v1/matters/firm", headers=known)).json())["matters"]  # fmt: skip
    due = current["deadline"]
    assert (due["due_date"], due["is_given"]) == ("2026-12-10", True)
    assert "用哪一天还没有选" in due["doubt"]
    assert due["other"]["due_date"] == "2026-12-14"
    due = (await changed(client, known, "due", on="2026-12-10"))["deadline"]
    assert (due["due_date"], due["doubt"]) == ("2026-12-10", "")
    with writing(engine) as conn:
        before = matters.current(conn, "firm")
        earlier = {**anew, "due_date": "2026-12-01"}
        matters.save(conn, Matter("firm", 2, facts={**before.facts, "deadline": earlier}))
    (current, _) = (await (await client.get("/api/v1/matters/firm", headers=known)).json())["matters"]  # fmt: skip
    due = current["deadline"]
    assert (due["due_date"], due["is_given"]) == ("2026-12-01", False)
    assert due["doubt"]
    assert (due["other"]["due_date"], due["other"]["by"]) == ("2026-12-10", "您改的")


async def test_a_day_whose_counted_one_is_gone_or_the_same_is_told_so(client, known, engine):
    await changed(client, known, "due", on="2026-12-10")
    for counted, doubt, other in (
        ({}, "不再适用", None),
        ({**FACTS["deadline"], "due_date": "2026-12-10"}, "", None),
    ):
        with writing(engine) as conn:
            before = matters.current(conn, "firm")
            matters.save(conn, Matter("firm", 2, facts={**before.facts, "deadline": counted}))
        (current, _) = (await (await client.get("/api/v1/matters/firm", headers=known)).json())["matters"]  # fmt: skip
        due = current["deadline"]
        assert (due["due_date"], due["is_given"], due["other"]) == ("2026-12-10", True, other)
        assert doubt in due["doubt"]
        assert bool(doubt) == bool(due["doubt"])


async def test_a_day_given_by_hand_is_told_as_such_wherever_the_plan_goes(client, known):
    await changed(client, known, "due", on="2026-12-03")
    path = (await (await client.post("/api/v1/matters/firm/link", headers=known)).json())["path"]
    page = await (await client.get(path)).text()
    assert "您改的" in page
    assert "按规则算的：2026年12月7日" in page
    days = await (await client.get(f"{path}/days.ics", params={"n": "2"})).text()
    events = {
        str(event["summary"]): str(event["dtstart"].dt)
        for event in Calendar.from_ical(days).walk("VEVENT")
    }
    assert list(events.values()) == ["2026-12-03", "2026-12-07"]
    given, counted = events
    assert given.startswith("截止（您改的）：337调查答辩")
    assert counted.startswith("截止（按规则算的）：337调查答辩")
    body = await (await client.get(f"{path}/plan.pdf", params={"n": "2"})).read()
    with pdfplumber.open(io.BytesIO(body)) as document:
        text = document.pages[0].extract_text()
    assert "2026年12月3日（星期四）（您改的）" in text
    assert "按规则算的：2026年12月7日" in text


@pytest.mark.parametrize("on", ["12月3日", "0001-01-01", 20261203, ["2026-12-03"]])
async def test_what_is_no_day_is_refused_and_changes_nothing(client, known, on):
    bad = {"matter": 2, "on": on}
    refused = await client.post("/api/v1/matters/firm/due", json=bad, headers=known)
    assert refused.status == 400
    assert (await refused.json())["error"]["code"] == "invalid_day"
    given = {"matter": 2, "on": "2026-12-03"}
    assert (await client.post("/api/v1/matters/firm/due", json=given)).status == 401
    (current, _) = (await (await client.get("/api/v1/matters/firm", headers=known)).json())["matters"]  # fmt: skip
    assert current["deadline"]["due_date"] == "2026-12-07"


async def test_a_center_is_chosen_from_those_there_are_with_the_ways_to_reach_it(
    client, known, engine
):
    center = (await changed(client, known, "center", center="gz-aid"))["center"]
    assert (center["name"], center["is_given"]) == ("广州市知识产权维权援助中心", True)
    assert center["found"] == "广州知识产权保护中心"
    assert center["find"]
    assert {line["number"] for line in center["hotlines"]} == {"12345", "12330"}
    with writing(engine) as conn:
        own = Contact("gz-aid", ("02081234567",), address="某路1号", hours="工作日9点到17点")
        center_contacts.save(conn, own, "admin", date(2026, 11, 20))
    (current, _) = (await (await client.get("/api/v1/matters/firm", headers=known)).json())["matters"]  # fmt: skip
    center = current["center"]
    assert (center["phone"], center["address"]) == ("020-81234567", "某路1号")
    assert "hotlines" not in center
    center = (await changed(client, known, "center", center=None))["center"]
    assert not center["is_given"]
    for bad in ("nobody", "cn-12315", 3, ["gz-aid"]):
        wrong = {"matter": 2, "center": bad}
        refused = await client.post("/api/v1/matters/firm/center", json=wrong, headers=known)
        assert refused.status == 400
    wrong = {"matter": 9, "center": "gz-aid"}
    assert (await client.post("/api/v1/matters/firm/center", json=wrong, headers=known)).status == 404  # fmt: skip


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


@pytest.fixture
async def link(client, known) -> str:
    """The address of the kept link."""
    made = await client.post("/api/v1/matters/firm/link", headers=known)
    return str((await made.json())["path"])


async def test_whoever_holds_the_link_ticks_steps_off(client, known, link, engine):
    step = {"matter": 2, "step": "找美国律师", "done": True}
    assert (await client.post(f"{link}/steps", json=step)).status == 200
    (current, _) = (await (await client.get("/api/v1/matters/firm", headers=known)).json())["matters"]  # fmt: skip
    assert [item["done"] for item in current["steps"]] == [False, True]
    for bad, status in (({**step, "step": "没有的"}, 404), ({**step, "done": 1}, 400), ([], 400)):
        assert (await client.post(f"{link}/steps", json=bad)).status == status
    assert (await client.post(f"{link[:-1]}/steps", json=step)).status == 404
    other = {"Origin": "https://elsewhere.example"}
    assert (await client.post(f"{link}/steps", json=step, headers=other)).status == 403
    with writing(engine) as conn:
        privacy.erase(conn, "firm")
    assert (await client.post(f"{link}/steps", json=step)).status == 404


async def test_link_goes_on_in_a_conversation_of_its_own_with_what_tells_of_no_person(
    client, known, link, engine, dialogue, app
):
    told = {
        **FACTS, "company": "广州花灯有限公司", "brief": "电话13800138000", "leads": ["LD-1"], "paper": "警告函",
        "region": "广东广州番禺区", "due_given": {"due_date": "2026-12-03", "beside": "2026-12-07"},
    }  # fmt: skip
    with writing(engine) as conn:
        matters.save(conn, Matter("firm", 2, facts=told))
    dialogue.seen.clear()
    response = await client.post(f"{link}/continue", json={"matter": 2})
    assert (await response.json()) == {"path": "/"}
    sender = app[keys.TOKENS].sender(response.cookies["huhang_token"].value)
    assert sender not in (None, "firm")
    ((said_by, text),) = dialogue.seen
    assert said_by == sender
    assert text == "回到这件事：美国，337调查，我们是被告，2026年11月16日收到，公司在广东广州番禺区"
    with reading(engine) as conn:
        (mine,) = matters.listing(conn, sender)
        assert len(matters.listing(conn, "firm")) == 2
    assert set(mine.facts).isdisjoint({"company", "brief", "leads", "paper"})
    assert (mine.deadline_on, mine.items("steps")) == (date(2026, 12, 3), told["steps"])
    shown = {"Cookie": f"huhang_token={response.cookies['huhang_token'].value}"}
    again = await client.post(f"{link}/continue", json={"matter": 2}, headers=shown)
    assert again.status == 200
    with reading(engine) as conn:
        assert len(matters.listing(conn, sender)) == 1
    assert (await client.get("/api/v1/conversations/firm", headers=shown)).status == 401
    assert (await client.post(f"{link}/continue", json={"matter": 9})).status == 404


async def test_ones_own_browser_goes_back_to_its_conversation(client, known, link, dialogue):
    mine = {"Cookie": f"huhang_token={known[TOKEN_HEADER]}"}
    dialogue.seen.clear()
    assert (await client.post(f"{link}/continue", json={"matter": 2}, headers=mine)).status == 200
    assert dialogue.seen == []
    assert (await client.post(f"{link}/continue", json={"matter": 1}, headers=mine)).status == 200
    assert dialogue.seen == [("firm", "回到这件事：德国，商标抢注")]
    page = await (await client.get(link, headers=mine)).text()
    assert "原来的对话" not in page
    text = await (await client.get(link)).text()
    assert "原来的对话" in text
    assert "只带上本页的国家、事情、您这一方、公司所在地、日期" in text


async def test_whoever_is_too_fast_takes_no_matter_along(
    client, known, link, engine, app, monkeypatch
):
    async def refused(sender: str, address: str | None) -> int:
        return 7

    monkeypatch.setattr(app[keys.LIMITS], "take", refused)
    for mine in ({}, {"Cookie": f"huhang_token={app[keys.TOKENS].issue('web-other')}"}):
        response = await client.post(f"{link}/continue", json={"matter": 2}, headers=mine)
        assert response.status == 429
    with reading(engine) as conn:
        senders = conn.execute(sa.select(matter_tables.matters.c.sender)).scalars()
        assert set(senders) == {"firm"}
