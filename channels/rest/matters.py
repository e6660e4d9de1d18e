"""The REST interface of 我的事项: what a person told, steps to tick off, a link to keep."""

from __future__ import annotations

import asyncio

from aiohttp import web

from desk import matters
from desk.engine import writing
from desk.errors import NotFoundError
from desk.messages import MessageError, check_sender
from server import intake, keys
from server.errors import RequestError, json_text
from server.own_matters import matters_of
from server.request_json import read_json

routes = web.RouteTableDef()


@routes.get("/api/v1/matters/{sender}", name="matters")
async def get_matters(request: web.Request) -> web.Response:
    """The sender's own matters."""
    return await _shown(request, _own(request))


@routes.post("/api/v1/matters/{sender}/steps", name="matter_steps")
async def post_step(request: web.Request) -> web.Response:
    """Note that a step is done, or is not; answers the matters as they stand then."""
    sender = _own(request)
    await intake.limit(request, sender)
    data = await read_json(request)
    number, step = (data.get("matter"), data.get("step")) if isinstance(data, dict) else (None, None)  # fmt: skip
    done = data.get("done") if isinstance(data, dict) else None
    if type(number) is not int or not isinstance(step, str) or not isinstance(done, bool):
        raise MessageError(
            "invalid_step", '请求正文应为 {"matter": 1, "step": "步骤原文", "done": true}'
        )

    def tick() -> None:
        with writing(request.app[keys.ENGINE]) as conn:
            matters.tick(conn, sender, number, step, done=done)

    try:
        await asyncio.to_thread(tick)
    except NotFoundError as error:
        raise RequestError(404, "not_found", str(error)) from error
    return await _shown(request, sender)


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


def _own(request: web.Request) -> str:
    sender = check_sender(request.match_info["sender"])
    intake.require_token(request, sender)
    return sender


async def _shown(request: web.Request, sender: str) -> web.Response:
    found = await asyncio.to_thread(matters_of, request.app, sender)
    return web.json_response({"sender": sender, "matters": found}, dumps=json_text)
