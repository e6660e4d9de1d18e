"""Cross-validation of the whole engine over the judged train questions.

Questions that almost repeat one another share a fold.  For each fold the encoder's second stage is
trained without the fold; its first stage never sees a judged question.  The trees and the judged
questions that vote leave the fold out as well.  The trees are fitted on the other folds' questions,
whose features come from encoders and votes that had not seen those questions.  Every figure printed
is the mean over all questions, each judged by models trained without it.

    python benchmarks/crossvalidation.py --out /tmp/cv [--save-reranker indexer/model]

``--out`` keeps the base table, the encoders and the candidates, so that a second run only fits trees.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.build import build_index, dense_text
from indexer.candidates import FEATURES
from indexer.dense import FaissStore
from indexer.encoder import StaticEncoder, quantise
from indexer.evaluation import mean, measures
from indexer.hybrid import HybridIndex
from indexer.passages_file import read_passages_file
from indexer.precedents import Jurisprudence, hashes_of
from indexer.reranker import SHARE, Reranker, RerankerMeta
from indexer.second_stage import SecondStage
from indexer.training.command import Sources, choose_words, read_all, split, train, train_base
from indexer.training.data import Corpus, Judged, duplicate_groups
from indexer.training.judging import judged_precedents
from indexer.training.recipe import Recipe
from indexer.training.reranking import fit, unit
from indexer.types import SearchFilters

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
TODAY = date(2025, 1, 1)
DEPTH = 100
EVERY = -1  # stands for the fold when no question is held out, for the trees that are shipped
SHOWN = ("recall@1", "recall@5", "recall@10", "recall@100", "mrr@10", "ndcg@10")


@dataclass(frozen=True)
class Line:
    """The candidates of one question as an engine sees them that knows neither it nor a fold.

    ``read`` are the places of the candidates that the trees read, ``table`` their features, ``rest``
    the places of the others.
    """

    question: int
    held: int
    relevant: frozenset[int]
    passages: NDArray[np.int64]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    fused: NDArray[np.float32]
    read: NDArray[np.int64]
    rest: NDArray[np.int64]
    table: NDArray[np.float32]

    @property
    def labels(self) -> NDArray[np.int32]:
        """1 for what the trees read and should prefer."""
        return np.isin(self.passages[self.read], list(self.relevant)).astype(np.int32)


@dataclass(frozen=True)
class Folds:
    """The fold and the group of near-duplicates of each judged question."""

    fold: NDArray[np.int64]
    group: NDArray[np.int64]


def main() -> None:
    """Run the folds, fit trees, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--save-reranker", type=Path, help="encoder folder to put the trees beside")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    lines, folds = collect(options.out, options.folds, options.seed)
    print(json.dumps(report(lines, folds), ensure_ascii=False, indent=1))
    if options.save_reranker:
        encoder = StaticEncoder.load(options.save_reranker)
        every = [line for line in lines if line.held == EVERY]
        trees = fit([line.table for line in every], [line.labels for line in every])
        trees.save(options.save_reranker, RerankerMeta(encoder.fingerprint, FEATURES))


