"""Judging the published knowledge by questions whose answers are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from indexer.confidence import REFUSE
from indexer.evaluation import refusal
from indexer.hybrid import HybridIndex
from indexer.passages_file import read_json_lines
from indexer.types import SearchFilters
from knowledge.errors import SourceError

DEPTH = 10


@dataclass(frozen=True)
class GoldenQuestion:
    """A question with the documents that answer it, or marked as one to refuse."""

    id: str
    question: str
    expect: frozenset[str]
    refuse: bool
    country: str | None


def read_golden(path: Path) -> list[GoldenQuestion]:
    """Golden questions, one a line.

    :raises SourceError: when a line has neither ``expect`` nor ``refuse``.
    """
    questions = []
    for number, record in read_json_lines(path):
        refuse = bool(record.get("refuse", False))
        expect = frozenset(str(item) for item in record.get("expect") or ())
        if "question" not in record or refuse == bool(expect):
            raise SourceError(f"{path} 第 {number} 行应有 question，以及 expect 或 refuse 之一")
        questions.append(
            GoldenQuestion(
                id=str(record.get("id", number)),
                question=str(record["question"]),
                expect=expect,
                refuse=refuse,
                country=record.get("country"),
            )
        )
    return questions


def judge_golden(index: HybridIndex, path: Path, today: date | None = None) -> dict[str, Any]:
    """Hit rates of the answerable questions, precision and recall of refusing."""
    questions = read_golden(path)
    first = third = reciprocal = 0.0
    decisions: list[tuple[bool, bool]] = []
    for question in questions:
        named = index.understand(question.question).countries
        countries = frozenset({question.country} if question.country else named)
        hits = index.search(
            question.question,
            top_k=DEPTH,
            filters=SearchFilters(jurisdictions=countries),
            today=today,
        )
        decisions.append((index.assess(question.question, hits).band == REFUSE, question.refuse))
        if question.refuse:
            continue
        places = [
            place for place, hit in enumerate(hits, 1) if hit.passage.document in question.expect
        ]
        place = places[0] if places else 0
        first += place == 1
        third += 1 <= place <= 3
        reciprocal += 1 / place if place else 0.0
    answerable = sum(not question.refuse for question in questions)
    divisor = max(answerable, 1)
    return {
        "hit@1": round(first / divisor, 4),
        "hit@3": round(third / divisor, 4),
        "mrr": round(reciprocal / divisor, 4),
        **{name: round(value, 4) for name, value in refusal(decisions).items()},
        "answerable": answerable,
        "unanswerable": len(questions) - answerable,
    }
