"""Fitting the chances of ``indexer/confidence.py`` and reporting what refusing and answering once cost.

Learnt from are: everyday wordings, each asked of an index that has not seen it, once with and once
without the passages that answer it (a question close to the shelf that it cannot answer); the judged
questions; the examples of what is out of scope; and questions written without sight of the shelf.  The
figures come from cross-validation over the last.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.build import build_index, is_orienting
from indexer.confidence import MAX_CHOICES, READ, Chances, Terms, signals
from indexer.golden import read_golden
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import scope
from indexer.training.order import fold_of, without_fold
from indexer.training.reranking import BOOSTING, flatten
from indexer.types import Encoder, QueryInfo, ScoredPassage, SearchFilters
from knowledge.types import Passage

FOLDS = (0,)  # of the wordings: one in four is enough
DEPTH = 24
KEPT = 16
PARTS = 5
TREES = 300
LINES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
# A wording was written beside its passage; what people asked and judged counts more.
WORDING, EXAMPLE, UNSEEN, JUDGED = 0.05, 0.5, 1.5, 2.0
PARAMETERS: dict[str, Any] = {
    **BOOSTING, "objective": "binary", "min_data_in_leaf": 40, "feature_fraction": 0.5, "seed": 1,
}  # fmt: skip
Lines = NDArray[np.float32]


class Tables(NamedTuple):
    """Files that an index is built with."""

    aliases_path: Path
    words_path: Path
    glossary_path: Path


@dataclass(frozen=True)
class Question:
    """A message, which passages answer it (none where it is to be declined), and how much it counts."""

    text: str
    is_answer: Callable[[Passage], bool]
    weight: float
    is_answerable: bool = True


@dataclass(frozen=True)
class Example:
    """The signals of a message's first hits and which of them answer it."""

    lines: Lines
    marks: NDArray[np.bool_]
    weight: float
    is_answerable: bool


def train_confidence(
    passages: Sequence[Passage],
    encoder: Encoder,
    out: Path,
    *,
    today: date,
    tables: Tables,
    questions: Iterable[Question],
    unseen: Iterable[Question],
) -> str:
    """Fit the chances on all and write them, then say by cross-validation what they are worth.


    :param questions: what else is learnt from; ``unseen`` was written without sight of the shelf and judges.
    :return: lines for the person who waited.
    """
    known = list(_of_wordings(passages, encoder, today, tables))
    with tempfile.TemporaryDirectory() as folder:
        index = _index(passages, encoder, Path(folder), tables)
        known += _of_questions(index, questions, today)
        judging = list(_of_questions(index, unseen, today))
    Chances(flatten(fit([*known, *judging]).dump_model()["tree_info"], 1.0)).save(out)
    report = _cross_validated(known, judging)
    return f"把握已拟合：{len(known)} 条问法和样本，{len(judging)} 条陌生人的问题。\n{report}"


def _of_wordings(
    passages: Sequence[Passage], encoder: Encoder, today: date, tables: Tables
) -> Iterator[Example]:
    for fold in FOLDS:
        with tempfile.TemporaryDirectory() as folder:
            index = _index(without_fold(passages, fold), encoder, Path(folder), tables)
            for passage in passages:
                if is_orienting(passage):
                    continue
                for wording in (w for w in passage.similar if fold_of(w) == fold):
                    yield from _with_and_without(index, wording, passage, today)


def _index(
    passages: Sequence[Passage], encoder: Encoder, folder: Path, tables: Tables
) -> HybridIndex:
    build_index(
        passages, encoder, out_dir=folder,
        aliases_path=tables.aliases_path, words_path=tables.words_path, glossary_path=tables.glossary_path,
    )  # fmt: skip
    return HybridIndex.load(folder, encoder)


def _with_and_without(
    index: HybridIndex, wording: str, own: Passage, today: date
) -> Iterator[Example]:
    """A wording asked of the shelf, and of the shelf without every passage that answers it."""
    info, hits = _found(index, wording, today)
    facts = frozenset(own.facts)

    def answers(passage: Passage) -> bool:
        return passage.id == own.id or not facts.isdisjoint(passage.facts)

    terms = index.question_terms(info)
    for kept in (hits, [hit for hit in hits if not answers(hit.passage)]):
        if kept:
            yield _example(info, terms, kept[:KEPT], answers, WORDING, kept is hits)


def _of_questions(
    index: HybridIndex, questions: Iterable[Question], today: date
) -> Iterator[Example]:
    for question in questions:
        info, hits = _found(index, question.text, today)
        # Where none of the countries is covered it is declined before any chance.
        if hits and not (info.countries and index.covered.isdisjoint(info.countries)):
            terms = index.question_terms(info)
            yield _example(
                info,
                terms,
                hits[:KEPT],
                question.is_answer,
                question.weight,
                question.is_answerable,
            )


