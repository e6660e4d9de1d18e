"""Sites that may show our chat: who is allowed, and the line that they paste."""

from __future__ import annotations

from aiohttp import web

from desk import widget_sites
from desk.permissions import Permission
from desk.widget_sites import COLOUR, Site
from office.access import CURRENT_STAFF, require
from office.forms import text_of
from office.pages import render, see_other
from office.transactions import read, write
from server.links import origin_of

routes = web.RouteTableDef()


@routes.get("/widget", name="widget")
@require(Permission.SETTINGS)
async def show(request: web.Request) -> web.Response:
    """Every site, with its script tag."""
    return render(
        request,
        "desk/widget.html",
        section="widget",
        sites=await read(request, widget_sites.listing),
        origin=origin_of(request),
        colour=COLOUR,
    )


@routes.post("/widget", name="widget_save")
@require(Permission.SETTINGS)
async def save(request: web.Request) -> web.Response:
    """Allow a site, change how it looks there, or stop it."""
    form = await request.post()
    site = Site(
        key=text_of(form, "key"),
        origin=text_of(form, "origin"),
        title=text_of(form, "title"),
        greeting=text_of(form, "greeting"),
        colour=text_of(form, "colour") or COLOUR,
        partner=text_of(form, "partner"),
        is_active=text_of(form, "active") != "no",
    )
    person = request[CURRENT_STAFF]
    saved = await write(request, widget_sites.save, site, f"staff:{person.login}")
    words = "可以嵌入" if saved.is_active else "已停止嵌入，打开的对话下次连接时断开"
    return see_other("/desk/widget", f"{saved.origin}：{words}")
