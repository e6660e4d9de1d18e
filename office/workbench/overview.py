"""The first page of the workbench: what is live and what is being prepared."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from curation.publishing import inputs_hash, is_stale, store_of
from desk.permissions import Permission
from knowledge.draft import DraftStore
from knowledge.edits import EditStore
from knowledge.errors import SnapshotError
from knowledge.snapshot_types import Manifest
from office.access import require
from office.workbench.pages import render, settings_of
from settings import Settings

routes = web.RouteTableDef()


@dataclass(frozen=True)
class _State:
    """What the page tells."""

    live: Manifest | None
    imported: int
    edits: int
    is_changed: bool
    is_waiting: bool


@routes.get("", name="overview")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """What is live, how many documents were imported, and whether anything waits to be published."""
    state = await asyncio.to_thread(_state, settings_of(request))
    return render(request, "workbench/overview.html", tab="overview", state=state)


def _state(settings: Settings) -> _State:
    store = store_of(settings)
    try:
        live = store.manifest(store.current_path().name)
    except SnapshotError:
        live = None
    draft = settings.knowledge.draft_dir
    is_changed = is_stale(settings)
    # What was built since may wait for approval, or have been taken back.
    is_waiting = (
        live is not None and not is_changed and live.build.get("inputs") != inputs_hash(settings)
    )
    return _State(
        live,
        len(DraftStore(draft).entries()),
        len(EditStore(draft).edits()),
        is_changed,
        is_waiting,
    )
