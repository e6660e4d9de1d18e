"""The page of a campaign and what it fetches: the quiz, the game, the board, its manifest and worker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from aiohttp import web

from actions.campaign import citations_of
from channels.campaign.access import ROUNDS, SEALS, admit, campaign_of, note, phase_of
from channels.campaign.rounds import AUDIENCE_NAMES
from channels.campaign.seals import Result
from desk import campaign_plays
from desk.campaign_counts import Happening
from desk.campaign_plays import Play
from desk.campaigns import Campaign, Occasion
from desk.engine import reading
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from indexer.hybrid import HybridIndex
from knowledge.errors import SnapshotError
from knowledge.protection_table import load_protection
from server import keys
from server.errors import RequestError
from server.links import origin_of
from server.request_json import read_json

routes = web.RouteTableDef()

_CODE = "{code:[a-zA-Z0-9]{1,16}}"
_MOST_BYTES = 2000
_NOT_YET = "题目还在准备，请过一会儿再来"
_T = TypeVar("_T")
_WORKER = Path(__file__).resolve().parents[1] / "static" / "campaign" / "worker.js"
# What a browser fetches beforehand is no scan.
_AHEAD = ("Sec-Purpose", "Purpose", "X-Moz")

# The game as text for each index that is in use; an index that was replaced is not held for it.
_games: WeakKeyDictionary[HybridIndex, str] = WeakKeyDictionary()


@routes.get(rf"/c/{_CODE}", name="campaign")
async def show(request: web.Request) -> web.Response:
    """The page; opened by the link of a place it counts as a scan there."""
    campaign = await campaign_of(request)
    place = campaign.place(request.query.get("p", ""))
    is_kiosk = request.query.get("kiosk") == "1"
    is_ahead = any("prefetch" in request.headers.get(name, "").lower() for name in _AHEAD)
    if place is not None and not is_kiosk and not is_ahead:
        await note(request, campaign, place.code, Happening.SCAN)
    team = campaign.team(request.query.get("t", ""))
    text = (
        request.app[keys.TEMPLATES]
        .get_template("campaign/page.html")
        .render(
            campaign=campaign, place=place, team=team, is_kiosk=is_kiosk, phase=phase_of(request, campaign).value,
            audiences=AUDIENCE_NAMES, origin=origin_of(request), is_patent=campaign.occasion is Occasion.PATENT_WEEK,
            rounds=len(campaign.questions) if 0 < len(campaign.questions) < 5 else 5,
        )
    )  # fmt: skip
    response = web.Response(text=text, content_type="text/html")
    response.enable_compression()
    return response


@routes.get(rf"/c/{_CODE}/manifest.webmanifest", name="campaign_manifest")
async def manifest(request: web.Request) -> web.Response:
    """What lets a stand put the page on its screen as a program of its own."""
    campaign = await campaign_of(request)
    place = campaign.place(request.query.get("p", ""))
    icons = [{"src": "/static/icon-512.png", "sizes": "512x512", "type": "image/png"}]
    value = {
        "name": campaign.name, "short_name": "知识产权答题", "lang": "zh-CN", "display": "fullscreen",
        "id": f"/c/{campaign.code}", "scope": f"/c/{campaign.code}",
        "start_url": f"/c/{campaign.code}?kiosk=1" + (f"&p={place.code}" if place else ""),
        "background_color": "#12365e", "theme_color": "#12365e", "icons": icons,
    }  # fmt: skip
    return web.json_response(value, content_type="application/manifest+json")


@routes.get("/c/-/worker.js", name="campaign_worker")
async def worker(request: web.Request) -> web.Response:
    """The worker that keeps the page for a stand without a network; its scope is every campaign."""
    text = await asyncio.to_thread(_WORKER.read_text, "utf-8")
    headers = {"Service-Worker-Allowed": "/c/", "Cache-Control": "no-cache"}
    return web.Response(text=text, content_type="text/javascript", headers=headers)


@routes.post(rf"/c/{_CODE}/plays", name="campaign_begin")
async def begin(request: web.Request) -> web.Response:
    """Begin a round: ``{"audience", "place", "team"}`` gets its first question."""
    await admit(request)
    campaign, wanted = await campaign_of(request), await _body(request)
    rounds, phase = request.app[ROUNDS], phase_of(request, campaign)
    current = request.app[keys.INDEX].current
    return await _answered(lambda: rounds.begin(campaign, phase, current(), wanted))


@routes.post(rf"/c/{_CODE}/plays/{{play:[A-Za-z0-9_-]{{10,32}}}}", name="campaign_answer")
async def answer(request: web.Request) -> web.Response:
    """Answer ``{"number", "choice"}``; the last answer brings the result and where its card is."""
    campaign, said = await campaign_of(request), await _body(request)
    number, choice = said.get("number"), said.get("choice")
    if type(number) is not int or type(choice) is not int:
        raise RequestError(400, "invalid_answer", "number 和 choice 应为整数")
    current = request.app[keys.INDEX].current
    rounds, identifier = request.app[ROUNDS], request.match_info["play"]

    def take() -> dict[str, Any]:
        play, shown = rounds.answer(campaign, current(), identifier, number, choice)
        if play.is_over and number == len(play.asked):
            shown["result"] = _result(request, campaign, play)
        return shown

    return await _answered(take)


@routes.get(rf"/c/{_CODE}/rights.json", name="campaign_rights")
async def rights(request: web.Request) -> web.Response:
    """The game: things, what each right does for them, and where the shelf says so."""
    await campaign_of(request)
    current = request.app[keys.INDEX].current
    tables = request.app[keys.SETTINGS].knowledge.tables_dir

    def game() -> str:
        index = current()
        text = _games.get(index)
        if text is None:
            text = _games[index] = _rights(index, tables)
        return text

    response = web.Response(text=await _done(game), content_type="application/json")
    response.enable_compression()
    return response


@routes.post(rf"/c/{_CODE}/game", name="campaign_game")
async def played(request: web.Request) -> web.Response:
    """Count that the game was played at a place."""
    await admit(request)
    campaign, said = await campaign_of(request), await _body(request)
    await note(request, campaign, str(said.get("place", "")), Happening.GAME)
    return web.Response(status=204)


@routes.get(rf"/c/{_CODE}/board", name="campaign_board")
async def board(request: web.Request) -> web.Response:
    """Classes and units by their share of right answers."""
    campaign = await campaign_of(request)
    engine = request.app[keys.ENGINE]

    def standings() -> tuple[campaign_plays.Standing, ...]:
        with reading(engine) as conn:
            return campaign_plays.board(conn, campaign.id)

    found = await asyncio.to_thread(standings)
    template = request.app[keys.TEMPLATES].get_template("campaign/board.html")
    text = template.render(campaign=campaign, standings=found, own=request.query.get("c", ""))
    return web.Response(text=text, content_type="text/html")


def _result(request: web.Request, campaign: Campaign, play: Play) -> dict[str, Any]:
    """What a finished round came to, with a sealed address for its card."""
    result = Result(campaign.code, play.score, len(play.asked), play.best, play.audience, play.team)
    query = dict(request.app[SEALS].query(result))
    if play.place:
        query["p"] = play.place
    page = request.app.router["campaign_card_page"].url_for(code=campaign.code)
    return {
        "score": result.score, "total": result.total, "best": result.best,
        "card": str(page.with_query(query)),
    }  # fmt: skip


async def _body(request: web.Request) -> dict[str, Any]:
    value = await read_json(request, most_bytes=_MOST_BYTES, shape="JSON 对象")
    if not isinstance(value, dict):
        raise RequestError(400, "invalid_json", "请求正文应为 JSON 对象")
    return value


async def _answered(work: Callable[[], dict[str, Any]]) -> web.Response:
    return web.json_response(await _done(work))


async def _done(work: Callable[[], _T]) -> _T:
    """Do the desk's work beside the loop; what it refuses is told in words."""
    try:
        return await asyncio.to_thread(work)
    except SnapshotError as error:  # nothing was published yet
        raise RequestError(503, "not_ready", _NOT_YET, {"Retry-After": "30"}) from error
    except InvalidRecordError as error:
        raise RequestError(400, "invalid", str(error)) from error
    except NotFoundError as error:
        raise RequestError(404, "not_found", str(error)) from error
    except TransitionError as error:
        raise RequestError(409, "out_of_turn", str(error)) from error


def _rights(index: HybridIndex, tables: Path) -> str:
    table = load_protection(tables)
    things = [
        {
            "id": thing.id,
            "name": thing.name,
            "rights": [
                {"id": v.right, "name": table.rights[v.right], "yes": v.protects, "why": v.why, "source": _source(index, v.facts)}
                for v in thing.verdicts
            ],
        }
        for thing in table.things
    ]  # fmt: skip
    return json.dumps({"things": things}, ensure_ascii=False)


def _source(index: HybridIndex, facts: tuple[str, ...]) -> dict[str, Any] | None:
    found = citations_of(index, facts)
    if not found:
        return None
    return {"title": found[0].title, "heading": found[0].heading[-1] if found[0].heading else "", "quote": found[0].quote}  # fmt: skip
