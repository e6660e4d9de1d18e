"""``huhang serve``: the server with chat page and interfaces."""

from __future__ import annotations

import argparse
import contextlib
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace

from channels.cli.preparing import Preparation
from channels.cli.screen import Screen, log_file, only_ours
from desk.engine import open_engine, writing
from desk.migrations import migrate
from desk.staff import INVITATION_LIFE, first_admin_invitation
from server.serving import listen, serve
from settings import Settings

# A message passes a dozen threads; each time it waits so long for one that computes.
_SWITCH_S = 0.0002


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", help="监听地址，默认取 HUHANG_HOST")
    parser.add_argument("--port", type=int, help="监听端口，默认取 HUHANG_PORT")
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="先做好缺的（知识库、对话模型），屏幕上只说进展，日志写进数据文件夹",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until stopped.

    :raises SettingsError: the port is taken or not allowed.
    :raises PreparationError: there is nothing to answer from, and it could not be made.
    """
    host = args.host or settings.channels.host
    listening = listen(host, settings.channels.port if args.port is None else args.port)
    port = listening.getsockname()[1]
    given = replace(settings, channels=replace(settings.channels, host=host, port=port))
    sys.setswitchinterval(_SWITCH_S)
    if args.prepare:
        log = log_file(given)
        with only_ours(log) as screen, _prepared(Preparation(given, screen, log)) as preparation:
            preparation.wait_for_snapshot()
            _serve(given, listening, screen, preparation)
    else:
        screen = Screen(sys.stdout)
        screen.say(f"启动中，就绪后即可回答：{address(given)} （按 Ctrl+C 停止）")
        _serve(given, listening, screen)
    return 0


def address(settings: Settings) -> str:
    """The address of the chat page."""
    host = settings.channels.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.channels.port}"


@contextlib.contextmanager
def _prepared(preparation: Preparation) -> Iterator[Preparation]:
    try:
        yield preparation
    finally:
        preparation.close()


def _serve(
    settings: Settings,
    listening: socket.socket,
    screen: Screen,
    preparation: Preparation | None = None,
) -> None:
    # Imported here: what is missing is being made meanwhile.
    from channels.app import create_app

    async def before_model() -> None:
        if preparation is not None:
            await preparation.wait_for_model(address(settings))

    def ready() -> None:
        screen.done()
        screen.say(closing_line(settings))

    serve(create_app(settings, before_model=before_model, ready=ready), listening)


def closing_line(settings: Settings) -> str:
    """Where the chat page and the desk are, and the link of the first administrator while nobody used one."""
    where = address(settings)
    line = f"已就绪：{where} ，工作台 {where}/desk （按 Ctrl+C 停止）"
    secret = _first_admin(settings)
    if secret is None:
        return line
    hours = int(INVITATION_LIFE.total_seconds() // 3600)
    return f"{line}；还没有管理员，用这个一次性链接设 admin 的密码（{hours}小时内有效，重启后换新）：{where}/desk/invitation/{secret}"


def _first_admin(settings: Settings) -> str | None:
    """The secret of the first administrator's link, while nobody has used one."""
    engine = open_engine(settings.desk.database_url)
    try:
        migrate(engine)
        with writing(engine) as conn:
            return first_admin_invitation(conn)
    finally:
        engine.dispose()
