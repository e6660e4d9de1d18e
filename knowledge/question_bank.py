"""The quiz's question bank: the shipped one, or the trainers' own that takes its place.

A build puts the bank into the snapshot, so it goes live with a publication and back with a rollback.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import SourceError
from knowledge.files import write_atomic
from knowledge.front_matter import load_yaml
from knowledge.quiz_table import AUDIENCES, FILE_NAME, LEVELS, load_quiz
from knowledge.text import normalise

_BY = "quiz.by.json"
LABELS = "ABCD"
MOST = 1000
_LIMITS = {"question": 200, "explanation": 400, "category": 40, "basis": 200}
_LONGEST_OPTION = 80


@dataclass(frozen=True)
class RowVerdict:
    """What becomes of one row of an imported bank; ``problem`` is empty for a good one."""

    row: int
    question: str
    problem: str
    change: str = ""


@dataclass(frozen=True)
class BankImport:
    """An imported bank as it would be taken over."""

    rows: tuple[Mapping[str, Any], ...]
    verdicts: tuple[RowVerdict, ...]
    removed: int = 0

    @property
    def is_good(self) -> bool:
        """Whether it can be taken over."""
        return bool(self.rows) and not any(verdict.problem for verdict in self.verdicts)


def own_bank(data_dir: Path) -> Path:
    """Where the trainers' bank is kept; it may not exist."""
    return data_dir / FILE_NAME


def bank_file(tables_dir: Path, data_dir: Path) -> Path:
    """The bank of the next build."""
    own = own_bank(data_dir)
    return own if own.is_file() else tables_dir / FILE_NAME


def bank_into(folder: Path, bank: Path) -> None:
    """Put a bank into the folder of a snapshot; without one nothing is put there.

    :raises SourceError: naming the question that could not be asked.
    """
    if bank.is_file():
        shutil.copyfile(bank, folder / FILE_NAME)
        load_quiz(folder)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The questions as they are written, options as a list.

    :raises SourceError: the file is damaged.
    """
    if not path.is_file():
        return []
    value = load_yaml(path.read_text(encoding="utf-8"), path.name)
    rows = value.get("questions") if isinstance(value, dict) else value
    if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
        raise SourceError(f"{path.name}：应是一列条目（- id: …）")
    return [dict(row) for row in rows]


def judge(
    found: Sequence[tuple[int, Mapping[str, Any]]], before: Sequence[Mapping[str, Any]]
) -> BankImport:
    """Look at imported rows without taking them over.

    :param found: (row number of the sheet, question) pairs.
    :param before: the bank in use, to tell what is new or changed.
    """
    known = {str(row["id"]): row for row in before}
    ids: dict[str, int] = {}
    questions: dict[str, int] = {}
    verdicts, rows = [], []
    for number, row in found:
        identifier, question = str(row.get("id", "")), str(row.get("question", ""))
        problem = _problem(row)
        if not problem and identifier in ids:
            problem = f"编号与第 {ids[identifier]} 行重复"
        if not problem and normalise(question) in questions:
            problem = f"题目与第 {questions[normalise(question)]} 行重复"
        ids.setdefault(identifier, number)
        questions.setdefault(normalise(question), number)
        change = "新增" if identifier not in known else ""
        if not change and {**known[identifier], **row} != known[identifier]:
            change = "有改动"
        verdicts.append(RowVerdict(number, question, problem, change))
        rows.append({**known.get(identifier, {}), **row})
    removed = len(set(known) - set(ids))
    return BankImport(tuple(rows), tuple(verdicts), removed)


def take_over(data_dir: Path, rows: Sequence[Mapping[str, Any]], *, by: str, at: str) -> None:
    """Make these questions the bank of the next build."""
    text = yaml.safe_dump(
        {"questions": [dict(row) for row in rows]}, allow_unicode=True, sort_keys=False
    )
    keep(data_dir, text.encode("utf-8"), by=by, at=at)


def keep(data_dir: Path, content: bytes, *, by: str, at: str) -> None:
    """Have a bank's file as it is, say that of another instance."""
    data_dir.mkdir(parents=True, exist_ok=True)
    write_atomic(own_bank(data_dir), content)
    write_atomic(data_dir / _BY, json.dumps({"by": by, "at": at}).encode("utf-8"))


def last_change(data_dir: Path) -> tuple[str, str] | None:
    """Who changed the bank last and when; None while the shipped one is used."""
    try:
        value = json.loads((data_dir / _BY).read_text("utf-8"))
        return str(value["by"]), str(value["at"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _problem(row: Mapping[str, Any]) -> str:
    for key, name in (("id", "编号"), ("question", "题目"), ("explanation", "解析")):
        if not str(row.get(key) or "").strip():
            return f"缺少{name}"
    for key, longest in _LIMITS.items():
        if len(str(row.get(key) or "")) > longest:
            return f"{key} 超过 {longest} 个字"
    options = list(row.get("options") or ())
    if len(options) < 2 or not all(str(option).strip() for option in options):
        return "选项至少两个，从选项A起依次填写，中间不能空"
    if any(len(str(option)) > _LONGEST_OPTION for option in options):
        return f"选项超过 {_LONGEST_OPTION} 个字"
    if len(set(map(normalise, map(str, options)))) < len(options):
        return "有两个选项相同"
    answer = str(row.get("answer", ""))
    if answer not in tuple(LABELS[: len(options)]):
        return f"答案“{answer}”不在选项里，应填 {'、'.join(LABELS[: len(options)])}"
    return _problem_of_audience(row)


def _problem_of_audience(row: Mapping[str, Any]) -> str:
    if "level" in row and row["level"] not in LEVELS:
        return "难度应为 1、2 或 3"
    if "for" in row and (not row["for"] or set(row["for"]) - set(AUDIENCES)):
        return "适合只能填 儿童、学生、市民、企业"
    return ""
