"""The body of a request as JSON."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from server.errors import RequestError

_BODY_TIMEOUT_S = 20.0
_JSON_TYPES = frozenset(
    # curl -d announces a form though it sends JSON; a body that is not JSON is refused all the same.
    {"application/json", "application/x-www-form-urlencoded", "application/octet-stream"}
)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


async def read_json(request: web.Request) -> Any:
    """The request's body as JSON.

    :raises RequestError: for another type, a body that is too slow, or one that is no JSON.
    """
    if request.content_type not in _JSON_TYPES and not request.content_type.endswith("+json"):
        raise web.HTTPUnsupportedMediaType
    try:
        body = await asyncio.wait_for(request.read(), _BODY_TIMEOUT_S)
    except asyncio.TimeoutError as error:
        raise RequestError(408, "timeout", "请求正文没有按时传完，请重试") from error
    if not body.strip():
        raise RequestError(400, "empty_body", '请求正文是空的，应为 {"sender": "…", "text": "…"}')
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise RequestError(400, "invalid_encoding", "请求正文不是 UTF-8 编码") from error
    except (ValueError, RecursionError) as error:
        raise RequestError(
            400, "invalid_json", '请求正文不是有效的 JSON，应为 {"sender": "…", "text": "…"}'
        ) from error
