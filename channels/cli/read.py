"""``huhang read``: what a paper is, and by when to act."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from actions.paper_due import with_due
from desk.times import china_day
from knowledge.errors import RuleError
from papers.card import card
from papers.worker import read
from settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="一份文书的文件；几张照片按顺序是它的各页",
    )
    parser.add_argument("--today", metavar="YYYY-MM-DD", help="把今天当作这一天")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--lines", action="store_true", help="JSON 里带上读到的每一行")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Read one paper and print it."""
    today = _today(options.today or settings.today)
    reading = with_due(read(options.files, today, progress=_progress), today)
    if options.json:
        print(json.dumps(reading.to_json(lines=options.lines), ensure_ascii=False))
    else:
        print("\n".join(card(reading, today)))
    return 0


def _today(text: str | None) -> date:
    if not text:
        return china_day(None)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleError(f"--today 应为 YYYY-MM-DD，实为“{text}”") from None


def _progress(done: int, total: int) -> None:
    if total > 1 and sys.stderr.isatty():
        print(f"\r已读 {done}/{total} 页", end="" if done < total else "\n", file=sys.stderr)
