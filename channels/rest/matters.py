"""The REST interface of 我的事项: what a person told, steps to tick off, a link to keep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from desk import known, matters
from desk.engine import writing
from desk.errors import NotFoundError
from desk.messages import MessageError, check_sender
from server import intake, keys
from server.errors import RequestError, json_text
from server.own_matters import centers_of, matters_of, tick
from server.request_json import read_json

routes = web.RouteTableDef()

_DUE = '{"matter": 1, "on": "2026-12-14"}，on 为 null 是不用自己改的'
_CENTER = '{"matter": 1, "center": "中心编号"}，center 为 null 是按情况建议'
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


@routes.get("/api/v1/matters/{sender}", name="matters")
async def get_matters(request: web.Request) -> web.Response:
    """The sender's own matters."""
    return await _shown(request, _own(request))


@routes.post("/api/v1/matters/{sender}/steps", name="matter_steps")
async def post_step(request: web.Request) -> web.Response:
    """Note that a step is done, or is not; answers the matters as they stand then."""
    sender = _own(request)
    await intake.limit(request, sender)
    await asyncio.to_thread(tick, request.app, sender, await read_json(request))
    return await _shown(request, sender)


@routes.post("/api/v1/matters/{sender}/due", name="matter_due")
async def post_due(request: web.Request) -> web.Response:
    """Put a date in the place of the one that was found, or take it back; answers the matters."""
    sender, number, data = await _asked(request, _DUE)
    on = _day_given(data.get("on"))

    def give(conn: Connection) -> None:
        told = known.told_deadline(conn, sender)
        matters.give_due(conn, sender, number, on, told=told)

    return await _changed(request, sender, give)


@routes.post("/api/v1/matters/{sender}/center", name="matter_center")
async def post_center(request: web.Request) -> web.Response:
    """Choose a center, or leave it to what the facts lead to; answers the matters."""
    sender, number, data = await _asked(request, _CENTER)
    code = data.get("center")
    centers = await asyncio.to_thread(centers_of, request.app)
    if code is not None and (not isinstance(code, str) or code not in centers.names):
        raise MessageError("invalid_center", "请从列出的中心里选一个")

    def choose(conn: Connection) -> None:
        found = None
        if code is None:
            found = centers.found(matters.get(conn, sender, number))
        matters.give_center(conn, sender, number, code, found)

    return await _changed(request, sender, choose)


@routes.post("/api/v1/matters/{sender}/link", name="matter_link")
async def post_link(request: web.Request) -> web.Response:
    """Make a link that opens the plan without a login; only its holder knows it."""
    sender = _own(request)
    await intake.limit(request, sender)

    def make() -> tuple[str, str] | None:
        with writing(request.app[keys.ENGINE]) as conn:
            if not matters.listing(conn, sender):
                return None
            token, ends = matters.new_link(conn, sender)
        return token, ends.date().isoformat()

    made = await asyncio.to_thread(make)
    if made is None:
        raise RequestError(404, "not_found", "还没有记下事项，先说说遇到了什么")
    path = request.app.router["plan"].url_for(token=made[0])
    return web.json_response(
        {"path": str(path), "expires_on": made[1]}, status=201, dumps=json_text
    )


def _day_given(text: Any) -> date | None:
    """A date as the person wrote it; None for none.

    :raises MessageError: it is no date, or one that no matter can have.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        day = None
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise MessageError("invalid_day", f"截止日应为日期，在{_FIRST_YEAR}年到{_LAST_YEAR}年之间")
    return day


async def _asked(request: web.Request, shape: str) -> tuple[str, int, dict[str, Any]]:
    """Whose matter is to be changed, its number, and what else the body says.

    :raises MessageError: the body has another shape.
    """
    sender = _own(request)
    await intake.limit(request, sender)
    data = await read_json(request)
    number = data.get("matter") if isinstance(data, dict) else None
    if type(number) is not int:
        raise MessageError("invalid_matter", f"请求正文应为 {shape}")
    return sender, number, data


async def _changed(
    request: web.Request, sender: str, change: Callable[[Connection], Any]
) -> web.Response:
    def stored() -> None:
        with writing(request.app[keys.ENGINE]) as conn:
            change(conn)

    try:
        await asyncio.to_thread(stored)
    except NotFoundError as error:
        raise RequestError(404, "not_found", str(error)) from error
    return await _shown(request, sender)


def _own(request: web.Request) -> str:
    sender = check_sender(request.match_info["sender"])
    intake.require_token(request, sender)
    return sender


async def _shown(request: web.Request, sender: str) -> web.Response:
    found = await asyncio.to_thread(matters_of, request.app, sender)
    return web.json_response({"sender": sender, "matters": found}, dumps=json_text)
