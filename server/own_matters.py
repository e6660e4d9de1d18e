"""The matters of a person as pages and programs show them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from actions.funding_rules import programs_of_shelf
from actions.matter_center import Centers
from actions.matter_view import Known, view, vocabulary_of
from actions.route_rules import router_of
from curation.publishing import today_of
from desk import center_contacts, leads, matters
from desk.engine import reading, writing
from desk.errors import NotFoundError
from desk.messages import MessageError
from server import keys
from server.errors import RequestError

STEP = '请求正文应为 {"matter": 1, "step": "步骤原文", "done": true}'


def matters_of(app: web.Application, sender: str) -> list[dict[str, Any]]:
    """Every matter of a person as shown, the one spoken of first.  Blocks."""
    settings = app[keys.SETTINGS]
    with reading(app[keys.ENGINE]) as conn:
        told = matters.listing(conn, sender)
        registered = leads.listing(conn, sender=sender) if told else ()
    known = Known(vocabulary_of(settings.knowledge.tables_dir), centers_of(app), registered)
    return view(told, known, today_of(settings))


def open_tables(app: web.Application) -> None:
    """Read what the first page and the first registration would otherwise wait for.  Blocks."""
    vocabulary_of(app[keys.SETTINGS].knowledge.tables_dir)
    centers_of(app)
    programs_of_shelf()
    app[keys.TEMPLATES].get_template("chat.html")


def centers_of(app: web.Application) -> Centers:
    """The centers with what each entered of itself.  Blocks."""
    with reading(app[keys.ENGINE]) as conn:
        entered = center_contacts.listing(conn)
    return Centers(router_of(app[keys.SETTINGS].knowledge.tables_dir), entered)


def tick(app: web.Application, sender: str, data: Any) -> None:
    """Note what the body of a request says of a step: that it is done, or is not.  Blocks.

    :raises MessageError: the body has another shape.
    :raises RequestError: 404, there is no such step.
    """
    asked = data if isinstance(data, dict) else {}
    number, step, done = (asked.get(name) for name in ("matter", "step", "done"))
    if type(number) is not int or not isinstance(step, str) or not isinstance(done, bool):
        raise MessageError("invalid_step", STEP)
    try:
        with writing(app[keys.ENGINE]) as conn:
            matters.tick(conn, sender, number, step, done=done)
    except NotFoundError as error:
        raise RequestError(404, "not_found", str(error)) from error
