"""``huhang kb``: check, import, build, publish, list and roll back the knowledge base."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from channels.cli import kb_shelf
from channels.cli.kb_import import preview
from curation.alone import BUILDING, PUBLISHING, alone
from curation.checking import idle_entries, problems_of
from curation.exporting import export_to
from curation.importing import ImportLine, import_files
from curation.material import approved
from curation.publishing import (
    build,
    is_stale,
    is_usable,
    library_of,
    operator,
    publish,
    rollback,
    store_of,
)
from knowledge.draft import Outcome, Verdict
from knowledge.loaders import supported_suffixes
from knowledge.text import quoted
from settings import Settings

STATES = {
    "current": "当前",
    "staged": "待发布",
    "published": "曾发布",
    "unpublished": "未发布",
    "broken": "已损坏",
}
DUE_WITHIN = timedelta(days=60)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    parser.add_argument("--by", help="操作人，写入发布记录；默认系统账号")
    commands = parser.add_subparsers(dest="action", metavar="操作", required=True)
    commands.add_parser("check", help="检查来源、日期、数字、链接、重复和冲突").add_argument(
        "--json", action="store_true", help="输出 JSON"
    )
    taken = commands.add_parser(
        "import",
        help=f"导入文件或文件夹（{' '.join(suffix.lstrip('.') for suffix in supported_suffixes())}，及装着它们的 zip）",
    )
    taken.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    taken.add_argument("--dry-run", action="store_true", help="只报告会怎样，不改动草稿")
    taken.add_argument("--all", action="store_true", help="试导入时列出每一段，不只可疑的")
    taken.add_argument("--json", action="store_true", help="试导入时输出 JSON")
    built = commands.add_parser("build", help="构建待发布快照")
    built.add_argument("--note", default="", help="这次改了什么")
    built.add_argument("--publish", action="store_true", help="构建好就校验并发布")
    built.add_argument("--if-stale", action="store_true", help="文档、表和编码器都没变就不构建")
    built.add_argument(
        "--without-drafts",
        action="store_true",
        help="只收随程序带的内容和线上已有的修改，不收还没审批的",
    )
    commands.add_parser("publish", help="校验待发布快照并发布").add_argument(
        "--skip-golden", action="store_true", help="不问冒烟问题（仅在知识库刻意缩减时使用）"
    )
    commands.add_parser(
        "compare", help="用判定问题比较待发布快照和线上：多答出、答不出、改了出处的问题"
    ).add_argument("--json", action="store_true", help="输出 JSON")
    commands.add_parser("list", help="列出快照").add_argument(
        "--json", action="store_true", help="输出 JSON"
    )
    commands.add_parser("rollback", help="回到较早的快照").add_argument(
        "snapshot", nargs="?", metavar="SNAPSHOT"
    )
    covered = commands.add_parser("coverage", help="哪些事实写进了哪里，哪些没写及原因")
    covered.add_argument("--where", nargs="*", metavar="FACT", help="逐条列出事实写在哪里")
    covered.add_argument("--counts", action="store_true", help="只报数量，与 README 里的相同")
    covered.add_argument("--write", type=Path, metavar="README", help="把数量写进该文件的标记之间")
    export = commands.add_parser("export", help="把含全部修改的知识库导出到文件夹，可原样导回")
    export.add_argument("folder", type=Path, metavar="FOLDER", help="放到哪个文件夹")
    export.add_argument("--slides", action="store_true", help="改为导出课程幻灯片（pptx）")
    due = commands.add_parser("due", help="列出该复核、将到期的文档")
    due.add_argument("--within", type=int, default=DUE_WITHIN.days, metavar="DAYS", help="多少天内")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run one subcommand.

    :return: 1 when a file failed or a check found an error, else 0.
    """
    by = args.by or operator()
    handlers: Mapping[str, Callable[[], int]] = {
        "check": lambda: _check(settings, as_json=args.json),
        "import": lambda: (
            preview(settings, args.paths, as_json=args.json, show_all=args.all)
            if args.dry_run
            else _import(settings, args.paths, by)
        ),
        "build": lambda: _build(settings, args, by),
        "compare": lambda: _compare(settings, by, as_json=args.json),
        "publish": lambda: _publish(settings, by, golden=not args.skip_golden),
        "list": lambda: _list(settings, as_json=args.json),
        "rollback": lambda: _rollback(settings, args.snapshot, by),
        "coverage": lambda: kb_shelf.coverage(settings, args),
        "export": lambda: (
            kb_shelf.export_slides(settings, args.folder)
            if args.slides
            else _export(settings, args.folder)
        ),
        "due": lambda: kb_shelf.due(settings, timedelta(days=args.within)),
    }
    return handlers[args.action]()


def _export(settings: Settings, folder: Path) -> int:
    done, work = export_to(settings, folder)
    print(
        f"已导出 {done.documents} 份文档 {done.passages} 段、{done.tables} 张表{''.join(f'、{part}' for part in work)}到 {folder}，"
        f"已逐份读回核对；导回请运行：huhang kb import {folder}"
    )
    return 0


def _build(settings: Settings, args: argparse.Namespace, by: str) -> int:
    material = approved(settings) if args.without_drafts else None
    if material is not None and not material.is_whole and is_usable(settings):
        print(
            "线上的修改在草稿里又改过，还没审批：没有构建，沿用已发布的快照；请在工作台“发布”里审批"
        )
        return 0
    if args.if_stale and not is_stale(settings, material):
        print("知识库没有变化，沿用已发布的快照")
        return 0
    with alone(settings, BUILDING, by) as guard:
        result = build(
            settings,
            by=by,
            note=args.note,
            guard=guard,
            show_progress=sys.stderr.isatty(),
            material=material,
        )
    print(
        f"已构建 {result.id}：{result.documents} 份文档，{result.passages} 段，新编码 {result.encoded} 条，沿用 {result.reused} 条"
    )
    if args.publish:
        return _publish(settings, by, golden=True)
    print("发布请运行：huhang kb publish")
    return 0


