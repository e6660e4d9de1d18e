"""``huhang deadline``: compute a procedural date, one at a time or a file of them."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from actions.calendars import spoken
from actions.deadline_audit import KIND_NAMES, page
from actions.deadline_ics import to_ics
from actions.deadline_result import DeadlineResult
from actions.deadline_rules import compute, default_table
from actions.deadline_search import resolve
from desk.times import china_day
from knowledge.deadline_table import load_deadline_table
from knowledge.deadline_types import DeadlineTable
from knowledge.errors import RuleError
from settings import KnowledgeSettings, Settings

_DATE_OPTIONS = {"printed": "printed", "until": "trigger_end"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("rule", nargs="?", metavar="RULE", help="规则名称，或几个字（如 337答辩）")
    parser.add_argument("--from", dest="start", metavar="YYYY-MM-DD", help="触发日，如送达日")
    parser.add_argument("--until", metavar="YYYY-MM-DD", help="触发日不确定时，最晚可能的一天")
    parser.add_argument("--today", metavar="YYYY-MM-DD", help="把今天当作这一天")
    parser.add_argument("--printed", metavar="YYYY-MM-DD", help="文书或平台写明的截止日")
    parser.add_argument("--alternative", metavar="KEY", help="适用的另一种情形")
    parser.add_argument("--country", metavar="CODE", help="国家代码，如 DE、DE-BY")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--list", action="store_true", help="列出全部规则")
    parser.add_argument("--table", action="store_true", help="打印全部规则和日历的核对表")
    parser.add_argument("--batch", metavar="FILE", help="每行一个 JSON 对象，- 为标准输入")
    parser.add_argument("--ics", metavar="FILE", help="另存为日历文件")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Answer one question, a file of them, or the list of rules."""
    table = _table(settings)
    if args.list:
        return _list(table, args.json)
    if args.table:
        print(page(table), end="")
        return 0
    today = _date(args.today or settings.today, "--today") if args.today or settings.today else None
    today = today or china_day(None)
    if args.batch:
        return _batch(args.batch, today, table)
    if not args.rule:
        raise RuleError("请写出规则名称；用 --list 查看全部规则")
    request = {
        "rule": args.rule,
        "from": args.start,
        "until": args.until,
        "printed": args.printed,
        "alternative": args.alternative,
        "country": args.country,
    }
    result = _compute(request, today, table)
    if args.ics:
        _write_ics(Path(args.ics), result)
    if args.json:
        print(json.dumps(result.to_json(), ensure_ascii=False))
    else:
        _print(result)
    return 0


def _table(settings: Settings) -> DeadlineTable:
    if settings.knowledge.tables_dir == KnowledgeSettings().tables_dir:
        return default_table()
    return load_deadline_table(settings.knowledge.tables_dir)


def _date(value: object, name: str) -> date:
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise RuleError(f"{name} 应为 YYYY-MM-DD，实为“{value}”") from None


def _compute(request: dict[str, Any], today: date, table: DeadlineTable) -> DeadlineResult:
    rule = resolve(str(request["rule"]), table)
    start = request.get("from")
    if start is None and rule.fixed_trigger is not None:
        trigger = rule.fixed_trigger
    elif start is None:
        raise RuleError(f"缺少触发日（--from）。{rule.trigger_question}")
    else:
        trigger = _date(start, "from")
    options: dict[str, Any] = {
        target: _date(request[key], key)
        for key, target in _DATE_OPTIONS.items()
        if request.get(key) is not None
    }
    for key in ("alternative", "country"):
        if request.get(key) is not None:
            options[key] = str(request[key])
    if request.get("today") is not None:
        today = _date(request["today"], "today")
    return compute(rule.id, trigger, today, may_be_future=True, table=table, **options)


def _list(table: DeadlineTable, as_json: bool) -> int:
    if as_json:
        rows = [
            {
                "rule": rule.id,
                "title": rule.title,
                "jurisdiction": rule.jurisdiction,
                "forum": rule.forum,
                "bound": rule.bound.value,
                "kind": rule.kind.value,
                "papers": list(rule.papers),
                "direction": rule.direction.value,
                "event": rule.event.value,
                "trigger": rule.trigger,
                "basis": rule.basis,
            }
            for rule in table.rules.values()
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for rule in table.rules.values():
        print(f"{rule.id}\t{rule.jurisdiction}\t{rule.title}\t{KIND_NAMES[rule.kind]}")
    print(f"共 {len(table.rules)} 条", file=sys.stderr)
    return 0


def _batch(name: str, today: date, table: DeadlineTable) -> int:
    """One JSON object a line in, one a line out; a bad line is reported and the rest go on."""
    try:
        content = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"读不到文件 {name}：{error}") from error
    failed = 0
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            answer = _compute(_request(line), today, table).to_json()
        except RuleError as error:
            failed += 1
            answer = {"error": {"line": number, "message": str(error)}}
        print(json.dumps(answer, ensure_ascii=False))
    if failed:
        print(f"{failed} 行没有算出，见输出里的 error", file=sys.stderr)
    return 0


def _request(line: str) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except json.JSONDecodeError as error:
        raise RuleError(f"不是合法的 JSON（{error.msg}）") from None
    if not isinstance(request, dict):
        raise RuleError('每行应为一个对象，例如 {"rule": "…", "from": "2026-10-08"}')
    if not isinstance(request.get("rule"), str):
        raise RuleError("缺少 rule")
    return request


def _write_ics(path: Path, result: DeadlineResult) -> None:
    try:
        path.write_text(to_ics([result], datetime.now(timezone.utc)), encoding="utf-8", newline="")
    except OSError as error:
        raise RuleError(f"写不了日历文件 {path}：{error.strerror}") from error


def _print(result: DeadlineResult) -> None:
    rule = result.rule
    print(f"{rule.title}（{rule.forum}）")
    if result.due_date is not None:
        left = result.days_left or 0
        rest = f"还有{left}天" if left >= 0 else f"已过{-left}天"
        print(f"截止日：{spoken(result.due_date)}，{rest}")
    elif result.estimate is not None:
        print(f"截止日：以文书写明的日期为准；估算为{spoken(result.estimate)}")
    if result.opens is not None:
        print(f"最早可办：{spoken(result.opens)}")
    for step in result.also:
        print(f"{step.label}：{spoken(step.due_date)}")
    if result.grace_until is not None:
        print(f"宽展期到：{spoken(result.grace_until)}")
    print(f"算法：{result.counted}")
    if result.beijing_time:
        print(f"北京时间：{result.beijing_time}")
    print(f"错过的后果：{rule.consequence}")
    print(f"能否延长：{rule.extension}")
    print(f"依据：{rule.basis}（截至{rule.as_of}）")
    for note in result.notes:
        print(f"· {note}")
