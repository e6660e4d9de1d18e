"""The replies kept ready: a center's own, beside those that come with the program."""

from __future__ import annotations

from aiohttp import web

from desk import canned
from desk.errors import NotFoundError
from desk.permissions import Permission
from office.access import CURRENT_STAFF, require
from office.pages import render, see_other
from office.transactions import read, write

routes = web.RouteTableDef()


@routes.get("/canned", name="canned")
@require(Permission.SERVE)
async def show_canned(request: web.Request) -> web.Response:
    """All replies this person can use; their center's own can be changed."""
    replies = await read(request, canned.listing, request[CURRENT_STAFF].center)
    return render(
        request,
        "desk/canned.html",
        section="inbox",
        own=[item for item in replies if item.id is not None],
        shipped=[item for item in replies if item.id is None],
        variables=canned.VARIABLES,
        title_limit=canned.LONGEST_TITLE,
        text_limit=canned.LONGEST_TEXT,
    )


@routes.post("/canned", name="canned_add")
@require(Permission.SERVE)
async def add_canned(request: web.Request) -> web.Response:
    """A new reply for the own center."""
    await _save(request, None)
    return see_other("/desk/canned", "常用语已添加")


@routes.post(r"/canned/{key:\d{1,9}}", name="canned_change")
@require(Permission.SERVE)
async def change_canned(request: web.Request) -> web.Response:
    """Another title or text."""
    await _save(request, int(request.match_info["key"]))
    return see_other("/desk/canned", "常用语已修改")


@routes.post(r"/canned/{key:\d{1,9}}/remove", name="canned_remove")
@require(Permission.SERVE)
async def remove_canned(request: web.Request) -> web.Response:
    """Take a reply off the list."""
    key = int(request.match_info["key"])
    await write(request, canned.remove, key, request[CURRENT_STAFF].center)
    return see_other("/desk/canned", "常用语已删除")


async def _save(request: web.Request, key: int | None) -> None:
    form = await request.post()
    title, text = form.get("title", ""), form.get("text", "")
    if not (isinstance(title, str) and isinstance(text, str)):
        raise NotFoundError("请填写标题和内容")
    person = request[CURRENT_STAFF]
    await write(
        request, canned.save, key, person.center, title, text.replace("\r\n", "\n"), person.login
    )
