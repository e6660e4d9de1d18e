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
from indexer.query import scope
from indexer.types import SearchFilters
from knowledge.errors import SourceError
from knowledge.types import GENERAL, Passage

DEPTH = 10


@dataclass(frozen=True)
class GoldenQuestion:
    """A question with the documents or facts that answer it, or marked as one to refuse.

    ``country`` is where the dispute is; it judges the result and never helps the search.
    """

    id: str
    question: str
    documents: frozenset[str]
    facts: frozenset[str]
    refuse: bool
    country: str | None

    def is_answered_by(self, passage: Passage) -> bool:
        """Whether a passage is of an expected document or carries an expected fact."""
        return passage.document in self.documents or bool(self.facts & set(passage.facts))


def read_golden(path: Path) -> list[GoldenQuestion]:
    """Golden questions, one a line.

    :raises SourceError: when a line has none of ``expect``, ``facts`` and ``refuse``.
    """
    questions = []
    for number, record in read_json_lines(path):
        refuse = bool(record.get("refuse", False))
        documents = frozenset(str(item) for item in record.get("expect") or ())
        facts = frozenset(str(item) for item in record.get("facts") or ())
        if "question" not in record or refuse == bool(documents or facts):
            raise SourceError(
                f"{path} 第 {number} 行应有 question，以及 expect、facts 或 refuse 之一"
            )
        questions.append(
            GoldenQuestion(
                id=str(record.get("id", number)),
                question=str(record["question"]),
                documents=documents,
                facts=facts,
                refuse=refuse,
                country=record.get("country"),
            )
        )
    return questions


def judge_golden(index: HybridIndex, path: Path, today: date | None = None) -> dict[str, Any]:
    """Hit rates of the answerable questions, precision and recall of refusing."""
    questions = read_golden(path)
    first = third = reciprocal = 0.0
    foreign: list[str] = []
    missed: list[str] = []
    wrongly: list[str] = []
    decisions: list[tuple[bool, bool]] = []
    for question in questions:
        countries = scope(index.understand(question.question).countries)
        hits = index.search(
            question.question,
            top_k=DEPTH,
            filters=SearchFilters(jurisdictions=countries),
            today=today,
        )
        refused = index.assess(question.question, hits).band == REFUSE
        decisions.append((refused, question.refuse))
        if refused != question.refuse:
            wrongly.append(question.id)
        if question.refuse:
            continue
        places = [
            place for place, hit in enumerate(hits, 1) if question.is_answered_by(hit.passage)
        ]
        place = places[0] if places else 0
        first += place == 1
        third += 1 <= place <= 3
        reciprocal += 1 / place if place else 0.0
        if not 1 <= place <= 3:
            missed.append(question.id)
        if countries and hits and is_foreign(hits[0].passage, countries):
            foreign.append(question.id)
    answerable = sum(not question.refuse for question in questions)
    divisor = max(answerable, 1)
    return {
        "hit@1": round(first / divisor, 4),
        "hit@3": round(third / divisor, 4),
        "mrr": round(reciprocal / divisor, 4),
        **{name: round(value, 4) for name, value in refusal(decisions).items()},
        "answerable": answerable,
        "unanswerable": len(questions) - answerable,
        "foreign_top": foreign,
        "missed_top3": missed,
        "wrongly_refused_or_answered": wrongly,
    }


def is_foreign(passage: Passage, countries: frozenset[str]) -> bool:
    """Whether a passage belongs to another country than those named (general ones do not)."""
    return GENERAL not in passage.jurisdiction and not countries & set(passage.jurisdiction)
