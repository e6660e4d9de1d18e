"""Requests for aid that were begun and left with a phone number."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.engine import Connection

from desk import handoffs, lead_drafts
from desk.lead_drafts import LeadDraft
from desk.permissions import Permission
from desk.staff import Staff
from office.access import CURRENT_STAFF, require
from office.pages import render
from office.transactions import read

routes = web.RouteTableDef()


@routes.get("/leads/drafts", name="lead_drafts")
@require(Permission.LEADS)
async def show_drafts(request: web.Request) -> web.Response:
    """All that this person may see, masked; each leads to its ticket."""
    drafts = await read(request, _load, request[CURRENT_STAFF])
    return render(request, "desk/lead_drafts.html", section="leads", drafts=drafts)


def _load(conn: Connection, person: Staff) -> list[tuple[LeadDraft, str]]:
    found = []
    for draft in lead_drafts.listing(conn, person.center):
        ticket = handoffs.current(conn, draft.sender)
        found.append((draft, ticket.reference if ticket else ""))
    return found
