"""Who may use what: every route of the console × every role × records of one's own and another center.

A route without a line in :data:`ROUTES` fails the test, so that nobody forgets to decide.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from aiohttp import FormData, web

from desk import (
    attachments,
    campaigns,
    canned,
    handoffs,
    leads,
    paper_files,
    papers,
    recording,
    sent_files,
    staff,
    staff_moves,
    transcripts,
)
from desk.engine import reading, writing
from desk.leads import Stage, get
from desk.permissions import PERMISSIONS, Permission, Role
from desk.references import LEAD_PREFIX, TICKET_PREFIX, new_reference
from settings import Settings
from tests.desk.files import pdf
from tests.office.console.conftest import CENTER, OTHER_CENTER, Login, add_person
from tests.office.console.leads import add_file, make_lead

LEADS, EXPORT, SERVE = Permission.LEADS, Permission.EXPORT, Permission.SERVE
DONE = (303,)
ME = "wang"


@dataclass(frozen=True)
class Rule:
    """Who may use a route, what is sent to it, and what success looks like.

    ``needs`` empty: every member of staff.  A route whose path names a record must answer 404 for another
    center's record and for one that does not exist; a role without the permission gets 403 for all.
    ``state`` is what the lead or ticket is in before.
    """

    needs: tuple[Permission, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    success: tuple[int, ...] = (200,)
    state: str = ""
    is_public: bool = False


def _lead(
    form: Mapping[str, str] | None = None, success: tuple[int, ...] = DONE, state: str = "new"
) -> Rule:
    return Rule((LEADS,), form or {}, success, state)


def _case(
    form: Mapping[str, str] | None = None, success: tuple[int, ...] = DONE, state: str = "active"
) -> Rule:
    return Rule((SERVE,), form or {}, success, state)


PEOPLE = (Permission.STAFF,)
CAMPAIGNS = (Permission.CAMPAIGNS,)
CAMPAIGN = {
    "name": "知识产权进社区", "occasion": "other", "starts_on": "2026-04-20", "ends_on": "2026-04-26",
    "place_name": "展台", "place_kind": "stand", "place_code": "",
}  # fmt: skip
ROUTES: dict[tuple[str, str], Rule] = {
    ("GET", "/desk/login"): Rule(is_public=True),
    ("POST", "/desk/login"): Rule(is_public=True),
    ("POST", "/desk/login/code"): Rule(is_public=True),
    ("POST", "/desk/logout"): Rule(is_public=True),
    ("GET", "/desk/invitation/{secret}"): Rule(is_public=True),
    ("POST", "/desk/invitation/{secret}"): Rule(is_public=True),
    # the inbox and one conversation
    ("GET", "/desk"): Rule((SERVE,)),
    ("GET", "/desk/"): Rule((SERVE,)),
    ("GET", "/desk/inbox/rows"): Rule((SERVE,)),
    ("GET", "/desk/search"): Rule(),
    ("GET", "/desk/due"): Rule((SERVE,)),
    ("POST", "/desk/assign"): Rule((SERVE,), success=DONE),
    ("GET", "/desk/tickets/new"): Rule((SERVE,)),
    ("POST", "/desk/tickets/new"): Rule((SERVE,), {"source": "phone", "reason": "来电"}, DONE),
    ("GET", "/desk/ws"): Rule(success=(400,)),  # a plain request is no WebSocket
    ("GET", "/desk/knowledge"): Rule((SERVE,)),
    ("GET", "/desk/tickets/{ticket}"): _case(success=(200,)),
    ("GET", "/desk/tickets/{ticket}/papers/{uid}/{file}"): _case(success=(200,)),
    ("GET", "/desk/tickets/{ticket}/messages"): _case(success=(200,)),
    ("GET", "/desk/tickets/{ticket}/suggestion"): _case(success=(200,)),
    ("POST", "/desk/tickets/{ticket}/reveal"): _case({"reason": "回电核实"}, (200,)),
    ("POST", "/desk/tickets/{ticket}/claim"): _case(state="waiting"),
    ("POST", "/desk/tickets/{ticket}/release"): _case(),
    ("POST", "/desk/tickets/{ticket}/transfer"): _case(
        {"to": "staff:colleague", "reason": "熟悉德国程序"}
    ),
    ("POST", "/desk/tickets/{ticket}/close"): _case({"outcome": "已解答"}),
    ("POST", "/desk/tickets/{ticket}/reopen"): _case(state="closed"),
    ("POST", "/desk/tickets/{ticket}/reply"): _case({"text": "您好"}),
    ("POST", "/desk/tickets/{ticket}/deliver"): _case(),
    ("POST", "/desk/tickets/{ticket}/sent"): _case({"file": "upload"}),
    ("GET", "/desk/tickets/{ticket}/sent/{uid}"): _case(success=(200,)),
    ("POST", "/desk/tickets/{ticket}/tags"): _case({"tags": "展会"}),
    ("POST", "/desk/tickets/{ticket}/assign"): _case({"to": ""}, state="waiting"),
    ("POST", "/desk/tickets/{ticket}/note"): _case({"text": "已看过文书"}),
    ("POST", "/desk/tickets/{ticket}/follow-up"): _case({"text": "已回电"}, state="closed"),
    ("POST", "/desk/tickets/{ticket}/question"): _case({"message": "{message}"}),
    ("POST", "/desk/tickets/{ticket}/erase"): Rule(
        (Permission.ERASE,), {"reason": "本人来电要求", "confirm": "删除"}, DONE, "active"
    ),
    ("GET", "/desk/canned"): Rule((SERVE,)),
    ("POST", "/desk/canned"): Rule((SERVE,), {"title": "问候", "text": "您好"}, DONE),
    ("POST", "/desk/canned/{key}"): Rule((SERVE,), {"title": "问候", "text": "您好"}, DONE),
    ("POST", "/desk/canned/{key}/remove"): Rule((SERVE,), success=DONE),
    # leads
    ("GET", "/desk/leads"): Rule((LEADS,)),
    ("GET", "/desk/leads/new"): Rule((LEADS,)),
    ("GET", "/desk/leads/drafts"): Rule((LEADS,)),
    ("POST", "/desk/leads/new"): Rule(
        (LEADS,),
        {
            "company": "广州灯具有限公司",
            "contact": "张三",
            "phone": "13800138000",
            "consent": "phone",
        },
        DONE,
    ),
    ("GET", "/desk/leads/export"): Rule((LEADS, EXPORT)),
    ("POST", "/desk/leads/export"): Rule((LEADS, EXPORT), {"format": "csv"}),
    ("GET", "/desk/digest"): Rule((LEADS, EXPORT)),
    ("POST", "/desk/digest"): Rule((LEADS, EXPORT)),
    ("GET", "/desk/leads/{lead}"): _lead(success=(200,)),
    ("POST", "/desk/leads/{lead}/stage"): _lead({"stage": "screening"}),
    ("POST", "/desk/leads/{lead}/plan"): _lead({"due_on": "2027-01-08"}),
    ("POST", "/desk/leads/{lead}/note"): _lead({"note": "已核实"}),
    ("POST", "/desk/leads/{lead}/supplement"): _lead(
        {"more": "发票", "due_on": "2099-01-08"}, state="screening"
    ),
    ("POST", "/desk/leads/{lead}/check"): _lead({"applicant": "enterprise"}),
    ("POST", "/desk/leads/{lead}/follow-up"): _lead({"result": "settled"}),
    ("POST", "/desk/leads/{lead}/center"): _lead({"center": "cn-ogc", "reason": "企业在外省"}),
    ("POST", "/desk/leads/{lead}/reveal"): Rule(
        (LEADS, Permission.REVEAL), {"reason": "回电核实"}, state="new"
    ),
    ("POST", "/desk/leads/{lead}/erase"): Rule(
        (Permission.ERASE,), {"reason": "本人来电要求", "confirm": "删除"}, DONE, "new"
    ),
    ("POST", "/desk/leads/{lead}/files"): _lead({"file": "upload"}),
    ("GET", "/desk/leads/{lead}/files/{uid}"): _lead(success=(200,)),
    ("POST", "/desk/leads/{lead}/files/{uid}/delete"): _lead(),
    # figures, accounts, audit
    ("GET", "/desk/figures"): Rule((Permission.FIGURES,)),
    ("GET", "/desk/report.{kind}"): Rule((Permission.FIGURES,)),
    ("GET", "/desk/figures/{measure}"): Rule((Permission.FIGURES,)),
    ("GET", "/desk/campaigns"): Rule(CAMPAIGNS),
    ("GET", "/desk/campaigns/new"): Rule(CAMPAIGNS),
    ("POST", "/desk/campaigns/new"): Rule(CAMPAIGNS, CAMPAIGN, DONE),
    ("GET", "/desk/campaigns/{code}"): Rule(CAMPAIGNS),
    ("GET", "/desk/campaigns/{code}/edit"): Rule(CAMPAIGNS),
    ("POST", "/desk/campaigns/{code}/edit"): Rule(CAMPAIGNS, CAMPAIGN, DONE),
    ("GET", "/desk/campaigns/{code}/kit.pdf"): Rule(CAMPAIGNS),
    ("GET", "/desk/campaigns/{code}/handouts.pdf"): Rule(CAMPAIGNS, success=(409,)),  # no shelf yet
    ("GET", "/desk/campaigns/{code}/script.pdf"): Rule(CAMPAIGNS),
    ("GET", "/desk/campaigns/{code}/slides.pptx"): Rule(CAMPAIGNS),
    ("GET", "/desk/campaigns/{code}/figures"): Rule(CAMPAIGNS),
    ("GET", "/desk/campaigns/{code}/figures.xlsx"): Rule(CAMPAIGNS),
    ("GET", "/desk/campaigns/{code}/report.pdf"): Rule(CAMPAIGNS),
    ("GET", "/desk/audit"): Rule((Permission.AUDIT,)),
    ("GET", "/desk/me"): Rule(),
    ("POST", "/desk/me/password"): Rule((), {"old": "wrong", "new": "a", "again": "b"}, (400,)),
    ("POST", "/desk/me/code"): Rule(),
    ("POST", "/desk/me/reminders"): Rule((), {"quiet_from": "20", "quiet_to": "8"}, DONE),
    ("POST", "/desk/me/code/confirm"): Rule((), {"code": "000000"}, DONE),
    ("POST", "/desk/me/code/off"): Rule((), {"code": "000000"}, DONE),
    ("GET", "/desk/settings"): Rule(PEOPLE),
    ("GET", "/desk/widget"): Rule((Permission.SETTINGS,)),
    ("POST", "/desk/widget"): Rule(
        (Permission.SETTINGS,), {"origin": "https://park.example.org", "title": "园区"}, DONE
    ),
    ("POST", "/desk/settings/logo"): Rule(PEOPLE, {"center": CENTER, "remove": "yes"}, DONE),
    ("GET", "/desk/settings/logo.png"): Rule(PEOPLE, success=(404,)),
    ("POST", "/desk/settings"): Rule(PEOPLE, {"center": CENTER, "phones": "020-38846789"}, DONE),
    ("GET", "/desk/staff"): Rule(PEOPLE),
    ("POST", "/desk/staff"): Rule(PEOPLE, {"login": "{fresh}", "name": "新人", "role": "agent"}),
    ("POST", "/desk/staff/{login}/role"): Rule(PEOPLE, {"role": "lead-officer"}, DONE),
    ("POST", "/desk/staff/{login}/disable"): Rule(PEOPLE, success=DONE),
    ("POST", "/desk/staff/{login}/reset"): Rule(PEOPLE),
}
# What an address names; each belongs to a center.
RECORDS = ("lead", "ticket", "login", "key", "code")
STAFF = [(role, CENTER) for role in Role] + [(Role.ADMIN, None), (Role.LEAD_OFFICER, None)]


def _named(template: str) -> str | None:
    return next((name for name in RECORDS if f"{{{name}}}" in template), None)


def _console_routes(app: web.Application) -> set[tuple[str, str]]:
    """The routes as the rules call them: ``{reference}`` is named for what it refers to."""
    found = set()
    for route in app.router.routes():
        resource = route.resource
        path = resource.canonical if resource is not None else ""
        if (path == "/desk" or path.startswith("/desk/")) and route.method not in ("HEAD", "*"):
            kind = "ticket" if path.startswith("/desk/tickets/") else "lead"
            found.add((route.method, path.replace("{reference}", f"{{{kind}}}")))
    return found


def test_every_route_of_the_console_has_a_rule(app: web.Application) -> None:
    assert _console_routes(app) == set(ROUTES)


class Records:
    """Makes what an address names, fresh for every request."""

    def __init__(self, engine: Any, settings: Settings, *, sees_all: bool = False) -> None:
        self.engine = engine
        self._sees_all = sees_all
        self.folder = settings.desk.attachments_dir
        self._numbers = itertools.count(1)

    def names(self, template: str, rule: Rule, owner: str | None) -> dict[str, str]:
        number = next(self._numbers)
        names = {"measure": "conversations", "kind": "xlsx", "fresh": f"fresh{number}"}
        kind = _named(template)
        if kind == "lead":
            reference = make_lead(self.engine, owner, Stage(rule.state))
            names |= {"lead": reference, "uid": add_file(self.engine, self.folder, reference)}
        elif kind == "ticket":
            names |= self._ticket(f"web~{number}", owner, rule.state)
            if "/sent/" in template:
                names |= self._sent(names["ticket"])
            elif "{uid}" in template:
                names |= self._paper(f"web~{number}")
        elif kind == "code":
            place = campaigns.Place("展台", campaigns.PlaceKind.STAND)
            day = date(2026, 4, 26)
            wanted = campaigns.Campaign(
                "宣传", campaigns.Occasion.OTHER, day, day, day, center=owner, places=(place,)
            )
            with writing(self.engine) as conn:
                names["code"] = campaigns.save(conn, wanted, "test").code
        elif kind is not None:
            with writing(self.engine) as conn:
                staff.add(conn, f"person{number}", "某人", Role.AGENT, owner, "test")
                canned.save(conn, None, owner, f"常用语{number}", "您好", "test")
                key = max(item.id or 0 for item in canned.listing(conn, owner))
            names |= {"login": f"person{number}", "key": str(key)}
        return names

    def _ticket(self, sender: str, owner: str | None, state: str) -> dict[str, str]:
        # Whoever is handed a ticket sees it wherever it belongs, so elsewhere somebody else has it.
        holder = ME if owner == CENTER or self._sees_all else "stranger"
        with writing(self.engine) as conn:
            said = recording.receive(conn, sender, "web", "德国展会被查扣怎么办")
            ticket = handoffs.open_ticket(conn, sender, center=owner).reference
            if state != "waiting":
                staff_moves.claim(conn, ticket, holder)
            if state == "closed":
                staff_moves.close(conn, ticket, holder, "已解答", follow_up_on=date(2026, 12, 1))
        return {"ticket": ticket, "message": said.inbound.id}

    def _paper(self, sender: str) -> dict[str, str]:
        with paper_files.receiving(self.folder) as incoming:
            with incoming.file("传票.pdf") as arriving:
                arriving.write(pdf(sender))
            with writing(self.engine) as conn:
                kept, _ = papers.add(
                    conn, self.folder, papers.Sending(sender, "web", "1"), incoming
                )
        return {"uid": kept.uid, "file": "01.pdf"}

    def _sent(self, reference: str) -> dict[str, str]:
        with attachments.receiving(self.folder) as arriving:
            arriving.write(pdf(reference))
            arriving.finish()
            with writing(self.engine) as conn:
                ticket = handoffs.find(conn, reference)
                assert ticket is not None
                kept = sent_files.add(conn, self.folder, ticket.id, arriving, "回函.pdf", "test")
        return {"uid": kept.uid}

    def state(self, names: Mapping[str, str]) -> Any:
        """What must not change when a request is refused."""
        with reading(self.engine) as conn:
            people = [replace(person, last_seen_at=None) for person in staff.listing(conn)]
            found: list[Any] = [people, canned.listing(conn, CENTER)]
            if "lead" in names:
                lead = names["lead"]
                found += [leads.get(conn, lead), leads.history(conn, lead)]
                found += [attachments.listing(conn, lead)]
            if "code" in names:
                found.append(campaigns.by_code(conn, names["code"]))
            if "ticket" in names:
                ticket = handoffs.find(conn, names["ticket"])
                assert ticket is not None
                found += [ticket, handoffs.events(conn, ticket.reference)]
                found += [transcripts.history(conn, ticket.sender)]
        return found


def _filled(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)(?::[^}]*)?\}", lambda found: names[found.group(1)], text)


async def _send(
    client: Any, method: str, template: str, rule: Rule, names: Mapping[str, str]
) -> Any:
    path = _filled(template, names)
    if method == "GET":
        return await client.get(path, allow_redirects=False)
    form: Any = {key: _filled(value, names) for key, value in rule.form.items()}
    if "file" in form:
        form = FormData()
        form.add_field("file", pdf(names.get("lead") or names["ticket"]), filename="a.pdf")
    return await client.post(path, data=form, allow_redirects=False)


@pytest.mark.parametrize(("role", "center"), STAFF)
async def test_each_role_gets_what_its_permissions_say(
    enter: Login, engine: Any, settings: Settings, role: Role, center: str | None
) -> None:
    client = await enter(role, center=center, login=ME)
    add_person(engine, "colleague", Role.AGENT)
    made, wrong = Records(engine, settings, sees_all=center is None), []
    for (method, template), rule in ROUTES.items():
        if rule.is_public:
            continue
        is_allowed = set(rule.needs) <= PERMISSIONS[role]
        is_record = _named(template) is not None
        for owner in (CENTER, OTHER_CENTER) if is_record else (CENTER,):
            names = made.names(template, rule, owner)
            before = made.state(names)
            answer = await _send(client, method, template, rule, names)
            is_seen = not is_record or center is None or owner == center
            if not is_allowed:
                expected: tuple[int, ...] = (403,)
            else:
                expected = rule.success if is_seen else (404,)
            if answer.status not in expected:
                wrong.append((method, template, owner, answer.status, expected))
            if answer.status in (401, 403, 404) and made.state(names) != before:
                wrong.append((method, template, owner, "changed although refused"))
    assert wrong == []


async def test_nobody_gets_in_without_a_session(
    visitor: Any, engine: Any, settings: Settings
) -> None:
    made, wrong = Records(engine, settings), []
    for (method, template), rule in ROUTES.items():
        if rule.is_public:
            continue
        names = made.names(template, rule, CENTER)
        before = made.state(names)
        answer = await _send(visitor, method, template, rule, names)
        if method == "GET":
            is_right = answer.status == 303 and answer.headers["Location"].startswith("/desk/login")
        else:
            is_right = answer.status == 401
        if not is_right or made.state(names) != before:
            wrong.append((method, template, answer.status))
    assert wrong == []


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
    client = await enter(Role.CENTER_ADMIN, login=ME)
    made = Records(engine, settings)
    missing = {
        "lead": new_reference(LEAD_PREFIX),
        "ticket": new_reference(TICKET_PREFIX),
        "login": "nobody",
        "key": "99999",
    }
    checked = 0
    for (method, template), rule in ROUTES.items():
        if _named(template) is None:
            continue
        other = made.names(template, rule, OTHER_CENTER)
        seen = []
        for names in (other, {**other, **missing}):
            answer = await _send(client, method, template, rule, names)
            body = re.sub(r"<code>\w+</code>", "", await answer.text())
            seen.append((answer.status, body))
        assert seen[0] == seen[1], template
        assert seen[0][0] == 404, template
        checked += 1
    assert checked >= 30


async def test_an_administrator_of_a_center_makes_no_administrator_of_the_system(
    enter: Login, engine: Any
) -> None:
    client = await enter(Role.CENTER_ADMIN, login=ME)
    new = {"login": "high", "name": "新人", "role": Role.ADMIN.value}
    assert (await client.post("/desk/staff", data=new)).status == 400
    assert (await client.post(f"/desk/staff/{ME}/role", data={"role": "admin"})).status == 400
    with reading(engine) as conn:
        roles = {person.login: person.role for person in staff.listing(conn)}
    assert roles[ME] is Role.CENTER_ADMIN
    assert "high" not in roles


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
