"""Fit the two chances of indexer/confidence.py and report what refusing and answering once cost.

``answerable``: whether the shelf has an answer, by small trees; ``right``: whether the first hit is it, by
a logistic function.  Both are fitted on the judged questions, on the tuning half of a folder of trials
where one is given, and, as questions without an answer, on the examples of what is out of scope.  The
figures come from ten-fold cross-validation: every question is judged by a model that has not seen it.

Usage: ``python benchmarks/confidence.py [--trials DIR] [--write]``
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

from indexer import confidence
from indexer.golden import read_golden
from indexer.hybrid import MODEL_DIR, HybridIndex
from indexer.live import LiveIndex
from indexer.query import scope
from indexer.training.reranking import flatten
from indexer.types import SearchFilters
from knowledge.types import Passage
from settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
DEPTH = 8
TREES = 150
LINES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
PARAMETERS: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 6, "min_data_in_leaf": 15,
    "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
    "deterministic": True, "seed": 1, "num_threads": 2, "verbosity": -1,
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question, whether the shelf answers it, which passages do, and how much it counts."""

    text: str
    is_answerable: bool
    is_answer: Callable[[Passage], bool]
    weight: float


def questions(trials: Path | None) -> Iterator[Question]:
    """Every question there is to fit on."""
    for golden in read_golden(ROOT / "tests" / "golden" / "questions.jsonl"):
        yield Question(golden.question, not golden.refuse, golden.is_answered_by, 1.0)
    examples = yaml.safe_load((ROOT / "bot/data/nlu/out_of_scope.yml").read_text("utf-8"))
    for group in examples["nlu"]:
        for line in str(group["examples"]).splitlines():
            if len(text := line.removeprefix("- ").strip()) > 3:
                yield Question(text, False, _none, 0.5)
    for name in ("qa-us", "qa-world", "refuse") if trials else ():
        for row in _tuning_half(trials / f"{name}.jsonl"):
            if name == "refuse" and "answer" in row["ok_kinds"]:
                continue
            facts = frozenset(row.get("fact_ids") or ())
            yield Question(row["text"], name != "refuse", _carries(facts), 2.0)


def _none(_: Passage) -> bool:
    return False


def _carries(facts: frozenset[str]) -> Callable[[Passage], bool]:
    return lambda passage: not facts.isdisjoint(passage.facts)


def _tuning_half(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()][0::2]


def collect(index: HybridIndex, asked: Iterator[Question]) -> tuple[NDArray[np.float64], ...]:
    """Signals, answerable, right and weight of the questions that no rule before the chances decides."""
    rows, answerable, right, weights = [], [], [], []
    for question in asked:
        info = index.understand(question.text)
        if info.countries and index.covered.isdisjoint(info.countries):
            continue
        limits = SearchFilters(jurisdictions=scope(info.countries))
        hits = index.search(question.text, DEPTH, limits, date.today())
        if hits:
            values = confidence.signals(info, *index.term_weights(info), hits)
            rows.append([values[name] for name in confidence.SIGNALS])
            answerable.append(question.is_answerable)
            right.append(question.is_answerable and question.is_answer(hits[0].passage))
            weights.append(question.weight)
    return tuple(np.array(column) for column in (rows, answerable, right, weights))


def fit_trees(table: NDArray[Any], marks: NDArray[Any], weights: NDArray[Any]) -> Any:
    """Small trees for the chance that there is an answer."""
    import lightgbm

    data = lightgbm.Dataset(table, marks.astype(int), weight=weights)
    return lightgbm.train(PARAMETERS, data, TREES)


def fit_line(
    table: NDArray[Any], marks: NDArray[Any], weights: NDArray[Any]
) -> tuple[float, NDArray[Any]]:
    """Intercept and weights of the chance that the first hit is right."""
    scaler = StandardScaler().fit(table)
    model = LogisticRegression(C=1.0, max_iter=5000)
    model.fit(scaler.transform(table), marks, sample_weight=weights)
    slope = model.coef_[0] / scaler.scale_
    return float(model.intercept_[0] - (slope * scaler.mean_).sum()), slope


def report(name: str, marks: NDArray[Any], chances: NDArray[Any]) -> None:
    """What each line keeps of the true and lets pass of the false."""
    print(f"{name}: {len(marks)} questions, AUC {roc_auc_score(marks, chances):.3f}")
    for line in LINES:
        kept, passed = (chances[marks] >= line).mean(), (chances[~marks] >= line).mean()
        print(f"{line:8.2f}  kept {kept:.3f}  false {passed:.3f}")


def main() -> int:
    """Fit, report, and write the model if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    index = LiveIndex(load_settings()).current()
    table, answerable, right, weights = collect(index, questions(options.trials))
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    chances = np.zeros(len(table))
    for train, test in folds.split(table, answerable):
        chances[test] = fit_trees(table[train], answerable[train], weights[train]).predict(
            table[test]
        )
    report("answerable", answerable, chances)
    own, marks, counts = table[answerable], right[answerable], weights[answerable]
    chances = np.zeros(len(own))
    for train, test in folds.split(own, marks):
        intercept, slope = fit_line(own[train], marks[train], counts[train])
        chances[test] = 1 / (1 + np.exp(-intercept - own[test] @ slope))
    report("right", marks, chances)
    if options.write:
        trees = flatten(fit_trees(table, answerable, weights).dump_model()["tree_info"], 1.0)
        confidence.Chances(trees, *fit_line(own, marks, counts)).save(MODEL_DIR)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
