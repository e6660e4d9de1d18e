"""Who is to take a ticket, and the words it is tagged with."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.engine import Connection

from desk import assignment, cases, marks, staff
from desk.permissions import Permission
from desk.staff import Staff
from office.access import CURRENT_STAFF, require
from office.forms import text_of
from office.pages import see_other
from office.transactions import write
from server import keys

routes = web.RouteTableDef()


@routes.post("/tickets/{reference}/tags", name="case_tags")
@require(Permission.SERVE)
async def tag(request: web.Request) -> web.StreamResponse:
    """Give a ticket the tags of the form, and no others."""
    form, reference = await request.post(), request.match_info["reference"]
    words = text_of(form, "tags").replace("，", " ").replace("、", " ").replace(",", " ").split()
    kept = await write(request, _tag, request[CURRENT_STAFF], reference, words)
    return see_other(f"/desk/tickets/{reference}", f"标签：{'、'.join(kept) or '没有'}")


@routes.post("/tickets/{reference}/assign", name="case_assign")
@require(Permission.SERVE)
async def assign(request: web.Request) -> web.StreamResponse:
    """Say who is to take a ticket that waits; nobody named means whoever has least to do."""
    form, reference = await request.post(), request.match_info["reference"]
    to = text_of(form, "to") or None
    name = await write(request, _assign, request[CURRENT_STAFF], reference, to)
    request.config_dict[keys.WATCHERS].changed()
    return see_other(f"/desk/tickets/{reference}", f"已分给 {name}")


@routes.post("/assign", name="assign_all")
@require(Permission.SERVE)
async def assign_all(request: web.Request) -> web.StreamResponse:
    """Give what nobody holds to the people at the desk, evenly."""
    person = request[CURRENT_STAFF]
    given = await write(request, assignment.spread, person, person.login)
    request.config_dict[keys.WATCHERS].changed()
    notice = f"已分派 {len(given)} 件" if given else "没有可分派的登记，或没有在岗的同事"
    return see_other("/desk", notice, kind="done" if given else "error")


def _tag(conn: Connection, person: Staff, reference: str, words: list[str]) -> tuple[str, ...]:
    return marks.set_tags(conn, cases.find(conn, person, reference).id, words)


def _assign(conn: Connection, person: Staff, reference: str, to: str | None) -> str:
    ticket = cases.find(conn, person, reference)
    given = assignment.assign(conn, ticket.reference, to, person.login)
    return staff.get(conn, given.assignee or "").name
