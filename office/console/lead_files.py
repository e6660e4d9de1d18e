"""Files of a lead: taken in pieces, told by their content, given back only to be saved."""

from __future__ import annotations

import asyncio

from aiohttp import BodyPartReader, web
from sqlalchemy.engine import Connection

from desk import attachments, audit
from desk.attachments import Attachment
from desk.errors import InvalidRecordError
from desk.permissions import Permission
from office.access import CURRENT_STAFF, require
from office.console.leads import actor_of, change, path_of
from office.pages import see_other
from office.transactions import engine_of
from server import keys
from server.files import CHUNK, arrived, saved

routes = web.RouteTableDef()

_FILES_AT_ONCE = 10


@routes.post("/leads/{reference}/files", name="lead_files")
@require(Permission.LEADS)
async def upload(request: web.Request) -> web.Response:
    """Take the files of a form, one after the other; what came before a bad one is kept."""
    if not request.content_type.startswith("multipart/"):
        raise InvalidRecordError("请选择要上传的文件")
    kept = 0
    reader = await arrived(request.multipart())
    while (part := await arrived(reader.next())) is not None:
        if isinstance(part, BodyPartReader) and part.name == "file" and part.filename:
            if kept == _FILES_AT_ONCE:
                raise InvalidRecordError(f"一次最多传 {_FILES_AT_ONCE} 个文件，其余没有保存")
            await _keep(request, part, part.filename)
            kept += 1
    if not kept:
        raise InvalidRecordError("请选择要上传的文件")
    return see_other(f"{path_of(request)}#files", f"已保存 {kept} 个附件")


@routes.get("/leads/{reference}/files/{uid}", name="lead_file")
@require(Permission.LEADS)
async def download(request: web.Request) -> web.StreamResponse:
    """Give a file to be saved; that somebody took it is recorded."""
    uid, person = request.match_info["uid"], request[CURRENT_STAFF]

    def take(conn: Connection, reference: str) -> Attachment:
        found = attachments.get(conn, reference, uid)
        detail = {"file": uid}
        audit.record(
            conn, actor_of(person), "lead-file", reference, center=person.center, detail=detail
        )
        return found

    found = await change(request, take)
    return saved(request.config_dict[keys.SETTINGS].desk.attachments_dir, found)


@routes.post("/leads/{reference}/files/{uid}/delete", name="lead_file_delete")
@require(Permission.LEADS)
async def delete(request: web.Request) -> web.Response:
    """Remove a file and its content."""
    uid, actor = request.match_info["uid"], actor_of(request[CURRENT_STAFF])
    gone = await change(request, attachments.remove, uid, actor)
    folder = request.config_dict[keys.SETTINGS].desk.attachments_dir
    await asyncio.to_thread(attachments.sweep, engine_of(request), folder)
    return see_other(f"{path_of(request)}#files", f"已删除「{gone.name}」")


async def _keep(request: web.Request, part: BodyPartReader, name: str) -> None:
    folder = request.config_dict[keys.SETTINGS].desk.attachments_dir
    actor = actor_of(request[CURRENT_STAFF])
    with attachments.receiving(folder) as arriving:
        while piece := await arrived(part.read_chunk(CHUNK)):
            await asyncio.to_thread(arriving.write, piece)
        await asyncio.to_thread(arriving.finish)

        def add(conn: Connection, reference: str) -> Attachment:
            return attachments.add(conn, folder, reference, arriving, name, actor)

        await change(request, add)
