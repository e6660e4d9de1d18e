"""The figures of a campaign: on the screen, as a workbook and as a report to pass on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup

from curation.publishing import today_of
from desk import audit, campaign_figures
from desk.campaign_figures import MEASURES, TREND, CampaignFigures, sheets
from desk.campaigns import Campaign
from desk.exports import workbook
from desk.figures import SMALL_CELL
from desk.permissions import Permission
from office.access import CURRENT_STAFF, require
from office.console import charts
from office.console.campaigns import CODE, campaign_of, questions_of
from office.console.charts import Bar, Series
from office.pages import render
from office.transactions import read, write
from printing.fonts import FontError
from printing.report import report
from server import keys
from server.errors import RequestError
from server.template_filters import center_names

routes = web.RouteTableDef()

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOBODY = "知识产权维权援助"


@dataclass(frozen=True)
class Picture:
    """A chart with its title; the same numbers stand in a table beside it."""

    title: str
    drawn: Markup


@routes.get(f"/campaigns/{CODE}/figures", name="campaign_figures")
@require(Permission.CAMPAIGNS)
async def show(request: web.Request) -> web.Response:
    """Tiles, charts and tables."""
    campaign, found = await _found(request)
    texts = _texts(request)
    return render(
        request, "desk/campaign_figures.html", section="campaigns", campaign=campaign, figures=found,
        measures=MEASURES, trend=TREND, pictures=_pictures(campaign, found), smallest=SMALL_CELL,
        questions=[(texts.get(item.question, item.question), item) for item in found.questions],
        place_names=_names(campaign),
    )  # fmt: skip


@routes.get(f"/campaigns/{CODE}/figures.xlsx", name="campaign_figures_xlsx")
@require(Permission.CAMPAIGNS)
async def get_workbook(request: web.Request) -> web.Response:
    """The same as a workbook."""
    campaign, found = await _found(request)
    made = await asyncio.to_thread(workbook, sheets(campaign, found, _texts(request)))
    await _noted(request, campaign, "xlsx")
    return _file(made, _SHEET, f"{campaign.name}数据.xlsx")


@routes.get(f"/campaigns/{CODE}/report.pdf", name="campaign_report")
@require(Permission.CAMPAIGNS)
async def get_report(request: web.Request) -> web.Response:
    """The same as a report of a page or two for the information report (信息报送)."""
    campaign, found = await _found(request)
    settings = request.config_dict[keys.SETTINGS]
    center = center_names(settings.knowledge.tables_dir).get(campaign.center or "", _NOBODY)
    try:
        made = await asyncio.to_thread(
            report, campaign, found, _texts(request), center, today_of(settings)
        )
    except FontError as error:
        raise RequestError(503, "no_font", str(error)) from error
    await _noted(request, campaign, "pdf")
    return _file(made, "application/pdf", f"{campaign.name}信息报送.pdf")


async def _found(request: web.Request) -> tuple[Campaign, CampaignFigures]:
    campaign = await campaign_of(request, request.match_info["code"])
    return campaign, await read(request, campaign_figures.figures, campaign)


async def _noted(request: web.Request, campaign: Campaign, kind: str) -> None:
    by = request[CURRENT_STAFF].login
    await write(
        request, audit.record, by, "export", f"campaign:{campaign.code}", detail={"format": kind}
    )


def _file(data: bytes, kind: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return web.Response(body=data, content_type=kind, headers=headers)


def _texts(request: web.Request) -> Mapping[str, str]:
    """The questions of the bank by id."""
    return {item.id: item.question for item in questions_of(request)}


def _names(campaign: Campaign) -> dict[str, str]:
    """The places by code; what came by no place's link stands under an empty code."""
    return {**{place.code: place.name for place in campaign.places}, "": "没有带地点的链接"}


def _pictures(campaign: Campaign, found: CampaignFigures) -> list[Picture]:
    """Charts of what may be shown; a hidden number is drawn as none."""
    names = _names(campaign)
    bars = [
        Bar(names.get(code, code), numbers["scan"] or 0) for code, numbers in found.places.items()
    ]
    pictures = [Picture("各地点扫码", charts.bars("by-place", "各地点扫码", bars))]
    for title, identity, groups in (
        ("每天", "by-day", found.days),
        ("每小时", "by-hour", found.hours),
    ):
        if not groups:
            continue
        labels = [
            f"{key}时" if isinstance(key, int) else f"{key.month}/{key.day}" for key in groups
        ]
        series = [
            Series(MEASURES[name], tone, tuple(numbers[name] or 0 for numbers in groups.values()))
            for name, tone in zip(TREND, "abc", strict=True)
        ]
        words = f"{title}的扫码、开始和答完"
        pictures.append(Picture(words, charts.lines(identity, words, labels, series)))
    return pictures
