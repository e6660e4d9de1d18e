"""Who is at the console: the session cookie, what each handler requires, whose records one may see.

Console requests are stricter than the public ones: an unsafe request must say that it comes from our
own page (``Origin`` or ``Sec-Fetch-Site``, which every browser of the last years sends), so a program
that borrowed a cookie, or a form on another site, changes nothing.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler

from desk import logins, releases
from desk import staff as accounts
from desk.errors import NotFoundError
from desk.logins import SESSION_LIFE
from desk.permissions import Permission, sees
from desk.releases import Release
from desk.staff import Staff
from office.transactions import read, write
from server import keys
from server.errors import RequestError
from server.security import is_same_origin, is_secure

SESSION_COOKIE = "huhang_staff"
LOGIN_PATH = "/desk/login"
CURRENT_STAFF = web.RequestKey("current_staff", Staff)
# Releases that wait for this person's approval; only on pages of those who may approve.
AWAITING = web.RequestKey[tuple[Release, ...]]("awaiting", tuple)

_PUBLIC = "_is_public"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TOUCH_EVERY_S = 30.0
_View = Callable[[web.Request], Awaitable[web.StreamResponse]]
_V = TypeVar("_V", bound=_View)


def public(handler: _V) -> _V:
    """Mark a handler that needs no session (login, one-time links)."""
    setattr(handler, _PUBLIC, True)
    return handler


def require(*permissions: Permission) -> Callable[[_View], _View]:
    """Let only staff in who have all of these permissions; others get 403."""

    def decorate(handler: _View) -> _View:
        @functools.wraps(handler)
        async def checked(request: web.Request) -> web.StreamResponse:
            person = request[CURRENT_STAFF]
            if not all(person.may(item, anywhere=True) for item in permissions):
                raise RequestError(
                    403, "not_allowed", "您的角色不能使用这一页，如有需要请联系管理员"
                )
            return await handler(request)

        return checked

    return decorate


def check_center(person: Staff, center: str | None) -> None:
    """Hide another center's record: to this person it does not exist.

    :raises NotFoundError: as if the record were not there.
    """
    if not sees(person.center, center):
        raise NotFoundError("没有这条记录，或不属于您的中心")


@web.middleware
async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who is asking; without a session, pages lead to the login and programs get 401."""
    if request.method not in _SAFE_METHODS and not _proves_origin(request):
        raise RequestError(
            403, "cross_site", "请求不是从本站页面发出的，已拒绝。请刷新后在页面里操作"
        )
    secret = request.cookies.get(SESSION_COOKIE)
    person = await read(request, logins.session_staff, secret)
    if person is not None:
        request[CURRENT_STAFF] = person
        await _learn_names(request, person)
        await _keep_alive(request)
        await _notify(request, person)
    elif not getattr(request.match_info.handler, _PUBLIC, False):
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            raise web.HTTPSeeOther(f"{LOGIN_PATH}?{urlencode({'next': request.path_qs})}")
        raise RequestError(401, "login_required", "登录已失效，请重新登录")
    return await handler(request)


def set_session(request: web.Request, response: web.StreamResponse, secret: str) -> None:
    """Give the browser its session: unreadable to scripts, never sent along by other sites."""
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=is_secure(request, request.config_dict[keys.SETTINGS].channels),
        path="/",
    )


def clear_session(response: web.StreamResponse) -> None:
    """Take the session's cookie away."""
    response.del_cookie(SESSION_COOKIE, path="/")


async def _notify(request: web.Request, person: Staff) -> None:
    """Note on a page of whoever may approve what waits for their approval."""
    is_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    if is_page and person.may(Permission.KNOWLEDGE, anywhere=True):
        request[AWAITING] = await read(request, releases.awaiting, person.login)


async def _learn_names(request: web.Request, person: Staff) -> None:
    """Read the names of the accounts again when they are old, or when somebody new is asking."""
    names = request.config_dict[keys.NAMES]
    if names.is_old or not names.knows(person.login):
        people = await read(request, accounts.listing)
        names.take({member.login: member.name for member in people})


async def _keep_alive(request: web.Request) -> None:
    """Note that the person is here, at most once in a while: most requests only read."""
    secret = request.cookies[SESSION_COOKIE]
    touched = request.config_dict[keys.TOUCHED]
    key = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
    now = time.monotonic()
    if now - touched.get(key, -_TOUCH_EVERY_S) >= _TOUCH_EVERY_S:
        for old in [item for item, at in touched.items() if now - at > _TOUCH_EVERY_S]:
            del touched[old]
        touched[key] = now
        await write(request, logins.touch, secret)


def _proves_origin(request: web.Request) -> bool:
    stated = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    return stated and is_same_origin(request, request.config_dict[keys.SETTINGS].channels)
