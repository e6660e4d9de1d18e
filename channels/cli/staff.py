"""``huhang staff``: who may work at the desk."""

from __future__ import annotations

import argparse
import os
import pwd

from channels.cli.addresses import invitation_link
from desk import staff
from desk.engine import open_engine, writing
from desk.migrations import migrate
from desk.permissions import Role
from desk.staff import INVITATION_LIFE, Staff
from settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions and their options."""
    actions = parser.add_subparsers(dest="action", metavar="动作", required=True)
    add = actions.add_parser("add", help="添加工作人员，给出设密码的一次性链接")
    add.add_argument("login", help="登录名")
    add.add_argument("--name", required=True, help="姓名")
    roles = "、".join(f"{role.value}（{role.label}）" for role in Role)
    add.add_argument("--role", required=True, help=f"角色：{roles}")
    add.add_argument("--center", help="所属中心编号；不写为全国席位，可见全部")
    actions.add_parser("list", help="列出工作人员")
    for name, text in (
        ("disable", "停用"),
        ("reset", "重置密码，给出新的一次性链接（停用的账号同时启用）"),
    ):
        actions.add_parser(name, help=text).add_argument("login", help="登录名")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry out one action."""
    engine = open_engine(settings.desk.database_url)
    try:
        migrate(engine)
        with writing(engine) as conn:
            if options.action == "list":
                people = staff.listing(conn)
                print("\n".join(_line(person) for person in people) or "还没有工作人员")
            elif options.action == "disable":
                print(f"已停用：{_line(staff.disable(conn, options.login, operator()))}")
            elif options.action == "reset":
                _show(settings, options.login, staff.reset(conn, options.login, operator()))
            else:
                role = Role.parse(options.role)
                person = staff.add(
                    conn, options.login, options.name, role, options.center, operator()
                )
                _show(settings, person.login, staff.invite(conn, person.login))
    finally:
        engine.dispose()
    return 0


def operator() -> str:
    """The person at the terminal, as the audit log names them."""
    try:
        return f"cli:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"cli:{os.getuid()}"


def _line(person: Staff) -> str:
    state = "在用" if person.is_active else "已停用"
    if person.is_active and not person.has_password:
        state = "未设密码"
    where = person.center or "全国"
    return "  ".join([person.login, person.name, person.role.label, where, state])


def _show(settings: Settings, login: str, secret: str) -> None:
    hours = int(INVITATION_LIFE.total_seconds() // 3600)
    print(
        f"{login} 的一次性链接，打开后设密码（{hours}小时内有效，只显示这一次）：{invitation_link(settings, secret)}"
    )
