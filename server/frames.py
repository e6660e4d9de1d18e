"""Whose page shows ours in a frame: what is said there counts as theirs, by whichever way it comes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web

from desk import widget_sites
from desk.engine import reading
from desk.messages import InboundMessage
from desk.widget_sites import Site
from server import keys
from server.errors import RequestError
from server.security import frame_site

CHANNEL = "widget"


async def partner_of(request: web.Request) -> str | None:
    """Who shows our page in a frame; None on our own.

    :raises RequestError: 403 when their site is not allowed any more.
    """
    key = frame_site(request, request.app[keys.TOKENS])
    if key is None:
        return None

    def find() -> Site | None:
        with reading(request.app[keys.ENGINE]) as conn:
            return widget_sites.find(conn, key)

    site = await asyncio.to_thread(find)
    if site is None:
        raise RequestError(403, "site_not_allowed", "这个网站没有获准嵌入护航")
    return site.partner or site.origin


async def framed(request: web.Request, inbound: InboundMessage) -> InboundMessage:
    """A message as one of the partner in whose frame it was written.

    :raises RequestError: 403 when their site is not allowed any more.
    """
    partner = await partner_of(request)
    if partner is None:
        return inbound
    return replace(inbound, channel=CHANNEL, metadata={**inbound.metadata, "partner": partner})
