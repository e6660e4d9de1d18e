"""How near two questions must be to be listed as one; run on the published knowledge.

The heading and the similar questions of one passage belong together, those of two passages do not (a
strict truth: many passages are near each other).  Every pair of questions is judged.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from indexer.clustering import clusters
from indexer.live import LiveIndex
from settings import load_settings

PASSAGES = 250
SEED = 1


def pairs(sizes: Iterable[int]) -> int:
    """How many pairs groups of these sizes hold."""
    return sum(size * (size - 1) // 2 for size in sizes)


def main() -> None:
    """Print pair precision, recall and F0.5 for each threshold."""
    index = LiveIndex(load_settings()).current()
    asked = [passage for passage in index.passages if passage.similar and passage.heading]
    questions, truth = [], []
    for passage in random.Random(SEED).sample(asked, min(PASSAGES, len(asked))):
        for question in (passage.heading[-1], *passage.similar):
            questions.append(question)
            truth.append(passage.id)
    vectors = index.encoder.encode(questions, is_query=True)
    kinds = [index.understand(question).countries for question in questions]
    together = pairs(Counter(truth).values())
    print(f"{len(questions)} questions of {len(set(truth))} passages, snapshot {index.snapshot_id}")
    print("threshold  clusters  precision  recall  F0.5")
    for percent in range(40, 86, 5):
        found = clusters(vectors, kinds, percent / 100)
        said = pairs(len(rows) for rows in found)
        right = sum(pairs(Counter(truth[row] for row in rows).values()) for rows in found)
        precision, recall = right / max(said, 1), right / together
        score = 1.25 * precision * recall / max(0.25 * precision + recall, 1e-9)
        print(
            f"{percent / 100:9.2f}  {len(found):8d}  {precision:9.2f}  {recall:6.2f}  {score:4.2f}"
        )


if __name__ == "__main__":
    main()
