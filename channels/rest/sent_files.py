"""The files that staff sent, for the person they were sent to."""

from __future__ import annotations

import asyncio

from aiohttp import web

from desk import sent_files
from desk.attachments import Attachment
from desk.engine import reading
from desk.errors import NotFoundError
from server import keys
from server.errors import RequestError
from server.files import saved
from server.security import cookie_sender, presented_sender

routes = web.RouteTableDef()


@routes.get("/api/v1/files/{uid}", name="sent_file")
async def get_file(request: web.Request) -> web.StreamResponse:
    """A file that was sent to whoever shows the token of the conversation."""
    tokens, uid = request.app[keys.TOKENS], request.match_info["uid"]
    sender = presented_sender(request, tokens) or cookie_sender(request, tokens)

    def find() -> Attachment:
        with reading(request.app[keys.ENGINE]) as conn:
            return sent_files.get(conn, sender or "", uid)

    try:
        found = await asyncio.to_thread(find)
    except NotFoundError as error:
        raise RequestError(404, "not_found", str(error)) from error
    return saved(request.app[keys.SETTINGS].desk.attachments_dir, found)
