"""Teaching which sentences answer the rest of a question, from questions with checks on what must be said.

A sentence is right where it meets a check that the passage itself does not.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actions import passages as spoken
from actions.answer_card import LONG_BODY
from actions.lookup import look_up
from actions.supplement import (
    Floats,
    Sentence,
    Supplement,
    candidates,
    chosen,
    features,
)
from indexer.hybrid import HybridIndex
from indexer.reranker import Reranker
from indexer.training.indexes import index_of
from indexer.training.parts import dealt
from indexer.training.reranking import BOOSTING, chance
from indexer.types import Encoder
from knowledge.types import Passage

PARTS = 5
# What is left for more, in an answer of usual length.
ROOM = 120
_TREES = 150
_PARAMETERS = BOOSTING | {"min_data_in_leaf": 30, "feature_fraction": 0.7, "seed": 1}
Check = Sequence[str]


@dataclass(frozen=True)
class Example:
    """A question, what its passage says, which checks that leaves open, and what else might be said."""

    text: str
    said: str
    open_checks: tuple[Check, ...]
    sentences: tuple[Sentence, ...]
    table: Floats
    marks: NDArray[np.bool_]


def train_supplement(
    passages: Sequence[Passage],
    encoder: Encoder,
    rows: Iterable[Mapping[str, Any]],
    *,
    tables_dir: Path,
    out: Path,
    today: date,
) -> str:
    """Train on all and write the trees.

    :param rows: questions with ``text`` and the checks ``must``; others are left out.
    :return: one line for the person who waited, with what cross-validation says.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        index = index_of(passages, encoder, tables_dir, Path(folder))
        asked = (row for row in rows if row.get("text") and row.get("fact_ids"))
        found = (_example(index, row, today) for row in asked)
        examples = [example for example in found if example is not None]
    parts = dealt((example.text for example in examples), PARTS, seed=1)
    met = 0
    lengths = 0
    for part in range(PARTS):
        trees = _fit([example for example in examples if parts[example.text] != part])
        for example in examples:
            if parts[example.text] == part:
                more = _more(trees, example)
                lengths += len(more)
                met += bool(example.open_checks) and _meets_all(more, example.open_checks)
    Supplement(_fit(examples)).save(out)
    short = sum(bool(example.open_checks) for example in examples)
    minutes = (time.perf_counter() - started) / 60
    return f"补充已写入 {out}：{len(examples)} 问，{short} 问第一段没有说全，补充后说全 {met}（留出的五分之一），平均补 {lengths / len(examples):.0f} 字（用时 {minutes:.1f} 分钟）"


def _example(index: HybridIndex, row: Mapping[str, Any], today: date) -> Example | None:
    found = look_up(index, row["text"], today)
    if not found.hits:
        return None
    said, _ = spoken.body(found.hits[0].passage, LONG_BODY)
    sentences = tuple(candidates(index, found, said))
    if not sentences:
        return None
    left = tuple(check for check in row["must"] if not _meets(said, check))
    marks = np.array([any(_meets(one.text, check) for check in left) for one in sentences])
    table = features(index, found, said, sentences)
    return Example(row["text"], said, left, sentences, table, marks)


def _fit(examples: Sequence[Example]) -> Reranker:
    table = np.concatenate([example.table for example in examples])
    marks = np.concatenate([example.marks for example in examples])
    return chance(table, marks, np.ones(len(marks)), _PARAMETERS, _TREES)


def _more(trees: Reranker, example: Example) -> str:
    odds = trees.raw(example.table)
    return "".join(one.text for one in chosen(example.sentences, odds, example.said, ROOM))


def _meets(text: str, check: Check) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in check)


def _meets_all(text: str, checks: Iterable[Check]) -> bool:
    return all(_meets(text, check) for check in checks)
