"""What staff do with a lead: each form of its page, in one transaction with the check of its center."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date

from aiohttp import web
from sqlalchemy.engine import Connection

from actions import lead_check
from actions.route_rules import router_of
from desk import audit, conversations, lead_work, leads, phrases, supplements
from desk.cases import SHORTEST_REASON
from desk.conversations import Message, Owner
from desk.errors import InvalidRecordError
from desk.lead_types import Stage
from desk.lead_work import FollowUpResult
from desk.permissions import Permission
from desk.staff import Staff
from office.access import CURRENT_STAFF, require
from office.clock import today
from office.console import centers, lead_views
from office.console.leads import actor_of, change, lead_page, path_of
from office.forms import day_of, text_of
from office.pages import see_other
from server import keys

routes = web.RouteTableDef()

_LONGEST_REASON = 300


@routes.post("/leads/{reference}/stage", name="lead_stage")
@require(Permission.LEADS)
async def move(request: web.Request) -> web.Response:
    """Take it to another stage."""
    form = await request.post()
    stage, note = Stage.parse(text_of(form, "stage")), text_of(form, "note")
    lead = await change(request, leads.move, stage, _actor(request), note or None)
    return see_other(path_of(request), f"已改为「{lead.stage.label}」")


@routes.post("/leads/{reference}/plan", name="lead_plan")
@require(Permission.LEADS)
async def plan(request: web.Request) -> web.Response:
    """Set who works on it, by when, and when to call back."""
    form = await request.post()
    await change(
        request,
        lead_work.plan,
        _actor(request),
        assignee=text_of(form, "assignee") or None,
        due_on=day_of(form, "due_on"),
        follow_up_on=day_of(form, "follow_up_on"),
    )
    return see_other(path_of(request), "安排已保存")


@routes.post("/leads/{reference}/note", name="lead_note")
@require(Permission.LEADS)
async def add_note(request: web.Request) -> web.Response:
    """Add an internal note."""
    form = await request.post()
    await change(request, lead_work.add_note, _actor(request), text_of(form, "note"))
    return see_other(f"{path_of(request)}#history", "备注已记下")


@routes.post("/leads/{reference}/supplement", name="lead_supplement")
@require(Permission.LEADS)
async def send_supplement(request: web.Request) -> web.Response:
    """Send the one-time list of missing materials."""
    form = await request.post()
    chosen = [str(item) for item in form.getall("item", ())]
    items = supplements.clean_items([*chosen, *text_of(form, "more").splitlines()])
    due_on = day_of(form, "due_on")
    if due_on is None:
        raise InvalidRecordError("请填写补正期限")

    def send(conn: Connection, reference: str, due: date) -> tuple[str, Owner, Message]:
        message = phrases.missing_materials(reference, items, due).to_json()
        _kept, told = supplements.send(conn, reference, items, due, message, _actor(request))
        sender = leads.get(conn, reference).sender
        return sender, conversations.owner(conn, sender), told

    sender, owner, told = await change(request, send, due_on)
    await request.config_dict[keys.DELIVERY].show(sender, owner, [told])
    return see_other(path_of(request), f"补正清单（{len(items)} 项）已发给对方，阶段改为「补正」")


@routes.post("/leads/{reference}/check", name="lead_check")
@require(Permission.LEADS)
async def check(request: web.Request) -> web.Response:
    """Compare with funding programs, with what staff know, and keep the outcome."""
    form = await request.post()
    said = {name: text_of(form, name).strip() for name in lead_check.QUESTIONS}
    answers = {name: value for name, value in said.items() if value}
    tables = request.config_dict[keys.SETTINGS].knowledge.tables_dir
    router = await asyncio.to_thread(router_of, tables)

    def compare(conn: Connection, reference: str) -> int:
        lead = leads.get(conn, reference)
        found = lead_check.check(lead, answers, router, today(request))
        programs = [item.to_json() for item in found]
        lead_work.record_check(conn, reference, _actor(request), answers, programs)
        return len(found)

    number = await change(request, compare)
    return see_other(f"{path_of(request)}#check", f"已对照 {number} 个资助项目")


@routes.post("/leads/{reference}/follow-up", name="lead_follow_up")
@require(Permission.LEADS)
async def follow_up(request: web.Request) -> web.Response:
    """Note how a call back ended."""
    form = await request.post()
    result = FollowUpResult.parse(text_of(form, "result"))
    await change(
        request,
        lead_work.follow_up,
        _actor(request),
        result,
        text_of(form, "note"),
        next_on=day_of(form, "next_on"),
    )
    return see_other(path_of(request), f"回访已记录：{result.label}")


@routes.post("/leads/{reference}/center", name="lead_center")
@require(Permission.LEADS)
async def transfer(request: web.Request) -> web.Response:
    """Give the lead to another center, for a reason; whoever had it there has it no more."""
    form = await request.post()
    center, reason = text_of(form, "center"), _reason(form, "转交")
    person = request[CURRENT_STAFF]
    names = await centers.receivers(request)
    if center not in names:
        raise InvalidRecordError("请选择要转交的中心")

    def give(conn: Connection, reference: str) -> None:
        before = leads.get(conn, reference).center
        lead_work.transfer(conn, reference, _actor(request), center, reason)
        detail = {"from_center": before, "to_center": center, "reason": reason}
        audit.record(
            conn, _actor(request), "transfer", reference, center=person.center, detail=detail
        )

    await change(request, give)
    is_still_seen = person.center in (None, center)
    return see_other(path_of(request) if is_still_seen else "/desk/leads", f"已转交{names[center]}")


@routes.post("/leads/{reference}/reveal", name="lead_reveal")
@require(Permission.LEADS, Permission.REVEAL)
async def reveal(request: web.Request) -> web.Response:
    """Show contact details once, for a reason that is recorded."""
    form = await request.post()
    reason, person = _reason(form, "查看"), request[CURRENT_STAFF]

    def look(conn: Connection, reference: str) -> lead_views.LeadPage:
        audit.record(
            conn,
            _actor(request),
            "view",
            reference,
            center=person.center,
            detail={"reason": reason},
        )
        return lead_views.load(conn, reference)

    return await lead_page(request, await change(request, look), revealed=True)


def _actor(request: web.Request) -> str:
    person: Staff = request[CURRENT_STAFF]
    return actor_of(person)


def _reason(form: Mapping[str, object], act: str) -> str:
    reason = text_of(form, "reason").strip()
    if not SHORTEST_REASON <= len(reason) <= _LONGEST_REASON:
        raise InvalidRecordError(f"请写明{act}的理由（{SHORTEST_REASON}至{_LONGEST_REASON}字）")
    return reason
