"""What ``huhang kb import --dry-run`` prints: for every file a line, under it what a person should look at."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from curation.importing import FileReport, dry_run
from knowledge.dry_run import Finding, RowVerdict
from settings import Settings

SHOWN = 40


def preview(settings: Settings, paths: Sequence[Path], *, as_json: bool, show_all: bool) -> int:
    """Print the dry run of files, folders and archives.

    :param show_all: every row, not only the doubtful ones.
    :return: 1 when a file cannot be read or a row cannot be used, else 0.
    """

    def progress(name: str) -> None:
        if sys.stderr.isatty():
            print(f"  解析中  {name}", file=sys.stderr)

    reports = dry_run(settings, paths, progress=progress)
    if as_json:
        print(json.dumps([_json(report) for report in reports], ensure_ascii=False, indent=1))
    else:
        for report in reports:
            _print(report, show_all)
        failed = sum(report.document is None for report in reports)
        print(
            f"试导入 {len(reports)} 个文件，{failed} 个失败；草稿没有改动，去掉 --dry-run 才会导入"
        )
    return 1 if not reports or any(map(_is_bad, reports)) else 0


def _is_bad(report: FileReport) -> bool:
    return report.document is None or any(row.finding is Finding.ERROR for row in report.rows)


def _print(report: FileReport, show_all: bool) -> None:
    print(f"{report.name}：{report.summary}")
    if report.document is not None:
        for warning in report.document.warnings:
            print(f"  提醒：{warning}")
    rows = [row for row in report.rows if show_all or row.finding.is_doubtful]
    for row in rows if show_all else rows[:SHOWN]:
        print(f"  {row.place}  {row.finding.value}  {_said(row)}")
    if len(rows) > SHOWN and not show_all:
        print(f"  …还有 {len(rows) - SHOWN} 处，加 --all 全部列出")


def _said(row: RowVerdict) -> str:
    return "：".join(filter(None, (row.excerpt, row.message)))


def _json(report: FileReport) -> dict[str, object]:
    return {
        "file": report.name,
        "document": report.document.meta.id if report.document else None,
        "reason": report.reason,
        "warnings": list(report.document.warnings) if report.document else [],
        "rows": [
            {**vars(row), "finding": row.finding.name.lower(), "label": row.finding.value}
            for row in report.rows
        ],
    }
