"""``huhang purge``: remove personal data that is older than the retention period."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta

from sqlalchemy.engine import Engine

from channels.cli.staff import operator
from desk import attachments
from desk.engine import open_engine, writing
from desk.errors import InvalidRecordError
from desk.migrations import migrate
from desk.retention import Purged, purge
from desk.times import utc_now
from settings import Settings

_SHORTEST_DAYS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--older-than",
        required=True,
        metavar="DAYS",
        help=f"多少天以前，如 180d，至少 {_SHORTEST_DAYS} 天",
    )
    parser.add_argument("--dry-run", action="store_true", help="只统计，不清除")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Purge, or count what would be purged."""
    age = _age(options.older_than)
    engine = open_engine(settings.desk.database_url)
    try:
        migrate(engine)
        purged = _purge(engine, age, dry_run=options.dry_run)
        if not options.dry_run:
            attachments.sweep(engine, settings.desk.attachments_dir)
    finally:
        engine.dispose()
    print(
        f"{'将清除' if options.dry_run else '已清除'}：消息 {purged.messages} 条，"
        f"会话 {purged.conversations} 个，人工登记 {purged.tickets} 份（只去掉内容），"
        f"办结线索 {purged.leads} 条，附件 {purged.files} 个，"
        f"未答问题 {purged.questions} 个（只去掉来源）"
    )
    return 0


def _purge(engine: Engine, age: timedelta, *, dry_run: bool) -> Purged:
    with writing(engine) as conn:
        purged = purge(conn, utc_now() - age, operator())
        if dry_run:
            conn.rollback()
    return purged


def _age(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})\s*(?:d|天)?", text.strip())
    if found is None or int(found.group(1)) < _SHORTEST_DAYS:
        raise InvalidRecordError(f"--older-than 写天数，如 180d，至少 {_SHORTEST_DAYS} 天")
    return timedelta(days=int(found.group(1)))
