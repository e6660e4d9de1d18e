"""Training examples in the form the trainer reads, and the batches drawn from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.ngrams import WordList
from indexer.training.data import (
    Corpus,
    Judged,
    Pair,
    near_duplicates,
    rows_by_wording,
    sentences,
    wording,
)
from indexer.training.trainer import Batch, Trainer, bag_matrix

Numbers = NDArray[np.int64]
_MINING_CHUNK = 512
_SPAN = (8, 26)  # characters of a clause taken for a question, about as long as real ones


@dataclass(frozen=True)
class Examples:
    """Questions with a passage that answers each.

    ``judged`` counts the examples at the front that come from judged questions; ``question`` tells
    which examples share a question, ``answers`` all passages that answer it.
    """

    queries: Any
    passage: Numbers
    question: Numbers
    answers: tuple[frozenset[int], ...]
    sources: tuple[str, ...]
    judged: int

    def __len__(self) -> int:
        return len(self.passage)


@dataclass(frozen=True)
class Material:
    """Everything to train on; the corpus's passages come first among the passages."""

    words: WordList
    power: float
    passages: Any
    corpus: Corpus
    examples: Examples
    clauses: tuple[tuple[int, tuple[str, ...]], ...]


def without_duplicates(pairs: Sequence[Pair], judged: Sequence[str]) -> list[Pair]:
    """Pairs whose question is no near-duplicate of a judged one."""
    marks = near_duplicates([pair.query for pair in pairs], judged)
    return [pair for pair, marked in zip(pairs, marks, strict=True) if not marked]


def cited_rows(corpus: Corpus, pairs: Sequence[Pair]) -> list[tuple[int, ...]]:
    """For each pair the rows of the corpus that hold the article it cites."""
    rows_of = rows_by_wording(corpus)
    return [rows_of.get(wording(pair.cited), ()) if pair.cited else () for pair in pairs]


def prepare(
    words: WordList,
    power: float,
    corpus: Corpus,
    judged: Sequence[Judged],
    pairs: Sequence[Pair],
    corpus_bags: Any = None,
) -> Material:
    """Bring questions and passages into matrices.

    A pair whose passage is an article of the corpus is an example of that article, lest the article
    be taken for a wrong answer to the same question.

    :param corpus_bags: the corpus as a matrix, when it is at hand.
    """
    from scipy.sparse import vstack

    found = cited_rows(corpus, pairs)
    extra: dict[str, int] = {}
    for pair, rows in zip(pairs, found, strict=True):
        if not rows:
            extra.setdefault(pair.passage, len(corpus.ids) + len(extra))
    asked = [_Asked(item.query, row, "judged") for item in judged for row in item.relevant]
    count = len(asked)
    for pair, rows in zip(pairs, found, strict=True):
        row = rows[0] if rows else extra[pair.passage]
        # The same wording in another law answers too.
        asked.append(_Asked(pair.query, row, pair.source, rows))
    if corpus_bags is None:
        corpus_bags = bag_matrix(words, corpus.texts, power)
    return Material(
        words=words,
        power=power,
        passages=vstack([corpus_bags, bag_matrix(words, list(extra), power)]).tocsr(),
        corpus=corpus,
        examples=_examples(words, power, asked, count),
        clauses=tuple(_clauses(corpus)),
    )


@dataclass(frozen=True)
class _Asked:
    """A question, the row of a passage that answers it, and other rows that answer as well."""

    query: str
    row: int
    source: str
    also: tuple[int, ...] = ()


def _examples(words: WordList, power: float, asked: Sequence[_Asked], judged: int) -> Examples:
    numbers: dict[str, int] = {}
    question = [numbers.setdefault(item.query, len(numbers)) for item in asked]
    answers: list[set[int]] = [set() for _ in numbers]
    for number, item in zip(question, asked, strict=True):
        answers[number].update((item.row, *item.also))
    return Examples(
        queries=bag_matrix(words, [item.query for item in asked], power),
        passage=np.array([item.row for item in asked], dtype=np.int64),
        question=np.array(question, dtype=np.int64),
        answers=tuple(frozenset(rows) for rows in answers),
        sources=tuple(item.source for item in asked),
        judged=judged,
    )


