"""``huhang serve``: the server with chat page and interfaces."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from channels.cli.addresses import address, invitation_link, public_address
from channels.cli.preparing import Preparation
from channels.cli.program import command
from channels.cli.screen import Screen, log_file, only_ours
from channels.cli.seeding import seeded
from desk import copies
from desk.engine import open_engine, writing
from desk.migrations import migrate
from desk.staff import INVITATION_LIFE, first_admin_invitation
from knowledge.heaps import few_heaps
from server.serving import listen, serve
from server.shares import Shares, new_shares
from server.workers import OPEN, READY, Workers
from settings import Settings

# A message passes a dozen threads; each time it waits so long for one that computes.
_SWITCH_S = 0.0002
_MOST_WORKERS = 64
# How often a worker looks for the model that is being trained.
_LOOK_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", help="监听地址，默认取 HUHANG_HOST")
    parser.add_argument("--port", type=int, help="监听端口，默认取 HUHANG_PORT")
    parser.add_argument(
        "--workers",
        type=_number,
        default=1,
        metavar="N",
        help="用几个进程服务，默认1；每个处理器核心一个",
    )
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="先做好缺的（知识库、对话模型），屏幕上只说进展，日志写进数据文件夹",
    )
    parser.add_argument(
        "--seed",
        type=Path,
        metavar="FOLDER",
        help="容器升级用：从镜像带的文件夹取对话模型，知识库旧了就另起进程重建并发布，不收还没审批的",
    )
    # How the parent starts a worker.
    parser.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--status", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--shares", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--await-model", action="store_true", help=argparse.SUPPRESS)


def _number(value: str) -> int:
    number = int(value)
    if not 1 <= number <= _MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"应为 1 到 {_MOST_WORKERS}")
    return number


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until stopped.

    :raises SettingsError: the port is taken or not allowed.
    :raises PreparationError: there is nothing to answer from, and it could not be made.
    """
    sys.setswitchinterval(_SWITCH_S)
    few_heaps()
    host = args.host or settings.channels.host
    if args.socket is not None:
        listening = socket.socket(fileno=args.socket)
    else:
        listening = listen(host, settings.channels.port if args.port is None else args.port)
    port = listening.getsockname()[1]
    given = replace(settings, channels=replace(settings.channels, host=host, port=port))
    if args.status is not None:
        shares = None if args.shares is None else Shares(args.shares)
        _work(given, listening, args.status, shares, awaits_model=args.await_model)
    elif args.prepare:
        log = log_file(given)
        with only_ours(log) as screen, _prepared(Preparation(given, screen, log)) as preparation:
            preparation.wait_for_snapshot()
            _serve(given, listening, screen, preparation, workers=args.workers)
    else:
        screen = Screen(sys.stdout)
        screen.say(f"启动中，就绪后即可回答：{address(given)} （按 Ctrl+C 停止）")
        with seeded(given, args.seed) if args.seed else contextlib.nullcontext():
            _serve(given, listening, screen, None, workers=args.workers)
    return 0


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
    preparation: Preparation | None,
    *,
    workers: int,
) -> None:
    async def opened() -> None:
        if preparation is not None:
            await preparation.wait_for_model(address(settings))

    def ready() -> None:
        screen.done()
        screen.say(closing_line(settings, workers))

    if workers == 1:
        # Imported here: what is missing is being made meanwhile.
        from channels.app import create_app

        serve(create_app(settings, before_model=opened, ready=ready), listening)
        return
    awaited = ["--await-model"] if preparation is not None else []

    shares = new_shares()

    def line(socket_number: int, status: int) -> list[str]:
        place = ["--host", settings.channels.host, "--socket", str(socket_number)]
        told = ["--status", str(status), "--shares", str(shares)]
        return [*command("serve"), *place, *told, *awaited]

    asyncio.run(Workers(listening, line, workers, inherited=(shares,)).run(opened, ready))


def _work(
    settings: Settings,
    listening: socket.socket,
    status: int,
    shares: Shares | None,
    *,
    awaits_model: bool,
) -> None:
    """Serve as one of several workers."""
    from bot.training import model_path
    from channels.app import create_app

    async def opened() -> None:
        os.write(status, f"{OPEN}\n".encode())
        # A file has no event to wait for, and a thread that waits would keep the process from ending.
        while awaits_model and not model_path(settings).is_file():  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_S)

    def ready() -> None:
        if shares is not None:
            shares.ready()
        os.write(status, f"{READY}\n".encode())

    serve(create_app(settings, before_model=opened, ready=ready), listening, shares)


def closing_line(settings: Settings, workers: int = 1) -> str:
    """Where the chat page and the desk are, and the link of the first administrator while nobody used one.

    :param workers: how many processes of this service are there.
    """
    where = public_address(settings)
    line = f"已就绪：{where} ，工作台 {where}/desk （按 Ctrl+C 停止）"
    secret = _first_admin(settings, workers)
    if secret is None:
        return line
    hours = int(INVITATION_LIFE.total_seconds() // 3600)
    return f"{line}；还没有管理员，用这个一次性链接设 admin 的密码（{hours}小时内有效，重启后换新）：{invitation_link(settings, secret)}"


def _first_admin(settings: Settings, workers: int) -> str | None:
    """The secret of the first administrator's link, while nobody has used one."""
    engine = open_engine(settings.desk.database_url)
    try:
        migrate(engine)
        with writing(engine) as conn:
            beside = len(copies.others(conn, "")) > workers
            return first_admin_invitation(conn, beside=beside)
    finally:
        engine.dispose()
