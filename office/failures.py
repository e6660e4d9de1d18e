"""What staff see when something is refused: a page inside the frame, or JSON for the page's scripts."""

from __future__ import annotations

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from yarl import URL

from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.passwords import LoginError
from knowledge.errors import DeskError
from office.pages import local_path, render, see_other
from server import keys
from server.errors import RequestError, refusal_of

_HTTP = {
    404: ("not_found", "没有这个页面，请检查网址"),
    405: ("method_not_allowed", "这个地址不支持这种请求方式"),
    413: ("body_too_large", "内容太大，没有保存。请缩短后再试"),
}
_STATUSES: tuple[tuple[type[DeskError], int, str], ...] = (
    (NotFoundError, 404, "not_found"),
    (TransitionError, 409, "conflict"),
    (InvalidRecordError, 400, "invalid"),
    (LoginError, 403, "login_failed"),
)


@web.middleware
async def answer_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what the desk refuses into a status and a Chinese sentence."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        refusal = refusal_of(error, _HTTP)
    except RequestError as error:
        refusal = error
    except DeskError as error:
        refusal = _refusal(error)
        form = _form_of(request)
        if isinstance(error, InvalidRecordError) and form:
            return see_other(form, str(error), kind="error")
    if "text/html" not in request.headers.get("Accept", ""):
        raise refusal
    request.config_dict[keys.METRICS].errors.labels(refusal.code).inc()
    page = render(
        request,
        "desk/error.html",
        status=refusal.status,
        code=refusal.status,
        message=str(refusal),
        request_id=request[keys.REQUEST_ID],
    )
    page.headers.update(refusal.headers)
    return page


def _form_of(request: web.Request) -> str:
    """The page of ours whose form was sent, where what it got wrong can be said; empty when unknown."""
    came_from = request.headers.get(hdrs.REFERER, "")
    if request.method != hdrs.METH_POST or "text/html" not in request.headers.get("Accept", ""):
        return ""
    try:
        page = URL(came_from)
    except ValueError:
        return ""
    return local_path(page.raw_path_qs, "") if page.authority == request.host else ""


def _refusal(error: DeskError) -> RequestError:
    for kind, status, code in _STATUSES:
        if isinstance(error, kind):
            return RequestError(status, code, str(error))
    raise error
