"""The addresses that WeChat's servers call."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from channels.wechat import heard
from channels.wechat.connection import APPLICATION, OFFICIAL, SERVICE, Connected
from channels.wechat.envelope import Envelope, read_xml
from channels.wechat.immediate_reply import ImmediateReply
from channels.wechat.in_time_or_late import IMMEDIATE_S
from channels.wechat.official import text_answer
from server.errors import RequestError

logger = logging.getLogger(__name__)
routes = web.RouteTableDef()
T = TypeVar("T")
C = TypeVar("C")

PATH = "/wechat/callback"
APPLICATION_PATH = "/wecom/callback"
SERVICE_PATH = "/wecom/kf"
_BODY_TIMEOUT_S = 3.0
# What tells the server that the message arrived and nothing is said on this connection.
_TAKEN = "success"


@routes.get(PATH, name="wechat_echo")
async def echo(request: web.Request) -> web.Response:
    """Prove to the official account's server that this address is ours."""
    return _echo(request, _connected(request, OFFICIAL).envelope)


@routes.post(PATH, name="wechat_callback")
async def take(request: web.Request) -> web.StreamResponse:
    """Take one delivery of the official account."""
    return await _taken(request, _connected(request, OFFICIAL))


@routes.get(APPLICATION_PATH, name="wecom_echo")
async def echo_application(request: web.Request) -> web.Response:
    """Prove to WeCom that this address is ours."""
    return _echo(request, _connected(request, APPLICATION).envelope)


@routes.post(APPLICATION_PATH, name="wecom_callback")
async def take_application(request: web.Request) -> web.StreamResponse:
    """Take one delivery of the WeCom application."""
    return await _taken(request, _connected(request, APPLICATION))


@routes.get(SERVICE_PATH, name="kf_echo")
async def echo_service(request: web.Request) -> web.Response:
    """Prove to 微信客服 that this address is ours."""
    return _echo(request, _connected(request, SERVICE).envelope)


@routes.post(SERVICE_PATH, name="kf_callback")
async def take_service(request: web.Request) -> web.Response:
    """Hear that something came in; what it is has to be fetched."""
    service = _connected(request, SERVICE)
    body = await read_body(request)
    message = read_xml(logged(request, lambda: service.envelope.open(request.query, body)).encode())
    account = message.findtext("OpenKfId")
    if message.findtext("Event") == "kf_msg_or_event" and account:
        service.fetcher.call(account, message.findtext("Token") or "")
    return web.Response(text=_TAKEN)


def _echo(request: web.Request, envelope: Envelope) -> web.Response:
    return web.Response(text=logged(request, lambda: envelope.echo(request.query)))


async def _taken(request: web.Request, connected: Connected) -> web.StreamResponse:
    """Take one delivery and answer it on this connection, if there is an answer in time."""
    begun = time.monotonic()
    body = await read_body(request)
    xml = logged(request, lambda: connected.envelope.open(request.query, body))
    act = logged(request, lambda: heard.read(xml))
    left = IMMEDIATE_S - (time.monotonic() - begun)
    try:
        delivery, reply = await connected.timed.take(act, max(left, 0))
    except asyncio.TimeoutError as error:
        # Nobody waits on this connection much longer; the same comes again and finds what was kept.
        raise RequestError(503, "overloaded", "现在消息太多，这一条还没有存好") from error
    if reply.text is None:
        return web.Response(text=_TAKEN)
    answer = text_answer(act.person, act.account, reply.text, int(time.time()))
    return await _written(request, connected, delivery, reply, connected.envelope.seal(answer))


async def _written(
    request: web.Request, connected: Connected, delivery: int, reply: ImmediateReply, answer: str
) -> web.StreamResponse:
    """Write the answer; when the server has hung up, the answer goes another way."""
    transport = request.transport
    if transport is None or transport.is_closing():
        await connected.timed.lost(delivery, reply)
        return web.Response(text=_TAKEN)
    response = web.Response(text=answer, content_type="application/xml")
    try:
        await response.prepare(request)
        await response.write_eof()
    except ConnectionError:
        await connected.timed.lost(delivery, reply)
    else:
        await connected.timed.gone(reply)
    return response


async def read_body(request: web.Request) -> bytes:
    """:raises RequestError: 408 when the body does not come."""
    try:
        return await asyncio.wait_for(request.read(), _BODY_TIMEOUT_S)
    except asyncio.TimeoutError as error:
        raise RequestError(408, "timeout", "请求没有按时传完") from error


def _connected(request: web.Request, key: web.AppKey[C]) -> C:
    """:raises RequestError: 404 where the settings name no such account."""
    found = request.app.get(key)
    if found is None:
        raise RequestError(404, "not_found", "没有接入这个渠道")
    return found


def logged(request: web.Request, step: Callable[[], T]) -> T:
    """Note a refusal by its reason alone; what was sent is not repeated."""
    try:
        return step()
    except RequestError as error:
        logger.warning("%s was refused: %s", request.path, error.code)
        raise
