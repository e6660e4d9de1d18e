"""The inbox: who waits, whom one serves, and everything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from channels.console.access import CURRENT_STAFF, require
from channels.console.clock import hours_table, today
from channels.console.pages import Window, render, window
from channels.console.records import read
from channels.console.urgency import Sign, deadline_sign, service_sign
from desk import inbox, staff
from desk.inbox import Line, Tab
from desk.permissions import Permission
from desk.service_clock import hours_in_words, hours_of
from desk.staff import Staff
from desk.tickets import Status
from desk.times import utc_now

routes = web.RouteTableDef()

_PAGE = 40
TITLES = {Tab.WAITING: "等待", Tab.MINE: "我的", Tab.ALL: "全部"}


@dataclass(frozen=True)
class Filters:
    """What the list of all is narrowed to."""

    status: Status | None
    center: str | None
    words: str


@dataclass(frozen=True)
class Shown:
    """A line with its signs, as the list shows it."""

    line: Line
    deadline: Sign | None
    service: Sign | None
    is_due_for_follow_up: bool


@routes.get("", name="inbox")
@routes.get("/", name="inbox_slash")
@require(Permission.SERVE)
async def show_inbox(request: web.Request) -> web.Response:
    """The whole page."""
    return await _answer(request, "desk/inbox.html")


@routes.get("/inbox/rows", name="inbox_rows")
@require(Permission.SERVE)
async def show_rows(request: web.Request) -> web.Response:
    """The list alone, for the page's script."""
    return await _answer(request, "desk/inbox_rows.html")


async def _answer(request: web.Request, template: str) -> web.Response:
    person = request[CURRENT_STAFF]
    tab = _tab(request.query.get("tab", ""))
    filters = _filters(request)
    total = await read(request, _count, person, tab, filters)
    # One's own are few, and those who wait for an answer stand on top of all of them.
    size = max(total, 1) if tab is Tab.MINE else _PAGE
    # The list alone is fetched from another address; its links lead to the page.
    pages = replace(window(request, total, size), path="/desk")
    found = await read(request, _load, person, tab, filters, pages)
    now, day, table = utc_now(), today(request), hours_table(request)
    shown = [
        Shown(
            line,
            deadline_sign(line.deadline_on, day) if line.status.is_open else None,
            service_sign(line, table, now),
            line.follow_up_on is not None and line.follow_up_on <= day,
        )
        for line in found["lines"]
    ]
    return render(
        request,
        template,
        section="inbox",
        tab=tab,
        tabs=TITLES,
        shown=shown,
        window=pages,
        filters=filters,
        statuses=tuple(Status),
        hours=hours_in_words(hours_of(table, person.center)),
        **{key: value for key, value in found.items() if key != "lines"},
    )


def _load(
    conn: Connection, person: Staff, tab: Tab, filters: Filters, pages: Window
) -> dict[str, Any]:
    lines = inbox.lines(
        conn, person, tab, status=filters.status, center=filters.center, words=filters.words,
        limit=pages.size, offset=pages.offset,
    )  # fmt: skip
    return {
        "lines": lines,
        "names": {member.login: member.name for member in staff.listing(conn)},
        "centers": sorted({line.center for line in lines if line.center}),
        "numbers": {
            "waiting": inbox.count(conn, person, Tab.WAITING),
            "mine": inbox.count(conn, person, Tab.MINE),
        },
    }


def _count(conn: Connection, person: Staff, tab: Tab, filters: Filters) -> int:
    return inbox.count(
        conn, person, tab, status=filters.status, center=filters.center, words=filters.words
    )


def _filters(request: web.Request) -> Filters:
    query = request.query
    known = {status.value: status for status in Status}
    return Filters(
        known.get(query.get("status", "")),
        query.get("center", "")[:64] or None,
        query.get("q", "")[:100],
    )


def _tab(text: str) -> Tab:
    return next((tab for tab in Tab if tab.value == text), Tab.WAITING)
