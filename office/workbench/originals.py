"""The pages that a document was imported from, shown beside what was read from them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from curation.background import aside
from desk.permissions import Permission
from knowledge.draft import DraftStore
from knowledge.errors import SourceError
from office.access import require
from office.workbench.pages import settings_of
from papers.pictures import page_picture_aside
from settings import Settings

routes = web.RouteTableDef()


def pages_of(settings: Settings, document: str) -> Path | None:
    """:return: the original of a document, where it has pages that can be shown."""
    original = DraftStore(settings.knowledge.draft_dir).original(document)
    return original if original is not None and original.suffix == ".pdf" else None


@routes.get("/drafts/{document}/pages/{page:[0-9]{1,4}}.png", name="draft_page")
@require(Permission.KNOWLEDGE)
async def show_page(request: web.Request) -> web.Response:
    """The picture of one page of the original."""
    original = await asyncio.to_thread(
        pages_of, settings_of(request), request.match_info["document"]
    )
    if original is None:
        raise web.HTTPNotFound
    number = int(request.match_info["page"])
    try:
        body = await aside(page_picture_aside, original, number)
    except SourceError as error:
        raise web.HTTPNotFound from error
    return web.Response(body=body, content_type="image/png")
