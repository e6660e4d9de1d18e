"""What every request passes: a number, one place that turns errors into answers, same-origin."""

from __future__ import annotations

import logging
import os
import re
import traceback

from aiohttp import web
from aiohttp.typedefs import Handler

from desk.messages import MessageError
from knowledge.errors import DeskError
from server import keys
from server.errors import RequestError, error_json, json_text, new_number, refusal_of
from server.security import CONTENT_SECURITY_POLICY, HEADERS, is_cross_site

logger = logging.getLogger(__name__)

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Paths that programs use are answered in JSON whatever they accept.
_PROGRAM_PATHS = ("/api/", "/healthz", "/readyz", "/metrics", "/ws")
_MESSAGES = {
    404: ("not_found", "没有这个地址，请检查网址"),
    405: ("method_not_allowed", "这个地址不支持这种请求方式"),
    413: ("body_too_large", "请求太大，请缩短内容后再试"),
    415: ("unsupported_type", "不支持这种内容类型，请用 application/json"),
    431: ("headers_too_large", "请求头太大"),
}


_BAD_BODY = "请求正文读不出来：编码、压缩方式或格式与请求头写的不符，请检查后重试"
# Where aiohttp reads what was sent; what fails in there is the sender's doing.
_READERS = tuple(
    f"aiohttp{os.sep}{name}" for name in ("web_request.py", "multipart.py", "streams.py")
)


@web.middleware
async def number_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give each request the id under which its errors can be found."""
    given = request.headers.get("X-Request-ID", "")
    request[keys.REQUEST_ID] = given if _GIVEN_ID.fullmatch(given) else new_number()
    return await handler(request)


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into a Chinese answer, JSON or page; never a stack trace."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        refusal = refusal_of(error, _MESSAGES)
    except RequestError as error:
        refusal = error
    except MessageError as error:
        refusal = RequestError(400, error.code, str(error))
    except DeskError as error:
        logger.error("request=%s desk: %s", request[keys.REQUEST_ID], error)
        refusal = RequestError(503, "desk_unavailable", str(error), {"Retry-After": "5"})
    except ConnectionError:
        raise
    except Exception as error:
        if _is_bad_body(error):
            return _refuse(request, RequestError(400, "bad_body", _BAD_BODY))
        logger.exception("request=%s failed", request[keys.REQUEST_ID])
        refusal = RequestError(500, "internal", "服务出了点问题，请稍后再试；反映问题时请提供编号")
    return _refuse(request, refusal)


@web.middleware
async def require_same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse unsafe requests that another site's page causes."""
    if is_cross_site(request, request.config_dict[keys.SETTINGS].channels):
        raise RequestError(403, "cross_site", "请求来自其他网站，已拒绝。请在本站页面里操作")
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on every response, static files and errors included."""
    headers = response.headers
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault(
        "Content-Security-Policy", CONTENT_SECURITY_POLICY.format(ancestors="'none'")
    )
    # Conversations must not stay in shared caches; static files are checked for change each time.
    is_static = request.path.startswith("/static/")
    headers.setdefault("Cache-Control", "no-cache" if is_static else "no-store")
    request_id = request.get(keys.REQUEST_ID)
    if request_id is not None:
        headers["X-Request-ID"] = request_id


def _is_bad_body(error: Exception) -> bool:
    """Whether the body could not be read: unknown charset, no gzip where it says so, broken parts."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename.endswith(_READERS)


def _refuse(request: web.Request, refusal: RequestError) -> web.Response:
    request.app[keys.METRICS].errors.labels(refusal.code).inc()
    request_id = request[keys.REQUEST_ID]
    if _wants_page(request):
        page = request.app[keys.TEMPLATES].get_template("error.html")
        text = page.render(status=refusal.status, message=str(refusal), request_id=request_id)
        return web.Response(
            text=text, content_type="text/html", status=refusal.status, headers=refusal.headers
        )
    return web.json_response(
        error_json(refusal.code, str(refusal), request_id),
        status=refusal.status,
        headers=refusal.headers,
        dumps=json_text,
    )


def _wants_page(request: web.Request) -> bool:
    if request.path.startswith(_PROGRAM_PATHS):
        return False
    return "text/html" in request.headers.get("Accept", "")
