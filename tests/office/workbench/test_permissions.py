"""Who may use what: every route of the workbench × every role.

The knowledge base belongs to all centers together, so a center never narrows what a trainer sees.  A route
without a line in :data:`ROUTES` fails the test, so that nobody forgets to decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import FormData, web

from desk import tables
from desk.engine import reading
from desk.permissions import PERMISSIONS, Permission, Role
from settings import Settings
from tests.office.console.conftest import CENTER, Login

DONE = 303


@dataclass(frozen=True)
class Rule:
    """Who may use a route, what is sent to it, and what whoever may use it gets.

    Where a success would take minutes (a build, a training) or needs a history of its own, the form lacks
    what the handler asks for: its refusal shows that the request came that far.
    """

    form: Mapping[str, str] | None = None
    gets: int = 200
    needs: Permission = Permission.KNOWLEDGE


ROUTES: dict[tuple[str, str], Rule] = {
    ("GET", "/workbench"): Rule(),
    # import
    ("GET", "/workbench/imports"): Rule(),
    ("GET", "/workbench/imports/template.xlsx"): Rule(),
    ("POST", "/workbench/imports"): Rule({}, 415),
    ("GET", "/workbench/imports/{batch}"): Rule(gets=400),
    ("GET", "/workbench/imports/{batch}/state"): Rule(gets=400),
    ("GET", "/workbench/imports/{batch}/files/{number}"): Rule(gets=400),
    ("POST", "/workbench/imports/{batch}/add"): Rule({}, 415),
    ("POST", "/workbench/imports/{batch}/wanted"): Rule({}, 400),
    ("POST", "/workbench/imports/{batch}/files/{number}/meta"): Rule({}, 400),
    ("POST", "/workbench/imports/{batch}/choices"): Rule({}, 400),
    ("POST", "/workbench/imports/{batch}/take"): Rule({}, 400),
    ("POST", "/workbench/imports/{batch}/retry"): Rule({}, 400),
    ("POST", "/workbench/imports/{batch}/discard"): Rule({}, 400),
    # the draft
    ("GET", "/workbench/drafts"): Rule(),
    ("GET", "/workbench/drafts/{document}"): Rule(),
    ("GET", "/workbench/drafts/{document}/pages/{page}.png"): Rule(None, 404),
    ("GET", "/workbench/drafts/{document}/edit"): Rule(gets=404),
    ("POST", "/workbench/drafts/{document}/save"): Rule({}, 404),
    ("POST", "/workbench/drafts/{document}/try"): Rule({}, 404),
    ("GET", "/workbench/drafts/{document}/asked"): Rule(gets=404),
    ("GET", "/workbench/drafts/{document}/meta"): Rule(),
    ("POST", "/workbench/drafts/{document}/meta"): Rule({}, 400),
    # one that came with the program
    ("POST", "/workbench/drafts/{document}/remove"): Rule({}, 400),
    ("POST", "/workbench/export"): Rule({}, 200),
    # try and publish
    # before the page, which begins the same work by itself
    ("POST", "/workbench/ask/rebuild"): Rule({}, DONE),
    ("GET", "/workbench/ask"): Rule(),
    ("GET", "/workbench/ask/progress"): Rule(),
    ("POST", "/workbench/ask/golden"): Rule({"q": "今天天气怎么样", "refuse": "yes"}, DONE),
    ("POST", "/workbench/replay/stop"): Rule({}, DONE),
    ("POST", "/workbench/replay/go-on"): Rule({}, 409),
    ("GET", "/workbench/replay"): Rule(),
    ("GET", "/workbench/replay/progress"): Rule(),
    ("POST", "/workbench/replay/start"): Rule({}, DONE),
    ("GET", "/workbench/publish"): Rule(),
    ("GET", "/workbench/publish/progress"): Rule(),
    ("GET", "/workbench/publish/changes"): Rule(gets=303),
    ("POST", "/workbench/publish/build"): Rule({"note": ""}, 400),
    ("POST", "/workbench/publish/{id}/comment"): Rule({}, 400),
    ("GET", "/workbench/material/questions"): Rule(),
    ("GET", "/workbench/material/questions/{key}"): Rule(None, 404),
    ("POST", "/workbench/material/questions/{key}"): Rule({}, 404),
    ("POST", "/workbench/material/questions/{key}/remove"): Rule({}, 404),
    ("POST", "/workbench/publish/{id}/submit"): Rule({}, 404),
    ("POST", "/workbench/publish/{id}/return"): Rule({}, 400),
    ("POST", "/workbench/publish/{id}/approve"): Rule({}, 404),
    ("POST", "/workbench/publish/rollback"): Rule({}, 409),
    ("POST", "/workbench/publish/four-eyes"): Rule({"on": "yes"}, DONE, Permission.SETTINGS),
    # what people ask
    ("GET", "/workbench/listening"): Rule(gets=409),
    ("POST", "/workbench/listening/attach"): Rule({}, 400),
    ("POST", "/workbench/listening/answer"): Rule({}, 400),
    ("POST", "/workbench/listening/decline"): Rule({}, 400),
    ("POST", "/workbench/listening/assign"): Rule({}, 400),
    ("GET", "/workbench/listening/todo"): Rule(),
    ("GET", "/workbench/listening/todo/progress"): Rule(),
    ("GET", "/workbench/sampling"): Rule(gets=409),
    ("POST", "/workbench/sampling/draw"): Rule({"count": "10"}, 409),
    ("POST", "/workbench/sampling/{id}/judge"): Rule({}, 400),
    ("POST", "/workbench/sampling/{id}/settle"): Rule({}, 400),
    # words, the dialogue, the quiz
    ("GET", "/workbench/dictionary"): Rule(),
    ("POST", "/workbench/dictionary/preview"): Rule({"sentence": "立案通知"}, 409),
    ("POST", "/workbench/dictionary"): Rule({}, 400),
    ("POST", "/workbench/dictionary/{id}/withdraw"): Rule({}, 400),
    ("GET", "/workbench/dialogue"): Rule(),
    ("GET", "/workbench/dialogue/progress"): Rule(),
    # before a sentence is taught: without one nothing is trained
    ("POST", "/workbench/dialogue/train"): Rule({}, 400),
    ("POST", "/workbench/dialogue/label"): Rule({}, 400),
    ("POST", "/workbench/dialogue/add"): Rule(
        {"text": "货被海关扣了咋整", "intent": "greet"}, DONE
    ),
    ("POST", "/workbench/dialogue/switch"): Rule({}, 409),
    ("GET", "/workbench/material"): Rule(),
    ("GET", "/workbench/material/bank.xlsx"): Rule(),
    ("POST", "/workbench/material/bank"): Rule({}, 400),
    ("POST", "/workbench/material/bank/take"): Rule({}, 400),
}
NAMES = {
    "key": "none",
    "batch": "0123456789abcdef",
    "number": "1",
    "document": "us-sample",
    "page": "1",
}
# An administrator of a center has one; the others may belong to the national desk.
STAFF = [(role, CENTER) for role in Role] + [
    (role, None) for role in Role if role is not Role.CENTER_ADMIN
]
# What a visit itself changes, and the leases of jobs that the server does meanwhile.
_OF_VISITS = {"staff", "staff_sessions", "login_attempts", "leases"}


def _address(template: str) -> str:
    is_numbered = "/publish/" in template or "/sampling/" in template
    names = {**NAMES, "id": "1" if is_numbered else "0123456789ab"}
    return re.sub(r"\{(\w+)\}", lambda found: names[found.group(1)], template)


def _workbench_routes(app: web.Application) -> set[tuple[str, str]]:
    found = set()
    for route in app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        if (path == "/workbench" or path.startswith("/workbench/")) and route.method != "HEAD":
            found.add((route.method, path))
    return found


def test_every_route_of_the_workbench_has_a_rule(app: web.Application) -> None:
    assert _workbench_routes(app) == set(ROUTES)


def _state(engine: Any, settings: Settings) -> Any:
    """Everything on disk and in the database that a refused request must leave alone."""
    files = {
        str(path): path.stat().st_mtime_ns
        for path in settings.data_dir.rglob("*")
        if path.is_file() and not path.name.startswith("desk.sqlite")
    }
    with reading(engine) as conn:
        rows = {
            name: conn.execute(sa.select(table)).all()
            for name, table in tables.metadata.tables.items()
            if name not in _OF_VISITS
        }
    return files, rows


async def _send(client: Any, method: str, template: str, rule: Rule) -> Any:
    if method == "GET":
        return await client.get(_address(template), allow_redirects=False)
    form = FormData(dict(rule.form or {}))
    return await client.post(_address(template), data=form, allow_redirects=False)


@pytest.mark.parametrize(("role", "center"), STAFF)
async def test_each_role_is_refused_what_it_may_not_use(
    enter: Login, engine: Any, settings: Settings, role: Role, center: str | None
) -> None:
    client = await enter(role, center=center)
    refused = [(at, rule) for at, rule in ROUTES.items() if rule.needs not in PERMISSIONS[role]]
    before, wrong = _state(engine, settings), []
    for (method, template), rule in refused:
        answer = await _send(client, method, template, rule)
        if answer.status != 403:
            wrong.append((method, template, answer.status))
    assert wrong == [], "\n".join(map(str, wrong))
    assert _state(engine, settings) == before, "changed although refused"


@pytest.mark.slow  # pages and processes of everything that trainers do
@pytest.mark.parametrize(("role", "center"), STAFF)
async def test_each_role_gets_what_its_permissions_say(
    enter: Login, role: Role, center: str | None
) -> None:
    client = await enter(role, center=center)
    wrong = []
    for (method, template), rule in ROUTES.items():
        if rule.needs in PERMISSIONS[role]:
            answer = await _send(client, method, template, rule)
            if answer.status != rule.gets:
                wrong.append((method, template, answer.status, rule.gets))
    assert wrong == [], "\n".join(map(str, wrong))


async def test_nobody_gets_in_without_a_session(
    visitor: Any, engine: Any, settings: Settings
) -> None:
    wrong = []
    before = _state(engine, settings)
    for (method, template), rule in ROUTES.items():
        answer = await _send(visitor, method, template, rule)
        if method == "GET":
            is_right = answer.status == 303 and answer.headers["Location"].startswith("/desk/login")
        else:
            is_right = answer.status == 401
        if not is_right:
            wrong.append((method, template, answer.status))
    assert wrong == [], "\n".join(map(str, wrong))
    assert _state(engine, settings) == before


async def test_forms_of_another_site_change_nothing(
    enter: Login, engine: Any, settings: Settings
) -> None:
    client = await enter(Role.ADMIN, center=None)
    before = _state(engine, settings)
    for (method, template), rule in ROUTES.items():
        if method == "POST":
            answer = await client.post(
                _address(template),
                data=dict(rule.form or {}),
                headers={"Sec-Fetch-Site": "cross-site"},
            )
            assert answer.status == 403, template
    assert _state(engine, settings) == before
