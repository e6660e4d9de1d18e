"""Answering with a page: the frame around it, notices after a change, pages of a long list."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from desk.search import LONGEST, SHORTEST, may_search
from office.access import AWAITING, CURRENT_STAFF
from office.forms import number_of
from office.navigation import menu
from server import keys

_NOTICE_COOKIE = "huhang_notice"
_NOTICE_KINDS = frozenset({"done", "error"})
_NOTICE_CHARS = 300
_NOTICE_S = 60
PAGE_SIZE = 50


@dataclass(frozen=True)
class Window:
    """One page of a list: ``number`` counts from 1."""

    number: int
    size: int
    total: int
    path: str
    query: Mapping[str, str]

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.size))

    def link(self, number: int) -> str:
        """The address of another page with the same filters."""
        kept = {key: value for key, value in self.query.items() if key != "page"}
        return f"{self.path}?{urlencode({**kept, 'page': number})}"


def window(request: web.Request, total: int, size: int = PAGE_SIZE) -> Window:
    """The page that a request asks for with ``?page=``; what is out of range becomes the nearest."""
    pages = max(1, -(-total // size))
    number = min(pages, max(1, number_of(request.query.get("page")) or 1))
    return Window(number, size, total, request.path, dict(request.query))


def render(
    request: web.Request, template: str, *, section: str = "", status: int = 200, **context: Any
) -> web.Response:
    """Answer with a page of the console.

    :param template: such as ``desk/inbox.html``, which extends ``desk/base.html``.
    :param section: the key of the menu entry to mark as current.
    """
    person = request.get(CURRENT_STAFF)
    notice = _notice(request)
    text = (
        request.config_dict[keys.TEMPLATES]
        .get_template(template)
        .render(
            **context,
            staff=person,
            menu=() if person is None else menu(person),
            finds=(SHORTEST, LONGEST) if person is not None and may_search(person) else None,
            section=section,
            awaiting=request.get(AWAITING, ()),
            notice=notice,
            path=request.path,
        )
    )
    response = web.Response(text=text, content_type="text/html", status=status)
    # A piece that a page's scripts fetch shows no notice, so it must not use one up.
    if notice is not None and text.lstrip()[:9].lower() == "<!doctype":
        response.del_cookie(_NOTICE_COOKIE, path="/")
    return response


def see_other(path: str, notice: str = "", *, kind: str = "done") -> web.Response:
    """Lead to a page after a change; the notice is shown there once.

    :param kind: ``done`` or ``error``.
    """
    response = web.Response(status=303, headers={"Location": path})
    if notice:
        body = json.dumps([kind, notice[:_NOTICE_CHARS]], ensure_ascii=False).encode()
        response.set_cookie(
            _NOTICE_COOKIE,
            base64.urlsafe_b64encode(body).decode(),
            max_age=_NOTICE_S,
            httponly=True,
            samesite="Strict",
            path="/",
        )
    return response


def local_path(text: str | None, default: str) -> str:
    """A path of the console that a form or address names; anything else becomes the default."""
    if not text or len(text) > 500 or "\\" in text or not text.isprintable():
        return default
    is_ours = text.split("?")[0] in ("/desk", "/workbench")
    return text if is_ours or text.startswith(("/desk/", "/workbench/")) else default


def _notice(request: web.Request) -> tuple[str, str] | None:
    try:
        body = base64.urlsafe_b64decode(request.cookies.get(_NOTICE_COOKIE, ""))
        kind, text = json.loads(body)
    except (ValueError, TypeError, binascii.Error):
        return None
    is_ours = kind in _NOTICE_KINDS and isinstance(text, str)
    return (kind, text[:_NOTICE_CHARS]) if is_ours else None
