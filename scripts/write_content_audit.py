"""Write docs/content-audit.md: the statements that would hurt most if wrong, and by what each was checked.

The list is docs/content-audit.yaml; sources, bases and dates are those of the fact ledger, so that a change there
shows here.  Run it again after a change and commit the result.  A test compares the two.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from knowledge.ledger import Fact, load_ledger  # noqa: E402  (the script runs from anywhere)

WAYS = {"text": "法条或文件原文", "page": "事实所列来源页", "rule": "期限规则计算"}
HEAD = """\
# 内容审计：错了最伤人的说法

由 `python scripts/write_content_audit.py` 从 `docs/content-audit.yaml` 和事实台账生成，不手工修改；测试会核对两者一致。
“法条或文件原文”：逐字对过资料库里的正文，引文写在最后一栏。“期限规则计算”：用期限规则从一个日子算出另一个日子，测试会重算。
“事实所列来源页”：写法与研究时读过的页面所记的事实一致，这次没有重新打开网页；事实标明没有定论的，正文也写明没有查到什么。
"""


@dataclass(frozen=True)
class Statement:
    """One audited statement; the last four fields belong to their way of checking."""

    document: str
    words: str
    fact: str
    by: str
    law: str | None = None
    quote: str | None = None
    start: date | None = None
    due: date | None = None


def load(path: Path) -> tuple[date, list[Statement]]:
    """:return: the day of the audit and its statements.

    :raises SystemExit: a statement without what its way of checking needs.
    """
    data: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    statements = [
        Statement(start=row.get("from"), **{key: row[key] for key in row if key != "from"})
        for row in data["statements"]
    ]
    for statement in statements:
        needed = {"text": statement.quote and statement.law, "rule": statement.due, "page": "-"}
        if not needed.get(statement.by):
            raise SystemExit(f"{path.name}：{statement.document}“{statement.words}”缺少核对的依据")
    return data["checked"], statements


def shown(statement: Statement, fact: Fact) -> str:
    """:return: what the statement was compared with, in words."""
    if statement.by == "text":
        return f"{(statement.law or '').rstrip('(')}：“{statement.quote}”"
    if statement.by == "rule":
        return f"从 {statement.start} 算到 {statement.due}"
    return "没有定论，正文已写明" if not fact.settled else "与事实一致"


def render(checked: date, statements: Sequence[Statement], ledger: Mapping[str, Fact]) -> str:
    """:return: the whole document, a row for every statement in the order of the list."""
    ways = Counter(WAYS[statement.by] for statement in statements)
    counted = "、".join(f"{way} {count} 条" for way, count in ways.items())
    lines = [HEAD, f"共 {len(statements)} 条，核对日 {checked}（{counted}）。", ""]
    lines += [
        "| 说法 | 出处文档 | 依据 | 来源 | 资料日期 | 核对方式 | 对到什么 |",
        "|---|---|---|---|---|---|---|",
    ]
    for statement in statements:
        fact = ledger[statement.fact]
        row = (
            statement.words, f"`{statement.document}`（`{statement.fact}`）", fact.basis or "",
            fact.source_title or "", fact.as_of or "", WAYS[statement.by], shown(statement, fact),
        )  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "／") for cell in row) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the document and say how many statements it has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "content-audit.md")
    arguments = parser.parse_args()
    checked, statements = load(ROOT / "docs" / "content-audit.yaml")
    ledger = load_ledger(ROOT / "knowledge" / "tables")
    arguments.out.write_text(render(checked, statements, ledger), encoding="utf-8")
    print(f"{arguments.out}：{len(statements)} 条")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
