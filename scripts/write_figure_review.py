"""Write docs/figure-review.md: which periods of the deadline table were checked again, when and where.

Everything comes from ``reviewed`` and ``review_note`` of knowledge/tables/deadlines.yaml; run it again after
a review and commit the result.  A test compares the two.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from knowledge.deadline_table import load_deadline_table  # noqa: E402  (the script runs from anywhere)
from knowledge.deadline_types import DeadlineRule, Period, Unit  # noqa: E402

UNITS = {
    Unit.DAY: "天", Unit.BUSINESS_DAY: "个工作日", Unit.MONTH: "个月", Unit.YEAR: "年",
}  # fmt: skip
HEAD = """\
# 期限数字的复核

由 `python scripts/write_figure_review.py` 从 `knowledge/tables/deadlines.yaml` 的 `reviewed` 和 `review_note` 生成，不手工修改。
“查到了什么”写明看的是条文原文、转载还是说明，以及没有查到的部分；没有列出的行还没有对公开来源再核对过，回答里照常写“以原件与律师核对为准”。
"""


def length(period: Period) -> str:
    """A period in words: 3个月."""
    return f"{period.length}{UNITS[period.unit]}"


def period_of(rule: DeadlineRule) -> str:
    """The length of a rule with its alternatives."""
    others = "；".join(f"{item.when}{length(item.period)}" for item in rule.alternatives)
    return f"{length(rule.period)}（{others}）" if others else length(rule.period)


def cell(text: str) -> str:
    """Text that cannot break a table row."""
    return text.replace("|", "／").replace("\n", " ")


def render(rules: Iterable[DeadlineRule]) -> str:
    """:return: the whole document; countries in the order of the table, a row for every reviewed rule."""
    rules = list(rules)
    done = [rule for rule in rules if rule.reviewed]
    dates = Counter(str(rule.reviewed) for rule in done)
    counted = "、".join(f"{day} {count} 条" for day, count in sorted(dates.items()))
    lines = [HEAD, f"共 {len(rules)} 条期限，已复核 {len(done)} 条（{counted}）。", ""]
    lines += [
        "| 法域 | 事项 | 期间 | 依据 | 复核日 | 查到了什么 |",
        "|---|---|---|---|---|---|",
    ]
    for rule in done:
        row = (
            rule.jurisdiction, f"{rule.title}（`{rule.id}`）", period_of(rule), rule.basis,
            str(rule.reviewed), rule.review_note or "",
        )  # fmt: skip
        lines.append("| " + " | ".join(map(cell, row)) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the document and say how many rows it has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "figure-review.md")
    arguments = parser.parse_args()
    rules = load_deadline_table(ROOT / "knowledge" / "tables").rules.values()
    arguments.out.write_text(render(rules), encoding="utf-8")
    print(f"{arguments.out}：{sum(rule.reviewed is not None for rule in rules)} 条已复核")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
