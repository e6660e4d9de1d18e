"""The REST interface: messages, own conversation, feedback, health."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from desk.conversations import storable
from desk.messages import InboundMessage, MessageError, check_sender, is_identity
from server import intake, keys
from server.draining import DRAINING
from server.errors import RequestError, json_text
from server.frames import framed
from server.request_json import read_json
from server.security import TOKEN_HEADER

routes = web.RouteTableDef()

_MAX_COMMENT_CHARS = 500
_HISTORY_MESSAGES = 200
_RATINGS = {"up": "up", "down": "down", "有帮助": "up", "没用": "down"}


@routes.post("/api/v1/messages", name="messages")
async def post_message(request: web.Request) -> web.Response:
    """Answer one message."""
    app = request.app
    inbound = InboundMessage.from_json(
        await read_json(request), max_text_chars=app[keys.SETTINGS].channels.max_text_chars
    )
    is_proven = await intake.authorise(request, inbound.sender, inbound)
    if is_proven:
        inbound = await framed(request, inbound)
    reply = await intake.answer(request, inbound)
    if is_proven:  # only the person themselves may read what was sent while they were away
        missed = await asyncio.to_thread(app[keys.CASEWORK].missed, inbound.sender)
        reply = replace(reply, messages=(*missed, *reply.messages))
    headers = {}
    if reply.is_first and not is_proven:
        headers[TOKEN_HEADER] = app[keys.TOKENS].issue(inbound.sender)
    return web.json_response(reply.to_json(), headers=headers, dumps=json_text)


@routes.get("/api/v1/conversations/{sender}", name="conversation")
async def get_conversation(request: web.Request) -> web.Response:
    """The sender's own conversation, oldest message first."""
    sender = check_sender(request.match_info["sender"])
    intake.require_token(request, sender)
    casework = request.app[keys.CASEWORK]
    body = await asyncio.to_thread(casework.history, sender, _HISTORY_MESSAGES)
    await request.app[keys.DELIVERY].caught_up(body)
    return web.json_response(body, dumps=json_text)


@routes.post("/api/v1/feedback", name="feedback")
async def post_feedback(request: web.Request) -> web.Response:
    """Store whether an answer helped."""
    data = await read_json(request)
    if not isinstance(data, dict):
        raise MessageError("invalid_type", "请求正文应为 JSON 对象")
    sender = check_sender(data.get("sender"))
    await intake.authorise(request, sender)
    await intake.limit(request, sender)
    message, rating, comment = data.get("message"), data.get("rating"), data.get("comment")
    if not is_identity(message):
        raise MessageError("invalid_message", "message 应为要评价的消息的 id")
    if not isinstance(rating, str) or rating not in _RATINGS:
        raise MessageError("invalid_rating", f"rating 应为 {'、'.join(_RATINGS)} 之一")
    if comment is not None and not (
        isinstance(comment, str) and len(comment) <= _MAX_COMMENT_CHARS
    ):
        raise MessageError(
            "invalid_comment", f"comment 应为不超过 {_MAX_COMMENT_CHARS} 个字的字符串"
        )
    casework = request.app[keys.CASEWORK]
    is_stored = await asyncio.to_thread(
        casework.rate, sender, message, _RATINGS[rating], storable(comment or "").strip() or None
    )
    if not is_stored:
        raise RequestError(404, "not_found", "没有找到这条消息")
    return web.json_response({"status": "stored"})


@routes.get("/healthz", name="health")
async def get_health(_request: web.Request) -> web.Response:
    """Say that the process serves."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz", name="ready")
async def get_ready(request: web.Request) -> web.Response:
    """Say whether questions are answered, and if not why."""
    readiness = request.app[keys.READINESS]
    await readiness.recheck()
    if readiness.is_answering:
        await asyncio.to_thread(request.app[keys.CASEWORK].check)
    body = await asyncio.to_thread(readiness.to_json)
    if readiness.is_answering:
        body["checks"]["desk"] = True
    # Without signals this copy still answers, and looks into the records more often.
    body["checks"]["signals"] = request.app[keys.SIGNALS].is_up
    is_ready = readiness.is_ready and not request.app[DRAINING].has_begun
    if request.app[DRAINING].has_begun:
        body |= {"status": "not_ready", "reason": "这一份服务正在停止，请连到另一份"}
    return web.json_response(body, status=200 if is_ready else 503, dumps=json_text)


@routes.get("/metrics", name="metrics")
async def get_metrics(request: web.Request) -> web.Response:
    """Every counter, for Prometheus."""
    body = request.app[keys.METRICS].render()
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
