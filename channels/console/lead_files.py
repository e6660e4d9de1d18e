"""Files of a lead: taken in pieces, told by their content, given back only to be saved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from aiohttp import BodyPartReader, ClientPayloadError, web
from aiohttp.http import HttpProcessingError
from sqlalchemy.engine import Connection

from channels import keys
from channels.console.access import CURRENT_STAFF, require
from channels.console.leads import actor_of, change, path_of
from channels.console.pages import see_other
from channels.console.records import engine_of
from desk import attachments, audit
from desk.attachments import Attachment
from desk.errors import InvalidRecordError
from desk.permissions import Permission

routes = web.RouteTableDef()

T = TypeVar("T")
CHUNK = 256 * 1024
_FILES_AT_ONCE = 10
# Nothing in the file may run or load, whatever a browser makes of it.
_POLICY = "sandbox; default-src 'none'"


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


async def arrived(waiting: Awaitable[T]) -> T:
    """The next piece of the request.

    :raises InvalidRecordError: when the request is cut off or no form at all.
    """
    try:
        return await waiting
    except (ValueError, HttpProcessingError, ClientPayloadError) as error:
        raise InvalidRecordError("上传没有完成，请重新选择文件再传") from error


def saved(folder: Path, found: Attachment) -> web.FileResponse:
    """A file as an answer that can only be saved."""
    return web.FileResponse(
        attachments.path_of(folder, found),
        headers={
            "Content-Type": found.media_type,
            "Content-Disposition": as_attachment(found.name),
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def as_attachment(name: str) -> str:
    """The header for a name in any script (RFC 6266); plain readers get an ASCII stand-in."""
    suffix = name.rpartition(".")[2]
    return f"attachment; filename=\"file.{suffix}\"; filename*=UTF-8''{quote(name, safe='')}"