def _publish(settings: Settings, by: str, *, golden: bool) -> int:
    with alone(settings, PUBLISHING, by):
        published = publish(settings, by=by, golden=golden)
    _record(settings, "publish", published, by)
    print(f"已发布 {published}，运行中的服务会自动使用新内容")
    return 0


def _rollback(settings: Settings, snapshot: str | None, by: str) -> int:
    with alone(settings, PUBLISHING, by):
        older = rollback(settings, snapshot, by=by)
    _record(settings, "rollback", older, by)
    print(f"已回到 {older}，运行中的服务会自动使用该版本")
    return 0


def _record(settings: Settings, action: str, snapshot: str, by: str) -> None:
    """Note in the audit log that somebody with a shell did this, without a second person."""
    from desk import audit
    from desk.engine import open_engine, writing
    from desk.migrations import migrate

    engine = open_engine(settings.desk.database_url)
    try:
        migrate(engine)
        with writing(engine) as conn:
            audit.record(conn, f"cli:{by}", action, snapshot, detail={"approval": "command line"})
    finally:
        engine.dispose()


def _compare(settings: Settings, by: str, *, as_json: bool) -> int:
    from curation.release import compare_staged

    found = compare_staged(settings, by).comparison
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
        return 1 if found.lost else 0
    before = "" if found.right_before is None else f"线上答对 {found.right_before}，"
    print(f"{found.questions} 个判定问题：{before}待发布答对 {found.right}")
    for title, rows in (
        ("多答出", found.gained),
        ("答不出", found.lost),
        ("改了出处", found.changed),
    ):
        print(f"{title} {len(rows)}")
        for row in rows:
            print(f"  {row.question}：{row.before or '无'} → {row.after or '无'}")
    return 1 if found.lost else 0


def _check(settings: Settings, *, as_json: bool) -> int:
    library = library_of(settings)
    problems = [*problems_of(settings, library), *idle_entries(settings)]
    errors = sum(problem.is_error for problem in problems)
    if as_json:
        print(json.dumps([vars(problem) for problem in problems], ensure_ascii=False, indent=1))
        return 1 if errors else 0
    for problem in problems:
        print(f"{'错误' if problem.is_error else '提醒'}  {problem.where}：{problem.message}")
    print(
        f"{len(library.documents)} 份文档，{len(library.passages)} 段：{errors} 处错误，{len(problems) - errors} 处提醒"
    )
    return 1 if errors else 0


def _import(settings: Settings, paths: list[Path], by: str) -> int:
    def progress(verdict: Verdict) -> None:
        if sys.stderr.isatty():
            print(f"  {verdict.outcome.value}  {verdict.file}", file=sys.stderr)

    lines = import_files(settings, paths, by=by, progress=progress)
    for line in lines:
        print(describe(line))
    counts = Counter(line.verdict.outcome for line in lines)
    superseded = sum(line.succession is not None for line in lines)
    summary = "，".join(
        f"{outcome.value} {counts[outcome]}" for outcome in Outcome if counts[outcome]
    )
    usable = len(lines) - counts[Outcome.FAILED]
    print(
        f"共 {len(lines)} 个文件：{summary or '没有可导入的文件'}"
        + (f"；其中 {superseded} 份已被取代，只作历史" if superseded else "")
        + ("。接着请运行：huhang kb build" if usable else "")
    )
    return 1 if counts[Outcome.FAILED] or not lines else 0


def describe(line: ImportLine) -> str:
    """:return: the verdict on one file in one line."""
    verdict = line.verdict
    if verdict.document is None:
        own = Path(verdict.file).name
        return (
            f"{verdict.file}：{verdict.outcome.value}：{verdict.message.removeprefix(own + '：')}"
        )
    parts = [verdict.outcome.value + (f"（{verdict.message}）" if verdict.message else "")]
    parts.append((f"{line.articles} 条，" if line.articles else "") + f"{line.passages} 段")
    if line.succession is not None:
        if line.succession.until is not None:
            parts.append(
                f"{line.succession.until} 之后由新版{quoted(line.succession.successor_title)}取代"
            )
        else:
            parts.append(
                f"被{quoted(line.succession.successor_title)}取代（{line.succession.reason}），只作历史"
            )
    parts.extend(
        f"旧版{quoted(title)}" + (f"用到 {until} 为止" if until else "转为历史，不再用来回答")
        for title, until in line.supersedes
    )
    parts.extend(f"提醒：{warning}" for warning in verdict.document.warnings)
    parts.extend(f"略去{row.place}：{row.reason}" for row in verdict.document.rejected)
    return f"{verdict.file}：" + "；".join(parts)


def _list(settings: Settings, *, as_json: bool) -> int:
    snapshots = store_of(settings).list()
    if as_json:
        print(json.dumps([vars(info) for info in snapshots], ensure_ascii=False, indent=1))
        return 0
    for info in snapshots:
        when = f"，{info.published_by} 发布于 {info.published_at}" if info.published_at else ""
        note = f"，{info.note}" if info.note else ""
        print(
            f"{info.id}  {STATES[info.state]}  {info.documents} 份文档 {info.passages} 段，"
            f"{info.created_by} 构建于 {info.created_at}{when}{note}"
        )
    if not snapshots:
        print("还没有快照，请运行 huhang kb build 和 huhang kb publish")
    return 0
