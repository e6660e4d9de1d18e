"""The body of a request as JSON."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from server.errors import RequestError

_BODY_TIMEOUT_S = 20.0
_MESSAGE = '{"sender": "…", "text": "…"}'
_JSON_TYPES = frozenset(
    # curl -d announces a form though it sends JSON; a body that is not JSON is refused all the same.
    {"application/json", "application/x-www-form-urlencoded", "application/octet-stream"}
)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


async def read_json(
    request: web.Request, *, most_bytes: int | None = None, shape: str = _MESSAGE
) -> Any:
    """The request's body as JSON.

    :param most_bytes: less than what the application takes at most.
    :param shape: what is told to whoever sent something else.
    :raises RequestError: for another type, a body that is too slow or too large, or one that is no JSON.
    """
    if request.content_type not in _JSON_TYPES and not request.content_type.endswith("+json"):
        raise web.HTTPUnsupportedMediaType
    try:
        body = await asyncio.wait_for(request.read(), _BODY_TIMEOUT_S)
    except asyncio.TimeoutError as error:
        raise RequestError(408, "timeout", "请求正文没有按时传完，请重试") from error
    if not body.strip():
        raise RequestError(400, "empty_body", f"请求正文是空的，应为 {shape}")
    if most_bytes is not None and len(body) > most_bytes:
        raise RequestError(413, "body_too_large", "请求太大，请缩短内容后再试")
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise RequestError(400, "invalid_encoding", "请求正文不是 UTF-8 编码") from error
    except (ValueError, RecursionError) as error:
        raise RequestError(400, "invalid_json", f"请求正文不是有效的 JSON，应为 {shape}") from error
