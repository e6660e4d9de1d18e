"""What every handler of a campaign needs: the campaign, where it stands, its seals and rounds."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from channels.campaign.rounds import Rounds
from channels.campaign.seals import Seals
from curation.publishing import today_of
from desk import campaigns
from desk.campaign_counts import Happening, count
from desk.campaigns import Campaign, Phase
from desk.engine import reading, writing
from desk.errors import NotFoundError
from knowledge.errors import DeskError
from server import keys
from server.errors import RequestError
from server.security import client_address

logger = logging.getLogger(__name__)

ROUNDS = web.AppKey("campaign_rounds", Rounds)
SEALS = web.AppKey("campaign_seals", Seals)


async def campaign_of(request: web.Request) -> Campaign:
    """The campaign that the address names.

    :raises RequestError: 404 when there is none.
    """
    engine, code = request.config_dict[keys.ENGINE], request.match_info["code"]

    def find() -> Campaign:
        with reading(engine) as conn:
            return campaigns.by_code(conn, code.lower())

    try:
        return await asyncio.to_thread(find)
    except NotFoundError as error:
        raise RequestError(404, "not_found", str(error)) from error


def phase_of(request: web.Request, campaign: Campaign) -> Phase:
    """Where the campaign stands today."""
    return campaign.phase(today_of(request.config_dict[keys.SETTINGS]))


async def admit(request: web.Request) -> None:
    """Use one allowance of the caller's address; a school shares one, so it is a large one.

    :raises RequestError: 429 when it is used up.
    """
    proxies = request.config_dict[keys.SETTINGS].channels.trusted_proxies
    wait = await request.config_dict[keys.LIMITS].play(client_address(request, proxies))
    if wait:
        raise RequestError(429, "too_many", "人太多了，请稍等再试", {"Retry-After": str(wait)})


async def _is_too_often(request: web.Request) -> bool:
    """Whether the caller's address was counted more often than a full hall would be."""
    proxies = request.config_dict[keys.SETTINGS].channels.trusted_proxies
    return await request.config_dict[keys.LIMITS].visit(client_address(request, proxies)) > 0


async def note(request: web.Request, campaign: Campaign, place: str, what: Happening) -> None:
    """Count a happening of an open campaign; a page is shown although it could not be counted.

    What an address does more often than a full hall would is shown, too, and not counted.
    """
    if phase_of(request, campaign) is not Phase.OPEN or await _is_too_often(request):
        return
    engine = request.config_dict[keys.ENGINE]
    code = place if campaign.place(place) else ""

    def add() -> None:
        with writing(engine) as conn:
            count(conn, campaign.id, code, what)

    try:
        await asyncio.to_thread(add)
    except DeskError as error:
        logger.error("a happening of a campaign was not counted: %s", error)
