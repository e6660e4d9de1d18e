"""A section of the office: an application with the same login and error pages as the others."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from office import access, failures


def create_section(tables: Iterable[web.RouteTableDef]) -> web.Application:
    """An application for ``add_subapp`` whose every handler needs a session.

    :param tables: route tables with paths relative to where the section is mounted.
    """
    app = web.Application(middlewares=[failures.answer_failures, access.identify])
    for table in tables:
        app.add_routes(table)
    return app
