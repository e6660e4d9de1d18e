"""The few questions that every published snapshot must be able to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml
from knowledge.types import Passage


@dataclass(frozen=True)
class GoldenQuestion:
    """A question and what the basis or text of one of the first passages must contain."""

    question: str
    expects: str


def load_golden(tables_dir: Path) -> list[GoldenQuestion]:
    """Read ``golden.yaml``; no file means no questions.

    :raises SourceError: a row lacks its question or expectation.
    """
    path = tables_dir / "golden.yaml"
    if not path.is_file():
        return []
    rows = load_yaml(path.read_text(encoding="utf-8"), path.name)
    found = []
    for number, row in enumerate(rows if isinstance(rows, list) else [None], start=1):
        if not isinstance(row, dict) or not row.get("question") or not row.get("expects"):
            raise SourceError(f"{path.name} 第{number}条：应有 question 和 expects")
        found.append(GoldenQuestion(str(row["question"]), str(row["expects"])))
    return found


def failures(
    questions: Sequence[GoldenQuestion], search: Callable[[str], Sequence[Passage]]
) -> list[str]:
    """:return: for every question whose expectation no found passage meets, a sentence saying so."""
    failed = []
    for golden in questions:
        hits = search(golden.question)
        if not any(golden.expects in f"{hit.basis or ''}\n{hit.text}" for hit in hits):
            failed.append(f"“{golden.question}”没有找到含“{golden.expects}”的段落")
    return failed