def _found(index: HybridIndex, text: str, today: date) -> tuple[QueryInfo, list[ScoredPassage]]:
    info = index.understand(text)
    limits = SearchFilters(jurisdictions=scope(info.countries))
    return info, index.search(text, DEPTH, limits, today)


def _example(
    info: QueryInfo, terms: Terms, hits: Sequence[ScoredPassage],
    is_answer: Callable[[Passage], bool], weight: float, is_answerable: bool,
) -> Example:  # fmt: skip
    marks = np.array([is_answer(hit.passage) for hit in hits[:READ]], dtype=np.bool_)
    return Example(signals(info, terms, hits), marks, weight, is_answerable)


def fit(examples: Sequence[Example]) -> Any:
    """Small trees for the chance that a hit answers."""
    import lightgbm

    data = lightgbm.Dataset(
        np.concatenate([example.lines for example in examples]),
        np.concatenate([example.marks for example in examples]).astype(int),
        weight=np.concatenate([np.full(len(e.marks), e.weight) for e in examples]),
    )
    return lightgbm.train(PARAMETERS, data, TREES)


def _cross_validated(known: Sequence[Example], judging: Sequence[Example]) -> str:
    """What each line keeps of the questions that have an answer and lets pass of the others."""
    if len(judging) < PARTS:
        return "没有陌生人的问题可以用来评估。"
    there, right = held_out(known, judging)
    answerable = np.array([example.is_answerable for example in judging])
    first = np.array([bool(example.marks[0]) for example in judging])
    rows = [
        f"{'线':>6}{'有答案的留下':>12}{'该婉拒的放过':>12}{'第一条对的留下':>14}{'第一条错的放过':>14}"
    ]
    for line in LINES:
        shares = (
            (there[answerable] >= line).mean(), (there[~answerable] >= line).mean(),
            (right[first] >= line).mean(), (right[~first & answerable] >= line).mean(),
        )  # fmt: skip
        rows.append(f"{line:8.2f}" + "".join(f"{share:16.3f}" for share in shares))
    return "\n".join(rows)


def held_out(
    known: Sequence[Example], judging: Sequence[Example]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What trees that have not seen it say of each message that judges.

    :return: the chance that a hit answers, and the chance that the first one does.
    """
    order = np.random.default_rng(0).permutation(len(judging))
    there, right = np.zeros(len(judging)), np.zeros(len(judging))
    for part in range(PARTS):
        held = set(order[part::PARTS].tolist())
        trees = fit([*known, *(e for n, e in enumerate(judging) if n not in held)])
        for place in held:
            chances = np.asarray(trees.predict(judging[place].lines))
            there[place] = 1 - np.prod(1 - chances[:MAX_CHOICES])
            right[place] = chances[0]
    return there, right


def chances_held_out(
    passages: Sequence[Passage], encoder: Encoder, *, today: date, tables: Tables,
    questions: Iterable[Question], unseen: Sequence[Question],
) -> dict[str, tuple[float, float]]:  # fmt: skip
    """For each of ``unseen`` by its text the chances of :func:`held_out`; nothing where nothing is found."""
    known = list(_of_wordings(passages, encoder, today, tables))
    with tempfile.TemporaryDirectory() as folder:
        index = _index(passages, encoder, Path(folder), tables)
        known += _of_questions(index, questions, today)
        judging = [(q.text, list(_of_questions(index, [q], today))) for q in unseen]
    found = [(text, examples[0]) for text, examples in judging if examples]
    chances = zip(*held_out(known, [example for _, example in found]), strict=True)
    return {
        text: (float(there), float(right))
        for (text, _), (there, right) in zip(found, chances, strict=True)
    }


def judged_questions(path: Path) -> Iterator[Question]:
    """The golden questions."""
    for golden in read_golden(path):
        yield Question(golden.question, golden.is_answered_by, JUDGED, not golden.refuse)


def out_of_scope_questions(texts: Iterable[str]) -> Iterator[Question]:
    """The examples of what is no matter of the shelf's."""
    for text in texts:
        yield Question(text, _none, EXAMPLE, is_answerable=False)


def unseen_questions(folder: Path, *, step: int = 1) -> Iterator[Question]:
    """Questions written without sight of the shelf, from a folder of JSON lines.

    Rows with ``fact_ids`` have an answer; in files named ``refuse…`` all are to be declined, but those that
    may be answered in part are left out.

    :param step: every how many rows of a file are read; 2 for the half that is tuned on.
    """
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        for row in rows[::step]:
            if path.name.startswith("refuse"):
                if "answer" not in row.get("ok_kinds", ()):
                    yield Question(row["text"], _none, UNSEEN, is_answerable=False)
            elif facts := frozenset(row.get("fact_ids") or ()):
                yield Question(row["text"], _carries(facts), UNSEEN)


def _none(_: Passage) -> bool:
    return False


def _carries(facts: frozenset[str]) -> Callable[[Passage], bool]:
    return lambda passage: not facts.isdisjoint(passage.facts)
