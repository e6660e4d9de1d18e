"""Calls and visits that staff register, files that they send, and the name the person reads."""

from __future__ import annotations

import re

import pytest
from aiohttp import FormData

from desk import handoffs, leads, matters, privacy, sent_files
from desk.attachments import sweep
from desk.engine import reading, writing
from desk.permissions import Role
from desk.tickets import Status
from server import keys
from tests.desk.files import pdf
from tests.office.console.conftest import CENTER

CALL = {
    "source": "phone", "company": "广州明烛灯具有限公司", "contact": "周工", "phone": "138 0013 8000",
    "country": "DE", "procedure": "fair", "region": "广州番禺区", "deadline_on": "2026-12-10",
    "received_on": "2026-11-20", "reason": "展会上被贴了封条",
}  # fmt: skip


async def registered(client, **changes):
    answer = await client.post("/desk/tickets/new", data={**CALL, **changes}, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    return re.search(r"ZR-[\w-]+", answer.headers["Location"])[0]


async def test_call_becomes_a_ticket_with_subject_matter_and_phone(enter, engine):
    client = await enter()
    reference = await registered(client)
    text = await (await client.get(f"/desk/tickets/{reference}")).text()
    assert "<h1>德国 · 展会纠纷 · 番禺区</h1>" in text
    assert "13800138000" not in text
    assert "138****8000" in text
    assert "对方没有打开对话页" in text
    assert 'id="reply"' not in text
    assert f'action="/desk/tickets/{reference}/claim"' not in text
    with reading(engine) as conn:
        ticket = handoffs.find(conn, reference)
        assert ticket is not None
        assert (ticket.status, ticket.assignee, ticket.center) == (Status.CALLBACK, "wang", CENTER)
        assert ticket.callback_phone == "13800138000"
        assert matters.current(conn, ticket.sender).facts["received_on"] == "2026-11-20"


async def test_call_is_ended_without_asking_anybody_for_a_rating(enter, engine):
    client = await enter()
    reference = await registered(client)
    await client.post(f"/desk/tickets/{reference}/close", data={"outcome": "已回电"})
    with reading(engine) as conn:
        assert handoffs.find(conn, reference).status is Status.CLOSED


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"reason": " "}, "请写下对方说的情况"), ({"phone": "123"}, "电话格式不对"),
     ({"source": "dream"}, "请选择对方怎么联系的"), ({"deadline_on": "明天"}, "日期写作")],
)  # fmt: skip
async def test_incomplete_call_is_refused_in_words(enter, engine, changes, message):
    client = await enter()
    answer = await client.post("/desk/tickets/new", data={**CALL, **changes})
    assert answer.status == 400
    assert message in await answer.text()
    with reading(engine) as conn:
        assert handoffs.listing(conn, statuses=tuple(Status)) == ()


def _holds(text, sent, typed, *, chosen):
    """A form that came back holds what was typed and chosen."""
    for name in typed:
        assert f'value="{sent[name]}"' in text
    for name in chosen:
        assert f'<option value="{sent[name]}" selected>' in text


async def test_refused_call_comes_back_as_it_was_filled_in(enter):
    client = await enter()
    wrong = {**CALL, "phone": "1380013800", "reason": "对方说：<展会>上被贴了封条\n要回电"}
    page = {"Accept": "text/html", "Referer": str(client.make_url("/desk/tickets/new"))}
    answer = await client.post("/desk/tickets/new", data=wrong, headers=page)
    text = await answer.text()
    assert answer.status == 400
    assert "电话格式不对" in text
    assert "对方说：&lt;展会&gt;上被贴了封条\n要回电</textarea>" in text
    typed = ("company", "contact", "phone", "region", "received_on", "deadline_on")
    _holds(text, wrong, typed, chosen=("source", "country", "procedure"))


async def test_refused_lead_comes_back_as_it_was_filled_in(enter, engine):
    client = await enter(Role.LEAD_OFFICER)
    reference = await registered(client)
    wrong = {"ticket": reference, "company": "广州乙公司", "contact": "周工", "phone": "1380013800",
             "country": "US", "right": "patent", "procedure": "fair", "service_date": "2026-11-20",
             "spent": "3万元", "consent": "visit", "brief": "电话里说的"}  # fmt: skip
    page = {"Accept": "text/html", "Referer": str(client.make_url("/desk/leads/new"))}
    answer = await client.post("/desk/leads/new", data=wrong, headers=page)
    text = await answer.text()
    assert answer.status == 400
    assert 'role="alert">' in text
    assert "电话里说的</textarea>" in text
    typed = ("ticket", "company", "contact", "phone", "service_date", "spent")
    _holds(text, wrong, typed, chosen=("country", "right", "procedure", "consent"))
    with reading(engine) as conn:
        assert leads.listing(conn) == ()


