"""Files that staff send to a person: taken from a form, given back to colleagues to be saved."""

from __future__ import annotations

import asyncio

from aiohttp import BodyPartReader, web
from sqlalchemy.engine import Connection

from desk import attachments, cases, sent_files
from desk.attachments import Attachment
from desk.errors import InvalidRecordError
from desk.permissions import Permission
from desk.staff import Staff
from office.access import CURRENT_STAFF, require
from office.pages import see_other
from office.transactions import read
from server import keys
from server.files import CHUNK, arrived, saved

routes = web.RouteTableDef()


@routes.post("/tickets/{reference}/sent", name="case_send_file")
@require(Permission.SERVE)
async def send(request: web.Request) -> web.StreamResponse:
    """Take one file and send it; only whoever serves may."""
    person, reference = request[CURRENT_STAFF], request.match_info["reference"]
    ticket = await read(request, cases.find, person, reference)
    if not request.content_type.startswith("multipart/"):
        raise InvalidRecordError("请选择要发送的文件")
    folder = request.config_dict[keys.SETTINGS].desk.attachments_dir
    delivery = request.config_dict[keys.DELIVERY]
    reader = await arrived(request.multipart())
    while (part := await arrived(reader.next())) is not None:
        if isinstance(part, BodyPartReader) and part.name == "file" and part.filename:
            with attachments.receiving(folder) as arriving:
                while piece := await arrived(part.read_chunk(CHUNK)):
                    await asyncio.to_thread(arriving.write, piece)
                await asyncio.to_thread(arriving.finish)
                await delivery.carry_out(
                    ticket.reference, cases.send_file, person, reference, folder, arriving,
                    part.filename,
                )  # fmt: skip
            return see_other(f"/desk/tickets/{ticket.reference}#latest", "文件已发给对方")
    raise InvalidRecordError("请选择要发送的文件")


@routes.get("/tickets/{reference}/sent/{uid}", name="case_sent_file")
@require(Permission.SERVE)
async def download(request: web.Request) -> web.StreamResponse:
    """Give a file that was sent, to be saved."""
    match = request.match_info
    found = await read(request, _find, request[CURRENT_STAFF], match["reference"], match["uid"])
    return saved(request.config_dict[keys.SETTINGS].desk.attachments_dir, found)


def _find(conn: Connection, person: Staff, reference: str, uid: str) -> Attachment:
    return sent_files.get(conn, cases.find(conn, person, reference).sender, uid)
