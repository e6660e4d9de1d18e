"""The action plan: a page to read and print, a PDF and a calendar, for oneself or by a kept link."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timezone
from typing import Any
from urllib.parse import quote

from aiohttp import web

from actions.deadline_ics import Day, to_ics
from curation.publishing import today_of
from desk import matters
from desk.engine import reading
from printing.plan_pdf import DOUBTFUL, to_pdf
from server import keys
from server.drawing import drawn
from server.errors import RequestError, too_many
from server.own_matters import matters_of
from server.security import client_address, cookie_sender, presented_sender

routes = web.RouteTableDef()

# In the place of a link's token: the browser's own conversation.
MINE = "mine"
_PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@routes.get("/plan/{token}", name="plan")
async def show_plan(request: web.Request) -> web.Response:
    """Everything told so far, to be read without a login."""
    found = await _matters(request)
    token = request.match_info["token"]
    text = (
        request.app[keys.TEMPLATES]
        .get_template("plan.html")
        .render(
            matters=found,
            token=token,
            is_mine=token == MINE,
            today=_today(request),
            doubtful=DOUBTFUL,
        )
    )
    return web.Response(text=text, content_type="text/html", headers=_PRIVATE)


@routes.get("/plan/{token}/plan.pdf", name="plan_pdf")
async def get_pdf(request: web.Request) -> web.Response:
    """The plan of one matter on one page."""
    matter = _asked(request, await _matters(request))
    body = await drawn(request, to_pdf, matter, _today(request))
    return _file(body, "application/pdf", f"行动计划-{matter['number']}.pdf")


@routes.get("/plan/{token}/days.ics", name="plan_days")
async def get_days(request: web.Request) -> web.Response:
    """The date of one matter for a calendar, with reminders."""
    matter = _asked(request, await _matters(request))
    due = matter["deadline"]
    if due is None:
        raise RequestError(404, "not_found", "这件事还没有算出日期")
    days = [_day_of(matter, item) for item in (due, due["other"]) if item]
    case = f"{matter['title']}，第{matter['number']}件事"
    text = await asyncio.to_thread(to_ics, [], datetime.now(timezone.utc), days, case=case)
    return _file(text.encode(), "text/calendar; charset=utf-8", f"期限-{matter['number']}.ics")


def _day_of(matter: dict[str, Any], dated: dict[str, Any]) -> Day:
    """A date of a matter as an event: one that the person gave says so and rests on no rule."""
    due, day = matter["deadline"], date.fromisoformat(dated["due_date"])
    said = {"截止（您改的）": dated["is_given"], "估算（以文书日期为准）": dated["is_estimate"]}
    kind = next((words for words, holds in said.items() if holds), "截止")
    if due["other"] and not dated["is_given"]:
        kind += f"（{dated['by']}）"
    notes = [matter["title"]]
    if dated["is_given"]:
        notes.append("这一天是您自己改的，以文书原件为准。")
    elif due["basis"]:
        notes.append(f"依据：{due['basis']}")
    if due["consequence"]:
        notes.append(f"错过的后果：{due['consequence']}")
    return Day(f"{kind}：{due['title']}", day, "\n".join(notes))


async def _matters(request: web.Request) -> list[dict[str, Any]]:
    """:raises RequestError: 404 for a link that opens nothing, 429 for an address that tries many."""
    token = request.match_info["token"]
    app = request.app
    if token == MINE:
        tokens = app[keys.TOKENS]
        sender = presented_sender(request, tokens) or cookie_sender(request, tokens)
    else:
        address = client_address(request, app[keys.SETTINGS].channels.trusted_proxies)
        if wait := await app[keys.LIMITS].open(address):
            raise too_many(wait)
        sender = await asyncio.to_thread(_holder, app, token)
    found = await asyncio.to_thread(matters_of, app, sender) if sender else []
    if not found:
        raise RequestError(
            404, "not_found", "这里没有事项：链接已过期、数据已删除，或者还没有说起遇到的事"
        )
    return found


def _holder(app: web.Application, token: str) -> str | None:
    with reading(app[keys.ENGINE]) as conn:
        return matters.sender_by_link(conn, token)


def _asked(request: web.Request, found: list[dict[str, Any]]) -> dict[str, Any]:
    number = request.query.get("n")
    matter = next((item for item in found if number in (None, str(item["number"]))), None)
    if matter is None:
        raise RequestError(404, "not_found", "没有这一件事项")
    return matter


def _today(request: web.Request) -> date:
    return today_of(request.app[keys.SETTINGS])


def _file(body: bytes, content_type: str, name: str) -> web.Response:
    return web.Response(
        body=body,
        headers={
            "Content-Type": content_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            **_PRIVATE,
        },
    )
