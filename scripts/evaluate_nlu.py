"""Cross-validate the intent classifier and its alternatives on bot/data/nlu; write docs/nlu.md.

Every fold is trained and judged with the features of the assistant's own components.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDS = 5
SEED = 7
REPORT = ROOT / "docs" / "nlu.md"
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6)
VARIANTS: dict[str, dict[str, Any]] = {
    "sentence vector alone": {"runs": False, "shape": False, "scale": 5.0},
    "character runs": {"runs": True, "shape": False, "scale": 0.0},
    "character runs + shape": {"runs": True, "shape": True, "scale": 0.0},
    "character runs + shape + vector x1": {"runs": True, "shape": True, "scale": 1.0},
    "character runs + shape + vector x2 (used)": {"runs": True, "shape": True, "scale": 2.0},
    "character runs + shape + vector x5": {"runs": True, "shape": True, "scale": 5.0},
}


def read_examples() -> tuple[list[str], np.ndarray]:
    """Texts in their normal form and their intents."""
    from knowledge.text import normalise

    texts, intents = [], []
    for path in sorted((ROOT / "bot/data/nlu").glob("*.yml")):
        for row in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in row["examples"].splitlines():
                if line:
                    texts.append(normalise(line[2:]))
                    intents.append(row["intent"])
    return texts, np.array(intents)


def terms_of(texts: list[str]) -> tuple[list[set[str]], list[set[str]]]:
    """Character runs and shape marks of each text."""
    from bot.components.entities import TableEntityExtractor
    from bot.components.features import character_runs, shape
    from bot.components.resources import names, regions

    extractor = TableEntityExtractor(names(), regions())
    return [character_runs(t) for t in texts], [shape(t, extractor.entities(t)) for t in texts]


def predict(
    features: list[set[str]], dense: np.ndarray, intents: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Out-of-fold predictions and their confidence."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    predicted = np.empty(len(intents), dtype=object)
    sure = np.zeros(len(intents))
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(
        dense, intents
    ):
        count = CountVectorizer(analyzer=lambda found: found, binary=True)
        columns = [csr_matrix(dense[train])], [csr_matrix(dense[test])]
        if any(features):
            columns[0].append(count.fit_transform([features[i] for i in train]))
            columns[1].append(count.transform([features[i] for i in test]))
        model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=300, tol=1e-3)
        model.fit(hstack(columns[0]).tocsr(), intents[train])
        likely = model.predict_proba(hstack(columns[1]).tocsr())
        predicted[test] = model.classes_[likely.argmax(1)]
        sure[test] = likely.max(1)
    return predicted, sure


def main() -> None:
    """Compare the variants and write the report of the one in use."""
    from sklearn.metrics import classification_report, f1_score

    from bot.components.resources import encoder

    texts, intents = read_examples()
    runs, shapes = terms_of(texts)
    vectors = encoder().encode(texts, is_query=True)
    lines = [
        "# Intent classification", "",
        f"{len(texts)} examples of {len(set(intents))} intents, {FOLDS}-fold cross-validation "
        "(`scripts/evaluate_nlu.py`), logistic regression with balanced classes, C = 1.", "",
        "| features | macro-F1 | accuracy |", "|---|---|---|",
    ]  # fmt: skip
    predicted = sure = np.zeros(0)
    for name, variant in VARIANTS.items():
        features = [
            (a if variant["runs"] else set()) | (b if variant["shape"] else set())
            for a, b in zip(runs, shapes, strict=True)
        ]
        found, confidence = predict(features, vectors * variant["scale"], intents)
        macro = f1_score(intents, found, average="macro")
        print(f"{name}: {macro:.3f}")
        lines.append(f"| {name} | {macro:.3f} | {(found == intents).mean():.3f} |")
        if "(used)" in name:
            predicted, sure = found, confidence
    lines += [
        "",
        "## Threshold",
        "",
        "| threshold | wrong intent acted on | right intent turned into a search |",
        "|---|---|---|",
    ]
    for threshold in THRESHOLDS:
        above = sure >= threshold
        wrong = (above & (predicted != intents)).mean()
        lost = (~above & (predicted == intents)).mean()
        lines.append(f"| {threshold:.1f} | {wrong:.1%} | {lost:.1%} |")
    lines += [
        "",
        "## By intent",
        "",
        "```",
        classification_report(intents, predicted, digits=2).rstrip(),
        "```",
    ]
    lines += [
        "",
        "## Most frequent confusions",
        "",
        "| written as | taken for | times |",
        "|---|---|---|",
    ]
    pairs = Counter((a, b) for a, b in zip(intents, predicted, strict=True) if a != b)
    lines += [f"| {a} | {b} | {n} |" for (a, b), n in pairs.most_common(15)]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
