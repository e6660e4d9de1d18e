"""The accounts of the staff: who may work here, with which role and for which center."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from sqlalchemy.engine import Connection

from desk import staff
from desk.errors import InvalidRecordError, NotFoundError
from desk.permissions import PERMISSIONS, Permission, Role
from desk.staff import INVITATION_LIFE, Staff
from office.access import CURRENT_STAFF, require
from office.console import centers
from office.pages import render, see_other
from office.transactions import read, write
from server import keys
from server.links import origin_of
from server.signals import Topic

routes = web.RouteTableDef()

DUTIES = {
    Permission.SERVE: "接待咨询",
    Permission.LEADS: "办理线索",
    Permission.KNOWLEDGE: "维护知识库",
    Permission.FIGURES: "看数据",
    Permission.CAMPAIGNS: "办宣传活动",
    Permission.REVEAL: "查看联系方式",
    Permission.EXPORT: "导出",
    Permission.AUDIT: "查审计",
    Permission.STAFF: "管理人员",
    Permission.SETTINGS: "改全站设置",
    Permission.ERASE: "应本人要求删除数据",
}


@routes.get("/staff", name="people")
@require(Permission.STAFF)
async def show_people(request: web.Request) -> web.Response:
    """All accounts this person may manage."""
    return await _page(request)


@routes.post("/staff", name="people_add")
@require(Permission.STAFF)
async def add_person(request: web.Request) -> web.Response:
    """A new account; its one-time link is shown once."""
    form = await request.post()
    by = request[CURRENT_STAFF]
    role, center = await _place(request, by, form)
    login, name = str(form.get("login", "")), str(form.get("name", ""))
    secret, person = await write(request, _add, by, login, name, role, center)
    # Pages at every copy of the server show the new name.
    request.config_dict[keys.NAMES].forget()
    request.config_dict[keys.SIGNALS].tell(Topic.PEOPLE)
    return await _page(request, invited=person, secret=secret)


@routes.post("/staff/{login}/role", name="people_role")
@require(Permission.STAFF)
async def change_role(request: web.Request) -> web.Response:
    """Another role or center; the person is logged out so that it holds at once."""
    form = await request.post()
    by = request[CURRENT_STAFF]
    role, center = await _place(request, by, form)
    changed = await write(request, _change_role, by, request.match_info["login"], role, center)
    return see_other("/desk/staff", f"{changed.name} 现在是{changed.role.label}，需要重新登录")


@routes.post("/staff/{login}/disable", name="people_disable")
@require(Permission.STAFF)
async def disable(request: web.Request) -> web.Response:
    """Shut an account out at once."""
    person = await write(request, _disable, request[CURRENT_STAFF], request.match_info["login"])
    return see_other("/desk/staff", f"已停用 {person.name}，其登录立即失效")


@routes.post("/staff/{login}/reset", name="people_reset")
@require(Permission.STAFF)
async def reset(request: web.Request) -> web.Response:
    """Take the password away and show a new one-time link."""
    secret, person = await write(
        request, _reset, request[CURRENT_STAFF], request.match_info["login"]
    )
    return await _page(request, invited=person, secret=secret)


async def _page(
    request: web.Request, *, invited: Staff | None = None, secret: str = ""
) -> web.Response:
    by = request[CURRENT_STAFF]
    people = await read(request, staff.listing, center=by.center)
    return render(
        request,
        "desk/people.html",
        section="staff",
        people=people,
        roles=_roles(by),
        duties={
            role: [DUTIES[item] for item in DUTIES if item in PERMISSIONS[role]] for role in Role
        },
        centers=list((await centers.manageable(request, by)).items()),
        is_national=by.center is None,
        invited=invited,
        link=f"{origin_of(request)}/desk/invitation/{secret}" if secret else "",
        hours=int(INVITATION_LIFE.total_seconds() // 3600),
    )


def _find(conn: Connection, by: Staff, login: str) -> Staff:
    """An account this person may manage: of the own center, and never above the own role."""
    try:
        person = staff.get(conn, login)
    except NotFoundError:
        person = None
    is_hidden = (
        by.center is not None
        and person is not None
        and (person.center != by.center or person.role is Role.ADMIN)
    )
    if person is None or is_hidden:  # the same words: whether a login exists is nobody's business
        raise NotFoundError("没有这个账号，或不属于您的中心")
    return person


def _add(
    conn: Connection, by: Staff, login: str, name: str, role: Role, center: str | None
) -> tuple[str, Staff]:
    person = staff.add(conn, login, name, role, center, _actor(by))
    return staff.invite(conn, person.login), person


def _change_role(conn: Connection, by: Staff, login: str, role: Role, center: str | None) -> Staff:
    person = _not_oneself(_find(conn, by, login), by)
    return staff.change_role(conn, person.login, role, center, _actor(by))


def _disable(conn: Connection, by: Staff, login: str) -> Staff:
    person = _not_oneself(_find(conn, by, login), by)
    return staff.disable(conn, person.login, _actor(by))


def _reset(conn: Connection, by: Staff, login: str) -> tuple[str, Staff]:
    person = _find(conn, by, login)
    return staff.reset(conn, person.login, _actor(by)), staff.get(conn, login)


def _not_oneself(person: Staff, by: Staff) -> Staff:
    if person.login == by.login:
        raise InvalidRecordError("不能停用自己或更改自己的角色，请另一位管理员来做")
    return person


def _actor(by: Staff) -> str:
    return f"staff:{by.login}"


def _roles(by: Staff) -> tuple[Role, ...]:
    """Roles this person may give: nobody makes somebody above themselves."""
    if by.role is Role.ADMIN:
        return tuple(Role)
    return tuple(role for role in Role if role is not Role.ADMIN)


def _role(by: Staff, text: str) -> Role:
    role = Role.parse(text)
    if role not in _roles(by):
        raise InvalidRecordError("您不能授予这个角色")
    return role


async def _place(
    request: web.Request, by: Staff, form: Mapping[str, object]
) -> tuple[Role, str | None]:
    """The role and the center that a form gives somebody."""
    role = _role(by, str(form.get("role", "")))
    return role, await _center(request, by, str(form.get("center", "")))


async def _center(request: web.Request, by: Staff, text: str) -> str | None:
    """The center named; whoever belongs to one can only name that one."""
    if by.center is not None:
        return by.center
    if text and text not in await centers.manageable(request, by):
        raise InvalidRecordError("没有这个中心，请从列表里选择")
    return text or None
