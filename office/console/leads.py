"""The board of leads, and one lead with all that belongs to it; contact details are masked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.engine import Connection

from actions import lead_check
from desk import leads
from desk.errors import NotFoundError
from desk.lead_search import LeadFilter, count_leads, find_leads, values_of
from desk.lead_types import Lead, Stage
from desk.lead_work import FollowUpResult
from desk.permissions import Permission
from desk.references import canonical_reference
from desk.staff import Staff
from desk.times import utc_now
from office.access import CURRENT_STAFF, check_center, require
from office.clock import today
from office.console import centers, lead_views
from office.console.reporting_period import read_day
from office.pages import render, window
from office.transactions import read, write
from server import keys

routes = web.RouteTableDef()

_COLUMN_SIZE = 8
_PAGE_SIZE = 30
# What the filter form may name; the export takes the same.
FILTERS = (
    "stage",
    "assignee",
    "country",
    "right",
    "procedure",
    "district",
    "q",
    "center",
    "due",
    "follow",
)
_CHOICES = ("country", "right", "procedure", "district")

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Board:
    """What the first page of the leads shows."""

    counts: Mapping[Stage, int]
    columns: Mapping[Stage, tuple[Lead, ...]]
    rows: tuple[Lead, ...]
    choices: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]


@routes.get("/leads", name="leads")
@require(Permission.LEADS)
async def show_board(request: web.Request) -> web.Response:
    """The board, or with ``?stage=`` or ``?view=list`` a list, newest first."""
    person = request[CURRENT_STAFF]
    wanted = lead_filter(request.query, person)
    as_list = wanted.stage is not None or request.query.get("view") == "list"
    everywhere = replace(wanted, stage=None)
    counts = await read(request, count_leads, everywhere)
    total = counts[wanted.stage] if wanted.stage is not None else sum(counts.values())
    shown = window(request, total, _PAGE_SIZE)

    def load(conn: Connection) -> Board:
        columns = {
            stage: find_leads(conn, replace(everywhere, stage=stage), limit=_COLUMN_SIZE)
            for stage in (() if as_list else lead_views.OPEN_STAGES)
        }
        rows = find_leads(conn, wanted, limit=shown.size, offset=shown.offset) if as_list else ()
        choices = {name: values_of(conn, name, wanted.center) for name in _CHOICES}
        return Board(counts, columns, rows, choices, lead_views.names_of(conn))

    board = await read(request, load)
    day = today(request)
    return render(
        request,
        "desk/leads.html",
        section="leads",
        board=board,
        window=shown,
        wanted=wanted,
        query={name: request.query.get(name, "") for name in (*FILTERS, "view")},
        filters={name: value for name in FILTERS if (value := request.query.get(name))},
        as_list=as_list,
        link=lambda **changes: _link(request, **changes),
        due_of=lambda lead: lead_views.due_of(lead, day),
        age=lambda lead: lead_views.age(lead, utc_now()),
        near=lambda when: lead_views.near(when, day),
        tones=lead_views.TONES,
        stages=tuple(Stage),
        open_stages=lead_views.OPEN_STAGES,
        words=await words(request),
        centers=await centers.in_use(request, person),
        may_export=person.may(Permission.EXPORT, anywhere=True),
    )


@routes.get("/leads/{reference}", name="lead")
@require(Permission.LEADS)
async def show_lead(request: web.Request) -> web.Response:
    """One lead."""
    page = await read(
        request, own, request[CURRENT_STAFF], request.match_info["reference"], lead_views.load
    )
    return await lead_page(request, page)


async def lead_page(
    request: web.Request, page: lead_views.LeadPage, *, revealed: bool = False
) -> web.Response:
    """The page of a lead; with contact details only when they were asked for with a reason."""
    person, day = request[CURRENT_STAFF], today(request)
    names = await read(request, lead_views.names_of)
    settings = request.config_dict[keys.SETTINGS].knowledge
    lead = page.lead
    answers = dict(page.check.facts) if page.check else lead_check.answers_from(lead)
    return render(
        request,
        "desk/lead.html",
        section="leads",
        page=page,
        lead=lead if revealed else lead.masked(),
        revealed=revealed,
        may_reveal=person.may(Permission.REVEAL, lead.center),
        may_erase=person.may(Permission.ERASE, lead.center),
        tickets=[item for item in page.tickets if person.may(Permission.SERVE, item.center)],
        due=lead_views.due_of(lead, day),
        follow_up=lead_views.near(lead.follow_up_on, day),
        tones=lead_views.TONES,
        words=await words(request),
        actor=lambda actor: lead_views.actor_name(actor, names),
        names=names,
        event_names=lead_views.EVENTS,
        planned=lead_views.PLANNED,
        fields=lead_views.FIELDS,
        stage_of=Stage,
        results=tuple(FollowUpResult),
        materials=await asyncio.to_thread(lead_views.usual_materials, settings.tables_dir),
        answers=answers,
        questions=lead_check.QUESTIONS,
        choices=lead_check.CHOICES,
        dates=lead_check.DATES,
        today=day,
        centers=list((await centers.receivers(request)).items()),
    )


# --- shared with the forms ---------------------------------------------------------------------


def own(
    conn: Connection,
    person: Staff,
    reference: str,
    work: Callable[Concatenate[Connection, str, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Do something with a lead that this person may see, in one transaction with the check.

    :raises NotFoundError: the same for a lead of another center as for one that does not exist.
    """
    try:
        lead = leads.get(conn, reference)
    except NotFoundError:
        lead = None
    if lead is None:
        raise NotFoundError("没有这条记录，或不属于您的中心")
    check_center(person, lead.center)
    return work(conn, lead.reference, *args, **kwargs)


async def change(
    request: web.Request,
    work: Callable[Concatenate[Connection, str, P], R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Change the lead of the address, if this person may see it."""
    person, reference = request[CURRENT_STAFF], request.match_info["reference"]

    def act(conn: Connection) -> R:
        return own(conn, person, reference, work, *args, **kwargs)

    return await write(request, act)


def actor_of(person: Staff) -> str:
    """How a member of staff stands in histories and the audit."""
    return f"staff:{person.login}"[:64]


def path_of(request: web.Request) -> str:
    """The page of the address's lead."""
    return f"/desk/leads/{canonical_reference(request.match_info['reference'])}"


def lead_filter(given: Mapping[str, Any], person: Staff) -> LeadFilter:
    """What a filter form asks for; staff of a center get its leads whatever they ask.

    :raises InvalidRecordError: when a field cannot be read.
    """

    def text(name: str) -> str:
        return str(given.get(name, "")).strip()[:100]

    return LeadFilter(
        center=person.center or text("center") or None,
        stage=Stage.parse(text("stage")) if text("stage") else None,
        assignee=person.login if text("assignee") == "me" else text("assignee") or None,
        country=text("country") or None,
        right=text("right") or None,
        procedure=text("procedure") or None,
        district=text("district") or None,
        text=text("q"),
        due_by=read_day(text("due"), "办理期限"),
        follow_up_by=read_day(text("follow"), "回访日期"),
    )


async def words(request: web.Request) -> Any:
    """The Chinese words for codes."""
    tables: Path = request.config_dict[keys.SETTINGS].knowledge.tables_dir
    return await asyncio.to_thread(lead_views.vocabulary, tables)


def _link(request: web.Request, **changes: str) -> str:
    """This page with other filters; the page number begins anew."""
    kept = {key: value for key, value in request.query.items() if key != "page" and value}
    query = {key: value for key, value in {**kept, **changes}.items() if value}
    return f"{request.path}?{urlencode(query)}" if query else request.path
