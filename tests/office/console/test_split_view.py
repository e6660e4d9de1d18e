"""The inbox beside a conversation: subjects, unread marks, shortcuts, search, tags and assignment."""

from __future__ import annotations

import re

import pytest

from actions.vocabulary import Vocabulary
from desk import handoffs, marks, matters, recording
from desk.engine import reading, writing
from desk.matters import Matter
from desk.permissions import Role
from office.console.subjects import district, subject
from settings import ROOT
from tests.office.console.conftest import CENTER, add_person

WORDS = Vocabulary.load(ROOT / "knowledge" / "tables")


@pytest.mark.parametrize(
    ("facts", "told", "reason", "expected"),
    [
        ({"争议国家": "德国", "程序": "商标抢注", "所在地": "广东省广州市番禺区"}, {}, "",
         "德国 · 商标抢注 · 番禺区"),
        ({"程序": "337调查"}, {"country": "US", "region": "广州花都区"}, "", "美国 · 337调查 · 花都区"),
        ({"争议国家": "德国"}, {"country": "US"}, "", "德国"),
        ({}, {}, "请打13800138000找我", "请打138****8000找我"),
        ({}, {}, "字" * 40, "字" * 26 + "…"),
        ({}, {}, " ", "还没说明情况"),
    ],
)  # fmt: skip
def test_subject_says_country_procedure_and_district(facts, told, reason, expected):
    matter = Matter("a", 1, facts=told) if told else None
    assert subject(facts, matter, WORDS, reason) == expected


@pytest.mark.parametrize(
    ("region", "expected"),
    [("广州番禺区", "番禺区"), ("佛山市顺德区", "顺德区"), ("深圳", "深圳"), ("义乌市", "义乌市"),
     ("广东广州黄埔区", "黄埔区"), ("番禺", "番禺")],
)  # fmt: skip
def test_district_is_the_last_part_of_an_address(region, expected):
    assert district(region) == expected


async def page(client, path):
    answer = await client.get(path)
    assert answer.status == 200, path
    return await answer.text()


async def test_list_stands_beside_the_conversation_with_its_matter(enter, ticket, engine):
    with writing(engine) as conn:
        facts = {"country": "US", "procedure": "section-337", "region": "广州番禺区",
                 "steps": ["保全证据"], "done": ["保全证据"],
                 "deadline": {"due_date": "2026-12-01", "title": "答辩"}}  # fmt: skip
        matters.save(conn, Matter("a", 0, facts=facts))
    client = await enter()
    text = await page(client, f"/desk/tickets/{ticket}")
    assert re.search(r"<h1>美国 · 337调查 · 番禺区</h1>", text)
    assert f"/desk/inbox/rows?tab=waiting&amp;open={ticket}" in text
    assert re.search(r'class="ticket[^"]*" aria-current="true"', text)
    assert "2026年12月1日" in text
    assert "下一步 1/1" in text


async def test_opening_a_conversation_takes_its_unread_mark_away(enter, ticket, engine):
    client = await enter()
    assert "未读：" in await page(client, "/desk")
    assert "未读 <b>1</b>" in await page(client, "/desk/inbox/rows")
    await page(client, f"/desk/tickets/{ticket}")
    assert "未读：" not in await page(client, "/desk")
    with writing(engine) as conn:
        recording.receive(conn, "a", "web", "补充：又收到一份")
    assert "未读：" in await page(client, "/desk")
    await page(client, f"/desk/tickets/{ticket}/messages?after=1")
    assert "未读：" not in await page(client, "/desk")


async def test_shortcuts_lead_to_lists_of_what_they_count(enter, ticket):
    client = await enter()
    rows = await page(client, "/desk/inbox/rows")
    links = re.findall(r'<a href="(/desk\?[^"]+)">([^<]+) <b>(\d+)</b>', rows)
    assert {title for _, title, _ in links} >= {"未读", "没人接"}
    for href, title, number in links:
        listed = await page(client, href.replace("&amp;", "&"))
        assert listed.count('<li class="ticket') == int(number), title


async def test_found_people_are_masked_by_role(enter, ticket, engine):
    client = await enter(Role.AGENT)
    found = await page(client, "/desk/search?q=8000")
    assert ticket in found
    assert "按电话尾号找到" in found
    said = await page(client, "/desk/search?q=在美国被诉")
    assert "138****8000" in said
    assert "13800138000" not in found + said


async def test_search_words_are_shown_as_text(enter):
    client = await enter()
    found = await page(client, "/desk/search?q=<script>alert(1)</script>")
    assert "<script>alert" not in found


async def test_tags_are_saved_shown_and_sought(enter, ticket):
    client = await enter()
    done = await client.post(f"/desk/tickets/{ticket}/tags", data={"tags": "展会，急件"})
    assert "标签：展会、急件" in await done.text()
    assert ticket in await page(client, "/desk?tab=all&tag=急件")
    assert ticket not in await page(client, "/desk?tab=all&tag=普通")


async def test_waiting_ticket_is_given_to_a_colleague_by_name(enter, ticket, engine):
    client = await enter(name="王芳")
    add_person(engine, "li", Role.AGENT, CENTER, "李雷")
    done = await client.post(f"/desk/tickets/{ticket}/assign", data={"to": "li"})
    text = await done.text()
    assert "已分给 李雷" in text
    assert "分给 李雷" in text
    with reading(engine) as conn:
        given = handoffs.find(conn, ticket)
    assert given is not None
    assert given.assignee == "li"


async def test_list_of_tags_belongs_to_the_center(enter, ticket, engine):
    with writing(engine) as conn:
        other = handoffs.open_ticket(conn, "b", center="gd-ippc")
        marks.set_tags(conn, other.id, ["别的中心"])
    client = await enter()
    assert "别的中心" not in await page(client, f"/desk/tickets/{ticket}")