def assign(group: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """Folds of about the same size in which a group stays together."""
    rng = np.random.default_rng(seed)
    sizes = np.bincount(group)
    order = rng.permutation(len(sizes))
    fold_of = np.zeros(len(sizes), dtype=np.int64)
    load = np.zeros(count, dtype=np.int64)
    for number in order[np.argsort(-sizes[order], kind="stable")]:
        fold = int(rng.choice(np.flatnonzero(load == load.min())))
        fold_of[number] = fold
        load[fold] += sizes[number]
    return fold_of[group]


def collect(out: Path, fold_count: int = 5, seed: int = 1) -> tuple[list[Line], Folds]:
    """Candidates of every question by the encoder that was trained without it."""
    kept = out / "lines.pkl"
    if kept.is_file():
        records, folds = pickle.loads(kept.read_bytes())
        return [Line(**record) for record in records], Folds(**folds)
    recipe = Recipe()
    sources = Sources(
        DATA / "pairs.jsonl.gz",
        DATA / "statutes.jsonl.gz",
        DATA / "stard_train.jsonl",
        ROOT / "knowledge" / "sources",
        ROOT / "tests" / "golden" / "questions.jsonl",
    )
    corpus, judged, pairs = read_all(sources)
    group = duplicate_groups([item.query for item in judged])
    folds = Folds(assign(group, fold_count, seed), group)
    entries: list[str] = []
    encoders = [out / f"encoder-{fold}" for fold in range(fold_count)]
    for fold, folder in enumerate(encoders):
        if folder.is_dir():
            continue
        started = time.perf_counter()
        entries = entries or choose_words(corpus, pairs, judged, recipe.words)
        base_path = out / "base.npy"
        if not base_path.is_file():
            everything = split(judged, [])
            np.save(base_path, train_base(corpus, pairs, everything, entries, recipe, seed))
        base = np.load(base_path)
        parts = split(judged, np.flatnonzero(folds.fold == fold).tolist())
        # The number of epochs is fixed beforehand, so the fold chooses nothing.
        result = train(corpus, pairs, parts, entries, recipe, seed, base=base, keep_last=True)
        vectors, scales = quantise(result.table)
        name = f"fold-{fold}"
        StaticEncoder(entries, vectors, scales, name=name, power=recipe.power).save(folder)
        seconds = time.perf_counter() - started
        print(f"fold {fold}: {result.history[-1]}, {seconds:.0f} s", flush=True)
    lines = gather(out, encoders, corpus, judged, folds)
    kept.write_bytes(pickle.dumps(([vars(line) for line in lines], vars(folds))))
    return lines, folds


def gather(
    out: Path, encoders: Sequence[Path], corpus: Corpus, judged: Sequence[Judged], folds: Folds
) -> list[Line]:
    """A line for each question and each fold that may be held out beside its own."""
    passages = read_passages_file(DATA / "statutes.jsonl.gz")
    texts = [dense_text(passage) for passage in passages]
    titles = list(dict.fromkeys(" ".join((p.title, *p.heading)) for p in passages))
    hashes = hashes_of(passages)
    index: HybridIndex | None = None
    lines = []
    for fold, folder in enumerate(encoders):
        encoder = StaticEncoder.load(folder)
        if index is None:
            if not (out / "index" / "index.json").is_file():
                build_index(passages, encoder, out_dir=out / "index")
            index = HybridIndex.load(out / "index", StaticEncoder.load(encoders[0]))
        jurisprudence = Jurisprudence(judged_precedents(encoder, judged, corpus), hashes)
        swap_encoder(index, encoder, texts)
        index.second = second_stage(out / "index", index, jurisprudence, titles)
        for place in np.flatnonzero(folds.fold == fold):
            for held in (*range(len(encoders)), EVERY):
                left_out = (folds.fold == held) | (folds.group == folds.group[place])
                lines.append(candidates_of(index, judged[place], int(place), held, left_out))
        print(f"candidates of fold {fold}", flush=True)
    return lines


def swap_encoder(index: HybridIndex, encoder: StaticEncoder, texts: list[str]) -> None:
    """Give the index another encoder without building the lexical side again."""
    vectors = encoder.encode(texts).astype(np.float16)
    index.encoder = encoder
    index.store = FaissStore.build(vectors.astype(np.float32))
    index._vectors = vectors


def second_stage(
    folder: Path, index: HybridIndex, jurisprudence: Jurisprudence, titles: list[str]
) -> SecondStage:
    """The second stage of the index's present encoder, its trees still to be trained."""
    stage = SecondStage(folder, None, jurisprudence, index.lexical, index.tokenizer, index._vectors)
    stage.title_vectors = index.encoder.encode(titles).astype(np.float16)
    return stage


def candidates_of(
    index: HybridIndex, item: Judged, question: int, held: int, left_out: NDArray[np.bool_]
) -> Line:
    """What the engine sees for a question when the judged questions left out are unknown."""
    stage = index.second
    assert stage is not None
    info = index.understand(item.query)
    asked = index.question(item.query)
    assert asked is not None
    vector, columns = asked.vector, asked.columns
    votes = stage.jurisprudence.votes(vector, left_out)
    found = index.candidates(replace(asked, votes=votes), SearchFilters(), TODAY)
    read, rest = stage.statutes(found, votes)
    return Line(
        question,
        held,
        frozenset(item.relevant),
        found.passages,
        found.dense,
        found.lexical,
        index.fuse(found),
        read,
        rest,
        stage.features(found.take(read), info, vector, columns, votes),
    )


def judge(line: Line, order: NDArray[np.int64]) -> dict[str, float]:
    """Measures of the candidates in this order of places."""
    ranking = [str(number) for number in line.passages[order]]
    return measures(ranking, frozenset(str(number) for number in line.relevant))


def by_score(line: Line, scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """Places by falling score."""
    return np.lexsort((line.passages, -scores))


def reranked(line: Line, verdict: NDArray[np.float32], share: float) -> NDArray[np.int64]:
    """Places as the second stage orders them."""
    scores = (1 - share) * unit(line.fused[line.read]) + share * unit(verdict)
    return np.concatenate([line.read[np.argsort(-scores, kind="stable")], line.rest])


def report(lines: list[Line], folds: Folds) -> dict[str, Any]:
    """Measures of each stage with paired bootstrap intervals of the differences."""
    own = [line for line in lines if line.held == folds.fold[line.question]]
    own.sort(key=lambda line: line.question)
    verdicts = rerank_scores(lines, folds)
    systems: dict[str, list[dict[str, float]]] = {
        "lexical": [judge(line, by_score(line, line.lexical)) for line in own],
        "dense": [judge(line, by_score(line, line.dense)) for line in own],
        "fused": [judge(line, by_score(line, line.fused)) for line in own],
    }
    for share in sorted({0.3, 0.5, 0.7, 1.0, SHARE}):
        systems[f"reranked {share}"] = [
            judge(line, reranked(line, verdicts[line.question], share)) for line in own
        ]
    best = f"reranked {SHARE}"
    seen = seen_before(own, folds)
    result: dict[str, Any] = {
        name: {key: bounds([row[key] for row in rows]) for key in SHOWN}
        for name, rows in systems.items()
    }
    for left, right in (("fused", "dense"), (best, "fused"), (best, "dense")):
        result[f"{left} − {right}"] = {
            key: paired([r[key] for r in systems[left]], [r[key] for r in systems[right]])
            for key in ("recall@10", "recall@100", "mrr@10")
        }
    for name in ("dense", best):
        for label, marks in (("some", seen), ("no", ~seen)):
            rows = [row for row, mark in zip(systems[name], marks, strict=True) if mark]
            result[f"{name}, {label} relevant article judged in training ({len(rows)})"] = {
                key: round(value, 4) for key, value in mean(rows).items() if key in SHOWN
            }
    return result


def seen_before(own: Sequence[Line], folds: Folds) -> NDArray[np.bool_]:
    """Whether some article relevant to a question answers a question of another fold."""
    answers = {
        fold: {row for line in own if folds.fold[line.question] != fold for row in line.relevant}
        for fold in np.unique(folds.fold)
    }
    return np.array(
        [not line.relevant.isdisjoint(answers[folds.fold[line.question]]) for line in own]
    )


def rerank_scores(lines: list[Line], folds: Folds) -> dict[int, NDArray[np.float32]]:
    """Verdicts on each question's candidates by trees trained on the other folds."""
    verdicts: dict[int, NDArray[np.float32]] = {}
    for fold in np.unique(folds.fold):
        seen = [line for line in lines if line.held == fold]
        others = [line for line in seen if folds.fold[line.question] != fold]
        trees: Reranker = fit([line.table for line in others], [line.labels for line in others])
        for line in seen:
            if folds.fold[line.question] == fold:
                verdicts[line.question] = trees.raw(line.table)
    return verdicts


def paired(left: list[float], right: list[float]) -> dict[str, float]:
    """Mean difference with its 95 % bootstrap interval over questions."""
    return bounds((np.array(left) - np.array(right)).tolist())


def bounds(values: Sequence[float], samples: int = 5000) -> dict[str, float]:
    """The mean with its 95 % bootstrap interval over questions."""
    rows = np.array(values)
    rng = np.random.default_rng(0)
    means = rows[rng.integers(len(rows), size=(samples, len(rows)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return {
        "mean": round(float(rows.mean()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


if __name__ == "__main__":
    main()
