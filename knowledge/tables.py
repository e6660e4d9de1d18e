"""Typed readers of the small tables: jieba words, checklists and the quiz.

Larger tables have modules of their own (``alias_table``, ``center_table``, ``deadline_table``, ``ledger``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml


@dataclass(frozen=True)
class Checklist:
    """What to have ready for one situation; ``values`` holds the row as written."""

    id: str
    title: str
    items: tuple[str, ...]
    facts: tuple[str, ...]
    values: Mapping[str, Any]


AUDIENCES = ("child", "student", "adult", "enterprise")
LEVELS = (1, 2, 3)


@dataclass(frozen=True)
class QuizQuestion:
    """One question with its options (label → text), the right label and why.

    ``level`` is 1 (easy) to 3 (hard), ``audiences`` who is asked it; a bank that says neither has
    questions of middling difficulty for grown-ups.
    """

    id: str
    question: str
    options: Mapping[str, str]
    answer: str
    explanation: str
    facts: tuple[str, ...]
    values: Mapping[str, Any]
    level: int = 2
    audiences: tuple[str, ...] = ("adult", "enterprise")


def load_words(tables_dir: Path) -> list[str]:
    """Read ``jieba_words.txt``: one word a line, # starts a comment.

    :raises SourceError: a line that jieba would misread; the line is named.
    """
    path = tables_dir / "jieba_words.txt"
    words = []
    for number, line in enumerate(_read(path).splitlines(), start=1):
        word = line.split("#", 1)[0].strip()
        if not word:
            continue
        if not re.fullmatch(r"\S+(?: \d+)?(?: [a-z]+)?", word):
            raise SourceError(
                f"{path.name} 第{number}行：{word!r} 应为“词 [词频] [词性]”，词里不能有空格"
            )
        words.append(word.split(" ", 1)[0])
    return words


def load_checklists(tables_dir: Path) -> list[Checklist]:
    """Read ``checklists.yaml``.

    :raises SourceError: naming the row that is malformed.
    """
    path = tables_dir / "checklists.yaml"
    return [
        Checklist(
            id=_text(path, row, "id"),
            title=_text(path, row, "title"),
            items=tuple(_item(path, row, item) for item in _list(path, row, "items")),
            facts=tuple(map(str, row.get("facts") or ())),
            values=row,
        )
        for row in _rows(path, "checklists")
    ]


def load_quiz(tables_dir: Path) -> list[QuizQuestion]:
    """Read ``quiz.yaml``.

    :raises SourceError: naming the question whose answer is no option, or what else is malformed.
    """
    path = tables_dir / "quiz.yaml"
    questions = []
    for row in _rows(path, "questions"):
        options = row.get("options")
        if isinstance(options, list):
            options = {chr(ord("A") + place): text for place, text in enumerate(options)}
        if not isinstance(options, dict) or len(options) < 2:
            raise SourceError(f"{path.name}：{_text(path, row, 'id')} 的 options 至少要有两项")
        answer = _text(path, row, "answer")
        if answer not in options:
            raise SourceError(f"{path.name}：{_text(path, row, 'id')} 的答案 {answer} 不在选项里")
        questions.append(
            QuizQuestion(
                id=_text(path, row, "id"),
                question=_text(path, row, "question"),
                options={str(key): str(text) for key, text in options.items()},
                answer=answer,
                explanation=_text(path, row, "explanation"),
                facts=tuple(map(str, row.get("facts") or ())),
                values=row,
                **_asked_of(path, row),
            )
        )
    return questions


def _asked_of(path: Path, row: Mapping[str, Any]) -> dict[str, Any]:
    """How hard a question is and who is asked it, where its row says so."""
    found: dict[str, Any] = {}
    if "level" in row:
        if row["level"] not in LEVELS:
            raise SourceError(f"{path.name}：{_text(path, row, 'id')} 的 level 应为 1、2 或 3")
        found["level"] = row["level"]
    if "for" in row:
        audiences = tuple(map(str, _list(path, row, "for")))
        if set(audiences) - set(AUDIENCES):
            names = "、".join(AUDIENCES)
            raise SourceError(f"{path.name}：{_text(path, row, 'id')} 的 for 只能是 {names}")
        found["audiences"] = audiences
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SourceError(f"缺少表格 {path.name}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name}：无法读取，请用 UTF-8 保存") from error


def _rows(path: Path, key: str) -> list[dict[str, Any]]:
    """:return: the rows of a table written as a list, or as a list under ``key``; ids are unique."""
    value = load_yaml(_read(path), path.name)
    if isinstance(value, dict):
        value = value.get(key)
    if not isinstance(value, list) or any(not isinstance(row, dict) for row in value):
        raise SourceError(f"{path.name}：应是一列条目（- id: …）")
    seen: set[str] = set()
    for row in value:
        identifier = _text(path, row, "id")
        if identifier in seen:
            raise SourceError(f"{path.name}：id {identifier} 重复")
        seen.add(identifier)
    return value


def _text(path: Path, row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None or not str(value).strip():
        raise SourceError(f"{path.name}：{row.get('id', '有一条')} 缺少 {key}")
    return str(value).strip()


def _list(path: Path, row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    if not isinstance(value, list) or not value:
        raise SourceError(f"{path.name}：{row.get('id', '有一条')} 的 {key} 应是一列内容")
    return value


def _item(path: Path, row: Mapping[str, Any], item: Any) -> str:
    if isinstance(item, dict):
        return _text(path, item, "text")
    return str(item)
