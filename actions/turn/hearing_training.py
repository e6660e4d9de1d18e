"""Training the order of a conversation, and its chances, on turns of which it is known what answers them.

Three kinds of turns (``hearing_turns``): made of the shelf's own wordings, written after a passage, and
taken from whole conversations that strangers held with the bot.  The last count most.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actions.lookup import Found
from actions.turn.hearing import (
    FEATURES,
    Floats,
    Hearing,
    context,
    features,
    readings_of,
    signals,
)
from actions.turn.hearing_turns import FOLD, Turn, empty_turns, made_turns, written_turns
from actions.vocabulary import Vocabulary
from indexer.hybrid import HybridIndex
from indexer.reranker import Reranker
from indexer.training.indexes import index_of
from indexer.training.order import without_fold
from indexer.training.parts import dealt
from indexer.training.reranking import BOOSTING, chance, order_lists
from indexer.types import Encoder
from knowledge.followups import FollowUp
from knowledge.types import Passage

logger = logging.getLogger(__name__)

PARTS = 5  # documents are dealt into so many parts for judging
_TREES = {"order": 220, "chance": 120}
_PARAMETERS = BOOSTING | {"min_data_in_leaf": 50, "seed": 1}


@dataclass(frozen=True)
class Example:
    """A turn as the trees read it: a line a passage of the pool, and how right each is."""

    turn: Turn
    found: dict[str, Found]
    table: Floats
    marks: NDArray[np.int32]


def examples(
    index: HybridIndex, vocabulary: Vocabulary, turns: Iterable[Turn], today: date
) -> list[Example]:
    """Every turn as the trees read it."""
    found_examples = []
    for turn in turns:
        named = context(index, vocabulary, turn.said, index.understand(turn.text))
        found = readings_of(index, turn.text, turn.said, named, today)
        hits, table = features(index, turn.text, turn.said, found)
        if not hits:
            continue
        marks = [turn.mark(hit.passage) for hit in hits]
        found_examples.append(Example(turn, found, table, np.array(marks, dtype=np.int32)))
    return found_examples


def held_out(rows: Sequence[Example]) -> list[Floats]:
    """The verdicts on each turn's pool, of an order that has not seen its document."""
    parts = _parts(rows)
    orders = [
        fit_order([row for row, p in zip(rows, parts, strict=True) if p != part])
        for part in range(PARTS)
    ]
    return [orders[part].raw(row.table) for row, part in zip(rows, parts, strict=True)]


def fit(rows: Sequence[Example], verdicts: Sequence[Floats]) -> Hearing:
    """The order from the turns that have an answer, the chances from all.

    :param verdicts: what :func:`held_out` says of the turns.
    """
    pairs = list(zip(rows, verdicts, strict=True))
    table = np.array([signals(row.found, row.table, given) for row, given in pairs])
    there = np.array([row.turn.is_answered for row in rows])
    right = np.array([row.marks[int(np.argmax(given))] > 0 for row, given in pairs])
    weights = np.array([row.turn.weight for row in rows])
    return Hearing(
        fit_order(rows),
        chance(table, there, weights, _PARAMETERS, _TREES["chance"]),
        chance(table, right, weights, _PARAMETERS, _TREES["chance"]),
    )


def _parts(rows: Sequence[Example]) -> list[int]:
    part_of = dealt((row.turn.part for row in rows), PARTS, seed=1)
    return [part_of[row.turn.part] for row in rows]


def fit_order(rows: Sequence[Example]) -> Reranker:
    """Trees that order the pool of a turn."""
    usable = [row for row in rows if row.marks.any()]
    return order_lists(
        [row.table for row in usable],
        [row.marks for row in usable],
        [row.turn.weight for row in usable],
        FEATURES,
        _PARAMETERS,
        _TREES["order"],
    )


def judged(
    rows: Sequence[Example], verdicts: Sequence[Floats]
) -> dict[str, tuple[float, float, float, int]]:
    """For each kind of turn: first right, among three, with the message alone first right; and how many.

    :param verdicts: what :func:`held_out` says of the turns.
    """
    seen: dict[str, list[tuple[bool, bool, bool]]] = {}
    for row, given in zip(rows, verdicts, strict=True):
        if row.turn.is_answered:
            placed = row.marks[np.argsort(-given, kind="stable")]
            alone = row.marks[int(np.argmax(row.table[:, FEATURES.index("rank_alone")]))]
            seen.setdefault(row.turn.kind, []).append(
                (placed[0] > 0, placed[:3].max() > 0, alone > 0)
            )
    figures = {}
    for kind, marks in sorted(seen.items()):
        first, three, alone = map(float, np.mean(marks, axis=0))
        figures[kind] = (first, three, alone, len(marks))
    return figures


@dataclass(frozen=True)
class Said:
    """What is learnt from besides the wordings: follow-ups people wrote after an answer, what nothing on the
    shelf answers, and turns of whole conversations."""

    followups: Sequence[FollowUp]
    unanswerable: Sequence[str]
    heard: Sequence[Turn]


def train_hearing(
    passages: Sequence[Passage],
    encoder: Encoder,
    said: Said,
    *,
    tables_dir: Path,
    out: Path,
    today: date,
) -> str:
    """Train on all turns and write the trees.

    :return: one line for the person who waited.
    """
    started = time.perf_counter()
    vocabulary = Vocabulary.load(tables_dir)
    with tempfile.TemporaryDirectory() as folder:
        index = index_of(without_fold(passages, FOLD), encoder, tables_dir, Path(folder))
        turns = [*made_turns(index, passages), *written_turns(index, passages, said.followups)]
        turns += empty_turns(index, passages, said.unanswerable)
        rows = examples(index, vocabulary, turns, today)
    with tempfile.TemporaryDirectory() as folder:
        index = index_of(passages, encoder, tables_dir, Path(folder))
        rows += examples(index, vocabulary, said.heard, today)
    verdicts = held_out(rows)
    figures = "；".join(
        f"{kind} {count} 条，排在第一 {first:.3f}（单看这句 {alone:.3f}），前三 {three:.3f}"
        for kind, (first, three, alone, count) in judged(rows, verdicts).items()
    )
    fit(rows, verdicts).save(out)
    minutes = (time.perf_counter() - started) / 60
    return f"接话的排序已写入 {out}：{figures}（用时 {minutes:.1f} 分钟）"
