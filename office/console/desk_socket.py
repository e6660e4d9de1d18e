"""The line between a staff page and the server: signals that something changed, who looks where, typing."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from desk import cases, logins
from desk.errors import NotFoundError
from desk.permissions import Permission
from desk.staff import Staff
from knowledge.errors import DeskError, StorageError
from office.access import CURRENT_STAFF, SESSION_COOKIE
from office.console import due_page
from office.transactions import engine_of, read, write
from server import keys
from server.errors import RequestError
from server.hub import send
from server.security import is_same_origin
from server.watchers import numbers_for, overview_of

logger = logging.getLogger(__name__)

routes = web.RouteTableDef()

_HEARTBEAT_S = 20.0
_MAX_FRAME_BYTES = 4096
_SESSION_ENDED = 4401
# Events that only whoever serves may send.
_OF_THE_INBOX = frozenset({"look", "typing"})


@routes.get("/ws", name="desk_socket")
async def open_socket(request: web.Request) -> web.StreamResponse:
    """Serve one open page of the staff until it closes or the session ends.

    Whoever does not serve is told of reminders only.
    """
    stated = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    channels = request.config_dict[keys.SETTINGS].channels
    if not stated or not is_same_origin(request, channels):
        raise RequestError(403, "cross_site", "请求来自其他网站，已拒绝。请在本站页面里操作")
    person = request[CURRENT_STAFF]
    serves = person.may(Permission.SERVE, anywhere=True)
    response = web.WebSocketResponse(heartbeat=_HEARTBEAT_S, max_msg_size=_MAX_FRAME_BYTES)
    if not response.can_prepare(request):
        raise RequestError(400, "not_a_websocket", "这个地址只接受 WebSocket 连接")
    await response.prepare(request)
    watchers = request.config_dict[keys.WATCHERS]
    await request.config_dict[keys.SOCKETS].add(response)
    try:
        if serves:
            watchers.join(response, person)
            overview = await asyncio.to_thread(overview_of(engine_of(request)))
            await send(response, {"type": "inbox", **numbers_for(person, overview.numbers)})
        async for frame in response:
            if frame.type is WSMsgType.TEXT:
                await _take(request, response, person, frame.data)
    finally:
        watchers.leave(response)
    return response


async def _take(
    request: web.Request, response: web.WebSocketResponse, person: Staff, text: str
) -> None:
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        event = None
    kind = event.get("type") if isinstance(event, dict) else None
    if kind in _OF_THE_INBOX and not person.may(Permission.SERVE, anywhere=True):
        return
    try:
        if kind == "ping":
            await _keep(request, response, is_active=event.get("active") is True)
        elif kind == "look":
            await _look(request, response, person, event.get("ticket"))
        elif kind == "typing":
            await _typing(request, person, event.get("ticket"))
        elif kind == "reminders":
            await send(response, await _reminders(request, person, event.get("shows") is True))
    except StorageError as error:
        # The page would wait for ever for what is said where it looks; it comes again in a moment.
        logger.info("a line of the staff was closed: %s", error)
        await response.close(code=WSCloseCode.TRY_AGAIN_LATER, message="请重新连接".encode())
    except DeskError as error:
        logger.info("a signal of the staff was dropped: %s", error)


async def _keep(request: web.Request, response: web.WebSocketResponse, *, is_active: bool) -> None:
    """Answer, and end the line with the session; a tab that nobody uses does not keep one alive."""
    secret = request.cookies.get(SESSION_COOKIE, "")
    if await read(request, logins.session_staff, secret) is None:
        await response.close(code=_SESSION_ENDED, message="请重新登录".encode())
        return
    if is_active:
        await write(request, logins.touch, secret)
    await send(response, {"type": "pong"})


async def _look(
    request: web.Request, response: web.WebSocketResponse, person: Staff, reference: Any
) -> None:
    watchers = request.config_dict[keys.WATCHERS]
    watchers.look(response, None)
    if isinstance(reference, str):
        ticket = await read(request, cases.find, person, reference)
        watchers.look(response, ticket.sender)
        # What was said between the page's own fetch and this moment was signalled to nobody.
        await send(response, {"type": "conversation"})


async def _reminders(request: web.Request, person: Staff, shows: bool) -> dict[str, Any]:
    """What is new, and what this browser is to show; asked by every page, so nothing is written in vain."""
    found = await read(request, due_page.standing, person.login)
    if not shows or not found.pop("waits"):
        return found
    return await write(request, due_page.taken, person.login)


async def _typing(request: web.Request, person: Staff, reference: Any) -> None:
    """Show the person that somebody is writing; only whoever serves may."""
    if not isinstance(reference, str):
        return
    ticket = await read(request, cases.find, person, reference)
    if ticket.assignee != person.login:
        raise NotFoundError("现在不由您接待")
    await request.config_dict[keys.DELIVERY].typing(ticket.sender)
