"""``huhang serve``: the server with chat page and interfaces."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from channels.app import create_app
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


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until stopped.

    :raises SettingsError: the port is taken or not allowed.
    """
    host = args.host or settings.channels.host
    listening = listen(host, settings.channels.port if args.port is None else args.port)
    port = listening.getsockname()[1]
    given = replace(settings, channels=replace(settings.channels, host=host, port=port))
    shown = f"[{host}]" if ":" in host else host
    print(f"护航：http://{shown}:{port}  （按 Ctrl+C 停止；正在加载，就绪后即可回答）", flush=True)
    print(f"工作台：http://{shown}:{port}/desk", flush=True)
    secret = _first_admin(given)
    if secret is not None:
        hours = int(INVITATION_LIFE.total_seconds() // 3600)
        print(
            f"还没有管理员。用这个一次性链接设置 admin 的密码（{hours}小时内有效，重启后换新）：\n"
            f"  http://{shown}:{port}/desk/invitation/{secret}",
            flush=True,
        )
    sys.setswitchinterval(_SWITCH_S)
    serve(create_app(given), listening)
    return 0


def _first_admin(settings: Settings) -> str | None:
    """The secret of the first administrator's link, while nobody has used one."""
    engine = open_engine(settings.desk.database_url)
    try:
        migrate(engine)
        with writing(engine) as conn:
            return first_admin_invitation(conn)
    finally:
        engine.dispose()
