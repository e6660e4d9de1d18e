"""No page without somebody who looks at it: every address is read from the routes of the program."""

from __future__ import annotations

from aiohttp import web

from tests.browser import kept_places, places
from tests.browser.page_routes import NO_PAGES, NOWHERE, SHOWN, page_templates, route_of, shows
from tests.scripted_app import app, casework, client, dialogue, engine, settings
from tests.serving import ROOT, Server

__all__ = ["app", "casework", "client", "dialogue", "engine", "settings"]

NEVER = Server("http://127.0.0.1:1", 0, ROOT)


def test_every_address_is_looked_at_or_said_to_be_no_page(app: web.Application) -> None:
    """A new one belongs into ``SHOWN`` with a place that opens it, or, when it is no page, into ``NO_PAGES``."""
    there = {
        route.resource.canonical
        for route in app.router.routes()
        if route.method == "GET" and route.resource is not None
    }
    shown = {key.partition(" ")[2] for key in SHOWN if key.startswith("GET ")}
    assert there - shown - NO_PAGES == set(), "pages at which no browser looks"
    assert (shown | NO_PAGES) - there == set(), "addresses that there are no more"
    assert shown & NO_PAGES == set()


def test_nothing_said_to_be_no_page_is_one(app: web.Application) -> None:
    found = {key.partition(" ")[2] for key in page_templates(app) if key.startswith("GET ")}
    assert found & NO_PAGES == {"/desk/"}
    # As it is read from the program: these answer through other modules, or with more than one page.
    assert {"/", "/plan/{token}", "/widget/frame", "/desk/leads/{reference}"} <= found
    assert len(found) > 50


def test_pages_that_only_a_form_leads_to_are_looked_at_too(app: web.Application) -> None:
    pages = page_templates(app)
    seen = {template for key in SHOWN for template in pages.get(key, ())}
    missed = {key: templates - seen for key, templates in pages.items() if templates - seen}
    assert missed == {}


def test_every_place_is_said_to_look_at_one_address() -> None:
    visitor = {name for name, _ in places.visitor(NEVER)}
    office = {*places.OFFICE, *places.LINKED, *(name for name, _ in kept_places.office(NEVER))}
    told = [name for names in SHOWN.values() for name in names]
    assert len(told) == len(set(told))
    assert visitor | office == {*told, NOWHERE}


def test_addresses_are_told_apart() -> None:
    assert route_of("http://h/desk/leads/new?x=1") == "/desk/leads/new"
    assert route_of("http://h/desk/leads/XS-AAAA-BBBB") == "/desk/leads/{reference}"
    assert route_of("http://h/workbench/") == "/workbench"
    assert route_of("http://h/") == "/"
    assert route_of("http://h/no/such/page") == ""
    assert shows("desk-lead", "http://h/desk/leads/XS-AAAA-BBBB")
    assert not shows("desk-lead", "http://h/desk/leads")
