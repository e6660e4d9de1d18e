"""Registering by hand whoever called, came in or wrote: a ticket, and a request for aid."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Connection

from actions import matter_view
from actions.lead import CONSENT_VERSION
from actions.vocabulary import Vocabulary
from desk import assignment, cases, contacts, handoffs, lead_intake, leads, matters, ticket_states
from desk.errors import InvalidRecordError
from desk.lead_types import Lead
from desk.permissions import Permission
from desk.staff import Staff
from desk.tickets import Ticket
from office.access import CURRENT_STAFF, require
from office.console import centers, lead_views
from office.console.leads import actor_of
from office.forms import day_of, text_of
from office.pages import render, see_other
from office.transactions import read, write
from server import keys
from server.template_filters import CHANNELS

routes = web.RouteTableDef()

SOURCES = ("phone", "visit", "mail")
RIGHTS = ("patent", "design", "trademark", "copyright", "trade-secret", "domain")
CONSENTS = {"phone": "电话里口头同意", "visit": "当面同意", "paper": "书面同意"}
_LONGEST = 2000


@routes.get("/tickets/new", name="ticket_new")
@require(Permission.SERVE)
async def show_ticket_form(request: web.Request) -> web.Response:
    """The form for a call or a visit."""
    return await _ticket_form(request, _filled({}, _TICKET_FIELDS))


@routes.post("/tickets/new", name="ticket_add")
@require(Permission.SERVE)
async def add_ticket(request: web.Request) -> web.StreamResponse:
    """Keep it, for whoever is named; where it cannot be kept, the form comes back as it was filled in."""
    form = await request.post()
    try:
        reference = await _keep_ticket(request, form)
    except InvalidRecordError as error:
        return await _ticket_form(request, _filled(form, _TICKET_FIELDS), problem=str(error))
    request.config_dict[keys.WATCHERS].changed()
    return see_other(f"/desk/tickets/{reference}?tab=mine", "已登记，办完后写备注并结束")


async def _ticket_form(
    request: web.Request, filled: Mapping[str, str], problem: str = ""
) -> web.Response:
    person = request[CURRENT_STAFF]
    loads = await read(request, assignment.fit, person.center)
    return render(
        request,
        "desk/ticket_new.html",
        section="inbox",
        status=400 if problem else 200,
        filled=filled,
        problem=problem,
        loads=loads,
        sources=[(code, CHANNELS[code]) for code in SOURCES],
        **await _choices(request, person),
    )


async def _keep_ticket(request: web.Request, form: Mapping[str, object]) -> str:
    """The reference of the ticket, assigned to whoever is named, else to whoever registers it.

    :raises InvalidRecordError: the form cannot be kept as it is.
    """
    person = request[CURRENT_STAFF]
    said = {name: text.strip()[:200] for name, text in _filled(form, _TICKET_FIELDS).items()}
    if said["source"] not in SOURCES:
        raise InvalidRecordError("请选择对方怎么联系的")
    reason = text_of(form, "reason").strip()[:_LONGEST]
    if not reason:
        raise InvalidRecordError("请写下对方说的情况")
    phone = _phone(said["phone"])
    center = person.center or await _center(request, said["center"])
    due, received = day_of(form, "deadline_on"), day_of(form, "received_on")
    facts = {
        "企业名称": said["company"],
        "联系人": said["contact"],
        "争议国家": _words(request).country(said["country"]),
        "程序": _words(request).procedure(said["procedure"]),
        "所在地": said["region"],
        "收到日期": received.isoformat() if received else "",
    }
    told = {
        "country": said["country"],
        "procedure": said["procedure"],
        "region": said["region"],
        "company": said["company"],
        "received_on": received.isoformat() if received else "",
        "deadline": {"due_date": due.isoformat(), "title": "登记时说的截止日"} if due else None,
    }

    def keep(conn: Connection) -> Ticket:
        ticket = handoffs.register(
            conn, person.login, reason, channel=said["source"],
            center=center,
            facts={label: value for label, value in facts.items() if value}, deadline_on=due,
        )  # fmt: skip
        matter = {name: value for name, value in told.items() if value}
        if matter:
            matters.save(conn, matters.Matter(ticket.sender, 0, facts=matter))
        if phone or said["time"]:
            handoffs.set_callback(conn, ticket.sender, phone=phone, time=said["time"] or None)
        to = said["to"] or person.login
        return assignment.assign(conn, ticket.reference, to, person.login)

    return (await write(request, keep)).reference


def _phone(typed: str) -> str | None:
    """:raises InvalidRecordError: what was typed is no phone."""
    phone = contacts.phone(typed) if typed else None
    if typed and phone is None:
        raise InvalidRecordError("电话格式不对，请填写手机号或带区号的座机，也可以不填")
    return phone


@routes.get("/leads/new", name="lead_new")
@require(Permission.LEADS)
async def show_lead_form(request: web.Request) -> web.Response:
    """The form for a request for aid; ``?ticket=`` fills in what that ticket knows."""
    person, reference = request[CURRENT_STAFF], request.query.get("ticket", "")
    known: dict[str, str] = {}
    if reference:
        ticket = await read(request, cases.find, person, reference)
        known = {"ticket": reference, **_known(_words(request), ticket)}
    return await _lead_form(request, _filled(known, _LEAD_FIELDS))


def _known(words: Vocabulary, ticket: Ticket) -> dict[str, str]:
    """What a ticket says for the fields of the form; a choice that the form does not offer stays open."""
    facts = ticket.facts
    codes = {
        "country": {words.country(code): code for code in matter_view.COUNTRIES},
        "right": {words.right(code): code for code in RIGHTS},
        "procedure": {words.procedure(code): code for code in matter_view.PROCEDURES},
    }
    labels = {"country": "争议国家", "right": "权利类型", "procedure": "程序"}
    return {
        "company": facts.get("企业名称", ""),
        "contact": facts.get("联系人", ""),
        "phone": ticket.callback_phone or "",
        "district": facts.get("所在地", ""),
        "brief": ticket.reason,
        **{name: codes[name].get(facts.get(label, ""), "") for name, label in labels.items()},
    }


async def _lead_form(
    request: web.Request, filled: Mapping[str, str], problem: str = ""
) -> web.Response:
    person = request[CURRENT_STAFF]
    return render(
        request,
        "desk/lead_new.html",
        section="leads",
        status=400 if problem else 200,
        filled=filled,
        problem=problem,
        consents=list(CONSENTS.items()),
        rights=[(code, _words(request).right(code)) for code in RIGHTS],
        **await _choices(request, person),
    )


@routes.post("/leads/new", name="lead_add")
@require(Permission.LEADS)
async def add_lead(request: web.Request) -> web.StreamResponse:
    """Register it; where it cannot be, the form comes back as it was filled in."""
    form = await request.post()
    try:
        reference, is_new = await _keep_lead(request, form)
    except InvalidRecordError as error:
        return await _lead_form(request, _filled(form, _LEAD_FIELDS), problem=str(error))
    notice = "线索已登记，由您经办" if is_new else "同一企业的同一争议已有线索，内容已补充到这里"
    return see_other(f"/desk/leads/{reference}", notice)


async def _keep_lead(request: web.Request, form: Mapping[str, object]) -> tuple[str, bool]:
    """The reference of the lead, and False where the same company and dispute had one already.

    :raises InvalidRecordError: the form cannot be kept as it is.
    """
    person, words = request[CURRENT_STAFF], _words(request)
    said = {name: text.strip() for name, text in _filled(form, _LEAD_FIELDS).items()}
    if said["consent"] not in CONSENTS:
        raise InvalidRecordError("请先向对方说明用途并选择对方怎样同意的，没有同意不能登记")
    service_date = day_of(form, "service_date")
    center = person.center or await _center(request, said["center"])

    def keep(conn: Connection) -> tuple[str, bool]:
        ticket = cases.find(conn, person, said["ticket"]) if said["ticket"] else None
        lead = Lead(
            company=said["company"],
            contact=said["contact"],
            phone=said["phone"],
            consent_version=f"{CONSENT_VERSION} {CONSENTS[said['consent']]}",
            sender=ticket.sender if ticket else f"{ticket_states.BY_HAND}{secrets.token_hex(8)}",
            channel=ticket.channel if ticket else "phone",
            credit_code=said["credit_code"] or None,
            district=said["district"] or None,
            country=words.country(said["country"]) or None,
            right=words.right(said["right"]) or None,
            procedure=words.procedure(said["procedure"]) or None,
            service_date=service_date,
            spent=said["spent"] or None,
            brief=said["brief"][:_LONGEST] or None,
            center=center,
        )
        reference, is_new = lead_intake.upsert(conn, lead, is_staff=True)
        if is_new:
            leads.assign(conn, reference, actor_of(person), assignee=person.login)
        return reference, is_new

    return await write(request, keep)


_TICKET_FIELDS = (
    "source", "company", "contact", "phone", "time", "country", "procedure", "region", "center", "to",
    "received_on", "deadline_on", "reason",
)  # fmt: skip
_LEAD_FIELDS = (
    "company", "contact", "phone", "credit_code", "district", "country", "right", "procedure",
    "service_date", "spent", "brief", "center", "consent", "ticket",
)  # fmt: skip


def _filled(form: Mapping[str, object], names: Iterable[str]) -> dict[str, str]:
    """Each field as it was typed; empty where nothing was sent."""
    return {name: text_of(form, name) for name in names}


async def _choices(request: web.Request, person: Staff) -> dict[str, Any]:
    words = _words(request)
    given = {} if person.center else await centers.receivers(request)
    return {
        "countries": [(code, words.country(code)) for code in matter_view.COUNTRIES],
        "procedures": [(code, words.procedure(code)) for code in matter_view.PROCEDURES],
        "centers": list(given.items()),
    }


async def _center(request: web.Request, code: str) -> str | None:
    if code and code not in await centers.receivers(request):
        raise InvalidRecordError("请从列表里选择中心")
    return code or None


def _words(request: web.Request) -> Vocabulary:
    return lead_views.vocabulary(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
