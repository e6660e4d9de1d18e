"""Fit the confidence of answers on the judged questions and report what refusing costs.

The weights printed belong into ``indexer/confidence.py``.  Precision and recall of refusing come from
ten-fold cross-validation: every question is judged by weights that have not seen it.

Usage: ``python benchmarks/confidence.py [--queries tests/golden/questions.jsonl]``
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from indexer import confidence
from indexer.golden import read_golden
from indexer.hybrid import HybridIndex
from indexer.live import LiveIndex
from indexer.query import scope
from indexer.types import SearchFilters
from settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
DEPTH = 10
STRENGTH = 3.0  # inverse regularisation; 0.3 to 30 differ by less than the folds do


def collect(
    index: HybridIndex, path: Path
) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    """Signals of every question that the rules before the calibrated score leave open."""
    names: list[str] = []
    rows, answerable = [], []
    for question in read_golden(path):
        info = index.understand(question.question)
        if info.countries and index.covered.isdisjoint(info.countries):
            continue
        hits = index.search(
            question.question,
            DEPTH,
            SearchFilters(jurisdictions=scope(info.countries)),
            date.today(),
        )
        if not hits:
            continue
        values = confidence.signals(info, *index.term_weights(info), hits)
        names = list(values)
        rows.append(list(values.values()))
        answerable.append(not question.refuse)
    return names, np.array(rows), np.array(answerable)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--queries", type=Path, default=ROOT / "tests" / "golden" / "questions.jsonl"
    )
    options = parser.parse_args()
    names, table, answerable = collect(LiveIndex(load_settings()).current(), options.queries)
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    chances = cross_val_predict(model, table, answerable, cv=folds, method="predict_proba")[:, 1]
    print(
        f"{len(answerable)} questions, {int(answerable.sum())} answerable; AUC {roc_auc_score(answerable, chances):.3f}"
    )
    print("refuse below   precision   recall   answerable kept")
    for line in (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8):
        refused = chances < line
        right = int((refused & ~answerable).sum())
        print(
            f"{line:12.2f}{right / max(int(refused.sum()), 1):12.3f}{right / int((~answerable).sum()):9.3f}"
            f"{int((~refused & answerable).sum()) / int(answerable.sum()):18.3f}"
        )
    model.fit(table, answerable)
    print(f"INTERCEPT = {model.intercept_[0]:.2f}")
    print(
        "WEIGHTS = {"
        + ", ".join(f'"{n}": {w:.2f}' for n, w in zip(names, model.coef_[0], strict=True))
        + "}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
