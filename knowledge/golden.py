"""The few questions that every published snapshot must be able to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.table_row import load_list
from knowledge.types import Passage

FILE_NAME = "golden.yaml"


@dataclass(frozen=True)
class GoldenQuestion:
    """A question and what the basis or text of one of the first passages must contain."""

    question: str
    expects: str


def load_golden(tables_dir: Path) -> list[GoldenQuestion]:
    """Read ``golden.yaml``; no file means no questions.

    :raises SourceError: a row lacks its question or expectation.
    """
    path = tables_dir / FILE_NAME
    if not path.is_file():
        return []
    rows = load_list(path)
    return [row.done(GoldenQuestion(row.text("question"), row.text("expects"))) for row in rows]


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
