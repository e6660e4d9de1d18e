"""The center's own contact, which visitors then read beside its name."""

from __future__ import annotations

import re
from datetime import date

from aiohttp import web

from desk import center_contacts, inbox
from desk.center_contacts import Contact
from desk.errors import InvalidRecordError
from desk.permissions import Permission
from desk.staff import Staff
from office.access import CURRENT_STAFF, require
from office.clock import today
from office.console.lead_views import names_of, receiving_centers
from office.console.leads import actor_of
from office.forms import text_of
from office.pages import render, see_other
from office.transactions import read, write
from server import keys

routes = web.RouteTableDef()


@routes.get("/settings", name="settings")
@require(Permission.STAFF)
async def show_settings(request: web.Request) -> web.Response:
    """The form for one center: one's own, or for the national desk the one that is chosen."""
    person = request[CURRENT_STAFF]
    choices = await _choices(request, person)
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
        entered=[contact for code, contact in kept.items() if code in choices],
        names=await read(request, names_of),
    )


@routes.post("/settings", name="settings_save")
@require(Permission.STAFF)
async def save(request: web.Request) -> web.StreamResponse:
    """Keep it; it is shown from the next answer on."""
    form, person = await request.post(), request[CURRENT_STAFF]
    center = person.center or text_of(form, "center")
    if center not in await _choices(request, person):
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


async def _choices(request: web.Request, person: Staff) -> dict[str, str]:
    """The centers whose contact this person may enter; those where somebody works come first."""
    names = receiving_centers(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
    if person.center is not None:
        return {person.center: names.get(person.center, "本中心")}
    working = await read(request, inbox.centers)
    order = sorted(names, key=lambda code: (code not in working, names[code]))
    return {code: names[code] for code in order}
