"""The matters of a person as pages and programs show them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from actions.matter_center import Centers
from actions.matter_view import Known, view, vocabulary_of
from actions.route_rules import router_of
from curation.publishing import today_of
from desk import center_contacts, leads, matters
from desk.engine import reading
from server import keys


def matters_of(app: web.Application, sender: str) -> list[dict[str, Any]]:
    """Every matter of a person as shown, the one spoken of first.  Blocks."""
    settings = app[keys.SETTINGS]
    with reading(app[keys.ENGINE]) as conn:
        told = matters.listing(conn, sender)
        registered = leads.listing(conn, sender=sender) if told else ()
    known = Known(vocabulary_of(settings.knowledge.tables_dir), centers_of(app), registered)
    return view(told, known, today_of(settings))


def centers_of(app: web.Application) -> Centers:
    """The centers with what each entered of itself.  Blocks."""
    with reading(app[keys.ENGINE]) as conn:
        entered = center_contacts.listing(conn)
    return Centers(router_of(app[keys.SETTINGS].knowledge.tables_dir), entered)
