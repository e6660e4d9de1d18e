"""Training the order of a conversation on conversations made of the shelf's own wordings and written follow-ups.

A passage is asked for, answered, and another of its document is asked for next, in a wording that the
index has not seen and without the names that the first question said; or another document's passage, with
its names, which must not be pulled back; or one of the document answered from some turns ago.  Follow-ups
that people wrote (``knowledge/followups``) count more.  What nothing answers is said in conversations too.
"""

from __future__ import annotations

import logging
import random
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from actions.lookup import Found
from actions.turn.hearing import (
    EARLIER,
    FEATURES,
    Conversation,
    Floats,
    Hearing,
    context,
    features,
    readings_of,
    signals,
)
from actions.vocabulary import Vocabulary
from indexer.build import build_index, is_orienting
from indexer.hybrid import HybridIndex
from indexer.reranker import Reranker
from indexer.training.order import fold_of, without_fold
from indexer.training.parts import dealt
from indexer.training.reranking import BOOSTING, chance, order_lists
from indexer.types import Encoder
from knowledge.followups import FollowUp
from knowledge.types import Kind, Passage
from knowledge.wordings import JOINT

logger = logging.getLogger(__name__)

FOLD = 0  # the wordings of this fold are asked of an index that was built without them
PARTS = 5  # documents are dealt into so many parts for judging
_TREES = {"order": 220, "chance": 120}
_PARAMETERS = BOOSTING | {"min_data_in_leaf": 50, "seed": 1}
# How often the next question is about the same document without its names, and with them.
_FOLLOWS, _NAMED, _RETURNS = 0.55, 0.1, 0.1
_RETURNING = ("说回刚才的", "回到前面那个，", "刚才那件事，", "前面说的", "还是先问", "")
_NO_PASSAGE = 0.12  # a conversation in which nothing was answered yet
_SAME_MATTER = 0.6
_SHORTEST = 4
_MOST_REMEMBERED = 80
_NAMES = ("country", "procedure", "platform")
_WRITTEN = 3.0  # what a follow-up that a person wrote counts


@dataclass(frozen=True)
class Turn:
    """A question within a conversation and the passage that answers it; None where none does."""

    said: Conversation
    text: str
    answer: Passage | None
    part: str
    kind: str
    weight: float = 1.0


@dataclass(frozen=True)
class Example:
    """A turn as the trees read it: a line a passage of the pool, and how right each is."""

    turn: Turn
    found: dict[str, Found]
    table: Floats
    marks: NDArray[np.int32]


