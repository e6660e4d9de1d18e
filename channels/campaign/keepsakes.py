"""What a person keeps of a round: the card as page and picture, the certificate; all from a sealed result."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from aiohttp import web

from channels.campaign.access import SEALS, campaign_of, note
from channels.campaign.seals import Result
from curation.publishing import today_of
from desk import logos
from desk.campaign_counts import Happening
from desk.campaigns import Campaign, Occasion
from desk.engine import reading
from printing import card
from printing.certificate import certificate
from printing.posters import Sign
from server import keys
from server.drawing import drawn
from server.errors import RequestError
from server.links import origin_of, place_link
from server.template_filters import center_names

routes = web.RouteTableDef()

_CODE = "{code:[a-zA-Z0-9]{1,16}}"
_SHAPES = frozenset(("tall", "square"))
# A certificate says that somebody knows something.
_LEAST_SHARE = 0.6
_SIGN = "护航 · 海外知识产权维权援助"


@routes.get(rf"/c/{_CODE}/card", name="campaign_card_page")
async def show_card(request: web.Request) -> web.Response:
    """The page of a finished round, to be kept or sent on."""
    campaign = await campaign_of(request)
    result = request.app[SEALS].open(campaign.code, request.query)
    template = request.app[keys.TEMPLATES].get_template("campaign/card.html")
    text = template.render(
        campaign=campaign, result=result, query=request.query_string, origin=origin_of(request),
        may_certify=_may_certify(result), place=request.query.get("p", ""),
    )  # fmt: skip
    return web.Response(text=text, content_type="text/html")


@routes.get(rf"/c/{_CODE}/card.png", name="campaign_card")
async def get_card(request: web.Request) -> web.Response:
    """The card as a picture; ``shape`` is tall or square."""
    campaign = await campaign_of(request)
    result = request.app[SEALS].open(campaign.code, request.query)
    shape = request.query.get("shape", "tall")
    if shape not in _SHAPES:
        raise RequestError(400, "invalid_shape", "shape 应为 tall 或 square")
    data = await drawn(request, card.draw, _text(request, campaign, result), shape)
    await note(request, campaign, request.query.get("p", ""), Happening.CARD)
    return web.Response(
        body=data, content_type="image/png", headers={"Cache-Control": "private, max-age=3600"}
    )


@routes.get(rf"/c/{_CODE}/certificate.pdf", name="campaign_certificate")
async def get_certificate(request: web.Request) -> web.Response:
    """A certificate with an empty line for the name, which the school writes by hand."""
    campaign = await campaign_of(request)
    result = request.app[SEALS].open(campaign.code, request.query)
    if not _may_certify(result):
        raise RequestError(403, "too_few", "答对六成以上才有证书，再来一轮吧")
    team = campaign.team(result.team)
    today = today_of(request.app[keys.SETTINGS])
    data = await drawn(
        request,
        certificate,
        campaign,
        result.score,
        result.total,
        team.name if team else "",
        await _marked(request, campaign),
        today,
    )
    name = quote(f"{campaign.name}证书.pdf")
    headers = {
        "Content-Disposition": f"inline; filename=\"certificate.pdf\"; filename*=UTF-8''{name}"
    }
    return web.Response(body=data, content_type="application/pdf", headers=headers)


@routes.get(rf"/c/{_CODE}/qr.svg", name="campaign_qr")
async def get_code(request: web.Request) -> web.Response:
    """The QR code of a place, or of the campaign where none is named."""
    campaign = await campaign_of(request)
    modules = card.qr_modules(_link(request, campaign))
    size = len(modules)
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, dark in enumerate(row) if dark
    )
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{path}"/></svg>'
    )
    return web.Response(text=text, content_type="image/svg+xml")


def _may_certify(result: Result) -> bool:
    return result.score >= _LEAST_SHARE * result.total


def _link(request: web.Request, campaign: Campaign) -> str:
    place = campaign.place(request.query.get("p", ""))
    origin = origin_of(request)
    return place_link(origin, campaign.code, place.code) if place else f"{origin}/c/{campaign.code}"


def _sign(request: web.Request, campaign: Campaign) -> str:
    names = center_names(request.app[keys.SETTINGS].knowledge.tables_dir)
    return names.get(campaign.center or "", _SIGN)


async def _marked(request: web.Request, campaign: Campaign) -> Sign:
    """Under whose name and mark a certificate stands."""

    def find() -> bytes | None:
        with reading(request.app[keys.ENGINE]) as conn:
            return logos.find(conn, campaign.center)

    return Sign(_sign(request, campaign), origin_of(request), await asyncio.to_thread(find))


def _text(request: web.Request, campaign: Campaign, result: Result) -> card.CardText:
    team = campaign.team(result.team)
    return card.CardText(
        title=campaign.name, theme=campaign.theme, score=result.score, total=result.total,
        streak=f"最多连对{result.best}题" if result.best > 1 else "", team=team.name if team else "",
        link=_link(request, campaign), center=_sign(request, campaign),
        is_patent=campaign.occasion is Occasion.PATENT_WEEK,
    )  # fmt: skip
