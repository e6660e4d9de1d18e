"""Growth of the vector stores, of the lexical index and of the whole search: time, memory, recall against exact.

Passages beyond the statutes are repeats: vectors with noise, term lists and texts with a fifth replaced.
Questions are the judged train questions.  Seconds and milliseconds are processor time of all threads, so
that other programs on the machine do not count; ``wall`` columns are what passed by the clock.

Milvus Lite is measured where pymilvus and milvus-lite are installed.  The whole search (both retrievers,
fusion, the trees of the second stage, as ``huhang`` asks it) is built by one process and asked by another,
each within ``--gigabytes`` and ``--minutes``, and says so in its line where it goes beyond; its recall@10 is
against the same search over an exact vector store.

    python benchmarks/scale.py [--sizes 10000 60000 300000 1000000] [--whole 60000 ...]
        [--kinds exact lists] [--no-milvus] [--no-lexical] [--gigabytes 12] [--minutes 30]
    python benchmarks/scale.py --sizes --whole 100000      # the whole search alone
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.build import build_index
from indexer.dense import FaissStore, StoreType, choose_type
from indexer.encoder import load_encoder
from indexer.hybrid import MODEL_DIR, HybridIndex
from indexer.lexical import BM25Retriever, counted
from indexer.milvus import MilvusStore
from indexer.passages_file import read_passages_file, read_queries_file
from indexer.persistence import LAYOUT
from indexer.tokenizer import Tokenizer
from knowledge.types import Passage

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NOISE = 0.6  # length of the noise added to a repeated unit vector
QUESTIONS = 200
DEPTH = 100
DEPTHS = (10, DEPTH)
LEXICAL_LIMIT = 300_000
TOLD_EVERY = 50  # passages, as a build tells
NO_MILVUS = "没有装 pymilvus 和 milvus-lite，未量"


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


def timed(
    call: Callable[[int], object], count: int, clock: Callable[[], float] = time.process_time
) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    times = []
    for number in range(count):
        started = clock()
        call(number)
        times.append((clock() - started) * 1000)
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
    started = time.process_time()
    store = FaissStore.build(vectors, kind)
    build_s = time.process_time() - started
    p50, p95 = timed(lambda n: store.search(queries[n : n + 1], DEPTH), len(queries))
    found = store.search(queries, DEPTH)[1]
    shares = overlap(vectors, queries, found)
    with tempfile.TemporaryDirectory() as folder:
        store.save(Path(folder))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        load_s, resident = opened(Path(folder), queries)
    chosen = "*" if kind is choose_type(len(vectors)) else ""
    return (
        f"| {len(vectors):,} | {kind.value}{chosen} | {build_s:.1f} | {size / 1e6:.0f} | {resident:.0f} | {load_s:.2f} "
        f"| {p50:.2f} | {p95:.2f} | {shares} |"
    )


def overlap(
    vectors: NDArray[np.float32], queries: NDArray[np.float32], found: NDArray[np.int64]
) -> str:
    """The mean shares of the exact rows that were found, at each depth, as cells of a table."""
    kept: dict[int, list[float]] = {depth: [] for depth in DEPTHS}
    for number, query in enumerate(queries):
        scores = vectors @ query
        exact = np.argpartition(-scores, DEPTH)[:DEPTH]
        exact = exact[np.argsort(-scores[exact], kind="stable")]
        for depth, shares in kept.items():
            shares.append(len(np.intersect1d(exact[:depth], found[number, :depth])) / depth)
    return " | ".join(f"{np.mean(shares):.3f}" for shares in kept.values())


def milvus_line(vectors: NDArray[np.float32], queries: NDArray[np.float32]) -> str:
    """The same for Milvus Lite, which runs in a process of its own: all times are by the clock."""
    if not has_milvus():
        return f"| {len(vectors):,} | milvus | {NO_MILVUS} | | | | | | | |"
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        store = MilvusStore.open(str(Path(folder) / "milvus.db"), "scale", vectors)
        build_s = time.perf_counter() - started
        times, found = [], np.full((len(queries), DEPTH), -1, dtype=np.int64)
        for number in range(len(queries)):
            started = time.perf_counter()
            found[number] = store.search(queries[number : number + 1], DEPTH)[1][0]
            times.append((time.perf_counter() - started) * 1000)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        p50, p95 = np.percentile(times, (50, 95))
    return (
        f"| {len(vectors):,} | milvus (wall) | {build_s:.1f} | {size / 1e6:.0f} | | "
        f"| {p50:.2f} | {p95:.2f} | {overlap(vectors, queries, found)} |"
    )


def varied(passages: Sequence[Passage], size: int) -> list[Passage]:
    """Passages as they are, then repeats in which a fifth of the text is another's."""
    rng = np.random.default_rng(size)
    made = list(passages[:size])
    for number in range(len(made), size):
        one = passages[number % len(passages)]
        other = passages[int(rng.integers(len(passages)))]
        cut = len(one.text) // 5
        made.append(replace(one, id=f"{one.id}~{number}", text=one.text[cut:] + other.text[:cut]))
    return made


