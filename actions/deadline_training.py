"""Training the choice of a deadline rule on the everyday wordings of the passages that rest on one.

Each wording is asked of an index that has not seen it, as it stands, or without the names that the
conversation already knows.  Wordings that ask for a period which no rule holds teach when none is meant.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actions.deadline_choice import side_in
from actions.deadline_order import FEATURES, Asked, Floats, RuleOrder, lines, signals
from actions.vocabulary import Vocabulary
from indexer.hybrid import HybridIndex
from indexer.reranker import Reranker
from indexer.training.indexes import index_of
from indexer.training.order import fold_of, without_fold
from indexer.training.parts import dealt
from indexer.training.reranking import BOOSTING, chance, order_lists
from indexer.types import Encoder
from knowledge.deadline_types import DeadlineTable
from knowledge.types import GENERAL, Passage

FOLDS = (0, 1)
PARTS = 5
_TREES = {"order": 250, "right": 120}
_PARAMETERS = BOOSTING | {"min_data_in_leaf": 40, "seed": 1}
_STRIPPED = 0.35  # of the wordings are asked without the names that the conversation knows
_NAMES = ("country", "procedure")
_PERIOD = re.compile(
    r"几[天日号]|多久|多长|几个?[月周年]|多少(?:天|日|时间)|期限|最晚|最迟|截止|来得及|哪天|时间"
)
_TOLD = "!"  # before the part of a message that was written without sight of the table
_OTHERS = 0.25  # of the wordings that ask for no period
_UNSEEN = 4.0  # what a message written without sight of the table counts


@dataclass(frozen=True)
class Example:
    """A message as the trees read it: a line a rule, and which is meant."""

    part: str
    table: Floats
    marks: NDArray[np.int32]
    weight: float

    @property
    def is_meant(self) -> bool:
        """Whether any rule is meant."""
        return bool(self.marks.any())


def train_deadlines(
    passages: Sequence[Passage],
    encoder: Encoder,
    table: DeadlineTable,
    unseen: Iterable[tuple[Asked, str]],
    *,
    tables_dir: Path,
    out: Path,
    today: date,
) -> str:
    """Train on all and write the trees.

    :param unseen: messages written without sight of the table, with the id of the rule that is meant.
    :return: one line for the person who waited.
    """
    started = time.perf_counter()
    rows: list[Example] = []
    for fold in FOLDS:
        with tempfile.TemporaryDirectory() as folder:
            index = index_of(without_fold(passages, fold), encoder, tables_dir, Path(folder))
            asked = _of_wordings(index, passages, table, Vocabulary.load(tables_dir), fold)
            rows += [_example(index, table, a, r, part, today) for a, r, part in asked]
            if fold == FOLDS[0]:
                seen = (_example(index, table, a, r, f"{_TOLD}{a.text}", today) for a, r in unseen)
                rows += [replace(row, weight=_UNSEEN) for row in seen]
    rows = [row for row in rows if len(row.marks) > 1]
    verdicts = _held_out(rows)
    firsts = np.array(
        [row.marks[int(np.argmax(v))] > 0 for row, v in zip(rows, verdicts, strict=True)]
    )
    told = np.array([row.part.startswith(_TOLD) for row in rows])
    meant = np.array([row.is_meant for row in rows])
    RuleOrder(_fit_order(rows), _fit_right(rows, verdicts, firsts)).save(out)
    minutes = (time.perf_counter() - started) / 60
    written = f"；没看过表的 {told.sum()} 句 {firsts[told].mean():.3f}" if told.any() else ""
    return f"期限的选择已写入 {out}：{meant.sum()} 句，排在第一的 {firsts[meant].mean():.3f}{written}；不问期限规则的 {(~meant).sum()} 句（用时 {minutes:.1f} 分钟）"


def _of_wordings(
    index: HybridIndex,
    passages: Sequence[Passage],
    table: DeadlineTable,
    words: Vocabulary,
    fold: int,
) -> Iterator[tuple[Asked, str, str]]:
    rng = random.Random(fold)  # noqa: S311 (no secret)
    for passage in passages:
        rule = next(iter(passage.facts), "")
        if rule not in table.rules and not table.rules.keys().isdisjoint(passage.facts):
            continue  # tells a rule's period beside something else
        for wording in passage.similar:
            is_kept = rule in table.rules or _PERIOD.search(wording) or rng.random() < _OTHERS
            if fold_of(wording) == fold and is_kept:
                yield _asked(index, words, wording, passage, rng), rule, passage.document


def _asked(
    index: HybridIndex, words: Vocabulary, wording: str, passage: Passage, rng: random.Random
) -> Asked:
    info = index.understand(wording)
    side = side_in(wording, None)
    place = passage.jurisdiction[0] if passage.jurisdiction else GENERAL
    country = place if place != GENERAL else None
    if rng.random() >= _STRIPPED:
        return Asked(wording, side=side, country=country if rng.random() < 0.5 else None)
    rest = index.understanding.without(info.text, _NAMES)
    text = re.sub(r"^[，,的在 ]+", "", re.sub(r"\s+", " ", rest)).strip() or wording
    procedure = next(iter(info.procedures), None)
    context = " ".join(filter(None, (words.country(country), words.procedure(procedure))))
    return Asked(text, context, country, frozenset(info.ip_types), procedure, side)


def _example(
    index: HybridIndex, table: DeadlineTable, asked: Asked, rule: str, part: str, today: date
) -> Example:
    rules, rows = lines(index, table, asked, today)
    meant = table.rules.get(rule)
    marks = [0] * len(rules) if meant is None else [
        2 if other.id == rule
        else int(other.title == meant.title or (
            other.jurisdiction, other.event, other.period, other.bound, other.procedure
        ) == (meant.jurisdiction, meant.event, meant.period, meant.bound, meant.procedure))
        for other in rules
    ]  # fmt: skip
    return Example(part, rows, np.array(marks, dtype=np.int32), 1.0)


def _held_out(rows: Sequence[Example]) -> list[Floats]:
    """The verdicts on each message, of an order that has not seen its document."""
    part_of = dealt((row.part for row in rows), PARTS, seed=1)
    orders = [_fit_order([r for r in rows if part_of[r.part] != part]) for part in range(PARTS)]
    return [orders[part_of[row.part]].raw(row.table) for row in rows]


def _fit_order(rows: Sequence[Example]) -> Reranker:
    rows = [row for row in rows if row.is_meant]
    return order_lists(
        [row.table for row in rows],
        [row.marks for row in rows],
        [row.weight for row in rows],
        FEATURES,
        _PARAMETERS,
        _TREES["order"],
    )


def _fit_right(
    rows: Sequence[Example], verdicts: Sequence[Floats], firsts: NDArray[np.bool_]
) -> Reranker:
    table = np.array([signals(row.table, v) for row, v in zip(rows, verdicts, strict=True)])
    return chance(table, firsts, [row.weight for row in rows], _PARAMETERS, _TREES["right"])


def unseen_messages(path: Path) -> Iterator[tuple[Asked, str]]:
    """Messages written without sight of the table: JSON lines with ``turns`` and ``rule``."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield Asked(row["turns"][-1], " ".join(row["turns"][:-1])), row["rule"]
