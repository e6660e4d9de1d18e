"""One search for everything that one may see; what is found is masked by role."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.engine import Connection

from desk import matters
from desk.permissions import Permission
from desk.search import LONGEST, SHORTEST, Found, search
from desk.staff import Staff
from office.access import CURRENT_STAFF, require
from office.console.lead_views import names_of, vocabulary
from office.console.subjects import subject
from office.pages import render
from office.transactions import read
from server import keys

routes = web.RouteTableDef()


@routes.get("/search", name="search")
@require()
async def show_found(request: web.Request) -> web.Response:
    """People, companies, references, the end of a phone, and what was said."""
    person, words = request[CURRENT_STAFF], request.query.get("q", "").strip()[:LONGEST]
    found, told, names = await read(request, _search, person, words)
    vocabulary_ = vocabulary(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
    return render(
        request,
        "desk/search.html",
        section="inbox",
        words=words,
        shortest=SHORTEST,
        found=found,
        names=names,
        vocabulary=vocabulary_,
        subjects={
            item.reference: subject(item.facts, told.get(item.sender), vocabulary_, item.reason)
            for item in found.tickets
        },
        may_see_names=person.may(Permission.REVEAL, anywhere=True),
    )


def _search(
    conn: Connection, person: Staff, words: str
) -> tuple[Found, dict[str, matters.Matter], dict[str, str]]:
    found = search(conn, person, words)
    told = matters.currents(conn, [item.sender for item in found.tickets])
    return found, told, names_of(conn)