@dataclass(frozen=True)
class Built:
    """What building the whole index took: processor and clock seconds, megabytes at the most and on the disk."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    written_mb: float


@dataclass(frozen=True)
class Asked:
    """What asking took, in a process that holds nothing else: milliseconds, megabytes, recall@10."""

    p50_ms: float
    p95_ms: float
    resident_mb: float
    recall: float


class TooMuchError(Exception):
    """A step went beyond its memory or its time."""


def within(budget: Budget, work: Callable[..., Any], *arguments: Any) -> Any:
    """Do one step in a process of its own.

    :raises TooMuchError: in words for a table.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_within, args=(theirs, budget.gigabytes, work, arguments))
    process.start()
    theirs.close()
    try:
        if not ours.poll(budget.minutes * 60):
            raise TooMuchError(f"超过 {budget.minutes:g} 分钟，停了")
        found = ours.recv()
    except EOFError:
        found = None  # a library that ends the process when it gets no memory
    finally:
        process.kill()
        process.join()
    if found is None:
        raise TooMuchError(f"超过 {budget.gigabytes:g} GB 内存，停了")
    return found


def _within(pipe: Any, gigabytes: float, work: Callable[..., Any], arguments: Any) -> None:
    most = int(gigabytes * 1e9)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    try:
        found = work(*arguments)
    except MemoryError:
        found = None
    pipe.send(found)


@dataclass(frozen=True)
class Budget:
    """What one step may take."""

    gigabytes: float
    minutes: float


def whole_lines(size: int, budget: Budget, *, with_milvus: bool) -> Iterator[str]:
    """The lines of the table of the whole search of one size."""
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            built: Built = within(budget, build_whole, folder, size)
            made = (
                f"{built.cpu_s:.0f} | {built.wall_s:.0f} | {built.peak_mb:.0f} "
                f"| {built.written_mb:.0f}"
            )
            for store in ("own", "milvus") if with_milvus else ("own",):
                if store == "milvus" and not has_milvus():
                    yield f"| {size:,} | milvus | {NO_MILVUS} | | | | | | | |"
                    continue
                asked: Asked = within(budget, ask_whole, folder, store)
                kind = choose_type(size).value if store == "own" else store
                yield (
                    f"| {size:,} | {kind} | {made} | {asked.resident_mb:.0f} "
                    f"| {asked.p50_ms:.1f} | {asked.p95_ms:.1f} | {asked.recall:.3f} |"
                )
    except TooMuchError as error:
        yield f"| {size:,} | | {error} | | | | | | | |"


