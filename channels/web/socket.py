"""The live connection of the chat page.

The page sends ``{"type": "message", "message_id": …, "text": …}`` and gets ``received``, ``reply`` or
``refused`` with the same id; ``exchange`` shows what was said on another open page of the same person,
``push`` what staff say.  A page that lost its connection sends unanswered messages again with the same
ids, so nothing is doubled.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from aiohttp import WSMsgType, web

from desk.messages import InboundMessage, MessageError, is_identity
from knowledge.errors import DeskError
from server import intake, keys
from server.errors import RequestError, error_json
from server.frames import CHANNEL, partner_of
from server.security import (
    PROTOCOL,
    client_address,
    cookie_sender,
    is_same_origin,
    presented_sender,
)

logger = logging.getLogger(__name__)
routes = web.RouteTableDef()

_HEARTBEAT_S = 25.0
# Messages of one connection that may be under way; more means a program, not a person typing.
_MAX_UNDER_WAY = 8
_MOST_CONFIRMED = 200
# Open pages of one person at this copy of the server.
MOST_PAGES = 12
_KINDS = frozenset({"message", "ping", "typing", "delivered"})


@routes.get("/ws", name="socket")
async def open_socket(request: web.Request) -> web.StreamResponse:
    """Talk with one open page until it closes."""
    if not is_same_origin(request, request.app[keys.SETTINGS].channels):
        raise RequestError(403, "cross_site", "请求来自其他网站，已拒绝。请在本站页面里操作")
    tokens = request.app[keys.TOKENS]
    sender = presented_sender(request, tokens) or cookie_sender(request, tokens)
    if sender is None:
        raise RequestError(401, "token_required", "会话已失效，请刷新页面")
    partner = await partner_of(request)
    response = web.WebSocketResponse(
        heartbeat=_HEARTBEAT_S,
        max_msg_size=request.app[keys.SETTINGS].channels.max_body_bytes,
        protocols=(PROTOCOL,),
    )
    hub, metrics = request.app[keys.HUB], request.app[keys.METRICS]
    # Said to a plain request as well: a page is not told why its line was refused.
    if hub.pages(sender) >= MOST_PAGES:
        raise RequestError(429, "too_many_pages", "打开的页面太多，请关掉几个再刷新")
    if not response.can_prepare(request):
        raise RequestError(400, "not_a_websocket", "这个地址只接受 WebSocket 连接")
    await response.prepare(request)
    await request.app[keys.SOCKETS].add(response)
    hub.join(sender, response)
    metrics.connections.inc()
    try:
        await _Session(request, response, sender, partner).run()
    finally:
        hub.leave(sender, response)
        metrics.connections.dec()
    return response


class _Session:
    """One connection: answers messages in the order they came; other events are not held up by that."""

    def __init__(
        self,
        request: web.Request,
        response: web.WebSocketResponse,
        sender: str,
        partner: str | None,
    ) -> None:
        self._request = request
        self._response = response
        self._sender = sender
        self._partner = partner
        self._channel = "web" if partner is None else CHANNEL
        self._under_way: set[asyncio.Task[None]] = set()
        # Done when the message that came last has been answered; the next one waits for it.
        self._before: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve until the page closes; what has begun is finished by the dispatcher all the same."""
        await self._send({"type": "welcome", "sender": self._sender})
        async for frame in self._response:
            if frame.type is WSMsgType.TEXT:
                await self._take(frame.data)

    async def _take(self, text: str) -> None:
        try:
            event = json.loads(text)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict) or event.get("type") not in _KINDS:
            await self._refuse(None, "invalid_event", "收到无法识别的数据")
        elif event["type"] == "ping":
            await self._send({"type": "pong"})
        elif event["type"] != "message" and not self._is_heard():
            pass  # no page says so much
        elif event["type"] == "typing":
            self._request.app[keys.WATCHERS].tell(self._sender, {"type": "typing"})
        elif event["type"] == "delivered":
            await self._confirm(event.get("ids"))
        elif len(self._under_way) >= _MAX_UNDER_WAY:
            await self._refuse(
                event.get("message_id"), "rate_limited", "发送太快，请稍等回复后再发"
            )
        else:
            task = asyncio.create_task(self._answer(event, self._before))
            self._before = task
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def _is_heard(self) -> bool:
        settings = self._request.app[keys.SETTINGS].channels
        address = client_address(self._request, settings.trusted_proxies)
        return self._request.app[keys.LIMITS].hears(self._sender, address)

    async def _confirm(self, identities: object) -> None:
        """The page shows these messages; the staff are told."""
        if not isinstance(identities, list):
            return
        shown = [item for item in identities[:_MOST_CONFIRMED] if is_identity(item)]
        try:
            await self._request.app[keys.DELIVERY].confirm(self._sender, shown)
        except DeskError as error:  # the page says it again with the next message
            logger.warning("a delivery was not noted: %s", error)

    async def _answer(self, event: dict[str, Any], before: asyncio.Task[None] | None) -> None:
        identity = event.get("message_id")
        settings = self._request.app[keys.SETTINGS].channels
        try:
            inbound = InboundMessage.from_json(
                {
                    "sender": self._sender,
                    "text": event.get("text"),
                    "message_id": identity,
                    "metadata": self._metadata(event.get("metadata")),
                },
                max_text_chars=settings.max_text_chars,
                channel=self._channel,
            )
            await self._send({"type": "received", "message_id": identity})
            if before is not None:  # what is asked of it on the way takes now longer, now shorter
                await asyncio.wait([before])
            reply = await intake.answer(self._request, inbound, besides=self._response)
        except RequestError as error:
            wait_s = int(error.headers.get("Retry-After", "0"))
            await self._refuse(identity, error.code, str(error), wait_s)
        except MessageError as error:
            await self._refuse(identity, error.code, str(error))
        except DeskError as error:
            await self._refuse(identity, "desk_unavailable", str(error))
        except Exception:
            logger.exception("request=%s failed", self._request[keys.REQUEST_ID])
            await self._refuse(identity, "internal", "服务出了点问题，请稍后再试")
        else:
            await self._send({"type": "reply", "message_id": identity, "reply": reply.to_json()})

    def _metadata(self, given: object) -> object:
        """What the page says beside the text, and by whom its frame is shown."""
        if self._partner is None or not (given is None or isinstance(given, dict)):
            return given
        return {**(given or {}), "partner": self._partner}

    async def _refuse(
        self, identity: object, code: str, message: str, retry_after_s: int = 0
    ) -> None:
        self._request.app[keys.METRICS].errors.labels(code).inc()
        body = error_json(code, message, self._request[keys.REQUEST_ID])
        if not is_identity(identity):  # not repeated: it may be anything
            identity = None
        await self._send(
            {"type": "refused", "message_id": identity, "retry_after": retry_after_s, **body}
        )

    async def _send(self, event: dict[str, Any]) -> None:
        # A page that has gone reads its answer from the history when it comes back.
        if not self._response.closed:
            try:
                await self._response.send_json(event)
            except ConnectionError:
                logger.debug("the page closed while it was being answered")
