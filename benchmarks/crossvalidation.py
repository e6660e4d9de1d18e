"""Cross-validation of the whole engine over the judged train questions.

For each fold the encoder's second stage is trained without the fold (and without near-duplicates of
its questions); its first stage never sees a judged question.  The reranker of a fold is trained on
the other folds' questions, whose features come from encoders that had not seen those questions.
Every figure printed is the mean over all questions, each judged by models trained without it.

    python benchmarks/crossvalidation.py --out /tmp/cv [--save-reranker indexer/model]
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.build import build_index, dense_text
from indexer.candidates import FEATURES
from indexer.dense import FaissStore
from indexer.encoder import StaticEncoder, encode_query, quantise
from indexer.evaluation import mean, measures
from indexer.hybrid import HybridIndex
from indexer.passages_file import read_passages_file
from indexer.reranker import Reranker, RerankerMeta
from indexer.training.command import Sources, choose_words, split, train, train_base
from indexer.training.data import Judged, read_judged, read_pairs, read_statutes
from indexer.training.recipe import Recipe
from indexer.training.reranking import fit, unit
from indexer.types import SearchFilters

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
TODAY = date(2025, 1, 1)
DEPTH = 100
SHOWN = ("recall@1", "recall@5", "recall@10", "recall@100", "mrr@10", "ndcg@10")


@dataclass(frozen=True)
class Line:
    """The candidates of one question with their features and scores."""

    relevant: frozenset[int]
    passages: NDArray[np.int64]
    features: NDArray[np.float32]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    fused: NDArray[np.float32]


def main() -> None:
    """Run the folds, fit rerankers, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--save-reranker", type=Path, help="encoder folder to put the trees beside")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    kept = options.out / "lines.pkl"
    if not kept.is_file():
        found, parts = collect(options.out, options.folds, options.seed)
        kept.write_bytes(pickle.dumps(([vars(line) for line in found], parts)))
    lines, folds = read_lines(kept)
    print(json.dumps(report(lines, folds), ensure_ascii=False, indent=1))
    if options.save_reranker:
        encoder = StaticEncoder.load(options.save_reranker)
        reranker = fit([line.features for line in lines], [labels(line) for line in lines])
        reranker.save(options.save_reranker, RerankerMeta(encoder.fingerprint, FEATURES))


def read_lines(path: Path) -> tuple[list[Line], NDArray[np.int64]]:
    """What an earlier run kept: the candidates of every question, and its fold."""
    records, folds = pickle.loads(path.read_bytes())
    return [Line(**record) for record in records], folds


def collect(out: Path, fold_count: int, seed: int) -> tuple[list[Line], NDArray[np.int64]]:
    """Candidates of every question by the encoder that was trained without it."""
    sources = Sources(
        DATA / "pairs.jsonl.gz", DATA / "statutes.jsonl.gz", DATA / "stard_train.jsonl"
    )
    recipe = Recipe()
    corpus = read_statutes(sources.statutes)
    judged = read_judged(sources.queries, corpus)
    pairs = read_pairs(sources.pairs)
    entries = choose_words(corpus, pairs, judged, recipe.words)
    folds = np.random.default_rng(seed).permutation(len(judged)) % fold_count
    base_path = out / "base.npy"
    if not base_path.is_file():
        everything = split(judged, [])
        np.save(base_path, train_base(corpus, pairs, everything, entries, recipe, seed))
    base = np.load(base_path)
    passages = read_passages_file(sources.statutes)
    texts = [dense_text(passage) for passage in passages]
    index: HybridIndex | None = None
    lines: list[Line | None] = [None] * len(judged)
    for fold in range(fold_count):
        started = time.perf_counter()
        places = np.flatnonzero(folds == fold)
        parts = split(judged, places.tolist())
        # The number of epochs is fixed beforehand, so the fold chooses nothing.
        result = train(corpus, pairs, parts, entries, recipe, seed, base=base, keep_last=True)
        vectors, scales = quantise(result.table)
        encoder = StaticEncoder(entries, vectors, scales, name=f"fold-{fold}", power=recipe.power)
        if index is None:
            build_index(passages, encoder, out_dir=out / "index")
            index = HybridIndex.load(out / "index", encoder)
            index.reranker = None
        else:
            _swap_encoder(index, encoder, texts, out / "index")
        for place in places:
            lines[place] = candidates_of(index, judged[place])
        print(
            f"fold {fold}: {result.history[-1]}, {time.perf_counter() - started:.0f} s", flush=True
        )
    return [line for line in lines if line is not None], folds


