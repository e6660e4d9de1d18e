"""The addresses that WeChat's servers call."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from channels.errors import RequestError
from channels.wechat import heard
from channels.wechat.connection import OFFICIAL, Official
from channels.wechat.official import text_answer
from channels.wechat.turns import PASSIVE_S, Passive

logger = logging.getLogger(__name__)
routes = web.RouteTableDef()
T = TypeVar("T")

PATH = "/wechat/callback"
_BODY_TIMEOUT_S = 3.0
# What tells the server that the message arrived and nothing is said on this connection.
_TAKEN = "success"


@routes.get(PATH, name="wechat_echo")
async def echo(request: web.Request) -> web.Response:
    """Prove to the server that this address is ours."""
    official = _official(request)
    return web.Response(text=logged(request, lambda: official.account.envelope.echo(request.query)))


@routes.post(PATH, name="wechat_callback")
async def take(request: web.Request) -> web.StreamResponse:
    """Take one delivery and answer it on this connection, if there is an answer in time."""
    begun = time.monotonic()
    official = _official(request)
    envelope = official.account.envelope
    body = await read_body(request)
    xml = logged(request, lambda: envelope.open(request.query, body))
    act = logged(request, lambda: heard.read(xml))
    delivery = await official.turns.keep(act)
    left = PASSIVE_S - (time.monotonic() - begun)
    passive = await official.turns.passive(delivery, max(left, 0))
    if passive.text is None:
        return web.Response(text=_TAKEN)
    answer = text_answer(act.person, act.account, passive.text, int(time.time()))
    return await _written(request, official, delivery, passive, envelope.seal(answer))


async def _written(
    request: web.Request, official: Official, delivery: int, passive: Passive, answer: str
) -> web.StreamResponse:
    """Write the answer; when the server has hung up, the answer goes another way."""
    transport = request.transport
    if transport is None or transport.is_closing():
        await official.turns.lost(delivery, passive)
        return web.Response(text=_TAKEN)
    response = web.Response(text=answer, content_type="application/xml")
    try:
        await response.prepare(request)
        await response.write_eof()
    except ConnectionError:
        await official.turns.lost(delivery, passive)
    else:
        await official.turns.gone(passive)
    return response


async def read_body(request: web.Request) -> bytes:
    """:raises RequestError: 408 when the body does not come."""
    try:
        return await asyncio.wait_for(request.read(), _BODY_TIMEOUT_S)
    except asyncio.TimeoutError as error:
        raise RequestError(408, "timeout", "请求没有按时传完") from error


def _official(request: web.Request) -> Official:
    official = request.app.get(OFFICIAL)
    if official is None:
        raise RequestError(404, "not_found", "没有接入公众号")
    return official


def logged(request: web.Request, step: Callable[[], T]) -> T:
    """Note a refusal by its reason alone; what was sent is not repeated."""
    try:
        return step()
    except RequestError as error:
        logger.warning("%s was refused: %s", request.path, error.code)
        raise
