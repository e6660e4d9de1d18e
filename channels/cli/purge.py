"""``huhang purge``: remove personal data that is older than the retention period, or one person's."""

from __future__ import annotations

import argparse
import re
import shutil
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot import tracker_erasure
from channels.cli.archive import SET_ASIDE
from channels.cli.staff import operator
from desk import attachments, conversations, tables
from desk.engine import clear_log, open_engine, reading, writing
from desk.errors import InvalidRecordError, NotFoundError
from desk.migrations import migrate
from desk.privacy import erase
from desk.retention import Purged, purge
from desk.times import utc_now
from server.erasing import erase_person
from settings import Settings

_SHORTEST_DAYS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--older-than", metavar="DAYS", help=f"多少天以前，如 180d，至少 {_SHORTEST_DAYS} 天"
    )
    what.add_argument(
        "--sender", metavar="ID", help="删除这一位的全部消息、线索和对话状态（应本人要求）"
    )
    parser.add_argument("--dry-run", action="store_true", help="只统计，不清除")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Purge, or count what would be purged."""
    age = None if options.older_than is None else _age(options.older_than)
    engine = open_engine(settings.desk.database_url)
    # Of which records it is told: another folder's are not found empty unnoticed.
    print(f"办件数据库：{engine.url.render_as_string(hide_password=True)}")
    try:
        migrate(engine)
        if age is None:
            print(_erase(engine, settings, options.sender, dry_run=options.dry_run))
        else:
            print(_purge(engine, settings, age, dry_run=options.dry_run))
    finally:
        engine.dispose()
    return 0


def _purge(engine: Engine, settings: Settings, age: timedelta, *, dry_run: bool) -> str:
    before = utc_now() - age
    with writing(engine) as conn:
        purged = purge(conn, before, operator())
        if dry_run:
            conn.rollback()
    events = 0
    with tracker_erasure.opened(settings.bot.tracker_url) as trackers:
        if trackers is not None:
            served = _served(engine)
            events = tracker_erasure.purge(trackers, before, served, dry_run=dry_run)
    if not dry_run:
        attachments.sweep(engine, settings.desk.attachments_dir)
        clear_log(engine)
        for folder in _set_aside(settings):
            if folder.stat().st_mtime < before.timestamp():
                shutil.rmtree(folder)
    return _told(purged, events, dry_run=dry_run)


def _erase(engine: Engine, settings: Settings, sender: str, *, dry_run: bool) -> str:
    with writing(engine) as conn:
        if conversations.find(conn, sender) is None:
            raise NotFoundError(f"没有会话标识为 {sender} 的记录")
        erased = erase(conn, sender, actor=operator())
        conn.rollback()  # counted only
    if not dry_run:
        erased = erase_person(engine, settings, sender, actor=operator())
    copies = "、".join(folder.name for folder in _set_aside(settings))
    return (
        f"{'将删除' if dry_run else '已删除'}：消息 {erased.messages} 条，线索 {erased.leads} 条，"
        f"附件 {erased.files} 个，上传的文书 {erased.papers} 份，未答问题 {erased.questions} 个，对话状态全部；"
        f"人工登记 {erased.tickets} 份只去掉内容"
        f"{f'。恢复前留下的旧数据 {copies} 不在其内，请核对后删除' if copies else ''}"
    )


def _set_aside(settings: Settings) -> list[Path]:
    """Folders in which ``huhang restore`` kept what it replaced."""
    return sorted(settings.data_dir.glob(f"{SET_ASIDE}*"))


def _served(engine: Engine) -> list[str]:
    """People with an open ticket, whose conversation is still needed."""
    table = tables.tickets
    query = sa.select(table.c.sender).where(table.c.status.in_(tables.OPEN_STATUSES)).distinct()
    with reading(engine) as conn:
        return list(conn.execute(query).scalars())


def _told(purged: Purged, events: int, *, dry_run: bool) -> str:
    return (
        f"{'将清除' if dry_run else '已清除'}：消息 {purged.messages} 条，"
        f"会话 {purged.conversations} 个，人工登记 {purged.tickets} 份（只去掉内容），"
        f"办结线索 {purged.leads} 条，附件 {purged.files} 个，上传的文书 {purged.papers} 份，"
        f"渠道用户标识 {purged.addresses} 个，未答问题 {purged.questions} 个（只去掉来源），对话状态 {events} 条"
    )


def _age(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})\s*(?:d|天)?", text.strip())
    if found is None or int(found.group(1)) < _SHORTEST_DAYS:
        raise InvalidRecordError(f"--older-than 写天数，如 180d，至少 {_SHORTEST_DAYS} 天")
    return timedelta(days=int(found.group(1)))
