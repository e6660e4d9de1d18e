"""Campaigns at the desk: the list, a form that takes a minute, and what each place needs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from aiohttp import web
from multidict import MultiMapping

from actions.campaign import bank
from curation.publishing import today_of
from curation.question_sheet import AUDIENCE_NAMES
from desk import campaigns
from desk.campaigns import Campaign, Occasion, Place, PlaceKind, Team
from desk.errors import InvalidRecordError
from desk.permissions import Permission
from desk.staff import Staff
from indexer.hybrid import HybridIndex
from knowledge.errors import SnapshotError
from knowledge.quiz_table import QuizQuestion
from office.access import CURRENT_STAFF, check_center, require
from office.forms import day_of, text_of
from office.pages import render, see_other
from office.transactions import read, write
from server import keys
from server.links import origin_of, place_link

routes = web.RouteTableDef()

CODE = "{code:[a-z0-9]{1,16}}"
_EMPTY_PLACES = 3


@routes.get("/campaigns", name="campaigns")
@require(Permission.CAMPAIGNS)
async def show_list(request: web.Request) -> web.Response:
    """Every campaign this person may see, the latest first."""
    found = await read(request, campaigns.listing, request[CURRENT_STAFF].center)
    today = today_of(request.config_dict[keys.SETTINGS])
    return render(
        request, "desk/campaigns.html", section="campaigns",
        items=[(item, item.phase(today).value) for item in found],
    )  # fmt: skip


@routes.get("/campaigns/new", name="campaign_new")
@require(Permission.CAMPAIGNS)
async def show_new(request: web.Request) -> web.Response:
    """An empty form, or one filled from an earlier campaign with ``?copy=``."""
    today = today_of(request.config_dict[keys.SETTINGS])
    earlier = request.query.get("copy", "")
    if earlier:
        source = await campaign_of(request, earlier)
        wanted = campaigns.copied(source, max(today.year, source.starts_on.year + 1))
    else:
        wanted = Campaign("", Occasion.IP_DAY, today, today, today)
    return await _form(request, wanted)


@routes.post("/campaigns/new", name="campaign_add")
@require(Permission.CAMPAIGNS)
async def add(request: web.Request) -> web.Response:
    """Keep a new campaign."""
    return await _save(request, None)


@routes.get(f"/campaigns/{CODE}", name="campaign_show")
@require(Permission.CAMPAIGNS)
async def show_one(request: web.Request) -> web.Response:
    """The campaign with the link and QR code of each place."""
    campaign = await campaign_of(request, request.match_info["code"])
    origin = origin_of(request)
    return render(
        request, "desk/campaign.html", section="campaigns", campaign=campaign,
        phase=campaign.phase(today_of(request.config_dict[keys.SETTINGS])).value,
        places=[(place, place_link(origin, campaign.code, place.code)) for place in campaign.places],
        is_local=origin.split("//")[1].split(":")[0] in ("127.0.0.1", "localhost"),
    )  # fmt: skip


@routes.get(f"/campaigns/{CODE}/edit", name="campaign_edit")
@require(Permission.CAMPAIGNS)
async def show_edit(request: web.Request) -> web.Response:
    """The form of a campaign that is kept."""
    return await _form(request, await campaign_of(request, request.match_info["code"]))


@routes.post(f"/campaigns/{CODE}/edit", name="campaign_change")
@require(Permission.CAMPAIGNS)
async def change(request: web.Request) -> web.Response:
    """Keep the changes of a campaign."""
    return await _save(request, await campaign_of(request, request.match_info["code"]))


async def campaign_of(request: web.Request, code: str) -> Campaign:
    """A campaign that this person may see.

    :raises NotFoundError: there is none, or it is another center's.
    """
    campaign = await read(request, campaigns.by_code, code)
    if campaign.center is not None:
        check_center(request[CURRENT_STAFF], campaign.center)
    return campaign


def questions_of(request: web.Request) -> tuple[QuizQuestion, ...]:
    """The bank that is published; the shipped one before anything is."""
    settings = request.config_dict[keys.SETTINGS].knowledge
    index = index_of(request)
    return bank(settings.snapshots_dir, settings.tables_dir, index.snapshot_id if index else "")


def index_of(request: web.Request) -> HybridIndex | None:
    """The published index; None before the first publication."""
    try:
        return request.config_dict[keys.INDEX].current()
    except SnapshotError:
        return None


async def _save(request: web.Request, before: Campaign | None) -> web.Response:
    """Keep what the form says; where it cannot be kept, the form comes back as it was filled in."""
    form = await request.post()
    person = request[CURRENT_STAFF]
    wanted = _written(dict(form.items()), _rows(form), person, before)
    try:
        if form.get("draw") == "chosen" and not wanted.questions:
            raise InvalidRecordError("选了“自己挑题”，请至少勾一道题")
        kept = await write(request, campaigns.save, wanted, person.login)
    except InvalidRecordError as error:
        return await _form(request, wanted, problem=str(error))
    return see_other(f"/desk/campaigns/{kept.code}", "活动已保存，每个地点的二维码在下面")


def _rows(form: MultiMapping[object]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """The places as written (name, kind, code), and the questions ticked."""
    names, kinds, codes = (
        list(map(str, form.getall(name, []))) for name in ("place_name", "place_kind", "place_code")
    )
    return list(zip(names, kinds, codes, strict=False)), list(map(str, form.getall("question", [])))


def _written(
    form: Mapping[str, object],
    rows: tuple[list[tuple[str, str, str]], list[str]],
    person: Staff,
    before: Campaign | None,
) -> Campaign:
    """The campaign that the form describes, kept or not."""
    places, questions = rows
    starts, ends = _day(form, "starts_on"), _day(form, "ends_on")
    known = {place.code for place in before.places} if before else set()
    wanted = Campaign(
        name=text_of(form, "name"), occasion=_occasion(text_of(form, "occasion")), starts_on=starts, ends_on=ends,
        closes_on=day_of(form, "closes_on") or ends, theme=text_of(form, "theme"),
        theme_source=text_of(form, "theme_source"), greeting=text_of(form, "greeting"),
        program=text_of(form, "program"), prizes=text_of(form, "prizes"),
        questions=tuple(questions) if text_of(form, "draw") == "chosen" else (),
        center=before.center if before else person.center,
        places=tuple(
            Place(name.strip(), _kind(kind), code if code in known else "")
            for name, kind, code in places if name.strip()
        ),
        teams=tuple(Team("", line.strip()) for line in text_of(form, "teams").splitlines() if line.strip()),
    )  # fmt: skip
    return wanted if before is None else replace(wanted, id=before.id, code=before.code)


def _day(form: Mapping[str, object], name: str) -> date:
    day = day_of(form, name)
    if day is None:
        raise InvalidRecordError("请填写开始和结束日期")
    return day


def _occasion(text: str) -> Occasion:
    return Occasion(text) if text in {item.value for item in Occasion} else Occasion.OTHER


def _kind(text: str) -> PlaceKind:
    return PlaceKind(text) if text in {item.value for item in PlaceKind} else PlaceKind.STAND


async def _form(request: web.Request, campaign: Campaign, problem: str = "") -> web.Response:
    questions = await asyncio.to_thread(questions_of, request)
    return render(
        request, "desk/campaign_form.html", section="campaigns", campaign=campaign, problem=problem,
        status=400 if problem else 200,
        occasions=[(item.value, item.label) for item in Occasion],
        kinds=[(item.value, item.label) for item in PlaceKind],
        places=[*campaign.places, *(Place("", PlaceKind.STAND) for _ in range(_EMPTY_PLACES))],
        limits=campaigns.LONGEST, groups=_grouped(questions),
        audiences=AUDIENCE_NAMES,
    )  # fmt: skip


def _grouped(questions: tuple[QuizQuestion, ...]) -> dict[str, list[QuizQuestion]]:
    """The bank by category."""
    groups: dict[str, list[QuizQuestion]] = {}
    for item in questions:
        groups.setdefault(item.category or "其他", []).append(item)
    return groups
