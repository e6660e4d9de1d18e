"""How many judged questions share their wording with the shelf, and how they do without it.

For every answerable question the nearest heading or similar question of the published knowledge is
found by edit distance; hit rates are reported by how near it is.  Nothing is skipped: what resembles a
line is easy, what resembles none is what people will really ask.

Usage: ``python benchmarks/golden_wording.py [--queries tests/golden/questions.jsonl]``
"""

from __future__ import annotations

import argparse
from pathlib import Path

from indexer.golden import outcomes, read_golden
from indexer.golden_wording import NEAR, RELATED, likeness
from indexer.live import LiveIndex
from settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
LOOSE = 50.0


def main() -> int:
    """Print a line for every band of likeness."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--queries", type=Path, default=ROOT / "tests" / "golden" / "questions.jsonl"
    )
    options = parser.parse_args()
    index = LiveIndex(load_settings()).current()
    found = [
        item for item in outcomes(index, read_golden(options.queries)) if not item.question.refuse
    ]
    shelf = (index.passages[number] for number in range(len(index.passages)))
    scores = likeness([item.question.question for item in found], shelf)
    print("nearest line      questions    hit@1    hit@3    refused")
    bands = (("same", 100.0, 101.0), ("near", NEAR, 100.0), ("related", RELATED, NEAR))
    for name, low, high in (*bands, ("loose", LOOSE, RELATED), ("none", 0.0, LOOSE)):
        group = [item for item, score in zip(found, scores, strict=True) if low <= score < high]
        count = len(group) or 1
        print(
            f"{name:<10}{low:>4.0f}–{min(high, 100):<4.0f}{len(group):>9}"
            f"{sum(item.place == 1 for item in group) / count:>9.3f}"
            f"{sum(1 <= item.place <= 3 for item in group) / count:>9.3f}"
            f"{sum(item.is_refused for item in group) / count:>11.3f}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
