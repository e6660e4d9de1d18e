"""The page with the whole of one answer, for channels that show only a part of it."""

from __future__ import annotations

import asyncio

from aiohttp import web

from desk import transcripts
from desk.casework import outbound
from desk.conversations import Message
from desk.engine import reading
from server import keys
from server.errors import RequestError, too_many
from server.labels import PLACES
from server.security import client_address

routes = web.RouteTableDef()

_PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@routes.get("/a/{token}", name="whole")
async def show_whole(request: web.Request) -> web.Response:
    """One answer with everything that it rests on."""
    app = request.app
    address = client_address(request, app[keys.SETTINGS].channels.trusted_proxies)
    if wait := await app[keys.LIMITS].open(address):
        raise too_many(wait)
    identity = app[keys.TOKENS].sealed(request.match_info["token"])
    message = None if identity is None else await asyncio.to_thread(_message, app, identity)
    if message is None:
        raise RequestError(404, "not_found", "没有这条回答：链接不完整，或者对话已经删除")
    text = (
        app[keys.TEMPLATES]
        .get_template("whole.html")
        .render(message=outbound(message), places=PLACES)
    )
    return web.Response(text=text, content_type="text/html", headers=_PRIVATE)


def _message(app: web.Application, identity: str) -> Message | None:
    with reading(app[keys.ENGINE]) as conn:
        found = transcripts.message(conn, identity)
    return None if found is None or found.direction != "out" else found