def build_whole(folder: Path, size: int) -> Built:
    """Build the index of so many passages."""
    passages = varied(read_passages_file(DATA / "statutes.jsonl.gz"), size)
    encoder = load_encoder(MODEL_DIR)
    begun, started = time.perf_counter(), time.process_time()

    def told(done: int, of: int) -> None:
        if done % (of // 10 or 1) < TOLD_EVERY:
            print(f"{done:,} of {of:,} read, {peak_mb():.0f} MB", file=sys.stderr)

    build_index(passages, encoder, out_dir=folder, told=told)
    written = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Built(
        time.process_time() - started, time.perf_counter() - begun, peak_mb(), written / 1e6
    )


def ask_whole(folder: Path, store: str) -> Asked:
    """Ask the index all questions, then once more over exact vectors."""
    encoder, questions = load_encoder(MODEL_DIR), read_questions()
    vectors = np.load(folder / LAYOUT.vectors, mmap_mode="r")
    before = resident_mb()
    if store == "milvus":
        other = MilvusStore.open(str(folder / "milvus.db"), "whole", vectors)
        index = HybridIndex.load(folder, encoder, store=other)
    else:
        index = HybridIndex.load(folder, encoder)
    found: list[list[str]] = []
    # Milvus Lite answers in a process of its own: by the clock.
    clock = time.perf_counter if store == "milvus" else time.process_time
    p50, p95 = timed(lambda n: found.append(index.ids(questions[n], 10)), len(questions), clock)
    resident = resident_mb() - before
    rows = np.array(vectors, dtype=np.float32)
    exact = HybridIndex.load(folder, encoder, store=FaissStore.build(rows, StoreType.EXACT))
    shares = [
        len(set(found[n]) & set(exact.ids(question, 10))) / 10
        for n, question in enumerate(questions)
    ]
    return Asked(p50, p95, resident, float(np.mean(shares)))


def peak_mb() -> float:
    """What this process has had in memory at the most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def read_questions() -> list[str]:
    """The judged questions that are asked."""
    return [q.query for q in read_queries_file(DATA / "stard_train.jsonl")][:QUESTIONS]


def has_milvus() -> bool:
    """Whether Milvus Lite is installed."""
    return all(importlib.util.find_spec(name) for name in ("pymilvus", "milvus_lite"))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[10_000, 60_000, 300_000, 1_000_000]
    )
    parser.add_argument(
        "--kinds",
        type=StoreType,
        nargs="+",
        default=[StoreType.EXACT, StoreType.LISTS],
        help="exact, lists, graph",
    )
    parser.add_argument("--no-milvus", action="store_true")
    parser.add_argument("--no-lexical", action="store_true")
    parser.add_argument("--whole", type=int, nargs="*", default=[60_000])
    parser.add_argument("--gigabytes", type=float, default=12.0, help="for a step of the whole")
    parser.add_argument("--minutes", type=float, default=30.0, help="for a step of the whole")
    options = parser.parse_args()
    if options.sizes:
        parts(options)
    if options.whole:
        print(
            "\n| passages | store | build s | wall s | peak MB | MB | resident MB "
            "| p50 ms | p95 ms | recall@10 of exact |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|")
        budget = Budget(options.gigabytes, options.minutes)
        for size in options.whole:
            for line in whole_lines(size, budget, with_milvus=not options.no_milvus):
                print(line, flush=True)


def parts(options: argparse.Namespace) -> None:
    """Print the tables of the vector stores and of the lexical index."""
    encoder = load_encoder(MODEL_DIR)
    passages = read_passages_file(DATA / "statutes.jsonl.gz")
    questions = read_questions()
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
        if not options.no_milvus:
            print(milvus_line(rows, queries), flush=True)
        del rows
    if not options.no_lexical:
        lexical(options.sizes, passages, questions)
    print(f"\nmost memory, exact search and all copies included: {peak_mb():.0f} MB")


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
        started = time.process_time()
        retriever = BM25Retriever.build(rows_of_terms)
        build_s = time.process_time() - started
        p50, p95 = timed(lambda n, r=retriever: r.search(asked[n], DEPTH), len(asked))  # type: ignore[misc]
        print(f"| {size:,} | {build_s:.1f} | {p50:.2f} | {p95:.2f} |", flush=True)


if __name__ == "__main__":
    main()
