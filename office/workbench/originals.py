"""The file that a document was imported from: its pages beside what was read from them, and the document's end."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web

from curation.background import aside
from desk.permissions import Permission
from knowledge.draft import DraftStore
from knowledge.errors import SourceError
from office.access import require
from office.pages import see_other
from office.workbench.pages import login_of, settings_of
from papers.pictures import page_picture_aside
from settings import Settings

routes = web.RouteTableDef()


def pages_of(settings: Settings, document: str) -> Path | None:
    """:return: the original of a document, where it has pages that can be shown."""
    original = DraftStore(settings.knowledge.draft_dir).original(document)
    return original if original is not None and original.suffix == ".pdf" else None


def is_imported(settings: Settings, document: str) -> bool:
    """Whether a document came from somebody's file, not with the program."""
    return DraftStore(settings.knowledge.draft_dir).original(document) is not None


@routes.post("/drafts/{document}/remove", name="draft_remove")
@require(Permission.KNOWLEDGE)
async def remove(request: web.Request) -> web.Response:
    """Take an imported document out of the draft; the live shelf keeps it until that is published."""
    document, by = request.match_info["document"], login_of(request)
    drafts = DraftStore(settings_of(request).knowledge.draft_dir)

    def take_out() -> str:
        titles = {item.document: item.title for item in drafts.entries()}
        drafts.remove(document, by=by)
        return titles.get(document, document)

    title = await asyncio.to_thread(take_out)
    return see_other(
        "/workbench/drafts",
        f"已从草稿里拿掉《{title}》，发布以后不再用它回答；要放回来，重新导入原文件",
    )


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
