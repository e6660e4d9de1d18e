"""``huhang route``: which body helps, and why."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from actions.route_rules import default_router
from actions.routing import Routing
from knowledge.errors import RuleError
from settings import Settings

NAMES = ("region", "industry", "country", "ip_type", "role", "matter")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--region", help="公司所在地，如 广州市花都区、狮岭、义乌")
    parser.add_argument("--industry", help="行业，如 皮具、化妆品、灯饰")
    parser.add_argument("--country", help="争议所在国家或地区，代码或中文，如 US、美国")
    parser.add_argument("--ip-type", help="权利类型，如 patent、商标、外观设计")
    parser.add_argument("--role", help="respondent（被诉或被投诉）或 owner（维权）")
    parser.add_argument("--matter", help="事项，如 337、tro、海关、展会、异议、抢注")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--batch", type=Path, help="每行一个 JSON 对象的文件，逐行输出 JSON")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print one routing, or one JSON object for each line of the batch file."""
    if options.batch is not None:
        return _batch(options.batch)
    result = default_router().route(**{name: getattr(options, name) for name in NAMES})
    if options.json:
        print(json.dumps(result.to_json(), ensure_ascii=False))
    else:
        print("\n".join(_lines(result)))
    return 0


def _batch(path: Path) -> int:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"读不到批量文件 {path}，请给出 UTF-8 编码的文件") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            result = default_router().route(**_arguments(path, number, line))
            sys.stdout.write(json.dumps(result.to_json(), ensure_ascii=False) + "\n")
    return 0


def _arguments(path: Path, number: int, line: str) -> dict[str, str | None]:
    place = f"{path.name} 第 {number} 行"
    try:
        data: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise RuleError(f"{place}：不是有效的 JSON：{error.msg}") from error
    if not isinstance(data, dict):
        raise RuleError(f"{place}：应为 JSON 对象")
    values = {str(key).replace("-", "_"): value for key, value in data.items()}
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise RuleError(f"{place}：不认识的名称 {unknown[0]}，可用 {'、'.join(NAMES)}")
    wrong = [
        key for key, value in values.items() if value is not None and not isinstance(value, str)
    ]
    if wrong:
        raise RuleError(f"{place}：{wrong[0]} 应为文字")
    return values


def _lines(result: Routing) -> list[str]:
    data = result.to_json()
    lines = [f"首选：{data['primary']['name']}", f"  理由：{data['primary']['reason']}"]
    lines += _contact(data["primary"])
    lines += [f"备选：{data['fallback']['name']}", f"  理由：{data['fallback']['reason']}"]
    lines += _contact(data["fallback"])
    if data["others"]:
        lines.append("其他：")
        for other in data["others"]:
            lines.append(f"  {other['name']}：{other['reason']}")
            lines += [f"  {line}" for line in _contact(other) if "没有查到" not in line]
    if data["question"]:
        lines.append(f"请补充：{data['question']}")
    return lines


def _contact(body: dict[str, Any]) -> list[str]:
    lines = []
    if "phone" in body:
        year = f"{body['phone_as_of']}年资料，" if body["phone_as_of"] else ""
        lines.append(f"  电话：{body['phone']}（{year}{body['phone_note']}）")
    if "address" in body:
        lines.append(f"  地址：{body['address']}（{body['address_as_of']}年资料）")
    if "url" in body:
        lines.append(f"  网址：{body['url']}")
    if "contact_note" in body:
        lines.append(f"  {body['contact_note']}")
    return lines
