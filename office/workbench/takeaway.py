"""The whole edited knowledge base as one download, so that the center is never locked in."""

from __future__ import annotations

import asyncio

from aiohttp import hdrs, web

from curation.exporting import export_zip
from curation.publishing import today_of
from desk.permissions import Permission
from office.access import require
from office.workbench.pages import settings_of

routes = web.RouteTableDef()


@routes.post("/export", name="export")
@require(Permission.KNOWLEDGE)
async def download(request: web.Request) -> web.Response:
    """The exported folder as an archive."""
    settings = settings_of(request)
    body = await asyncio.to_thread(export_zip, settings)
    name = f"huhang-knowledge-{today_of(settings)}.zip"
    return web.Response(
        body=body,
        content_type="application/zip",
        headers={hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'},
    )
