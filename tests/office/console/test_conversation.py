"""Taking a person over, answering, handing over, ending; what the person is told and what is recorded."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest

from desk import (
    audit,
    conversations,
    handoffs,
    matters,
    notes,
    plans,
    recording,
    transcripts,
    unanswered,
)
from desk.engine import reading, writing
from desk.permissions import Role
from knowledge.errors import DeskError, SnapshotError
from knowledge.types import Citation, Kind, Passage
from server import keys
from server.knowledge_shelf import Found, Suggestion
from tests.office.console.conftest import CENTER, OTHER_CENTER, add_person

JSON = {"Accept": "application/json"}
PASSAGE = Passage(
    id="us-337#1",
    version="v",
    document="us-337",
    title="美国337调查",
    heading=("答辩期限",),
    text="收到起诉书和立案通知后，20天内提交书面答辩。",
    kind=Kind.GUIDE,
    jurisdiction=("US",),
    basis="19 CFR § 210.13(a)",
)


class FakeShelf:
    """One passage is published."""

    def search(self, query, country, day):
        if query == "坏了":
            raise SnapshotError("还没有发布任何知识快照")
        return (Found(PASSAGE, "s1"),) if "答辩" in query else ()

    def suggest(self, question, country, day):
        return Suggestion("20天内提交。", PASSAGE, question) if "答辩" in question else None

    def citations(self, passages):
        return tuple(
            Citation(
                document="us-337", title=PASSAGE.title, heading=PASSAGE.heading, jurisdiction="US",
                basis=PASSAGE.basis, as_of=None, url=None, quote=PASSAGE.text, snapshot="s1",
                passage=key, version="v",
            )
            for key in passages
        )  # fmt: skip


@pytest.fixture
def app(app):
    app[keys.SHELF] = FakeShelf()
    return app


async def post(client: Any, path: str, *, json: bool = False, **form: Any) -> Any:
    return await client.post(path, data=form, allow_redirects=False, headers=JSON if json else {})


def transcript(engine: Any, sender: str = "a") -> list[conversations.Message]:
    with reading(engine) as conn:
        return list(transcripts.history(conn, sender, 100))


def owner(engine: Any, sender: str = "a") -> str:
    with reading(engine) as conn:
        return conversations.owner(conn, sender).value


@pytest.fixture
async def mine(enter, ticket) -> Any:
    """Wang, who has claimed the ticket."""
    client = await enter(name="王芳")
    assert (await post(client, f"/desk/tickets/{ticket}/claim")).status == 303
    return client


async def test_claim_tells_the_person_and_silences_the_bot(mine, engine, ticket):
    last = transcript(engine)[-1]
    assert "已接入" in last.text
    assert (last.author, owner(engine)) == ("system", "human")


async def test_second_claimant_is_told_who_has_it(mine, enter, ticket, engine):
    other = await enter(login="li", name="李雷")
    answer = await other.post(f"/desk/tickets/{ticket}/claim")
    assert f"{ticket} 已由 王芳 接待" in await answer.text()
    refused = await post(other, f"/desk/tickets/{ticket}/claim", json=True)
    assert refused.status == 409
    with reading(engine) as conn:
        assert handoffs.find(conn, ticket).assignee == "wang"


async def test_page_shows_transcript_facts_deadline_and_masks_the_phone(mine, ticket):
    page = await (await mine.get(f"/desk/tickets/{ticket}")).text()
    for known in ("广州花灯有限公司", "337调查", "2026-12-01", "19 CFR § 210.13(a)", "工作日下午"):
        assert known in page
    assert "138****8000" in page
    assert "13800138000" not in page


async def test_a_day_and_a_center_given_by_hand_are_told_apart_from_what_was_found(
    mine, ticket, engine
):
    facts = {
        "country": "US", "procedure": "section-337",
        "deadline": {"title": "337调查答辩", "rule": "itc-337-response-20-days", "due_date": "2026-12-07"},
        "center": {"id": "gz-ippc", "name": "广州知识产权保护中心"},
    }  # fmt: skip
    with writing(engine) as conn:
        number = matters.save(conn, matters.Matter("a", 0, facts=facts)).number
        matters.give_due(conn, "a", number, date(2026, 12, 3))
        matters.give_center(conn, "a", number, "gd-ippc", None)
    page = await (await mine.get(f"/desk/tickets/{ticket}")).text()
    for known in (
        "（本人改的，不是按规则算的）", "按规则算的：2026年12月7日", "2026-12-03（周四）</strong><br>本人改的",
        "广东省知识产权保护中心（本人选的，系统建议广州知识产权保护中心）",
    ):  # fmt: skip
        assert known in page


async def test_reply_is_stored_with_its_citation_and_said_once(mine, engine, ticket):
    form = {"text": "请看出处。", "client_id": "c1", "passage": "us-337#1"}
    first = await post(mine, f"/desk/tickets/{ticket}/reply", json=True, **form)
    again = await post(mine, f"/desk/tickets/{ticket}/reply", json=True, **form)
    assert first.status == 201
    assert await first.json() == await again.json()
    said = [message for message in transcript(engine) if message.author == "staff:wang"]
    assert [message.text for message in said] == ["请看出处。"]
    assert said[0].citations[0].quote == PASSAGE.text


async def test_only_whoever_serves_can_reply(mine, enter, ticket, engine):
    other = await enter(login="li")
    refused = await post(other, f"/desk/tickets/{ticket}/reply", json=True, text="插话")
    assert refused.status == 409
    assert all(message.text != "插话" for message in transcript(engine))


@pytest.mark.parametrize(("text", "status"), [("", 400), (" \u200b ", 400), ("长" * 2001, 400)])
async def test_unusable_reply_is_refused(mine, ticket, text, status):
    answer = await post(mine, f"/desk/tickets/{ticket}/reply", json=True, text=text)
    assert answer.status == status


async def test_ten_megabytes_are_refused_and_nothing_is_stored(mine, ticket, engine):
    before = len(transcript(engine))
    body = io.BytesIO(b"text=" + b"x" * 10 * 1024 * 1024)
    headers = {**JSON, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await mine.post(f"/desk/tickets/{ticket}/reply", data=body, headers=headers)
    assert answer.status == 413
    assert len(transcript(engine)) == before


async def test_person_sees_the_reply_live_and_confirms_it(mine, ticket, engine, app):
    sender = app[keys.TOKENS].issue("a")
    headers = {"X-Sender-Token": sender, "Sec-Fetch-Site": "same-origin"}
    async with mine.ws_connect("/ws", headers=headers) as page:
        assert (await page.receive_json())["type"] == "welcome"
        await post(mine, f"/desk/tickets/{ticket}/reply", json=True, text="您好")
        pushed = await page.receive_json(timeout=1)
        message = pushed["reply"]["messages"][-1]  # that she serves may come along with it
        assert (pushed["type"], pushed["reply"]["owner"], message["text"]) == (
            "push",
            "human",
            "您好",
        )
        assert message["author"] == "staff"
        shown = await (await mine.get(f"/desk/tickets/{ticket}/messages?after=0")).text()
        assert "未送达" in shown
        await page.send_json({"type": "delivered", "ids": [message["id"], 7, "nonsense"]})
        await page.send_json({"type": "ping"})
        assert (await page.receive_json(timeout=1))["type"] == "pong"
    assert transcript(engine)[-1].delivered_at is not None
    shown = await (await mine.get(f"/desk/tickets/{ticket}/messages?after=0")).text()
    assert "已送达" in shown


async def test_staff_are_told_of_their_own_messages_alone(mine, ticket, engine, app, monkeypatch):
    told: list[Any] = []
    monkeypatch.setattr(app[keys.WATCHERS], "tell", lambda *said: told.append(said))
    await post(mine, f"/desk/tickets/{ticket}/reply", json=True, text="您好")
    headers = {"X-Sender-Token": app[keys.TOKENS].issue("a"), "Sec-Fetch-Site": "same-origin"}
    own = transcript(engine)[-1].id
    async with mine.ws_connect("/ws", headers=headers) as page:
        await page.receive_json()
        others = ["字" * 60 + f"{number:04}" for number in range(80)]
        for _ in range(2):
            await page.send_json({"type": "delivered", "ids": [own, *others]})
        await page.send_json({"type": "ping"})
        while (await page.receive_json(timeout=1))["type"] != "pong":
            pass
    assert told == [("a", {"type": "delivered", "ids": [own]})]


async def test_somebody_else_cannot_confirm_a_delivery(mine, ticket, engine, app):
    await post(mine, f"/desk/tickets/{ticket}/reply", json=True, text="您好")
    headers = {"X-Sender-Token": app[keys.TOKENS].issue("b"), "Sec-Fetch-Site": "same-origin"}
    async with mine.ws_connect("/ws", headers=headers) as page:
        await page.receive_json()
        await page.send_json({"type": "delivered", "ids": [transcript(engine)[-1].id]})
        await page.send_json({"type": "ping"})
        await page.receive_json(timeout=1)
    assert transcript(engine)[-1].delivered_at is None


async def test_reply_to_a_closed_page_waits_and_can_be_tried_again(mine, ticket, engine, app):
    await post(mine, f"/desk/tickets/{ticket}/reply", json=True, text="您好")
    tried = await (await post(mine, f"/desk/tickets/{ticket}/deliver", json=True)).json()
    assert tried["pages"] == 0
    token = {"X-Sender-Token": app[keys.TOKENS].issue("a")}
    history = await (await mine.get("/api/v1/conversations/a", headers=token)).json()
    assert history["messages"][-1]["text"] == "您好"
    assert transcript(engine)[-1].delivered_at is not None


async def test_release_puts_the_person_back_at_their_old_place(mine, ticket, engine):
    await post(mine, f"/desk/tickets/{ticket}/release")
    assert owner(engine) == "waiting"
    assert "排在第 1 位" in transcript(engine)[-1].text


async def test_transfer_to_a_colleague_needs_a_reason_and_is_audited(mine, ticket, engine):
    add_person(engine, "li", Role.AGENT)
    path = f"/desk/tickets/{ticket}/transfer"
    assert (await post(mine, path, to="staff:li", reason=" ")).status == 400
    assert (await post(mine, path, to="staff:nobody", reason="休假")).status == 404
    assert (await post(mine, path, to="", reason="休假")).status == 400
    assert (await post(mine, path, to="staff:li", reason="休假")).status == 303
    with reading(engine) as conn:
        assert handoffs.find(conn, ticket).assignee == "li"
        entry = audit.search(conn, action="transfer")[0]
    assert (entry.subject, entry.actor, entry.detail["to_staff"]) == (ticket, "staff:wang", "li")


async def test_transfer_to_a_center_leaves_the_own_list(mine, ticket, engine):
    done = await post(
        mine, f"/desk/tickets/{ticket}/transfer", to=f"center:{OTHER_CENTER}", reason="对方更近"
    )
    assert done.status == 303
    assert owner(engine) == "waiting"
    assert (await mine.get(f"/desk/tickets/{ticket}")).status == 404


async def test_trainer_cannot_be_handed_a_conversation(mine, ticket, engine):
    add_person(engine, "xun", Role.TRAINER)
    answer = await post(mine, f"/desk/tickets/{ticket}/transfer", to="staff:xun", reason="试试")
    assert answer.status == 400


async def test_close_asks_for_a_rating_and_the_bot_resumes(mine, ticket, engine):
    path = f"/desk/tickets/{ticket}/close"
    assert (await post(mine, path, outcome="随便写的")).status == 400
    form = {"outcome": "已解答", "note": "电话13800138000", "follow_up_on": "2026-12-05"}
    assert (await post(mine, path, **form)).status == 303
    ended = transcript(engine)[-1]
    assert ended.payload["buttons"][0]["payload"] == "评价：5分"
    said = {"sender": "a", "text": "评价：4分，回复很快"}
    token = {"X-Sender-Token": mine.app[keys.TOKENS].issue("a")}
    reply = await (await mine.post("/api/v1/messages", json=said, headers=token)).json()
    assert "4分" in reply["messages"][0]["text"]
    with reading(engine) as conn:
        closed = handoffs.find(conn, ticket)
    assert (closed.rating, closed.rating_reason) == (4, "回复很快")
    assert closed.follow_up_on.isoformat() == "2026-12-05"
    said = {"sender": "a", "text": "你好"}
    reply = await (await mine.post("/api/v1/messages", json=said, headers=token)).json()
    assert (reply["owner"], reply["messages"][0]["text"]) == ("bot", "收到：你好")


async def test_rating_without_a_service_is_an_ordinary_message(client, dialogue):
    await client.post("/api/v1/messages", json={"sender": "z", "text": "评价：5分"})
    assert dialogue.seen[-1] == ("z", "评价：5分")


async def test_closed_ticket_can_be_reopened(mine, ticket, engine):
    await post(mine, f"/desk/tickets/{ticket}/close", outcome="已解答")
    await post(mine, f"/desk/tickets/{ticket}/reopen")
    assert owner(engine) == "human"


async def test_follow_up_is_noted_and_can_be_set_again(mine, ticket, engine):
    await post(mine, f"/desk/tickets/{ticket}/close", outcome="已解答", follow_up_on="2026-11-01")
    assert "今天要回访" in await (await mine.get("/desk?tab=mine")).text()
    path = f"/desk/tickets/{ticket}/follow-up"
    await post(mine, path, text="已提交答辩", again_on="2099-01-01")
    with reading(engine) as conn:
        assert handoffs.find(conn, ticket).follow_up_on.isoformat() == "2099-01-01"
        assert notes.of_sender(conn, "a")[-1].text == "回访：已提交答辩"
    assert (await post(mine, path, again_on="")).status == 303
    assert (await post(mine, path)).status == 409


async def test_notes_are_for_colleagues_only(mine, ticket, app):
    await post(mine, f"/desk/tickets/{ticket}/note", text="客户很着急<b>")
    page = await (await mine.get(f"/desk/tickets/{ticket}")).text()
    assert "客户很着急&lt;b&gt;" in page
    token = {"X-Sender-Token": app[keys.TOKENS].issue("a")}
    assert "着急" not in await (await mine.get("/api/v1/conversations/a", headers=token)).text()


async def test_question_goes_to_the_trainers_list(mine, ticket, engine):
    asked = transcript(engine)[0]
    path = f"/desk/tickets/{ticket}/question"
    assert (await post(mine, path, message=asked.id, json=True)).status == 200
    with reading(engine) as conn:
        listed = unanswered.listing(conn)
    assert [(item.question, item.band) for item in listed] == [
        ("我们在美国被诉，电话138****8000", "staff")
    ]
    bots = transcript(engine)[1]
    assert (await post(mine, path, message=bots.id)).status == 404


async def test_question_of_another_conversation_cannot_be_taken(mine, ticket, engine):
    with writing(engine) as conn:
        foreign = recording.receive(conn, "b", "web", "别人的问题").inbound.id
    answer = await post(mine, f"/desk/tickets/{ticket}/question", message=foreign)
    assert answer.status == 404


async def test_contact_details_are_shown_for_a_reason_that_is_on_record(mine, ticket, engine):
    path = f"/desk/tickets/{ticket}/reveal"
    assert (await post(mine, path, reason="无")).status == 400
    page = await (await post(mine, path, reason="回电")).text()
    assert "13800138000" in page
    with reading(engine) as conn:
        entry = audit.search(conn, action="view")[0]
    assert (entry.actor, entry.subject, entry.detail["reason"]) == (
        "staff:wang",
        ticket,
        "回电",
    )
    assert "13800138000" not in await (await mine.get(f"/desk/tickets/{ticket}")).text()


async def test_agent_who_does_not_serve_it_cannot_see_contact_details(mine, enter, ticket, engine):
    other = await enter(login="li")
    answer = await post(other, f"/desk/tickets/{ticket}/reveal", reason="想看一下")
    assert answer.status == 404
    officer = await enter(Role.LEAD_OFFICER, login="chen")
    answer = await post(officer, f"/desk/tickets/{ticket}/reveal", reason="核对线索")
    assert answer.status == 200


async def test_suggestion_and_knowledge_stand_beside_the_reply(mine, ticket, engine):
    with writing(engine) as conn:
        recording.receive(conn, "a", "web", "答辩期限多久？")
    suggested = await (await mine.get(f"/desk/tickets/{ticket}/suggestion")).text()
    assert "20天内提交。" in suggested
    found = await (await mine.get("/desk/knowledge?q=答辩&country=美国")).text()
    assert 'data-cite="us-337#1"' in found
    assert "没有检索到" in await (await mine.get("/desk/knowledge?q=天气")).text()
    assert "还没有发布" in await (await mine.get("/desk/knowledge?q=坏了")).text()


async def test_ready_replies_are_filled_with_what_is_known(mine, ticket):
    page = await (await mine.get(f"/desk/tickets/{ticket}")).text()
    assert f"登记编号 {ticket}" in page
    assert "期限是 2026-12-01（周二）" in page
    done = await post(mine, "/desk/canned", title="我的", text="{企业名称}您好，见{国家}")
    assert done.status == 303
    page = await (await mine.get(f"/desk/tickets/{ticket}")).text()
    assert "广州花灯有限公司您好，见美国" in page


async def test_ready_replies_belong_to_their_center(mine, enter, engine):
    await post(mine, "/desk/canned", title="本中心", text="内容")
    assert (await post(mine, "/desk/canned", title="坏", text="{没有}")).status == 400
    other = await enter(login="li", center=OTHER_CENTER)
    assert "本中心" not in await (await other.get("/desk/canned")).text()
    assert (await post(other, "/desk/canned/1/remove")).status == 404
    assert (await post(other, "/desk/canned/1", title="x", text="x")).status == 404


STEPS = (
    "claim", "release", "transfer", "close", "reopen", "reply", "deliver", "note", "follow-up",
    "question", "reveal",
)  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
async def test_ticket_of_another_center_does_not_exist(enter, ticket, engine, step):
    other = await enter(Role.CENTER_ADMIN, login="li", center=OTHER_CENTER)
    before = len(transcript(engine))
    form = {
        "text": "x",
        "reason": "想看一下",
        "outcome": "已解答",
        "to": f"center:{CENTER}",
        "message": "x",
    }
    assert (await post(other, f"/desk/tickets/{ticket}/{step}", **form)).status == 404
    assert len(transcript(engine)) == before
    for page in ("", "/messages", "/suggestion"):
        assert (await other.get(f"/desk/tickets/{ticket}{page}")).status == 404


@pytest.mark.parametrize("reference", ["RG-NOTHING", "..%2F..%2Fetc", "1", "'--"])
async def test_invented_references_lead_nowhere(enter, reference):
    client = await enter()
    assert (await client.get(f"/desk/tickets/{reference}")).status == 404


async def test_database_trouble_is_said_in_words(enter, ticket, monkeypatch):
    client = await enter()

    def broken(*_args, **_kwargs):
        raise DeskError("办件数据库正忙，这次没有保存，请稍后再试")

    monkeypatch.setattr("desk.cases.note", broken)
    answer = await post(client, f"/desk/tickets/{ticket}/note", text="x")
    assert answer.status == 503
    assert "这次没有保存" in await answer.text()


async def test_what_a_form_got_wrong_is_said_on_its_page(mine, ticket):
    page = f"/desk/tickets/{ticket}"
    answer = await mine.post(
        f"{page}/transfer",
        data={"to": "", "reason": "休假"},
        headers={"Referer": str(mine.make_url(page))},
    )
    assert answer.status == 200
    assert answer.url.path == page
    assert "转交要写明转给谁" in await answer.text()
    for elsewhere in ("https://evil.example/desk", "http://[", ""):
        answer = await mine.post(f"{page}/transfer", data={}, headers={"Referer": elsewhere})
        assert answer.status == 400


async def test_how_a_message_was_decided_is_folded_under_it_in_words_and_masked(
    enter, ticket, engine
):
    client = await enter()
    assert "怎么决定的" not in await (await client.get(f"/desk/tickets/{ticket}")).text()
    seen = {
        "question": "电话13800138000被诉<b>怎么办</b>", "reading": "alone", "band": "answer",
        "confidence": 0.91, "hits": ["us-337#1"], "titles": ["美国337调查 › 答辩期限"],
        "ranking": {"ask": 0.8}, "names": ["country"],
    }  # fmt: skip
    plan = {
        "acts": ["action_answer"], "reason": "weighed", "seen": seen,
        "scores": {"action_answer": 0.91, "deadline_form": 0.4},
    }  # fmt: skip
    with writing(engine) as conn:
        said = transcripts.history(conn, "a", 10)
        message = next(item.id for item in said if item.direction == "in")
        plans.keep(conn, message, plan)
    for path in ("", "/messages"):
        page = await (await client.get(f"/desk/tickets/{ticket}{path}")).text()
        assert page.count("怎么决定的") == 1
        assert "按问题回答" in page
        assert "各种做法里得分最高，其次是开始算期限" in page
        assert "美国337调查 › 答辩期限" in page
        assert "13800138000" not in page
        assert "<b>怎么办" not in page
        for code in ("action_answer", "deadline_form", "weighed", "alone", "us-337#1"):
            assert code not in page.replace("data-", "")
