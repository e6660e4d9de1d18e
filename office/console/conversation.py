"""One conversation as the staff see it: what was said, what is known, what can be done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from actions import matter_view
from actions.matter_center import Centers
from actions.matter_view import vocabulary_of
from actions.route_rules import router_of
from bot.deciding import Explained, explained
from desk import (
    assignment,
    canned,
    cases,
    center_contacts,
    handoffs,
    known,
    leads,
    marks,
    matters,
    notes,
    plans,
    staff,
    ticket_states,
    transcripts,
)
from desk.conversations import BOT, RECEPTION, SYSTEM, Message
from desk.matters import Matter
from desk.permissions import Permission, sees
from desk.staff import Staff
from desk.tickets import Status, Ticket
from desk.times import utc_now
from knowledge.errors import SnapshotError
from office.access import CURRENT_STAFF, require
from office.clock import hours_table, today
from office.console import case_papers, inbox, reachability
from office.console.subjects import subject
from office.console.urgency import deadline_sign, service_sign
from office.forms import number_of
from office.pages import render
from office.transactions import read, write
from server import keys
from server.couriers import Courier
from server.template_filters import center_names, day

routes = web.RouteTableDef()

_SHOWN_MESSAGES = 200
_EARLIER_TICKETS = 20
_SHORTEST_QUESTION = 4


@dataclass(frozen=True)
class Said:
    """A message as the transcript shows it; ``side`` is ``user``, ``bot``, ``staff`` or ``system``.

    ``how`` tells how the bot decided what a person's message gets, ``trouble`` why another server did
    not take it.
    """

    message: Message
    side: str
    who: str
    is_delivered: bool
    how: Explained | None = None
    trouble: str | None = None


@dataclass(frozen=True)
class Colleagues:
    """Whom a ticket can be handed to."""

    people: tuple[Staff, ...]
    centers: tuple[str, ...]


@routes.get("/tickets/{reference}", name="case")
@require(Permission.SERVE)
async def show_case(request: web.Request) -> web.Response:
    """The conversation with everything that is known."""
    return await case_page(request, is_revealed=False)


@routes.post("/tickets/{reference}/reveal", name="case_reveal")
@require(Permission.SERVE)
async def reveal(request: web.Request) -> web.Response:
    """The same page with contact details readable, once; the reason is on record."""
    form = await request.post()
    reason = str(form.get("reason", ""))
    await write(request, cases.reveal, request[CURRENT_STAFF], _reference(request), reason)
    return await case_page(request, is_revealed=True)


@routes.get("/tickets/{reference}/messages", name="case_messages")
@require(Permission.SERVE)
async def show_messages(request: web.Request) -> web.Response:
    """What was said after a message (``after``) or before one (``before``), and the present state."""
    found = await read(
        request,
        _messages,
        request[CURRENT_STAFF],
        _reference(request),
        number_of(request.query.get("after")),
        number_of(request.query.get("before")),
    )
    await see(request, found["ticket"], found["said"])
    return render(request, "desk/messages.html", is_revealed=False, is_piece=True, **found)


@routes.get("/tickets/{reference}/suggestion", name="case_suggestion")
@require(Permission.SERVE)
async def show_suggestion(request: web.Request) -> web.Response:
    """What the bot would answer to the last thing the person said."""
    ticket, question = await read(
        request, _last_question, request[CURRENT_STAFF], _reference(request)
    )
    suggestion = None
    if len(question) >= _SHORTEST_QUESTION:
        country = ticket.facts.get("争议国家")
        try:
            suggestion = await asyncio.to_thread(
                request.config_dict[keys.SHELF].suggest,
                question,
                country if isinstance(country, str) else None,
                today(request),
            )
        except SnapshotError:  # nothing published yet: there is nothing to suggest
            suggestion = None
    return render(request, "desk/suggestion.html", suggestion=suggestion, question=question)


async def case_page(request: web.Request, *, is_revealed: bool) -> web.Response:
    """Render the page of one ticket."""
    person = request[CURRENT_STAFF]
    couriers = request.config_dict[keys.COURIERS]
    found = await read(request, _case, person, _reference(request), today(request), couriers)
    ticket: Ticket = found["ticket"]
    await see(request, ticket, found["said"])
    listed = await inbox.list_of(request, ticket)
    now, on = utc_now(), today(request)
    tables = request.config_dict[keys.SETTINGS].knowledge.tables_dir
    center = center_names(tables).get(ticket.center or "", ticket.center or "")
    words = vocabulary_of(tables)
    told: list[Matter] = found.pop("told")
    current = next((item for item in told if item.is_current), None)
    shown_with = matter_view.Known(
        words, Centers(router_of(tables), found.pop("contacts")), found.pop("own_leads")
    )
    return render(
        request,
        "desk/case.html",
        section="inbox",
        subject=subject(ticket.facts, current, words, ticket.reason),
        matters=matter_view.view(told, shown_with, on),
        is_revealed=is_revealed,
        is_piece=False,
        may_reveal=person.may(Permission.REVEAL, ticket.center)
        or (ticket.assignee == person.login and ticket.status.is_open),
        may_erase=person.may(Permission.ERASE, ticket.center),
        is_mine=ticket.assignee == person.login and ticket.status is Status.ACTIVE,
        is_by_hand=ticket.sender.startswith(ticket_states.BY_HAND),
        deadline=deadline_sign(ticket.deadline_on, on),
        service=service_sign(ticket, hours_table(request), now),
        canned=_filled(found.pop("canned"), ticket, person, center),
        outcomes=cases.OUTCOMES,
        may_leads=person.may(Permission.LEADS, anywhere=True),
        **{**listed, **found},
    )


async def see(request: web.Request, ticket: Ticket, said: Sequence[Said]) -> None:
    """Note that whoever asks has seen the conversation as far as it is shown to them."""
    login = request[CURRENT_STAFF].login
    seq = max((item.message.seq for item in said), default=0)
    if seq and not await read(request, marks.is_read, ticket.id, login, seq):
        await write(request, marks.read_up_to, ticket.id, login, seq)


def _case(
    conn: Connection, person: Staff, reference: str, on: date, couriers: Mapping[str, Courier]
) -> dict[str, Any]:
    found = _messages(conn, person, reference, None, None)
    ticket: Ticket = found["ticket"]
    earlier = handoffs.listing(
        conn, statuses=tuple(Status), sender=ticket.sender, limit=_EARLIER_TICKETS
    )
    own = leads.listing(conn, sender=ticket.sender)
    visible = [lead for lead in own if sees(person.center, lead.center)]
    return {
        **found,
        "limits": reachability.limits(conn, ticket.sender, couriers),
        "events": handoffs.events(conn, ticket.reference),
        "notes": notes.of_sender(conn, ticket.sender),
        "earlier": [item for item in earlier if item.id != ticket.id],
        "told": list(matters.listing(conn, ticket.sender)),
        "own_leads": visible,
        "contacts": center_contacts.listing(conn),
        "tags_here": marks.tags_of(conn, [ticket.id]).get(ticket.id, ()),
        "loads": assignment.fit(conn, ticket.center) if ticket.status.is_open else (),
        "papers": case_papers.shown(conn, ticket.sender, on),
        "leads": [lead.masked() for lead in visible],
        "stated_deadline": known.latest(conn, ticket.sender, "deadline"),
        "stated_center": known.latest(conn, ticket.sender, "center"),
        "canned": canned.listing(conn, person.center),
        "colleagues": _colleagues(conn, person),
    }


def _messages(
    conn: Connection, person: Staff, reference: str, after: int | None, before: int | None
) -> dict[str, Any]:
    ticket = cases.find(conn, person, reference)
    messages = transcripts.history(
        conn, ticket.sender, _SHOWN_MESSAGES, after_seq=after, before_seq=before
    )
    names = {member.login: member.name for member in staff.listing(conn)}
    late = [item.id for item in messages if item.direction == "out" and not item.delivered_at]
    troubles = reachability.troubles(conn, late)
    decided = plans.of_messages(conn, [item.id for item in messages if item.direction == "in"])
    return {
        "ticket": ticket,
        "names": names,
        "said": [
            replace(
                _said(message, names),
                how=explained(decided.get(message.id)),
                trouble=troubles.get(message.id),
            )
            for message in messages
        ],
        "has_earlier": bool(messages) and messages[0].seq > 1,
    }


def _said(message: Message, names: dict[str, str]) -> Said:
    if message.direction == "in":
        return Said(message, "user", "用户", True)
    if message.author == BOT:
        return Said(message, "bot", "机器人", True)
    if message.author == SYSTEM:
        return Said(message, "system", "系统", message.delivered_at is not None)
    kind, _, login = message.author.partition(":")
    if kind == RECEPTION:
        return Said(message, "staff", f"企业微信接待人员 {login}".strip(), True)
    return Said(message, "staff", names.get(login, "已离职同事"), message.delivered_at is not None)


def _last_question(conn: Connection, person: Staff, reference: str) -> tuple[Ticket, str]:
    ticket = cases.find(conn, person, reference)
    said = transcripts.history(conn, ticket.sender, 20)
    asked = [message.text for message in said if message.direction == "in"]
    return ticket, asked[-1].strip() if asked else ""


def _colleagues(conn: Connection, person: Staff) -> Colleagues:
    """Colleagues of one's own center and the national desk; the centers that have somebody."""
    serving = [
        member
        for member in staff.listing(conn)
        if member.may(Permission.SERVE, anywhere=True) and member.login != person.login
    ]
    people = [
        member
        for member in serving
        if person.center is None or member.center in (None, person.center)
    ]
    centers = sorted({member.center for member in serving if member.center})
    return Colleagues(tuple(people), tuple(centers))


def _filled(
    replies: tuple[canned.CannedReply, ...], ticket: Ticket, person: Staff, center: str
) -> list[tuple[str, str]]:
    """Title and text of the ready replies, with what is known of the case put in."""
    facts = {key: value for key, value in ticket.facts.items() if isinstance(value, str)}
    values = {
        "编号": ticket.reference,
        "企业名称": facts.get("企业名称", ""),
        "国家": facts.get("争议国家", ""),
        "程序": facts.get("程序", ""),
        "期限": day(ticket.deadline_on),
        "中心": center,
        "我的姓名": person.name,
    }
    return [(item.title, canned.fill(item.text, values)) for item in replies]


def _reference(request: web.Request) -> str:
    return request.match_info["reference"]
