"""What is due: days that come near and people who wait too long; new ones marked until they were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from desk import due, matters, reminders, staff
from desk.due import Due, What
from desk.permissions import Permission
from desk.reminders import Wishes
from desk.service_clock import ServiceHours
from desk.staff import Staff
from desk.times import utc_now
from office.access import CURRENT_STAFF, require
from office.clock import hours_table, today
from office.console.lead_views import names_of, vocabulary
from office.console.subjects import subject
from office.console.urgency import Sign
from office.pages import render
from office.transactions import read, write
from server import keys
from server.template_filters import span

routes = web.RouteTableDef()

MINE, ALL = "mine", "all"
_GROUPS = ("等人回复，已超过应答时间", "已经过期", "今天", "三天之内", "一周之内")


@dataclass(frozen=True)
class Item:
    """One thing that is due, as the list shows it."""

    due: Due
    title: str
    sign: Sign
    is_new: bool
    path: str


@dataclass(frozen=True)
class _Read:
    items: tuple[Due, ...]
    people: tuple[Staff, ...]
    told: Mapping[str, matters.Matter]
    unseen: frozenset[str]
    wishes: Wishes
    names: Mapping[str, str]


@routes.get("/due", name="due")
@require(Permission.SERVE)
async def show_due(request: web.Request) -> web.Response:
    """Everything within a week; whoever looks has seen it."""
    person, day = request[CURRENT_STAFF], today(request)
    found = await read(request, _read, person, hours_table(request), day)
    own = [item for item in found.items if _is_for(person, item, found.people)]
    tab = ALL if request.query.get("tab") == ALL else MINE
    shown = found.items if tab == ALL else own
    words = vocabulary(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
    groups: dict[str, list[Item]] = {name: [] for name in _GROUPS}
    for item in shown:
        told = found.told.get(item.sender)
        title = item.words if item.what.is_of_lead else subject(item.facts, told, words, item.words)
        is_new = item.cause(day) in found.unseen
        groups[_group(item, day)].append(Item(item, title, _sign(item, day), is_new, _path(item)))
    if found.unseen:
        await write(request, reminders.see, person.login)
    return render(
        request,
        "desk/due.html",
        section="due",
        groups={name: items for name, items in groups.items() if items},
        tab=tab,
        numbers={MINE: len(own), ALL: len(found.items)},
        wishes=found.wishes,
        mails=request.config_dict[keys.SETTINGS].mail.host is not None,
        names=found.names,
    )


def standing(conn: Connection, login: str) -> dict[str, Any]:
    """What a page's line is told: how much a person has not seen, and whether some of it could be shown."""
    return {
        "type": "reminders",
        "unseen": len(reminders.unseen(conn, login)),
        "waits": reminders.waits_to_show(conn, login),
        "show": [],
    }


def taken(conn: Connection, login: str) -> dict[str, Any]:
    """As :func:`standing`, with what the browser that asks is to show now, and no other."""
    found = [
        {
            "key": item.key,
            "title": item.what.label,
            "text": item.reference,
            "path": "/desk/due" if item.what.is_listed else "/workbench/publish",
        }
        for item in reminders.take_to_show(conn, login)
    ]
    return {**standing(conn, login), "show": found}


def _read(conn: Connection, person: Staff, table: Mapping[str, ServiceHours], day: date) -> _Read:
    items = tuple(
        item for item in due.listing(conn, table, day, utc_now()) if due.may_see(person, item)
    )
    return _Read(
        items,
        staff.listing(conn),
        matters.currents(conn, [item.sender for item in items if item.sender]),
        reminders.unseen(conn, person.login),
        reminders.wishes_of(conn, person.login),
        names_of(conn),
    )


def _is_for(person: Staff, item: Due, people: Sequence[Staff]) -> bool:
    return any(one.login == person.login for one in due.receivers(item, people))


def _group(item: Due, day: date) -> str:
    left = item.left(day)
    if item.what is What.WAITING:
        return _GROUPS[0]
    if left < 0:
        return _GROUPS[1]
    if left == 0:
        return _GROUPS[2]
    return _GROUPS[3] if left <= due.SOON_DAYS else _GROUPS[4]


def _sign(item: Due, day: date) -> Sign:
    if item.late is not None:
        return Sign(f"超时{span(item.late)}", "red")
    left = item.left(day)
    if left < 0:
        return Sign(f"已过{-left}天", "red")
    if left == 0:
        return Sign("就是今天", "red")
    return Sign(f"还有{left}天", "amber" if left <= due.SOON_DAYS else "plain")


def _path(item: Due) -> str:
    if item.what.is_of_lead:
        return f"/desk/leads/{item.reference}"
    return f"/desk/tickets/{item.reference}?tab=all"
