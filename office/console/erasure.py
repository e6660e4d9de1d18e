"""Erasing a person who asked for it elsewhere than in the chat: by telephone, in a letter, at the desk."""

from __future__ import annotations

import asyncio

from aiohttp import web

from desk import cases, leads
from desk.errors import InvalidRecordError, NotFoundError
from desk.permissions import Permission
from office.access import CURRENT_STAFF, require
from office.console.leads import actor_of, change
from office.forms import text_of
from office.pages import see_other
from office.transactions import engine_of, read
from server import keys
from server.erasing import erase_person

routes = web.RouteTableDef()

CONFIRMATION = "删除"
_LONGEST_REASON = 200


@routes.post("/tickets/{reference}/erase", name="case_erase")
@require(Permission.ERASE)
async def erase_from_ticket(request: web.Request) -> web.Response:
    """Erase the person of a ticket."""
    person = request[CURRENT_STAFF]
    ticket = await read(request, cases.find, person, request.match_info["reference"])
    if not person.may(Permission.ERASE, ticket.center):
        raise NotFoundError("没有这条登记，或不属于您的中心")
    return await _erase(request, ticket.sender, ticket.center, "/desk")


@routes.post("/leads/{reference}/erase", name="lead_erase")
@require(Permission.ERASE)
async def erase_from_lead(request: web.Request) -> web.Response:
    """Erase the person who registered a lead."""
    lead = await change(request, leads.get)
    return await _erase(request, lead.sender, lead.center, "/desk/leads")


async def _erase(request: web.Request, sender: str, center: str | None, then: str) -> web.Response:
    form = await request.post()
    reason = text_of(form, "reason").strip()
    if len(reason) < cases.SHORTEST_REASON:
        raise InvalidRecordError("请写明删除的原因，例如：本人来电要求删除")
    if text_of(form, "confirm") != CONFIRMATION:
        raise InvalidRecordError(f"删除后不能恢复，请在确认栏填写「{CONFIRMATION}」两个字")
    erased = await asyncio.to_thread(
        erase_person,
        engine_of(request),
        request.config_dict[keys.SETTINGS],
        sender,
        actor=actor_of(request[CURRENT_STAFF]),
        reason=reason[:_LONGEST_REASON],
        center=center,
    )
    request.config_dict[keys.WATCHERS].said(sender)
    return see_other(
        then,
        f"已删除此人的全部内容：{erased.messages} 条消息、{erased.leads} 条线索、{erased.files} 个附件，"
        "只留不含内容的删除记录",
    )
