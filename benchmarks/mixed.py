"""How questions in mixed English and Chinese are heard: the place of the section that answers each.

Every question of ``tests/golden/mixed.jsonl`` was written from the text of the section it names, in one of
three voices (counsel, seller, staff).  Right is that section or another that rests on the same first fact.
Places are reported with the learned order and without it, and the median time of a search.

Usage: ``python benchmarks/mixed.py [--queries FILE] [--missed]``
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from indexer.hybrid import HybridIndex
from indexer.live import LiveIndex
from indexer.types import SearchFilters
from settings import load_settings

QUERIES = Path(__file__).resolve().parents[1] / "tests" / "golden" / "mixed.jsonl"
DEPTH = 10
ROUNDS = 5


@dataclass(frozen=True)
class Asked:
    """A question, the section that answers it, and who asks."""

    section: str
    voice: str
    question: str


@dataclass(frozen=True)
class Found:
    """Where the right section stands, counted from 1; 0 when it is not among the first ten."""

    asked: Asked
    ordered: int
    plain: int
    confidence: float
    first: str


def read(path: Path) -> list[Asked]:
    """The questions of a file, one JSON object a line."""
    return [Asked(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def right_ids(index: HybridIndex, section: str) -> frozenset[str]:
    """The section and those that rest on the same first fact.

    :raises KeyError: the shelf has no such section.
    """
    passages = [index.passages[number] for number in range(len(index.passages))]
    own = {passage.id: passage for passage in passages}[section]
    alike = {p.id for p in passages if own.facts and p.facts[:1] == own.facts[:1]}
    return frozenset(alike | {section})


def judge(index: HybridIndex, questions: Sequence[Asked], today: date) -> list[Found]:
    """The places of all questions."""
    found = []
    for asked in questions:
        right = right_ids(index, asked.section)
        hits = index.search(asked.question, DEPTH, today=today)
        before = index.before_order(asked.question, SearchFilters(), today)
        plain: list[str] = []
        if before is not None:
            best = np.argsort(-before.scores, kind="stable")[:DEPTH]
            plain = [index.passages.identifier(int(before.candidates.passages[i])) for i in best]
        found.append(
            Found(
                asked,
                _place([hit.passage.id for hit in hits], right),
                _place(plain, right),
                index.assess(asked.question, hits).confidence,
                hits[0].passage.id if hits else "",
            )
        )
    return found


def _place(ids: Sequence[str], right: frozenset[str]) -> int:
    return next((number for number, one in enumerate(ids, start=1) if one in right), 0)


def _line(name: str, places: Iterable[int]) -> str:
    all_places = list(places)
    shares = [sum(0 < place <= k for place in all_places) / len(all_places) for k in (1, 3, DEPTH)]
    return f"{name:<18}{len(all_places):>5}" + "".join(f"{share:>9.3f}" for share in shares)


def milliseconds(index: HybridIndex, questions: Sequence[Asked], today: date) -> float:
    """The median time of a search, each question understood anew."""
    times = []
    for number in range(ROUNDS):
        for asked in questions:
            started = time.perf_counter()
            index.search(asked.question + "？" * number, DEPTH, today=today)
            times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def main() -> int:
    """Print a line for every voice, with and without the learned order."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--queries", type=Path, default=QUERIES)
    parser.add_argument("--missed", action="store_true", help="also print what was not first")
    options = parser.parse_args()
    index = LiveIndex(load_settings()).current()
    questions, today = read(options.queries), date.today()
    found = judge(index, questions, today)
    print(f"{'':<18}{'n':>5}{'@1':>9}{'@3':>9}{'@10':>9}")
    for name in ("plain", "ordered"):
        print(_line(name, (getattr(item, name) for item in found)))
        for voice in sorted({item.asked.voice for item in found}):
            group = [getattr(item, name) for item in found if item.asked.voice == voice]
            print(_line(f"  {voice}", group))
    print(f"confidence, mean {statistics.mean(item.confidence for item in found):.3f}")
    print(f"search, median {milliseconds(index, questions, today):.2f} ms")
    if options.missed:
        for item in found:
            if item.ordered != 1:
                print(f"{item.plain:>3}{item.ordered:>3}  {item.asked.question}  {item.first}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