async def test_lead_by_hand_takes_over_the_ticket_and_needs_consent(enter, engine):
    client = await enter(Role.LEAD_OFFICER)
    reference = await registered(client)
    form = await (await client.get(f"/desk/leads/new?ticket={reference}")).text()
    assert 'value="广州明烛灯具有限公司"' in form
    assert '<option value="DE" selected>' in form
    lead = {"ticket": reference, "company": "广州明烛灯具有限公司", "contact": "周工",
            "phone": "13800138000", "country": "DE", "procedure": "fair"}  # fmt: skip
    refused = await client.post("/desk/leads/new", data=lead)
    assert "没有同意不能登记" in await refused.text()
    done = await client.post("/desk/leads/new", data={**lead, "consent": "phone"})
    assert "线索已登记，由您经办" in await done.text()
    with reading(engine) as conn:
        (kept,) = leads.listing(conn)
        assert kept.sender == handoffs.find(conn, reference).sender
        assert (kept.country, kept.procedure, kept.center) == ("德国", "展会纠纷", CENTER)
        assert kept.consent_version.endswith("电话里口头同意")
        assert kept.assignee == "wang"


async def test_two_leads_by_hand_are_two_people(enter, engine):
    client = await enter(Role.LEAD_OFFICER)
    lead = {"contact": "周工", "phone": "13800138000", "consent": "visit"}
    for company in ("甲公司", "乙公司"):
        await client.post("/desk/leads/new", data={**lead, "company": company})
    with writing(engine) as conn:
        first, _ = leads.listing(conn)
        privacy.erase(conn, first.sender)
        assert len(leads.listing(conn)) == 1


async def sent(client, ticket, content):
    form = FormData()
    form.add_field("file", content, filename="回函 1.pdf")
    return await client.post(f"/desk/tickets/{ticket}/sent", data=form)


async def test_file_reaches_the_person_and_nobody_else(enter, ticket, engine, app, settings):
    client = await enter(name="王芳")
    await client.post(f"/desk/tickets/{ticket}/claim")
    content = pdf("回函")
    assert "文件已发给对方" in await (await sent(client, ticket, content)).text()
    own = {"X-Sender-Token": app[keys.TOKENS].issue("a")}
    said = (await (await client.get("/api/v1/conversations/a", headers=own)).json())["messages"][-1]
    assert said["author"] == "staff"
    assert said["data"]["by"] == "王芳"
    path = f"/api/v1/files/{said['data']['file']['uid']}"
    answer = await client.get(path, headers=own)
    assert (answer.status, await answer.read()) == (200, content)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (await client.get(path)).status == 404
    other = {"X-Sender-Token": app[keys.TOKENS].issue("b")}
    assert (await client.get(path, headers=other)).status == 404
    with writing(engine) as conn:
        privacy.erase(conn, "a")
    sweep(engine, settings.desk.attachments_dir)
    assert (await client.get(path, headers=own)).status == 404
    assert not (settings.desk.attachments_dir / said["data"]["file"]["uid"]).exists()


async def test_file_that_is_no_document_is_refused(enter, ticket, engine):
    client = await enter()
    await client.post(f"/desk/tickets/{ticket}/claim")
    answer = await sent(client, ticket, b"MZ\x90 a program")
    assert answer.status == 400
    with reading(engine) as conn, pytest.raises(Exception, match="没有这个文件"):
        sent_files.get(conn, "a", "0" * 32)


async def test_person_reads_who_serves_them(enter, ticket, app):
    client = await enter(name="王芳")
    await client.post(f"/desk/tickets/{ticket}/claim")
    await client.post(f"/desk/tickets/{ticket}/reply", data={"text": "您好"})
    own = {"X-Sender-Token": app[keys.TOKENS].issue("a")}
    said = (await (await client.get("/api/v1/conversations/a", headers=own)).json())["messages"]
    assert "工作人员王芳已接入" in said[-2]["text"]
    assert said[-1]["data"]["by"] == "王芳"
    assert "wang" not in str(said)
