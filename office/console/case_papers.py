"""The papers of a conversation for the staff who serve it: what they were read as, and the files to save."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from aiohttp import web
from sqlalchemy.engine import Connection

from actions.paper_view import InHand
from desk import audit, cases, paper_files, papers
from desk.errors import NotFoundError
from desk.paper_types import PICTURES
from desk.papers import Paper, PaperFile, Status
from desk.permissions import Permission
from desk.staff import Staff
from office.access import CURRENT_STAFF, require
from office.console.leads import actor_of
from office.transactions import write
from papers.card import card
from server import keys
from server.files import as_attachment

routes = web.RouteTableDef()

# Nothing in the file may run or load, whatever a browser makes of it.
_POLICY = "sandbox; default-src 'none'"
_SHOWN = frozenset(kind.media_type for kind in PICTURES) | {"application/pdf"}
_STATUS = {
    Status.WAITING: "等待读取",
    Status.READING: "正在读",
    Status.READ: "读完",
    Status.DONE: "读完",
    Status.FAILED: "读不了",
}


@dataclass(frozen=True)
class PaperShown:
    """A paper as the case shows it: its files, how far it is, and the card in words."""

    paper: Paper
    status: str
    lines: tuple[str, ...]


def shown(conn: Connection, sender: str, today: date) -> tuple[PaperShown, ...]:
    """Every paper of a person, oldest first."""
    return tuple(_shown(paper, today) for paper in papers.listing(conn, sender))


@routes.get("/tickets/{reference}/papers/{uid}/{file}", name="case_paper")
@require(Permission.SERVE)
async def download(request: web.Request) -> web.StreamResponse:
    """Give a file of a paper to be saved; who took it is recorded."""
    person, match = request[CURRENT_STAFF], request.match_info
    file = await write(request, _taken, person, match["reference"], match["uid"], match["file"])
    folder = request.config_dict[keys.SETTINGS].desk.attachments_dir
    path = await asyncio.to_thread(paper_files.path_of, folder, match["uid"], file.file)
    media = file.media_type if file.media_type in _SHOWN else "application/octet-stream"
    return web.FileResponse(
        path,
        headers={
            "Content-Type": media,
            "Content-Disposition": as_attachment(file.name),
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _taken(conn: Connection, person: Staff, reference: str, uid: str, name: str) -> PaperFile:
    ticket = cases.find(conn, person, reference)
    paper = papers.get(conn, uid, sender=ticket.sender)
    file = next((item for item in paper.files if item.file == name), None)
    if file is None:
        raise NotFoundError("没有这个文件，可能已经删除")
    detail = {"paper": uid, "file": name}
    audit.record(
        conn, actor_of(person), "paper-file", reference, center=person.center, detail=detail
    )
    return file


def _shown(paper: Paper, today: date) -> PaperShown:
    held = InHand.of(paper)
    lines = () if held is None else tuple(card(held.reading, today))
    status = "登记时附上的材料" if paper.is_material else _STATUS[paper.status]
    return PaperShown(paper, status, lines)