def _swap_encoder(
    index: HybridIndex, encoder: StaticEncoder, texts: list[str], folder: Path
) -> None:
    """Give the index another encoder without building the lexical side again."""
    vectors = encoder.encode(texts).astype(np.float16)
    index.encoder = encoder
    index.store = FaissStore.build(vectors.astype(np.float32))
    index._vectors = vectors
    laws = list(dict.fromkeys(text_title(index)))
    index._title_vectors = encoder.encode(laws).astype(np.float16)


def text_title(index: HybridIndex) -> list[str]:
    """Titles with headings in the order of the index."""
    if not hasattr(text_title, "kept"):
        titles = [index.passages[number] for number in range(len(index))]
        text_title.kept = [" ".join((p.title, *p.heading)) for p in titles]  # type: ignore[attr-defined]
    return text_title.kept  # type: ignore[attr-defined,no-any-return]


def candidates_of(index: HybridIndex, item: Judged) -> Line:
    """What the reranker sees for a question."""
    info = index.understand(item.query)
    vector = encode_query(index.encoder, info.text)
    columns = tuple(index.lexical.columns(index.terms(info)))
    found = index.candidates(vector, columns, SearchFilters(), TODAY, DEPTH)
    return Line(
        frozenset(item.relevant),
        found.passages,
        index.features(found, info, vector, columns),
        found.dense,
        found.lexical,
        index.fuse(found),
    )


def labels(line: Line) -> NDArray[np.int32]:
    """1 for relevant candidates."""
    return np.isin(line.passages, list(line.relevant)).astype(np.int32)


def judge(line: Line, scores: NDArray[np.float32]) -> dict[str, float]:
    """Measures of the candidates in the order of the scores."""
    order = np.lexsort((line.passages, -scores))
    ranking = [str(number) for number in line.passages[order]]
    return measures(ranking, frozenset(str(number) for number in line.relevant))


def report(lines: list[Line], folds: NDArray[np.int64]) -> dict[str, Any]:
    """Measures of each stage with paired bootstrap intervals of the differences."""
    systems: dict[str, list[dict[str, float]]] = {
        "lexical": [judge(line, line.lexical) for line in lines],
        "dense": [judge(line, line.dense) for line in lines],
        "fused": [judge(line, line.fused) for line in lines],
    }
    raw = rerank_scores(lines, folds)
    for share in (0.3, 0.5, 0.7, 1.0):
        systems[f"reranked {share}"] = [
            judge(line, (1 - share) * unit(line.fused) + share * unit(score))
            for line, score in zip(lines, raw, strict=True)
        ]
    result: dict[str, Any] = {}
    for name, rows in systems.items():
        means = mean(rows)
        result[name] = {key: round(means[key], 4) for key in SHOWN}
    for name in ("fused", "reranked 0.5", "reranked 1.0"):
        result[f"{name} − dense"] = {
            key: paired([r[key] for r in systems[name]], [r[key] for r in systems["dense"]])
            for key in ("recall@10", "mrr@10")
        }
    return result


def rerank_scores(lines: list[Line], folds: NDArray[np.int64]) -> list[NDArray[np.float32]]:
    """Scores of each question's candidates by trees trained on the other folds."""
    scores: list[NDArray[np.float32]] = [line.dense for line in lines]
    for fold in np.unique(folds):
        chosen = np.flatnonzero(folds != fold)
        reranker: Reranker = fit(
            [lines[place].features for place in chosen], [labels(lines[place]) for place in chosen]
        )
        for place in np.flatnonzero(folds == fold):
            scores[place] = reranker.raw(lines[place].features)
    return scores


def paired(left: list[float], right: list[float], samples: int = 5000) -> dict[str, float]:
    """Mean difference with its 95 % bootstrap interval over questions."""
    differences = np.array(left) - np.array(right)
    rng = np.random.default_rng(0)
    means = differences[rng.integers(len(differences), size=(samples, len(differences)))].mean(
        axis=1
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return {
        "difference": round(float(differences.mean()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


if __name__ == "__main__":
    main()
