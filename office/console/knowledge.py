"""The knowledge base beside the reply box."""

from __future__ import annotations

import asyncio

from aiohttp import web

from desk.permissions import Permission
from knowledge.errors import SnapshotError
from office.access import require
from office.clock import today
from office.pages import render
from server import keys
from server.knowledge_shelf import Found

routes = web.RouteTableDef()

_LONGEST_QUERY = 300


@routes.get("/knowledge", name="desk_knowledge")
@require(Permission.SERVE)
async def search(request: web.Request) -> web.Response:
    """Passages to a question, for the panel beside the reply box."""
    query = request.query.get("q", "").strip()[:_LONGEST_QUERY]
    country = request.query.get("country", "").strip()[:40] or None
    found: tuple[Found, ...] = ()
    problem = ""
    if query:
        shelf = request.config_dict[keys.SHELF]
        try:
            found = await asyncio.to_thread(shelf.search, query, country, today(request))
        except SnapshotError as error:
            problem = str(error)
    return render(request, "desk/knowledge.html", query=query, found=found, problem=problem)
