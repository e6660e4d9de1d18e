"""Who may use what: every route of the console × every role × records of one's own and another center.

A route without a line in :data:`ROUTES` fails the test, so that nobody forgets to decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from desk.engine import reading
from desk.leads import Stage, get
from desk.permissions import PERMISSIONS, Permission, Role
from desk.references import LEAD_PREFIX, new_reference
from settings import Settings
from tests.channels.console.conftest import CENTER, OTHER_CENTER, Login
from tests.channels.console.leads import add_file, make_lead

LEADS, EXPORT = Permission.LEADS, Permission.EXPORT
DONE = (303,)


@dataclass(frozen=True)
class Rule:
    """Who may use a route, what is sent to it, and what success looks like.

    ``needs`` empty: every member of staff.  A route whose path names a record must answer 404 for another
    center's record and for one that does not exist; a role without the permission gets 403 for all.
    """

    needs: tuple[Permission, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    success: tuple[int, ...] = (200,)
    stage: Stage = Stage.NEW
    is_public: bool = False


ROUTES: dict[tuple[str, str], Rule] = {
    ("GET", "/desk/login"): Rule(is_public=True),
    ("POST", "/desk/login"): Rule(is_public=True),
    ("POST", "/desk/logout"): Rule(is_public=True),
    ("GET", "/desk/invitation/{secret}"): Rule(is_public=True),
    ("POST", "/desk/invitation/{secret}"): Rule(is_public=True),
    ("GET", "/desk/leads"): Rule((LEADS,)),
    ("GET", "/desk/leads/export"): Rule((LEADS, EXPORT)),
    ("POST", "/desk/leads/export"): Rule((LEADS, EXPORT), {"format": "csv"}),
    ("GET", "/desk/digest"): Rule((LEADS, EXPORT)),
    ("POST", "/desk/digest"): Rule((LEADS, EXPORT)),
    ("GET", "/desk/figures"): Rule((Permission.FIGURES,)),
    ("GET", "/desk/figures/{measure}"): Rule((Permission.FIGURES,)),
    ("GET", "/desk/leads/{reference}"): Rule((LEADS,)),
    ("POST", "/desk/leads/{reference}/stage"): Rule((LEADS,), {"stage": "screening"}, DONE),
    ("POST", "/desk/leads/{reference}/plan"): Rule((LEADS,), {"due_on": "2027-01-08"}, DONE),
    ("POST", "/desk/leads/{reference}/note"): Rule((LEADS,), {"note": "已核实"}, DONE),
    ("POST", "/desk/leads/{reference}/supplement"): Rule(
        (LEADS,), {"more": "发票", "due_on": "2099-01-08"}, DONE, Stage.SCREENING
    ),
    ("POST", "/desk/leads/{reference}/check"): Rule((LEADS,), {"applicant": "enterprise"}, DONE),
    ("POST", "/desk/leads/{reference}/follow-up"): Rule((LEADS,), {"result": "settled"}, DONE),
    ("POST", "/desk/leads/{reference}/center"): Rule(
        (LEADS,), {"center": "cn-ogc", "reason": "企业在外省"}, DONE
    ),
    ("POST", "/desk/leads/{reference}/reveal"): Rule(
        (LEADS, Permission.REVEAL), {"reason": "回电核实"}
    ),
    ("POST", "/desk/leads/{reference}/files"): Rule((LEADS,), {"file": "upload"}, DONE),
    ("GET", "/desk/leads/{reference}/files/{uid}"): Rule((LEADS,)),
    ("POST", "/desk/leads/{reference}/files/{uid}/delete"): Rule((LEADS,), success=DONE),
}
STAFF = [(role, CENTER) for role in Role] + [(Role.ADMIN, None), (Role.LEAD_OFFICER, None)]


def _console_routes(app: web.Application) -> set[tuple[str, str]]:
    found = set()
    for route in app.router.routes():
        resource = route.resource
        path = resource.canonical if resource is not None else ""
        if (path == "/desk" or path.startswith("/desk/")) and route.method not in ("HEAD", "*"):
            found.add((route.method, path))
    return found


def test_every_route_of_the_console_has_a_rule(app: web.Application) -> None:
    assert _console_routes(app) == set(ROUTES)


async def _send(
    client: Any, method: str, template: str, rule: Rule, names: Mapping[str, str]
) -> Any:
    path = re.sub(r"\{(\w+)\}", lambda found: names[found.group(1)], template)
    if method == "GET":
        return await client.get(path, allow_redirects=False)
    form: Any = dict(rule.form)
    if "file" in form:
        from aiohttp import FormData

        from tests.desk.files import pdf

        form = FormData()
        form.add_field("file", pdf(names["reference"]), filename="a.pdf")
    return await client.post(path, data=form, allow_redirects=False)


@pytest.mark.parametrize(("role", "center"), STAFF)
async def test_each_role_gets_what_its_permissions_say(
    enter: Login, engine: Any, settings: Settings, role: Role, center: str | None
) -> None:
    client = await enter(role, center=center)
    wrong = []
    for (method, template), rule in ROUTES.items():
        if rule.is_public:
            continue
        is_allowed = set(rule.needs) <= PERMISSIONS[role]
        is_record = "{reference}" in template
        for owner in (CENTER, OTHER_CENTER, None) if is_record else (CENTER,):
            reference = make_lead(engine, owner, rule.stage)
            uid = add_file(engine, settings.desk.attachments_dir, reference)
            names = {"reference": reference, "uid": uid, "measure": "conversations"}
            before = _state(engine, reference)
            answer = await _send(client, method, template, rule, names)
            is_seen = not is_record or center is None or owner == center
            if not is_allowed:
                expected: tuple[int, ...] = (403,)
            elif not is_seen:
                expected = (404,)
            else:
                expected = rule.success
            if answer.status not in expected:
                wrong.append((method, template, owner, answer.status, expected))
            if answer.status >= 400 and _state(engine, reference) != before:
                wrong.append((method, template, owner, "changed although refused"))
    assert wrong == []


def _state(engine: Any, reference: str) -> Any:
    from desk import attachments, leads

    with reading(engine) as conn:
        return (
            get(conn, reference),
            leads.history(conn, reference),
            attachments.listing(conn, reference),
        )


async def test_nobody_gets_in_without_a_session(
    visitor: Any, engine: Any, settings: Settings
) -> None:
    reference = make_lead(engine)
    uid = add_file(engine, settings.desk.attachments_dir, reference)
    names = {"reference": reference, "uid": uid, "measure": "conversations"}
    wrong = []
    for (method, template), rule in ROUTES.items():
        if rule.is_public:
            continue
        answer = await _send(visitor, method, template, rule, names)
        if method == "GET":
            is_right = answer.status == 303 and answer.headers["Location"].startswith("/desk/login")
        else:
            is_right = answer.status == 401
        if not is_right:
            wrong.append((method, template, answer.status))
    assert wrong == []
    with reading(engine) as conn:
        assert get(conn, reference).stage is Stage.NEW


async def test_forms_of_another_site_change_nothing(enter: Login, engine: Any) -> None:
    client = await enter(Role.ADMIN, center=None)
    reference = make_lead(engine)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://evil.example"},
    ):
        answer = await client.post(
            f"/desk/leads/{reference}/stage", data={"stage": "screening"}, headers=headers
        )
        assert answer.status == 403
    with reading(engine) as conn:
        assert get(conn, reference).stage is Stage.NEW


async def test_another_centers_record_looks_like_none_at_all(
    enter: Login, engine: Any, settings: Settings
) -> None:
    client = await enter(Role.CENTER_ADMIN)
    other = make_lead(engine, OTHER_CENTER)
    missing = new_reference(LEAD_PREFIX)
    uid = add_file(engine, settings.desk.attachments_dir, other)
    for (method, template), rule in ROUTES.items():
        if "{reference}" not in template:
            continue
        seen = []
        for reference in (other, missing):
            names = {"reference": reference, "uid": uid}
            answer = await _send(client, method, template, rule, names)
            body = re.sub(r"<code>\w+</code>", "", await answer.text())
            seen.append((answer.status, body))
        assert seen[0] == seen[1], template
        assert seen[0][0] == 404


async def test_record_is_not_reached_through_another_ones_address(
    enter: Login, engine: Any, settings: Settings
) -> None:
    client = await enter(Role.LEAD_OFFICER)
    own, other = make_lead(engine), make_lead(engine, OTHER_CENTER)
    uid = add_file(engine, settings.desk.attachments_dir, other)
    for path in (
        f"/desk/leads/{own}/files/{uid}",
        f"/desk/leads/{own}/files/..%2f{uid}",
        f"/desk/leads/{own}/files/1",
        f"/desk/leads/{own}%2f..%2f{other}",
        "/desk/leads/1",
        "/desk/leads/%00",
        "/desk/leads/' OR 1=1 --",
    ):
        assert (await client.get(path)).status == 404, path
    assert (await client.post(f"/desk/leads/{own}/files/{uid}/delete")).status == 404


def test_references_cannot_be_counted_up() -> None:
    """Eight letters of eighteen: a guess hits one of ten thousand leads once in a million times."""
    drawn = {new_reference(LEAD_PREFIX) for _ in range(2000)}
    assert len(drawn) == 2000
    assert 18**8 / 10_000 > 1_000_000
