"""Growth of the vector store and of the lexical index: time, memory, recall against exact search.

Passages beyond the statutes are repeats: vectors with noise, term lists with a fifth of the terms
replaced.  Questions are the judged train questions.

    python benchmarks/scale.py [--sizes 10000 60000 300000 1000000]
        [--kinds exact lists] [--no-lexical]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.dense import FaissStore, StoreType, choose_type
from indexer.encoder import load_encoder
from indexer.hybrid import MODEL_DIR
from indexer.lexical import BM25Retriever, counted
from indexer.passages_file import read_passages_file, read_queries_file
from indexer.tokenizer import Tokenizer
from knowledge.types import Passage

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
NOISE = 0.6  # length of the noise added to a repeated unit vector
QUESTIONS = 200
DEPTH = 100
DEPTHS = (10, DEPTH)
LEXICAL_LIMIT = 300_000


def repeated(vectors: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """The first vectors as they are, then repeats with noise, all of unit length."""
    rng = np.random.default_rng(size)
    rows = np.empty((size, vectors.shape[1]), dtype=np.float32)
    for start in range(0, size, len(vectors)):
        part = vectors[: size - start]
        noise = rng.standard_normal(part.shape, dtype=np.float32) if start else np.zeros_like(part)
        rows[start : start + len(part)] = part + noise * np.float32(NOISE / np.sqrt(part.shape[1]))
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows


def timed(call: Callable[[int], object], count: int) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    times = []
    for number in range(count):
        started = time.perf_counter()
        call(number)
        times.append((time.perf_counter() - started) * 1000)
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def opened(folder: Path, queries: NDArray[np.float32]) -> tuple[float, float]:
    """A saved store as a server has it, in a process that holds nothing else.

    :return: seconds to open it; megabytes that opening and all questions made resident.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_opened, folder, queries).result()


def _opened(folder: Path, queries: NDArray[np.float32]) -> tuple[float, float]:
    FaissStore.build(queries[:1], StoreType.EXACT)  # the library is loaded before it is measured
    before = resident_mb()
    started = time.perf_counter()
    store = FaissStore.load(folder)
    load_s = time.perf_counter() - started
    for number in range(len(queries)):
        store.search(queries[number : number + 1], DEPTH)
    return load_s, resident_mb() - before


def resident_mb() -> float:
    """What this process has in memory, mapped files included."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def dense_line(vectors: NDArray[np.float32], queries: NDArray[np.float32], kind: StoreType) -> str:
    """One line of the table of the vector store."""
    started = time.perf_counter()
    store = FaissStore.build(vectors, kind)
    build_s = time.perf_counter() - started
    p50, p95 = timed(lambda n: store.search(queries[n : n + 1], DEPTH), len(queries))
    found = store.search(queries, DEPTH)[1]
    overlap = {depth: [] for depth in DEPTHS}
    for number, query in enumerate(queries):
        scores = vectors @ query
        exact = np.argpartition(-scores, DEPTH)[:DEPTH]
        exact = exact[np.argsort(-scores[exact], kind="stable")]
        for depth, shares in overlap.items():
            shares.append(len(np.intersect1d(exact[:depth], found[number, :depth])) / depth)
    with tempfile.TemporaryDirectory() as folder:
        store.save(Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        load_s, resident = opened(Path(folder), queries)
    chosen = "*" if kind is choose_type(len(vectors)) else ""
    return (
        f"| {len(vectors):,} | {kind.value}{chosen} | {build_s:.1f} | {size / 1e6:.0f} | {resident:.0f} | {load_s:.2f} "
        f"| {p50:.2f} | {p95:.2f} | {' | '.join(f'{np.mean(shares):.3f}' for shares in overlap.values())} |"
    )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[10_000, 60_000, 300_000, 1_000_000]
    )
    parser.add_argument(
        "--kinds",
        type=StoreType,
        nargs="+",
        default=[StoreType.EXACT, StoreType.LISTS],
        help="exact, lists, graph",
    )
    parser.add_argument("--no-lexical", action="store_true")
    options = parser.parse_args()
    encoder = load_encoder(MODEL_DIR)
    passages = read_passages_file(DATA / "statutes.jsonl.gz")
    questions = [q.query for q in read_queries_file(DATA / "stard_train.jsonl")][:QUESTIONS]
    vectors = encoder.encode([f"{p.title} {p.text}" for p in passages])
    queries = encoder.encode(questions, is_query=True)
    print(
        "| vectors | type | build s | MB | resident MB | load s | p50 ms | p95 ms | recall@10 of exact | @100 |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size in options.sizes:
        rows = repeated(vectors, size)
        for kind in StoreType:
            if kind in options.kinds:
                print(dense_line(rows, queries, kind), flush=True)
        del rows
    if not options.no_lexical:
        lexical(options.sizes, passages, questions)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory of this program, exact search and all copies included: {peak:.0f} MB")


def lexical(sizes: list[int], passages: Sequence[Passage], questions: list[str]) -> None:
    """Print the table of the lexical index."""
    tokenizer = Tokenizer()
    documents = [tokenizer.tokenize(f"{p.title} {p.text}") for p in passages]
    asked = [counted(tokenizer.tokenize(question)) for question in questions]
    print("\n| rows | lexical build s | p50 ms | p95 ms |\n|---|---|---|---|")
    for size in (size for size in sizes if size <= LEXICAL_LIMIT):
        rng = np.random.default_rng(size)
        rows_of_terms = []
        for number in range(size):
            terms = documents[number % len(documents)]
            if number >= len(documents):
                other = documents[int(rng.integers(len(documents)))]
                cut = len(terms) // 5
                terms = terms[cut:] + other[:cut]
            rows_of_terms.append(terms)
        started = time.perf_counter()
        retriever = BM25Retriever.build(rows_of_terms)
        build_s = time.perf_counter() - started
        p50, p95 = timed(lambda n, r=retriever: r.search(asked[n], DEPTH), len(asked))  # type: ignore[misc]
        print(f"| {size:,} | {build_s:.1f} | {p50:.2f} | {p95:.2f} |", flush=True)


if __name__ == "__main__":
    main()
