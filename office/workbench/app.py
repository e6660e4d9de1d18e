"""The workbench as one application: its pages, their login, and what it says to a refused request."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors import ModelError
from knowledge.errors import SnapshotError, SourceError
from office.section import create_section
from office.workbench import (
    ask,
    dialogue_training,
    dictionary,
    drafts,
    imports,
    listening,
    material,
    metadata,
    originals,
    overview,
    publish,
    quiz_editing,
    rehearsing,
    replay,
    sampling,
    takeaway,
    wizard,
)
from server.errors import RequestError


def create_workbench() -> web.Application:
    """The application to mount under ``/workbench``."""
    pages = (
        overview,
        imports,
        wizard,
        drafts,
        rehearsing,
        metadata,
        originals,
        takeaway,
        ask,
        replay,
        publish,
        listening,
        sampling,
        dictionary,
        dialogue_training,
        material,
        quiz_editing,
    )
    app = create_section([page.routes for page in pages])
    app.middlewares.append(explain_refusals)
    return app


@web.middleware
async def explain_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give what the knowledge layer refuses a status; its sentence is already for people."""
    try:
        return await handler(request)
    except SourceError as error:
        raise RequestError(400, "source", str(error)) from error
    except ModelError as error:
        raise RequestError(400, "model", str(error)) from error
    except SnapshotError as error:
        raise RequestError(409, "snapshot", str(error)) from error
