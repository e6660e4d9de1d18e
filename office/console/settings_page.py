"""The center's own contact, which visitors then read beside its name, and its mark on what is printed."""

from __future__ import annotations

import asyncio
import re
from datetime import date

from aiohttp import web

from desk import center_contacts, logos
from desk.center_contacts import Contact
from desk.errors import InvalidRecordError
from desk.permissions import Permission
from office.access import CURRENT_STAFF, require
from office.clock import today
from office.console import centers
from office.console.lead_views import names_of
from office.console.leads import actor_of
from office.forms import text_of
from office.pages import render, see_other
from office.transactions import read, write
from printing.logos import MOST_BYTES, checked
from server.errors import RequestError

routes = web.RouteTableDef()

# What a form weighs beside its file; a picture that is a little too large is still told so.
_FORM_BYTES = 256 * 1024


@routes.get("/settings", name="settings")
@require(Permission.STAFF)
async def show_settings(request: web.Request) -> web.Response:
    """The form for one center: one's own, or for the national desk the one that is chosen."""
    person = request[CURRENT_STAFF]
    choices = await centers.manageable(request, person)
    kept = await read(request, center_contacts.listing)
    asked = request.query.get("center", "")
    known = next((code for code in kept if code in choices), "")
    center = person.center or (asked if asked in choices else known)
    return render(
        request,
        "desk/settings.html",
        section="settings",
        center=center,
        choices=list(choices.items()),
        contact=kept.get(center, Contact(center)),
        has_logo=await read(request, logos.find, center) is not None,
        entered=[contact for code, contact in kept.items() if code in choices],
        names=await read(request, names_of),
    )


@routes.post("/settings", name="settings_save")
@require(Permission.STAFF)
async def save(request: web.Request) -> web.StreamResponse:
    """Keep it; it is shown from the next answer on."""
    form, person = await request.post(), request[CURRENT_STAFF]
    center = person.center or text_of(form, "center")
    if center not in await centers.manageable(request, person):
        raise InvalidRecordError("请选择中心")
    contact = Contact(
        center,
        tuple(item for item in re.split(r"[、,，;；\n]+", text_of(form, "phones")) if item.strip()),
        text_of(form, "address"),
        text_of(form, "website"),
        text_of(form, "hours"),
    )
    on: date = today(request)
    kept = await write(request, center_contacts.save, contact, actor_of(person), on)
    notice = "没有填内容，已撤下联系方式" if kept.is_empty else "联系方式已保存，来访者现在就能看到"
    return see_other(f"/desk/settings?center={center}", notice)


@routes.post("/settings/logo", name="settings_logo_save")
@require(Permission.STAFF)
async def save_logo(request: web.Request) -> web.StreamResponse:
    """Keep the center's mark, or take the present one away."""
    larger = request.clone(client_max_size=MOST_BYTES + _FORM_BYTES)
    form, person = await larger.post(), request[CURRENT_STAFF]
    center = person.center or text_of(form, "center")
    if center not in await centers.manageable(request, person):
        raise InvalidRecordError("请选择中心")
    picture = None
    if not text_of(form, "remove"):
        sent = form.get("logo")
        data = sent.file.read() if isinstance(sent, web.FileField) else b""
        picture = await asyncio.to_thread(checked, data)
    await write(request, logos.save, center, picture, actor_of(person), today(request))
    notice = "标志已撤下" if picture is None else "标志已保存，以后印的海报和证书上都有"
    return see_other(f"/desk/settings?center={center}", notice)


@routes.get("/settings/logo.png", name="settings_logo")
@require(Permission.STAFF)
async def show_logo(request: web.Request) -> web.Response:
    """The mark as it will be printed."""
    person, asked = request[CURRENT_STAFF], request.query.get("center", "")
    center = person.center or asked
    picture = await read(request, logos.find, center)
    if picture is None:
        raise RequestError(404, "not_found", "还没有标志")
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=picture, content_type="image/png", headers=headers)
