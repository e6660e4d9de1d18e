"""The matters of a person as pages and programs show them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from actions.matter_view import view, vocabulary_of
from curation.publishing import today_of
from desk import leads, matters
from desk.engine import reading
from server import keys


def matters_of(app: web.Application, sender: str) -> list[dict[str, Any]]:
    """Every matter of a person as shown, the one spoken of first.  Blocks."""
    settings = app[keys.SETTINGS]
    with reading(app[keys.ENGINE]) as conn:
        told = matters.listing(conn, sender)
        registered = leads.listing(conn, sender=sender) if told else ()
    words = vocabulary_of(settings.knowledge.tables_dir)
    return view(told, registered, words, today_of(settings))
