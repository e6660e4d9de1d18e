"""The audit log, searchable by administrators."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from aiohttp import web

from desk import audit, campaigns
from desk.permissions import Permission
from desk.service_clock import CHINA
from office.access import require
from office.console.audit_words import ACTIONS, Words
from office.console.lead_views import names_of
from office.forms import day_of, number_of
from office.pages import render
from office.transactions import read
from server import keys
from server.names import Names
from server.template_filters import center_names

routes = web.RouteTableDef()

_PAGE = 100


@routes.get("/audit", name="audit")
@require(Permission.AUDIT)
async def show_audit(request: web.Request) -> web.Response:
    """Entries, newest first, narrowed by who, what, on what and when."""
    query = {key: request.query.get(key, "").strip()[:100] for key in _FIELDS}
    entries = await read(
        request,
        audit.search,
        actor=query["actor"] or None,
        action=query["action"] or None,
        subject=_subject(query["subject"], request.config_dict[keys.NAMES]),
        since=_moment(query["since"]),
        until=_moment(query["until"], after=True),
        before_id=number_of(request.query.get("before")),
        limit=_PAGE + 1,
    )
    shown = entries[:_PAGE]
    words = Words(
        request.config_dict[keys.NAMES],
        center_names(request.config_dict[keys.SETTINGS].knowledge.tables_dir),
        {one.code: one.name for one in await read(request, campaigns.listing)},
    )
    older = ""
    if len(entries) > _PAGE:
        older = "/desk/audit?" + urlencode({**query, "before": shown[-1].id})
    return render(
        request,
        "desk/audit.html",
        section="audit",
        lines=[words.of(entry) for entry in shown],
        older=older,
        query=query,
        actions=ACTIONS,
        people=await read(request, names_of),
    )


def _subject(text: str, names: Names) -> str | None:
    """What was typed: a reference, or the name of a colleague."""
    login = names.found(text)
    return f"staff:{login}" if login else text or None


_FIELDS = ("actor", "action", "subject", "since", "until")


def _moment(text: str, *, after: bool = False) -> datetime | None:
    """The beginning of a day in China, or its end."""
    day = day_of({"": text}, "")
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1 if after else 0), time(), CHINA)
