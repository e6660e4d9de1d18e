"""Training the order of the shelf on everyday wordings, each asked of an index that has not seen it.

The wordings are dealt into folds; an index is built without those of a fold and asked with them.  What is
right is the wording's own passage, and, half as right, another one that rests on the same first fact.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.build import build_index, is_orienting
from indexer.encoder import encode_query
from indexer.hybrid import HybridIndex
from indexer.order import DEPTH, FEATURES, save_order
from indexer.order import TREES as FILE_NAME
from indexer.reranker import Reranker
from indexer.training.reranking import ORDERING, flatten
from indexer.types import Encoder, SearchFilters
from knowledge.errors import SourceError
from knowledge.types import Passage

logger = logging.getLogger(__name__)

FOLDS = 4
TREES = 300
SEEDS = (1, 2)
PARAMETERS = ORDERING | {"lambdarank_truncation_level": 5, "min_data_in_leaf": 80}
HELD = 5  # one in so many wordings judges trees that were fitted without it
Table = NDArray[np.float32]


def fold_of(question: str) -> int:
    """The fold a wording is dealt into; the same in every run."""
    return hashlib.sha256(question.encode()).digest()[0] % FOLDS


def without_fold(passages: Sequence[Passage], fold: int) -> list[Passage]:
    """The passages without the wordings of one fold."""
    return [replace(p, similar=tuple(q for q in p.similar if fold_of(q) != fold)) for p in passages]


def examples(
    passages: Sequence[Passage],
    encoder: Encoder,
    *,
    today: date,
    aliases_path: Path,
    words_path: Path,
    glossary_path: Path,
    folds: Sequence[int] = tuple(range(FOLDS)),
) -> tuple[list[Table], list[NDArray[np.int32]], list[str]]:
    """The candidates of every wording as lines of features, with how right each is.

    :return: a table and its labels a wording, and the wordings.
    """
    tables: list[Table] = []
    labels: list[NDArray[np.int32]] = []
    asked: list[str] = []
    for fold in folds:
        with tempfile.TemporaryDirectory() as folder:
            build_index(
                without_fold(passages, fold), encoder,
                aliases_path=aliases_path, words_path=words_path, glossary_path=glossary_path,
                out_dir=Path(folder),
            )  # fmt: skip
            index = HybridIndex.load(Path(folder), encoder)
            for number, passage in enumerate(passages):
                if is_orienting(passage):
                    continue
                for question in passage.similar:
                    if fold_of(question) == fold:
                        found = _lines(index, question, number, passages, today)
                        if found is not None:
                            tables.append(found[0])
                            labels.append(found[1])
                            asked.append(question)
        logger.info("fold %s: %s wordings so far", fold, len(asked))
    return tables, labels, asked


def _lines(
    index: HybridIndex, question: str, own: int, passages: Sequence[Passage], today: date
) -> tuple[Table, NDArray[np.int32]] | None:
    """What the order reads of the candidates of one question."""
    ranked = index.before_order(question, SearchFilters(), today)
    if ranked is None:
        return None
    order = np.argsort(-ranked.scores, kind="stable")[:DEPTH]
    found, scores = ranked.candidates.take(order), ranked.scores[order]
    fact = passages[own].facts[:1]
    marks = np.array(
        [2 if p == own else int(bool(fact) and passages[int(p)].facts[:1] == fact) for p in found.passages],
        dtype=np.int32,
    )  # fmt: skip
    if not marks.any():
        return None
    vector = encode_query(index.encoder, ranked.info.text)
    table = index.order.features(found, scores, ranked.info, vector, ranked.columns)
    return table, marks


def fit(tables: Sequence[Table], labels: Sequence[NDArray[np.int32]]) -> Reranker:
    """The mean of the trees of several seeds."""
    import lightgbm

    table, marks = np.concatenate(tables), np.concatenate(labels)
    sizes = [len(one) for one in labels]
    trees: list[dict[str, Any]] = []
    for seed in SEEDS:
        data = lightgbm.Dataset(table, marks, group=sizes, feature_name=list(FEATURES))
        trees += lightgbm.train(PARAMETERS | {"seed": seed}, data, TREES).dump_model()["tree_info"]
    return flatten(trees, 1 / len(SEEDS))


def train_order(
    passages: Sequence[Passage],
    encoder: Encoder,
    out: Path,
    *,
    today: date,
    aliases_path: Path,
    words_path: Path,
    glossary_path: Path,
) -> str:
    """Judge the order on wordings it has not seen, then fit it on all and write it.

    :return: one line for the person who waited.
    :raises SourceError: no passage has a wording to learn from.
    """
    started = time.perf_counter()
    tables, labels, _ = examples(
        passages, encoder, today=today,
        aliases_path=aliases_path, words_path=words_path, glossary_path=glossary_path,
    )  # fmt: skip
    if len(tables) < HELD:
        raise SourceError("知识库里几乎没有问法（knowledge/wordings），排序无从训练")
    before, after, held = judged(tables, labels)
    out.mkdir(parents=True, exist_ok=True)
    save_order(fit(tables, labels), out)
    minutes = (time.perf_counter() - started) / 60
    return (
        f"排序已写入 {out / FILE_NAME}：{len(tables)} 条问法；留出的 {held} 条里"
        f"排在第一的从 {before:.3f} 到 {after:.3f}（用时 {minutes:.1f} 分钟）"
    )


def judged(
    tables: Sequence[Table], labels: Sequence[NDArray[np.int32]]
) -> tuple[float, float, int]:
    """How often the first candidate is right by the score alone and by trees fitted without the question.

    :return: both shares and how many questions were held out.
    """
    places = np.random.default_rng(0).permutation(len(tables))
    held, seen = places[: len(places) // HELD], places[len(places) // HELD :]
    trees = fit([tables[n] for n in seen], [labels[n] for n in seen])
    before = [labels[n][np.argmax(tables[n][:, FEATURES.index("score")])] > 0 for n in held]
    after = [labels[n][np.argmax(trees.raw(tables[n]))] > 0 for n in held]
    return float(np.mean(before)), float(np.mean(after)), len(held)
