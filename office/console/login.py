"""Coming in and going out: login, logout, and the one-time link that sets a password."""

from __future__ import annotations

import asyncio

from aiohttp import web

from desk import center_contacts, logins, second_factor
from desk import staff as accounts
from desk.errors import InvalidRecordError
from desk.logins import CodeNeededError
from desk.passwords import SHORTEST_PASSWORD, LoginError
from desk.permissions import Permission
from office.access import (
    CURRENT_STAFF,
    LOGIN_PATH,
    SESSION_COOKIE,
    clear_session,
    public,
    set_session,
)
from office.navigation import home
from office.pages import local_path, render, see_other
from office.transactions import engine_of, read, write
from server import keys
from server.errors import too_many
from server.security import client_address

routes = web.RouteTableDef()


@routes.get("/login", name="login")
@public
async def show_login(request: web.Request) -> web.Response:
    """The login form; whoever is logged in goes on."""
    person = request.get(CURRENT_STAFF)
    if person is not None:
        return see_other(local_path(request.query.get("next"), home(person)))
    return render(request, "desk/login.html", login="", error="", next=_next(request))


@routes.post("/login", name="login_form")
@public
async def log_in(request: web.Request) -> web.Response:
    """Begin a fresh session; whatever session the browser brought along ends."""
    form = await request.post()
    login, password = str(form.get("login", "")), str(form.get("password", ""))
    target = local_path(str(form.get("next", "")), "")
    await _limit(request)
    try:
        secret = await asyncio.to_thread(logins.log_in, engine_of(request), login, password)
    except LoginError as error:
        return render(
            request, "desk/login.html", login=login[:64], error=str(error), next=target, status=403
        )
    except CodeNeededError as needed:
        return render(request, "desk/login_code.html", token=needed.token, error="", next=target)
    return await _let_in(request, secret, target)


@routes.post("/login/code", name="login_code")
@public
async def give_code(request: web.Request) -> web.Response:
    """The second step: the code of the authenticator app."""
    form = await request.post()
    token, typed = str(form.get("token", ""))[:100], str(form.get("code", ""))[:20]
    target = local_path(str(form.get("next", "")), "")
    await _limit(request)
    try:
        secret = await asyncio.to_thread(logins.give_code, engine_of(request), token, typed)
    except LoginError as error:
        if await read(request, second_factor.owing, token) is None:
            return see_other(LOGIN_PATH, str(error), kind="error")
        return render(
            request, "desk/login_code.html", token=token, error=str(error), next=target, status=403
        )
    return await _let_in(request, secret, target)


@routes.post("/logout", name="logout")
@public
async def log_out(request: web.Request) -> web.Response:
    """End the session."""
    await _end_session(request)
    response = see_other(LOGIN_PATH, "已退出登录")
    clear_session(response)
    return response


@routes.get("/invitation/{secret}", name="invitation")
@public
async def show_invitation(request: web.Request) -> web.Response:
    """Ask for the new password; looking at the link does not use it up."""
    return render(request, "desk/invitation.html", error="", shortest=SHORTEST_PASSWORD)


@routes.post("/invitation/{secret}", name="invitation_form")
@public
async def accept_invitation(request: web.Request) -> web.Response:
    """Set the password and let the person in; the first administrator is asked for the contact."""
    await _limit(request)
    form = await request.post()
    password, again = str(form.get("password", "")), str(form.get("again", ""))
    try:
        if password != again:
            raise InvalidRecordError("两次输入的密码不一样，请重新输入")
        person = await asyncio.to_thread(
            accounts.accept_invitation, engine_of(request), request.match_info["secret"], password
        )
    except (LoginError, InvalidRecordError) as error:
        status = 400 if isinstance(error, InvalidRecordError) else 410
        return render(
            request,
            "desk/invitation.html",
            error=str(error),
            shortest=SHORTEST_PASSWORD,
            status=status,
        )
    secret = await write(request, logins.enter, person.login)
    is_first = person.may(Permission.STAFF, anywhere=True) and not await read(
        request, center_contacts.listing
    )
    target = "/desk/settings" if is_first else home(person)
    return await _let_in(
        request, secret, target, f"密码已设置，您已登录。以后用登录名 {person.login} 登录"
    )


async def _let_in(request: web.Request, secret: str, target: str, notice: str = "") -> web.Response:
    await _end_session(request)
    person = await read(request, logins.session_staff, secret)
    response = see_other(target or (home(person) if person is not None else LOGIN_PATH), notice)
    set_session(request, response, secret)
    return response


async def _end_session(request: web.Request) -> None:
    secret = request.cookies.get(SESSION_COOKIE)
    if secret:
        await write(request, logins.log_out, secret)


async def _limit(request: web.Request) -> None:
    """Bound how many passwords an address may try; a single login is locked by the desk itself."""
    address = client_address(request, request.config_dict[keys.SETTINGS].channels.trusted_proxies)
    if wait := await request.config_dict[keys.LIMITS].log_in(address):
        raise too_many(wait)


def _next(request: web.Request) -> str:
    return local_path(request.query.get("next"), "")
