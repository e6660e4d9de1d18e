"""Conversations that begin at a campaign."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from curation.publishing import today_of
from desk import campaigns
from desk.campaign_counts import arrive
from desk.campaigns import Phase
from desk.engine import writing
from desk.errors import NotFoundError
from knowledge.errors import DeskError
from server import keys
from server.security import client_address

logger = logging.getLogger(__name__)


async def note_arrival(request: web.Request, sender: str) -> None:
    """Remember that a conversation began at the campaign whose page led here.

    Not for an address that comes more often than a full hall would.
    """
    proxies = request.app[keys.SETTINGS].channels.trusted_proxies
    if await request.app[keys.LIMITS].visit(client_address(request, proxies)):
        return
    engine, code = request.config_dict[keys.ENGINE], request.query.get("c", "").lower()
    today = today_of(request.config_dict[keys.SETTINGS])

    def add() -> None:
        with writing(engine) as conn:
            try:
                campaign = campaigns.by_code(conn, code)
            except NotFoundError:  # an old or mistyped link still opens the conversation
                return
            if campaign.phase(today) is Phase.OPEN:
                place = campaign.place(request.query.get("p", ""))
                arrive(conn, sender, campaign.id, place.code if place else "")

    try:
        await asyncio.to_thread(add)
    except DeskError as error:
        logger.error("an arrival at a campaign was not noted: %s", error)
