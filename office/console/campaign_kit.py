"""What staff print of a campaign: posters, cards and stickers, leaflets, the script, slides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from aiohttp import web

from actions.campaign import citations_of
from desk import logos
from desk.campaigns import Campaign, Place
from desk.permissions import Permission
from office.access import require
from office.console.campaigns import CODE, campaign_of, index_of
from office.transactions import read
from printing import handouts, posters
from printing.fonts import FontError
from printing.posters import Sign
from server import keys
from server.errors import RequestError
from server.links import origin_of
from server.template_filters import center_names

routes = web.RouteTableDef()

_NOBODY = "知识产权维权援助"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
# Which fact of the shelf says what day it is, and those that a talk begins with.
_DAY = {"ip-day": ("of-01",), "patent-week": ("of-08",), "other": ("of-06",)}
_TALK = ("q29", "q21", "q07", "q08", "q56")


@routes.get(f"/campaigns/{CODE}/kit.pdf", name="campaign_kit")
@require(Permission.CAMPAIGNS)
async def get_kit(request: web.Request) -> web.Response:
    """The print kit of every place, or of the one named with ``?p=``."""
    campaign, places = await _wanted(request)
    return await _file(
        request, "印刷套件.pdf", posters.kit, campaign, places, await _marked(request, campaign)
    )


@routes.get(f"/campaigns/{CODE}/handouts.pdf", name="campaign_handouts")
@require(Permission.CAMPAIGNS)
async def get_handouts(request: web.Request) -> web.Response:
    """Leaflets for citizens and for enterprises, from the published shelf."""
    campaign, places = await _wanted(request)
    index = index_of(request)
    if index is None:
        raise RequestError(409, "not_published", "知识库还没有发布，宣传页的内容取自知识库")
    found = await asyncio.to_thread(handouts.leaflets, index)
    return await _file(
        request,
        "宣传页.pdf",
        handouts.handouts,
        campaign,
        places[0],
        _sign(request, campaign),
        found,
    )


@routes.get(f"/campaigns/{CODE}/script.pdf", name="campaign_script")
@require(Permission.CAMPAIGNS)
async def get_script(request: web.Request) -> web.Response:
    """What the people at the stand say."""
    campaign, places = await _wanted(request)
    heading, text, _basis = _said(request, _DAY[campaign.occasion.value])[0]
    return await _file(
        request,
        "展台讲解词.pdf",
        handouts.script,
        campaign,
        places,
        _sign(request, campaign),
        (heading, text),
    )


@routes.get(f"/campaigns/{CODE}/slides.pptx", name="campaign_slides")
@require(Permission.CAMPAIGNS)
async def get_slides(request: web.Request) -> web.Response:
    """Slides for a talk at a school or in a street."""
    campaign, places = await _wanted(request)
    sections = _said(request, (*_DAY[campaign.occasion.value], *_TALK))
    return await _file(
        request,
        "幻灯片.pptx",
        handouts.slides,
        campaign,
        places[0],
        _sign(request, campaign),
        sections,
    )


async def _wanted(request: web.Request) -> tuple[Campaign, tuple[Place, ...]]:
    campaign = await campaign_of(request, request.match_info["code"])
    code = request.query.get("p")
    if code is None:
        return campaign, campaign.places
    place = campaign.place(code)
    if place is None:
        raise RequestError(404, "not_found", "这个活动没有这个地点")
    return campaign, (place,)


def _sign(request: web.Request, campaign: Campaign) -> Sign:
    names = center_names(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
    return Sign(names.get(campaign.center or "", _NOBODY), origin_of(request))


async def _marked(request: web.Request, campaign: Campaign) -> Sign:
    return replace(_sign(request, campaign), logo=await read(request, logos.find, campaign.center))


def _said(request: web.Request, facts: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Heading, text and basis of the shelf's section on each fact."""
    index = index_of(request)
    found = [citations_of(index, (fact,)) for fact in facts] if index else []
    said = [
        (c[0].heading[-1] if c[0].heading else c[0].title, c[0].quote, c[0].basis or c[0].title)
        for c in found
        if c
    ]
    return said or [("", "", "")]


async def _file(
    request: web.Request, name: str, make: Callable[..., bytes], campaign: Campaign, *more: object
) -> web.Response:
    try:
        data = await asyncio.to_thread(make, campaign, *more)
    except FontError as error:
        raise RequestError(503, "no_font", str(error)) from error
    kind = _SLIDES if name.endswith("pptx") else "application/pdf"
    shown = quote(f"{campaign.name}{name}")
    place = "inline" if kind == "application/pdf" else "attachment"
    headers = {"Content-Disposition": f"{place}; filename*=UTF-8''{shown}"}
    return web.Response(body=data, content_type=kind, headers=headers)
