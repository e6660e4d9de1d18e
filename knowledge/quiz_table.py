"""Typed reader of ``tables/quiz.yaml``: the questions of the quiz, for the shipped and the trainers' bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.table_row import Row, load_rows

FILE_NAME = "quiz.yaml"
AUDIENCES = ("child", "student", "adult", "enterprise")
LEVELS = (1, 2, 3)
_FEWEST_OPTIONS = 2
_MIDDLING = 2
_GROWN_UP = ("adult", "enterprise")


@dataclass(frozen=True)
class QuizQuestion:
    """One question with its options (label → text), the right label and why.

    ``level`` is 1 (easy) to 3 (hard), ``audiences`` who is asked it; a bank that says neither has
    questions of middling difficulty for grown-ups.  ``unverified`` marks a rule whose official text was
    not opened.
    """

    id: str
    question: str
    options: Mapping[str, str]
    answer: str
    explanation: str
    facts: tuple[str, ...]
    category: str | None = None
    basis: str | None = None
    unverified: bool = False
    level: int = _MIDDLING
    audiences: tuple[str, ...] = _GROWN_UP


def load_quiz(tables_dir: Path) -> list[QuizQuestion]:
    """Read ``quiz.yaml``.

    :raises SourceError: naming the question whose answer is no option, or what else is malformed.
    """
    rows = load_rows(tables_dir / FILE_NAME, "questions")
    return [row.done(_question(row)) for row in rows]


def _question(row: Row) -> QuizQuestion:
    options, answer = _options(row), row.text("answer")
    if answer not in options:
        raise row.error("answer", f"答案 {answer} 不在选项里")
    level = row.get("level", _MIDDLING)
    if level not in LEVELS or isinstance(level, bool):
        raise row.error("level", "应为 1、2 或 3")
    audiences = row.texts("for") if "for" in row.names() else _GROWN_UP
    if not audiences or set(audiences) - set(AUDIENCES):
        raise row.error("for", f"只能是 {'、'.join(AUDIENCES)}")
    return QuizQuestion(
        id=row.name,
        question=row.text("question"),
        options=options,
        answer=answer,
        explanation=row.text("explanation"),
        facts=row.texts("facts"),
        category=row.optional_text("category"),
        basis=row.optional_text("basis"),
        unverified=row.flag("unverified"),
        level=level,
        audiences=audiences,
    )


def _options(row: Row) -> dict[str, str]:
    """Label → text; options that are a list are labelled A, B, C."""
    options = row.get("options")
    if isinstance(options, list):
        options = {chr(ord("A") + place): text for place, text in enumerate(options)}
    if not isinstance(options, dict) or len(options) < _FEWEST_OPTIONS:
        raise row.error("options", "至少要有两项")
    if not all(isinstance(text, str) and text.strip() for text in options.values()):
        raise row.error("options", "每一项应为非空文字")
    return {str(key): text for key, text in options.items()}
