"""The inbox: who waits, whom one serves, and everything else; beside a conversation and by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.engine import Connection

from desk import assignment, inbox, marks, matters, staff, tables, ticket_states
from desk.inbox import Line, Pressing
from desk.inbox_filters import NOBODY, Sought, Tab
from desk.permissions import Permission
from desk.service_clock import hours_in_words, hours_of
from desk.staff import Staff
from desk.tickets import Status, Ticket
from desk.times import utc_now
from office.access import CURRENT_STAFF, require
from office.clock import hours_table, today
from office.console.lead_views import vocabulary
from office.console.subjects import subject
from office.console.urgency import Sign, deadline_sign, service_sign
from office.forms import number_of
from office.pages import Window, render, window
from office.transactions import read
from server import keys

routes = web.RouteTableDef()

_PAGE = 40
_MOST_DAYS = 365
OPEN = "open"
TITLES = {Tab.WAITING: "等待", Tab.MINE: "我的", Tab.ALL: "全部"}
WITHIN = ((0, "已过或今天"), (3, "3天内"), (7, "7天内"), (14, "14天内"), (30, "30天内"))


@dataclass(frozen=True)
class Shown:
    """A line with its signs, as the list shows it."""

    line: Line
    subject: str
    deadline: Sign | None
    service: Sign | None
    is_due_for_follow_up: bool
    is_by_hand: bool


@dataclass(frozen=True)
class Shortcut:
    """A list that one should look at first, with how many it has."""

    title: str
    number: int
    href: str
    is_current: bool


@routes.get("", name="inbox")
@routes.get("/", name="inbox_slash")
@require(Permission.SERVE)
async def show_inbox(request: web.Request) -> web.Response:
    """The whole page."""
    person = request[CURRENT_STAFF]
    found = await list_of(request)
    loads = await read(request, assignment.loads, person.center)
    return render(request, "desk/inbox.html", section="inbox", loads=loads, **found)


@routes.get("/inbox/rows", name="inbox_rows")
@require(Permission.SERVE)
async def show_rows(request: web.Request) -> web.Response:
    """The list alone, for the page's script."""
    return render(request, "desk/inbox_rows.html", section="inbox", **await list_of(request))


async def list_of(request: web.Request, shown: Ticket | None = None) -> dict[str, Any]:
    """What the list's template needs.

    :param shown: the ticket that stands beside the list; without a list in the address, the list in
        which it is found is shown.
    """
    person = request[CURRENT_STAFF]
    tab, sought = _tab(request.query.get("tab", ""), shown, person), sought_of(request)
    day = today(request)
    total = await read(request, inbox.count, person, tab, sought, today=day)
    # One's own are few, and those who wait for an answer stand on top of all of them.
    size = max(total, 1) if tab is Tab.MINE else _PAGE
    asked = {key: value for key, value in request.query.items() if value and key != "open"}
    query = {"tab": tab.value, **asked}
    # The list alone is fetched from another address; its links lead to the page.
    pages = replace(window(request, total, size), path="/desk", query=query)
    found = await read(request, _load, person, tab, sought, pages, day)
    current = shown.reference if shown else request.query.get("open", "")
    return {
        "tab": tab,
        "tabs": TITLES,
        "window": pages,
        "sought": sought,
        "query": query,
        "link": urlencode(query),
        "source": f"/desk/inbox/rows?{urlencode({**query, 'open': current})}",
        "open_now": current,
        "statuses": tuple(Status),
        "within": WITHIN,
        "hours": hours_in_words(hours_of(hours_table(request), person.center)),
        "shown": _shown(request, found.pop("lines"), found.pop("matters"), day),
        "shortcuts": _shortcuts(found.pop("pressing"), query),
        **found,
    }


def sought_of(request: web.Request) -> Sought:
    """What the address narrows the list to; what it does not understand narrows nothing."""
    query = request.query
    status = query.get("status", "")
    named: dict[str, tuple[Status, ...]] = {item.value: (item,) for item in Status}
    named[OPEN] = tuple(item for item in Status if item.value in tables.OPEN_STATUSES)
    days = number_of(query.get("within"))
    return Sought(
        statuses=named.get(status, ()),
        center=query.get("center", "")[:64] or None,
        words=query.get("q", "")[:100],
        within=None if days is None else min(days, _MOST_DAYS),
        holder=query.get("holder", "")[:64],
        tag=query.get("tag", "")[: marks.LONGEST_TAG],
        is_unread=query.get("unread") == "1",
        is_due_for_follow_up=query.get("follow") == "1",
    )


def _shown(
    request: web.Request, lines: tuple[Line, ...], told: Mapping[str, matters.Matter], day: date
) -> list[Shown]:
    words = vocabulary(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
    now, table = utc_now(), hours_table(request)
    return [
        Shown(
            line,
            subject(line.facts, told.get(line.sender), words, line.reason or line.last_text),
            deadline_sign(line.deadline_on, day) if line.status.is_open else None,
            service_sign(line, table, now),
            line.follow_up_on is not None and line.follow_up_on <= day,
            line.sender.startswith(ticket_states.BY_HAND),
        )
        for line in lines
    ]


def _shortcuts(pressing: Pressing, query: Mapping[str, str]) -> list[Shortcut]:
    """The lists of what presses; those that have nothing are not shown."""
    wanted = (
        ("未读", pressing.unread, {"unread": "1"}),
        (f"{inbox.URGENT_DAYS}天内到期", pressing.near, {"status": OPEN, "within": "7"}),
        ("没人接", pressing.unheld, {"status": OPEN, "holder": NOBODY}),
        ("今天回访", pressing.follow_up, {"follow": "1"}),
    )
    found = []
    for title, number, narrowed in wanted:
        is_current = {"tab": Tab.ALL.value, **narrowed} == dict(query)
        if number or is_current:
            href = f"/desk?{urlencode({'tab': Tab.ALL.value, **narrowed})}"
            found.append(Shortcut(title, number, href, is_current))
    return found


def _load(
    conn: Connection, person: Staff, tab: Tab, sought: Sought, pages: Window, day: date
) -> dict[str, Any]:
    lines = inbox.lines(conn, person, tab, sought, limit=pages.size, offset=pages.offset, today=day)
    people = staff.listing(conn)
    return {
        "lines": lines,
        "matters": matters.currents(conn, [line.sender for line in lines]),
        "pressing": inbox.pressing(conn, person, day),
        "names": {member.login: member.name for member in people},
        "centers": inbox.centers(conn),
        "tags": marks.used_tags(conn, person.center),
        "holders": [
            member
            for member in people
            if member.may(Permission.SERVE, anywhere=True)
            and (person.center is None or member.center in (None, person.center))
        ],
        "numbers": {
            "waiting": inbox.count(conn, person, Tab.WAITING),
            "mine": inbox.count(conn, person, Tab.MINE),
        },
    }


def _tab(text: str, shown: Ticket | None, person: Staff) -> Tab:
    asked = next((tab for tab in Tab if tab.value == text), None)
    if asked is not None:
        return asked
    if shown is None:
        return Tab.WAITING
    if shown.assignee == person.login and shown.status.is_open:
        return Tab.MINE
    return Tab.WAITING if shown.status is Status.WAITING else Tab.ALL
