"""The action plan for oneself or by a kept link: to read, to tick off, to go on from, a PDF and a calendar."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timezone
from typing import Any
from urllib.parse import quote

from aiohttp import web

from actions.deadline_ics import Day, to_ics
from curation.publishing import today_of
from desk import matters
from desk.engine import reading, writing
from desk.messages import InboundMessage
from printing.plan_pdf import to_pdf
from server import intake, keys
from server.drawing import drawn
from server.errors import RequestError, json_text, too_many
from server.own_matters import matters_of, tick
from server.request_json import read_json
from server.security import (
    client_address,
    cookie_sender,
    is_secure,
    new_web_sender,
    presented_sender,
    set_token_cookie,
)

routes = web.RouteTableDef()

# In the place of a link's token: the browser's own conversation.
MINE = "mine"
_PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


@routes.get("/plan/{token}", name="plan")
async def show_plan(request: web.Request) -> web.Response:
    """Everything told so far, to be read and ticked off without a login."""
    sender, found = await _matters(request)
    token = request.match_info["token"]
    text = (
        request.app[keys.TEMPLATES]
        .get_template("plan.html")
        .render(
            matters=found,
            token=token,
            is_mine=token == MINE,
            is_own=sender == cookie_sender(request, request.app[keys.TOKENS]),
            today=_today(request),
        )
    )
    return web.Response(text=text, content_type="text/html", headers=_PRIVATE)


@routes.get("/plan/{token}/plan.pdf", name="plan_pdf")
async def get_pdf(request: web.Request) -> web.Response:
    """The plan of one matter on one page."""
    _, found = await _matters(request)
    matter = _asked(request, found)
    body = await drawn(request, to_pdf, matter, _today(request))
    return _file(body, "application/pdf", f"行动计划-{matter['number']}.pdf")


@routes.get("/plan/{token}/days.ics", name="plan_days")
async def get_days(request: web.Request) -> web.Response:
    """The date of one matter for a calendar, with reminders."""
    _, found = await _matters(request)
    matter = _asked(request, found)
    due = matter["deadline"]
    if due is None:
        raise RequestError(404, "not_found", "这件事还没有算出日期")
    days = [_day_of(matter, item) for item in (due, due["other"]) if item]
    case = f"{matter['title']}，第{matter['number']}件事"
    text = await asyncio.to_thread(to_ics, [], datetime.now(timezone.utc), days, case=case)
    return _file(text.encode(), "text/calendar; charset=utf-8", f"期限-{matter['number']}.ics")


@routes.post("/plan/{token}/steps", name="plan_step")
async def post_step(request: web.Request) -> web.Response:
    """Note that a step is done, or is not: whoever holds the link may tick."""
    sender = await _sender(request)
    await intake.limit(request, sender)
    await asyncio.to_thread(tick, request.app, sender, await read_json(request))
    return web.json_response({"status": "stored"}, dumps=json_text)


@routes.post("/plan/{token}/continue", name="plan_continue")
async def go_on(request: web.Request) -> web.StreamResponse:
    """Go on asking with a matter in this browser's own conversation.

    The link opens no conversation: in another browser than the one where it was made only the matter is
    taken along, into the conversation that is there or a new one.
    """
    app = request.app
    holder, found = await _matters(request)
    data = await read_json(request)
    number = data.get("matter") if isinstance(data, dict) else None
    matter = next((item for item in found if item["number"] == number), None)
    if matter is None:
        raise RequestError(404, "not_found", "没有这一件事项")
    own = cookie_sender(request, app[keys.TOKENS])
    sender = own or new_web_sender()
    if sender != holder or not matter["is_current"]:
        await intake.admit(request, sender)
        if sender != holder:
            await asyncio.to_thread(_carry, app, holder, matter["number"], sender)
        inbound = InboundMessage(sender=sender, text=matter["returns"], channel="web")
        await intake.admitted(request, inbound)
    path = str(app.router["chat"].url_for())
    response = web.json_response({"path": path}, headers=_PRIVATE, dumps=json_text)
    if own is None:
        secure = is_secure(request, app[keys.SETTINGS].channels)
        set_token_cookie(response, app[keys.TOKENS].issue(sender), secure=secure)
    return response


def _carry(app: web.Application, holder: str, number: int, sender: str) -> None:
    with writing(app[keys.ENGINE]) as conn:
        matters.carry(conn, matters.get(conn, holder, number), sender)


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


async def _matters(request: web.Request) -> tuple[str, list[dict[str, Any]]]:
    """Whose matters the address opens, and the matters; refused as :func:`_sender` does."""
    sender = await _sender(request)
    found = await asyncio.to_thread(matters_of, request.app, sender)
    if not found:
        raise _nothing()
    return sender, found


async def _sender(request: web.Request) -> str:
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
    if sender is None:
        raise _nothing()
    return sender


def _nothing() -> RequestError:
    return RequestError(
        404, "not_found", "这里没有事项：链接已过期、数据已删除，或者还没有说起遇到的事"
    )


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