def made_turns(index: HybridIndex, passages: Sequence[Passage], seed: int = 5) -> Iterator[Turn]:
    """Conversations from the wordings that the index has not seen."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    shelf: dict[str, list[Passage]] = {}
    for passage in passages:
        is_asked = passage.kind not in (Kind.LAW, Kind.TRAINING) and passage.similar
        if is_asked and not is_orienting(passage):
            shelf.setdefault(passage.document, []).append(passage)
    every = [passage for rows in shelf.values() for passage in rows]
    for rows in shelf.values():
        for answer in rows:
            for wording in answer.similar:
                if fold_of(wording) == FOLD:
                    turn = _made(index, rng, wording, answer, (rows, every))
                    if turn is not None:
                        yield turn


def _made(
    index: HybridIndex,
    rng: random.Random,
    wording: str,
    answer: Passage,
    shelf: tuple[Sequence[Passage], Sequence[Passage]],
) -> Turn | None:
    """A turn that asks for a passage.

    :param shelf: the passages of its document, and all.
    """
    rows, every = shelf
    chance = rng.random()
    siblings = [passage for passage in rows if passage is not answer]
    kinds = ("follow", _FOLLOWS), ("named", _NAMED), ("return", _RETURNS)
    kind = "switch"
    for name, share in kinds if siblings else ():
        if chance < share:
            kind = name
            break
        chance -= share
    before = rng.choice(siblings if kind in ("follow", "named") else every)
    earlier = _earlier(rng, rows, every)
    text = wording if kind in ("named", "switch") else _stripped(index, wording, rng)
    if kind == "return":
        earlier = (*earlier[:1], rng.choice(siblings))
        text = rng.choice(_RETURNING) + text
    is_elsewhere = kind in ("switch", "return")
    if len(text) < _SHORTEST or (is_elsewhere and before.document == answer.document):
        return None
    question = rng.choice((before.heading[-1], *before.similar)) if before.heading else wording
    is_answered = rng.random() >= _NO_PASSAGE
    said = conversation(index, question, before if is_answered else None, earlier)
    return Turn(said, text, answer, answer.document, kind)


def _earlier(
    rng: random.Random, rows: Sequence[Passage], every: Sequence[Passage]
) -> tuple[Passage, ...]:
    """What was answered before the last answer: nothing, of the same matter, or anything."""
    count = rng.randrange(EARLIER + 1)
    return tuple(rng.choice(rows if rng.random() < _SAME_MATTER else every) for _ in range(count))


def written_turns(
    index: HybridIndex, passages: Sequence[Passage], rows: Iterable[FollowUp]
) -> Iterator[Turn]:
    """The follow-ups that people wrote, each after the question that was answered before it."""
    shelf = {(passage.document, JOINT.join(passage.heading)): passage for passage in passages}
    rng = random.Random(7)  # noqa: S311 (no secret)
    every = [passage for passage in passages if passage.kind is not Kind.LAW]
    for row in rows:
        before = shelf.get((row.source, row.after))
        answer = shelf.get((row.document, row.answer))
        if before is None or answer is None or is_orienting(answer):
            continue  # told by ``kb check``; an option card only points the way
        question = rng.choice((before.heading[-1], *before.similar))
        kind = "written switch" if row.leaves else "written"
        same = [passage for passage in every if passage.document == before.document]
        said = conversation(index, question, before, _earlier(rng, same, every))
        yield Turn(said, row.say, answer, answer.document, kind, _WRITTEN)


def conversation(
    index: HybridIndex,
    question: str,
    answered: Passage | None,
    earlier: tuple[Passage, ...] = (),
) -> Conversation:
    """A conversation in which one question was asked.

    :param earlier: what was answered from before it, the newest first.
    """
    info = index.understand(question)
    return Conversation(
        country=next(iter(info.countries), None),
        procedure=next(iter(info.procedures), None),
        platform=next(iter(info.platforms), None),
        question=question[-_MOST_REMEMBERED:] if answered is not None else None,
        passage=answered,
        earlier=earlier,
    )


def _stripped(index: HybridIndex, wording: str, rng: random.Random) -> str:
    kinds = _NAMES if rng.random() < 0.8 else _NAMES[:1]
    rest = index.understanding.without(index.understand(wording).text, kinds)
    return re.sub(r"^[，,的在 ]+", "", re.sub(r"\s+", " ", rest)).strip()


def empty_turns(
    index: HybridIndex, passages: Sequence[Passage], texts: Sequence[str], seed: int = 6
) -> Iterator[Turn]:
    """What nothing on the shelf answers, said in the midst of a conversation."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    asked = [p for p in passages if p.similar and p.kind not in (Kind.LAW, Kind.TRAINING)]
    for text in texts:
        before = rng.choice(asked)
        said = conversation(index, rng.choice(before.similar), before, _earlier(rng, asked, asked))
        yield Turn(said, text, None, text[:2], "none")


def examples(
    index: HybridIndex, vocabulary: Vocabulary, turns: Iterator[Turn], today: date
) -> list[Example]:
    """Every turn as the trees read it."""
    found_examples = []
    for turn in turns:
        named = context(index, vocabulary, turn.said, index.understand(turn.text))
        found = readings_of(index, turn.text, turn.said, named, today)
        hits, table = features(index, turn.text, turn.said, found)
        if not hits:
            continue
        fact = turn.answer.facts[:1] if turn.answer else ()
        marks = [
            2 if turn.answer and hit.passage.id == turn.answer.id
            else int(bool(fact) and hit.passage.facts[:1] == fact)
            for hit in hits
        ]  # fmt: skip
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
    there = np.array([row.turn.answer is not None for row in rows])
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
        if row.turn.answer is not None:
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


def train_hearing(
    passages: Sequence[Passage],
    encoder: Encoder,
    followups: Iterable[FollowUp],
    unanswerable: Sequence[str],
    *,
    tables_dir: Path,
    out: Path,
    today: date,
) -> str:
    """Train on all turns and write the trees.

    :param followups: what people wrote after an answer.
    :param unanswerable: messages that nothing on the shelf answers.
    :return: one line for the person who waited.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        build_index(
            without_fold(passages, FOLD), encoder, aliases_path=tables_dir / "aliases.yaml",
            words_path=tables_dir / "jieba_words.txt", glossary_path=tables_dir / "glossary.yaml",
            out_dir=Path(folder),
        )  # fmt: skip
        index = HybridIndex.load(Path(folder), encoder)
        vocabulary = Vocabulary.load(tables_dir)
        turns = [*made_turns(index, passages), *written_turns(index, passages, followups)]
        turns += empty_turns(index, passages, unanswerable)
        rows = examples(index, vocabulary, iter(turns), today)
    verdicts = held_out(rows)
    figures = "；".join(
        f"{kind} {count} 条，排在第一 {first:.3f}（单看这句 {alone:.3f}），前三 {three:.3f}"
        for kind, (first, three, alone, count) in judged(rows, verdicts).items()
    )
    fit(rows, verdicts).save(out)
    minutes = (time.perf_counter() - started) / 60
    return f"接话的排序已写入 {out}：{figures}（用时 {minutes:.1f} 分钟）"
