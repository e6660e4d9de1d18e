from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from desk import audit, handoffs, lead_work, leads, supplements, transcripts
from desk.engine import reading, writing
from desk.leads import Stage
from desk.permissions import Role
from office.console.lead_views import usual_materials
from server import keys
from settings import Settings
from tests.office.console.conftest import CENTER, OTHER_CENTER, Login, add_person
from tests.office.console.leads import CODE, PHONE, make_lead

SECRETS = (PHONE, "13900139000", "张三丰", CODE)
TOMORROW = (date.today() + timedelta(days=9)).isoformat()


async def _page(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_board_shows_each_stage_with_its_number(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    new, screened = make_lead(engine), make_lead(engine, stage=Stage.SCREENING)
    other = make_lead(engine, OTHER_CENTER)
    page = await _page(client, "/desk/leads")
    assert re.search(r"新线索 <span[^>]*>1</span>", page)
    assert new in page
    assert screened in page
    assert other not in page
    for label in ("初审", "补正", "已受理", "已资助", "不符合", "撤回"):
        assert label in page


@pytest.mark.parametrize("path", ["/desk/leads", "/desk/leads?view=list", "/desk/leads/{}"])
async def test_pages_mask_what_identifies_a_person(enter: Login, engine: Any, path: str) -> None:
    client = await enter(Role.ADMIN, center=None)
    reference = make_lead(engine, credit_code=CODE)
    page = await _page(client, path.format(reference))
    for secret in SECRETS:
        assert secret not in page
    if path != "/desk/leads":
        assert "138****8000" in page


async def test_filters_find_and_come_back_in_the_form(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    wanted = make_lead(engine, company="花都皮具厂", country="德国")
    others = [make_lead(engine) for _ in range(2)]
    for query in ("q=皮具", "country=德国", f"q={wanted}"):
        page = await _page(client, f"/desk/leads?view=list&{query}")
        assert wanted in page
        assert not any(other in page for other in others)
    assert '<option value="德国" selected>' in await _page(client, "/desk/leads?country=德国")
    assert "没有符合条件的线索" in await _page(client, "/desk/leads?view=list&assignee=me")
    assert (await client.get("/desk/leads?stage=done")).status == 400
    assert (await client.get("/desk/leads?due=soon")).status == 400


async def test_staff_of_a_center_cannot_ask_for_another(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    other = make_lead(engine, OTHER_CENTER)
    assert other not in await _page(client, f"/desk/leads?view=list&center={OTHER_CENTER}")


async def test_list_is_shown_page_by_page(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    made = [make_lead(engine) for _ in range(31)]
    first = await _page(client, "/desk/leads?view=list&country=美国")
    assert "第 1 / 2 页，共 31 条" in first
    second = await _page(client, "/desk/leads?view=list&country=美国&page=2")
    assert made[0] in second
    assert made[0] not in first


async def test_scripts_in_what_people_wrote_are_only_text(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    hostile = "<script>alert(1)</script>"
    reference = make_lead(
        engine, company=f"甲{hostile}", brief=hostile, district='"><img src=x onerror=alert(1)>'
    )
    for path in (
        "/desk/leads",
        "/desk/leads?view=list",
        f"/desk/leads/{reference}",
        "/desk/digest",
    ):
        page = await _page(client, path)
        assert hostile not in page
        assert "<img src=x" not in page


async def test_moving_is_bound_to_the_stages(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    path = f"/desk/leads/{reference}"
    answer = await client.post(f"{path}/stage", data={"stage": "funded"})
    assert answer.status == 409
    assert "现在是「新线索」，不能改为「已资助」" in await answer.text()
    answer = await client.post(f"{path}/stage", data={"stage": "screening", "note": "材料已收"})
    page = await answer.text()
    assert "已改为「初审」" in page
    assert "新线索 → 初审" in page
    assert "材料已收" in page
    assert (await client.post(f"{path}/stage", data={"stage": "winning"})).status == 400


async def test_stage_form_offers_only_what_may_follow(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    page = await _page(client, f"/desk/leads/{make_lead(engine)}")
    choices = re.search(r'<select id="f-stage".*?</select>', page, re.DOTALL)
    assert choices is not None
    assert re.findall(r'value="(\w+)"', choices[0]) == ["screening", "rejected", "withdrawn"]


async def test_one_time_list_reaches_the_person_once(
    enter: Login, engine: Any, settings: Settings
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine, stage=Stage.SCREENING)
    usual = usual_materials(settings.knowledge.tables_dir)
    form = [
        ("item", usual[0]),
        ("item", usual[1]),
        ("more", "判决书\n\n判决书\n"),
        ("due_on", TOMORROW),
    ]
    answer = await client.post(f"/desk/leads/{reference}/supplement", data=form)
    page = await answer.text()
    assert "补正清单（3 项）已发给对方" in page
    assert "只发一次" in page
    again = await client.post(
        f"/desk/leads/{reference}/supplement", data={"more": "又一份", "due_on": TOMORROW}
    )
    assert again.status == 409
    with reading(engine) as conn:
        (told,) = transcripts.history(conn, "web~visitor")
        assert leads.get(conn, reference).stage is Stage.SUPPLEMENT
        kept = supplements.current(conn, reference)
    assert kept is not None
    assert kept.items == (usual[0], usual[1], "判决书")
    assert told.kind == "lead"
    assert f"1. {usual[0]}\n2. {usual[1]}\n3. 判决书" in told.text
    assert told.payload["data"]["materials"] == list(kept.items)
    assert told.payload["data"]["status"] == "supplement"
    public = await client.get("/api/v1/conversations/web~visitor")
    assert public.status == 401  # the person's own token opens it, the staff's session does not


async def test_open_page_of_the_person_shows_the_list_at_once(
    enter: Login, engine: Any, app: Any
) -> None:
    class Listener:
        def __init__(self) -> None:
            self.events: list[dict[str, Any]] = []

        async def send_json(self, data: dict[str, Any]) -> None:
            self.events.append(data)

    client = await enter(Role.LEAD_OFFICER)
    listener = Listener()
    app[keys.HUB].join("web~visitor", listener)
    reference = make_lead(engine, stage=Stage.SCREENING)
    form = {"more": "判决书", "due_on": TOMORROW}
    for _ in range(2):
        await client.post(f"/desk/leads/{reference}/supplement", data=form)
    (event,) = listener.events
    (message,) = event["reply"]["messages"]
    assert event["type"] == "push"
    assert event["reply"]["owner"] == "bot"
    assert (message["kind"], message["data"]["materials"]) == ("lead", ["判决书"])
    assert "wang" not in str(event)


async def test_lead_leads_to_the_conversations_of_its_person(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    with writing(engine) as conn:
        own = handoffs.open_ticket(conn, "web~visitor", center=CENTER).reference
        handoffs.abandon(conn, "web~visitor")
        other = handoffs.open_ticket(conn, "web~visitor", center=OTHER_CENTER).reference
    page = await _page(client, f"/desk/leads/{reference}")
    assert f'href="/desk/tickets/{own}"' in page
    assert other not in page


@pytest.mark.parametrize(
    "form", [{"due_on": TOMORROW}, {"more": "发票"}, {"more": "发票", "due_on": "2020-01-01"}]
)
async def test_unusable_one_time_list_is_not_sent(
    enter: Login, engine: Any, form: dict[str, str]
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine, stage=Stage.SCREENING)
    assert (await client.post(f"/desk/leads/{reference}/supplement", data=form)).status == 400
    with reading(engine) as conn:
        assert transcripts.history(conn, "web~visitor") == ()
        assert leads.get(conn, reference).stage is Stage.SCREENING


async def test_plan_note_and_call_back_stand_on_the_page(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER, login="wang", name="王敏")
    path = f"/desk/leads/{make_lead(engine)}"
    plan = {"assignee": "wang", "due_on": "2020-01-02", "follow_up_on": "2099-01-02"}
    page = await (await client.post(f"{path}/plan", data=plan)).text()
    assert "经办人：王敏，办理期限：2020-01-02" in page
    assert "办理已逾期" in page
    page = await (await client.post(f"{path}/note", data={"note": "电话13700137000已核实"})).text()
    assert "电话137****7000已核实" in page
    form = {"result": "unreachable", "note": "无人接听", "next_on": "2099-02-03"}
    page = await (await client.post(f"{path}/follow-up", data=form)).text()
    assert "没有联系上" in page
    assert 'value="2099-02-03"' in page
    assert (await client.post(f"{path}/follow-up", data={"result": ""})).status == 400
    assert (await client.post(f"{path}/plan", data={"due_on": "明天"})).status == 400


async def test_lead_is_given_only_to_colleagues_who_may_work_on_it(
    enter: Login, engine: Any
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    add_person(engine, "agent", Role.AGENT)
    add_person(engine, "far", Role.LEAD_OFFICER, OTHER_CENTER)
    path = f"/desk/leads/{make_lead(engine)}"
    page = await _page(client, path)
    assert 'value="agent"' not in page
    assert 'value="far"' not in page
    for login in ("agent", "far"):
        assert (await client.post(f"{path}/plan", data={"assignee": login})).status == 400


async def test_check_names_programs_with_their_sources(enter: Login, engine: Any) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    answer = await client.post(
        f"/desk/leads/{reference}/check", data={"applicant": "enterprise", "outcome": "pending"}
    )
    page = await answer.text()
    assert "出处" in page
    assert "不代表能获批或领到钱" in page
    with reading(engine) as conn:
        kept = lead_work.latest_check(conn, reference)
    assert kept is not None
    assert kept.facts == {"applicant": "enterprise", "outcome": "pending"}
    assert kept.programs
    assert all(program["source"]["title"] in page for program in kept.programs)
    assert '<option value="pending" selected>' in page
    assert (
        await client.post(f"/desk/leads/{reference}/check", data={"spent": "很多"})
    ).status == 400


async def test_contact_details_are_shown_for_a_reason_that_is_recorded(
    enter: Login, engine: Any
) -> None:
    client = await enter(Role.LEAD_OFFICER, login="wang")
    path = f"/desk/leads/{make_lead(engine, credit_code=CODE)}"
    for reason in ("", "看", "长" * 301):
        assert (await client.post(f"{path}/reveal", data={"reason": reason})).status == 400
    with reading(engine) as conn:
        assert audit.search(conn, action="view") == ()
    answer = await client.post(f"{path}/reveal", data={"reason": "回电核实送达日期"})
    page = await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    for secret in SECRETS:
        assert secret in page
    with reading(engine) as conn:
        (entry,) = audit.search(conn, action="view")
    assert (entry.actor, entry.subject, entry.center) == (
        "staff:wang",
        path.rpartition("/")[2],
        CENTER,
    )
    assert entry.detail == {"reason": "回电核实送达日期"}
    assert PHONE not in await _page(client, path)


async def test_lead_given_to_another_center_is_gone_from_this_one(
    enter: Login, engine: Any
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    reference = make_lead(engine)
    path = f"/desk/leads/{reference}"
    with writing(engine) as conn:
        lead_work.plan(conn, reference, "x", assignee="wang", due_on=None, follow_up_on=None)
    assert (await client.post(f"{path}/center", data={"center": "cn-ogc"})).status == 400
    form = {"center": "nowhere", "reason": "企业在外省"}
    assert (await client.post(f"{path}/center", data=form)).status == 400
    answer = await client.post(f"{path}/center", data={**form, "center": "cn-ogc"})
    assert "已转交国家海外知识产权纠纷应对指导中心" in await answer.text()
    assert (await client.get(path)).status == 404
    with reading(engine) as conn:
        moved = leads.get(conn, reference)
        (entry,) = audit.search(conn, action="transfer")
    assert (moved.center, moved.assignee) == ("cn-ogc", None)
    assert entry.detail == {
        "from_center": CENTER,
        "to_center": "cn-ogc",
        "reason": "企业在外省",
    }
