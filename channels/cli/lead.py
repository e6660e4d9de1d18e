"""``huhang lead``: read and export the requests for assistance.

Contact details are masked in everything shown here; a full export needs a reason and is recorded.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import datetime
from pathlib import Path

from channels.cli.staff import operator
from desk import exports, leads
from desk.engine import open_engine, reading, writing
from desk.errors import InvalidRecordError
from desk.exports import Format
from desk.leads import Lead, Stage
from desk.migrations import migrate
from knowledge.errors import DeskError
from knowledge.lead_export_table import load_export_columns
from settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions and their options."""
    actions = parser.add_subparsers(dest="action", metavar="动作", required=True)
    stages = "、".join(stage.label for stage in Stage)
    listing = actions.add_parser("list", help="列出线索（联系方式已遮蔽）")
    listing.add_argument("--stage", help=f"只看一个阶段：{stages}")
    listing.add_argument("--json", action="store_true", help="输出 JSON")
    export = actions.add_parser("export", help="导出为 xlsx 或 csv（联系方式默认遮蔽，导出会留痕）")
    export.add_argument("--format", required=True, choices=[item.value for item in Format])
    export.add_argument("--stage", help=f"只导出一个阶段：{stages}")
    export.add_argument("--out", type=Path, help="写到哪个文件；默认当前文件夹下按日期命名")
    export.add_argument("--reveal", action="store_true", help="导出完整联系方式，须写明理由")
    export.add_argument("--reason", help="导出完整联系方式的理由")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """List or export."""
    stage = Stage.parse(options.stage) if options.stage else None
    if options.action == "export" and options.reveal and not (options.reason or "").strip():
        raise InvalidRecordError("导出完整联系方式要用 --reason 写明理由")
    columns = load_export_columns(settings.knowledge.tables_dir)
    engine = open_engine(settings.desk.database_url)
    try:
        migrate(engine)
        if options.action == "export":
            with writing(engine) as conn:
                found = leads.listing(conn, stage=stage)
                # Written before the commit: a file without its audit entry cannot come about.
                path = _write(options, exports.export(
                    conn, found, Format(options.format), operator(),
                    columns=columns.leads, reveal=options.reveal, reason=options.reason,
                ))  # fmt: skip
            print(f"已导出 {len(found)} 条线索：{path}")
            return 0
        with reading(engine) as conn:
            found = leads.listing(conn, stage=stage)
    finally:
        engine.dispose()
    shown = [lead.masked() for lead in found]
    if options.json:
        print(json.dumps([lead.to_json() for lead in shown], ensure_ascii=False))
    else:
        print("\n".join(_line(lead) for lead in shown) if shown else "没有线索")
    return 0


def _line(lead: Lead) -> str:
    day = "" if lead.created_at is None else lead.created_at.astimezone().strftime("%Y-%m-%d")
    dispute = "/".join(part for part in (lead.country, lead.right, lead.procedure) if part)
    return "  ".join(
        [lead.reference, day, lead.stage.label, lead.company, dispute or "争议未填", lead.contact,
         lead.phone]
    )  # fmt: skip


def _write(options: argparse.Namespace, content: bytes) -> Path:
    name = f"援助线索-{datetime.now().strftime('%Y%m%d')}.{options.format}"
    path: Path = options.out if options.out is not None else Path(name)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise DeskError(f"写不了导出文件 {path}，请检查文件夹和权限") from error
    return path
