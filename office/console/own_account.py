"""One's own account: password, second factor, reminders."""

from __future__ import annotations

import asyncio

from aiohttp import web
from markupsafe import Markup
from sqlalchemy.engine import Connection

from desk import logins, reminders, second_factor, totp
from desk.errors import InvalidRecordError
from desk.passwords import SHORTEST_PASSWORD, LoginError
from desk.permissions import Permission
from desk.reminders import Wishes
from office.access import CURRENT_STAFF, require, set_session
from office.forms import number_of, text_of
from office.pages import render, see_other
from office.transactions import engine_of, read, write
from server import keys, mail
from settings import MailSettings

routes = web.RouteTableDef()

_PAGE = "/desk/me"
_REMINDING = f"{_PAGE}#reminding"


@routes.get("/me", name="own_account")
@require()
async def show_account(request: web.Request) -> web.Response:
    """Password, second factor, reminders."""
    login = request[CURRENT_STAFF].login
    return render(
        request,
        "desk/own_account.html",
        is_on=await read(request, second_factor.is_on, login),
        shortest=SHORTEST_PASSWORD,
        wishes=await read(request, reminders.wishes_of, login),
        serves=request[CURRENT_STAFF].may(Permission.SERVE, anywhere=True),
        approves=request[CURRENT_STAFF].may(Permission.KNOWLEDGE, anywhere=True),
        mails=_mail_settings(request).host is not None,
    )


@routes.post("/me/password", name="own_password")
@require()
async def change_password(request: web.Request) -> web.StreamResponse:
    """Replace the password; other browsers have to log in again, this one stays."""
    form, person = await request.post(), request[CURRENT_STAFF]
    old, new, again = (str(form.get(name, "")) for name in ("old", "new", "again"))
    if new != again:
        raise InvalidRecordError("两次输入的新密码不一样，没有修改")
    try:
        secret = await asyncio.to_thread(
            logins.change_password, engine_of(request), person.login, old, new
        )
    except LoginError as error:
        return see_other(_PAGE, str(error), kind="error")
    response = see_other(_PAGE, "密码已修改，其他地方的登录已失效")
    set_session(request, response, secret)
    return response


@routes.post("/me/code", name="own_code_begin")
@require()
async def begin(request: web.Request) -> web.Response:
    """Show the secret for the app, with the field for its first code."""
    person = request[CURRENT_STAFF]
    secret = await write(request, second_factor.begin, person.login)
    return render(
        request,
        "desk/own_code.html",
        groups=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        picture=_picture(totp.address(secret, person.login)),
    )


@routes.post("/me/code/confirm", name="own_code_confirm")
@require()
async def confirm(request: web.Request) -> web.StreamResponse:
    """Switch it on with the first right code."""
    form, login = await request.post(), request[CURRENT_STAFF].login
    if await write(request, second_factor.confirm, login, str(form.get("code", ""))[:20]):
        return see_other(_PAGE, "两步验证已打开，下次登录要输入验证器上的六位数字")
    return see_other(_PAGE, "验证码不对，两步验证还没有打开，请再试一次", kind="error")


@routes.post("/me/code/off", name="own_code_off")
@require()
async def switch_off(request: web.Request) -> web.StreamResponse:
    """Switch it off; a code proves that it is the person and not somebody at their screen."""
    form, login = await request.post(), request[CURRENT_STAFF].login

    def off(conn: Connection) -> bool:
        is_right = second_factor.check(conn, login, str(form.get("code", ""))[:20])
        if is_right:
            second_factor.remove(conn, login, f"staff:{login}")
        return is_right

    if await write(request, off):
        return see_other(_PAGE, "两步验证已关闭")
    return see_other(_PAGE, "验证码不对或已用过，两步验证仍然打开", kind="error")


@routes.post("/me/reminders", name="own_reminders")
@require()
async def save_reminding(request: web.Request) -> web.StreamResponse:
    """How one wants to be reminded; with ``try`` a mail is sent at once to see that it arrives."""
    form, login = await request.post(), request[CURRENT_STAFF].login
    wanted = Wishes(
        text_of(form, "is_on") == "yes",
        text_of(form, "email"),
        _hour(text_of(form, "quiet_from")),
        _hour(text_of(form, "quiet_to")),
    )
    kept = await write(request, reminders.wish, login, wanted)
    if not text_of(form, "try"):
        return see_other(_REMINDING, "提醒方式已保存")
    settings = _mail_settings(request)
    if settings.host is None or not kept.email:
        return see_other(
            _REMINDING, "已保存；填了邮箱、管理员设置了邮件服务器才能试发", kind="error"
        )
    tried = mail.message(
        settings, kept.email, "护航工作台：试发", "能收到这封邮件，提醒就能送到。\n"
    )
    refused = await asyncio.to_thread(mail.send, settings, {kept.email: tried})
    if refused:
        return see_other(_REMINDING, f"已保存，但试发没有成功：{refused[kept.email]}", kind="error")
    return see_other(_REMINDING, f"已保存，试发的邮件已交给邮件服务器，请到 {kept.email} 查收")


def _mail_settings(request: web.Request) -> MailSettings:
    return request.config_dict[keys.SETTINGS].mail


def _hour(text: str) -> int:
    hour = number_of(text)
    return -1 if hour is None else hour


def _picture(text: str) -> Markup:
    """A QR code as SVG; the module is a square of one unit."""
    from reportlab.graphics.barcode.qr import QrCodeWidget

    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    size = code.getModuleCount()
    squares = "".join(
        f"M{column + 4},{row + 4}h1v1h-1z"
        for row in range(size)
        for column in range(size)
        if code.isDark(row, column)
    )
    return Markup(
        '<svg class="qr" role="img" aria-label="用验证器扫描的二维码" viewBox="0 0 {0} {0}">'
        '<rect width="{0}" height="{0}" fill="#fff"/><path d="{1}" fill="#000"/></svg>'
    ).format(size + 8, squares)
