"""Our chat in a corner of other people's pages: a script tag there, a frame of ours.

A frame of another site gets no cookie of ours, so whoever writes there shows a token that the frame keeps:
it is good for half an hour and is changed for a fresh one while the frame is used.  Where the frame may
appear is enforced by the browser: the page is sent for one allowed origin and may have no other ancestor.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from channels.web.page import rendered
from desk import widget_sites
from desk.engine import reading
from desk.errors import InvalidRecordError
from desk.widget_sites import Site
from server import keys
from server.errors import RequestError, json_text
from server.security import CONTENT_SECURITY_POLICY, TOKEN_HEADER, new_web_sender

routes = web.RouteTableDef()

_SCRIPT = Path(__file__).resolve().parents[1] / "static" / "widget" / "widget.js"
_EVERYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}


@routes.get("/widget.js", name="widget_script")
async def get_script(_request: web.Request) -> web.StreamResponse:
    """The script that other pages name; it opens the frame when somebody asks for it."""
    text = await asyncio.to_thread(_SCRIPT.read_text, "utf-8")
    headers = {**_EVERYWHERE, "Cache-Control": "public, max-age=300"}
    response = web.Response(text=text, content_type="text/javascript", headers=headers)
    response.enable_compression()
    return response


@routes.get("/widget/frame", name="widget_frame")
async def get_frame(request: web.Request) -> web.Response:
    """The chat for one allowed origin, or why it is not shown there."""
    site = await asyncio.to_thread(_site, request.app, request.query.get("site", ""))
    try:
        origin = widget_sites.origin_of(request.query.get("origin", ""))
    except InvalidRecordError:
        origin = ""
    if site is None or origin != site.origin:
        return _refusal(request, origin)
    tokens = request.app[keys.TOKENS]
    sender = new_web_sender()
    text = await rendered(request, sender, site=site, token=tokens.issue_short(sender, site.key))
    policy = CONTENT_SECURITY_POLICY.format(ancestors=site.origin)
    response = web.Response(
        text=text,
        content_type="text/html",
        headers={**_EVERYWHERE, "Content-Security-Policy": policy, "X-Robots-Tag": "noindex"},
    )
    response.enable_compression()
    return response


@routes.post("/api/v1/widget/session", name="widget_session")
async def renew(request: web.Request) -> web.Response:
    """A fresh token for one that is or was good, while its site is allowed."""
    tokens = request.app[keys.TOKENS]
    held = tokens.renewable(request.headers.get(TOKEN_HEADER))
    site = None if held is None else await asyncio.to_thread(_site, request.app, held[1])
    if held is None or site is None:
        raise RequestError(401, "token_required", "对话太久没有用过，已从头开始")
    fresh = tokens.issue_short(held[0], site.key)
    return web.json_response({"sender": held[0], "token": fresh}, dumps=json_text)


def _refusal(request: web.Request, origin: str) -> web.Response:
    """Says where it was to be shown; it holds nothing, so any page may show it."""
    page = request.app[keys.TEMPLATES].get_template("widget_refused.html")
    policy = CONTENT_SECURITY_POLICY.format(ancestors="*")
    return web.Response(
        text=page.render(origin=origin),
        content_type="text/html",
        status=403,
        headers={**_EVERYWHERE, "Content-Security-Policy": policy},
    )


def _site(app: web.Application, key: str) -> Site | None:
    with reading(app[keys.ENGINE]) as conn:
        return widget_sites.find(conn, key)
