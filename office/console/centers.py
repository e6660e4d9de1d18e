"""The centers that a person chooses between: those where somebody works stand first."""

from __future__ import annotations

from aiohttp import web

from desk import inbox
from desk.staff import Staff
from office.console.lead_views import receiving_centers
from office.transactions import read
from server import keys
from server.template_filters import center_names


async def in_use(request: web.Request, person: Staff) -> list[tuple[str, str]]:
    """What lists can be narrowed to: the centers where somebody works or something was given to.

    Nothing for staff of one center, who see only theirs.
    """
    return [] if person.center is not None else list((await _in_use(request)).items())


async def receivers(request: web.Request) -> dict[str, str]:
    """The centers that something can be given to, by id: those in use, then all that take such matters."""
    tables = request.config_dict[keys.SETTINGS].knowledge.tables_dir
    return {**await _in_use(request), **receiving_centers(tables)}


async def manageable(request: web.Request, person: Staff) -> dict[str, str]:
    """The centers that a person may manage, by id: their own, or for the national desk any."""
    if person.center is None:
        return await receivers(request)
    tables = request.config_dict[keys.SETTINGS].knowledge.tables_dir
    return {person.center: center_names(tables).get(person.center, "本中心")}


async def _in_use(request: web.Request) -> dict[str, str]:
    names = center_names(request.config_dict[keys.SETTINGS].knowledge.tables_dir)
    found = {code: names.get(code, code) for code in await read(request, inbox.centers)}
    return dict(sorted(found.items(), key=lambda item: item[1]))