def _clauses(corpus: Corpus) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of articles of two clauses or more, each with its clauses."""
    for row, (text, law) in enumerate(zip(corpus.texts, corpus.laws, strict=True)):
        parts = sentences(text[len(law) :])
        if len(parts) >= 2:
            yield row, tuple(parts)


def hard_negatives(
    material: Material, trainer: Trainer, chosen: Numbers, first: int, last: int
) -> NDArray[np.int32]:
    """For each chosen example the passages ranked ``first`` to ``last`` that do not answer it."""
    import torch  # its selection of the best is several times as quick as numpy's

    examples = material.examples
    passages = trainer.encode(material.passages)
    depth = min(last + 20, len(passages))
    found = np.zeros((len(chosen), last - first), dtype=np.int32)
    for start in range(0, len(chosen), _MINING_CHUNK):
        part = chosen[start : start + _MINING_CHUNK]
        scores = trainer.encode(examples.queries[part]) @ passages.T
        top = torch.topk(torch.from_numpy(scores), depth, dim=1).indices.numpy()
        for offset, example in enumerate(part):
            answers = examples.answers[examples.question[example]]
            wrong = [row for row in top[offset] if row not in answers][first:last]
            found[start + offset] = np.resize(wrong, last - first)
    return found


@dataclass(frozen=True)
class Cloze:
    """Clauses of articles as questions, the articles without them as passages."""

    queries: Any
    passages: Any
    rows: Numbers


def draw_cloze(material: Material, size: int, rng: np.random.Generator) -> Cloze:
    """Take a clause out of some articles; half the time only a stretch of it asks."""
    chosen = rng.permutation(len(material.clauses))[:size]
    queries, passages, rows = [], [], []
    for number in chosen:
        row, parts = material.clauses[number]
        place = int(rng.integers(len(parts)))
        clause = parts[place]
        rest = " ".join(part for i, part in enumerate(parts) if i != place)
        if rng.random() < 0.5:
            length = int(rng.integers(*_SPAN))
            start = int(rng.integers(max(len(clause) - length, 0) + 1))
            clause = clause[start : start + length]
        queries.append(clause)
        passages.append(f"{material.corpus.laws[row]} {rest}")
        rows.append(row)
    return Cloze(
        bag_matrix(material.words, queries, material.power),
        bag_matrix(material.words, passages, material.power),
        np.array(rows, dtype=np.int64),
    )


def batches(
    material: Material,
    chosen: Numbers,
    negatives: NDArray[np.int32] | None,
    cloze: Cloze,
    size: int,
    rng: np.random.Generator,
) -> Iterator[Batch]:
    """Shuffled batches of examples and cloze items, each example with one negative."""
    from scipy.sparse import vstack

    examples = material.examples
    total = len(chosen) + len(cloze.rows)
    order = rng.permutation(total)
    for start in range(0, total - size + 1, size):
        part = order[start : start + size]
        places = part[part < len(chosen)]
        clozes = part[part >= len(chosen)] - len(chosen)
        picked = chosen[places]
        wrong = np.zeros(0, dtype=np.int64)
        if negatives is not None and len(places):
            columns = rng.integers(negatives.shape[1], size=len(places))
            wrong = negatives[places, columns].astype(np.int64)
        rows = np.concatenate([examples.passage[picked], cloze.rows[clozes], wrong])
        queries = vstack([examples.queries[picked], cloze.queries[clozes]]).tocsr()
        passages = vstack(
            [
                material.passages[examples.passage[picked]],
                cloze.passages[clozes],
                material.passages[wrong],
            ]
        ).tocsr()
        count = len(part)
        ignored = rows[:count, None] == rows[None, :]
        for line, example in enumerate(picked):
            answers = examples.answers[examples.question[example]]
            if len(answers) > 1:
                ignored[line] |= np.isin(rows, list(answers))
        ignored[np.arange(count), np.arange(count)] = False
        yield Batch(queries, passages, ignored)
