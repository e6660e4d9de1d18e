"""Training the second stage: gradient-boosted trees over the features of candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.candidates import FEATURES
from indexer.reranker import Reranker, unit

__all__ = ["PARAMETERS", "fit", "unit"]

TREES = 150
PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 15,
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "seed": 1,
    "deterministic": True,
    "num_threads": 2,
    "verbosity": -1,
}


def fit(tables: Sequence[NDArray[np.float32]], labels: Sequence[NDArray[np.int32]]) -> Reranker:
    """Fit trees on the candidates of judged questions.

    :param tables: a table of features a question.
    :param labels: 1 for the candidates that answer it; questions without any are left out.
    """
    import lightgbm

    usable = [place for place, marks in enumerate(labels) if marks.any()]
    data = lightgbm.Dataset(
        np.concatenate([tables[place] for place in usable]),
        np.concatenate([labels[place] for place in usable]),
        group=[len(labels[place]) for place in usable],
        feature_name=list(FEATURES),
    )
    return flatten(lightgbm.train(PARAMETERS, data, TREES).dump_model())


def flatten(model: dict[str, Any]) -> Reranker:
    """LightGBM's nested trees as flat arrays."""
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []
    right: list[int] = []
    value: list[float] = []
    depth = 0

    def add(node: dict[str, Any], level: int) -> int:
        nonlocal depth
        depth = max(depth, level)
        place = len(feature)
        leaf = "leaf_value" in node
        feature.append(-1 if leaf else int(node["split_feature"]))
        threshold.append(0.0 if leaf else float(node["threshold"]))
        value.append(float(node["leaf_value"]) if leaf else 0.0)
        left.append(place)
        right.append(place)
        if not leaf:
            left[place] = add(node["left_child"], level + 1)
            right[place] = add(node["right_child"], level + 1)
        return place

    roots = [add(tree["tree_structure"], 0) for tree in model["tree_info"]]
    return Reranker(
        np.array(feature, dtype=np.int32),
        np.array(threshold, dtype=np.float32),
        np.array(left, dtype=np.int32),
        np.array(right, dtype=np.int32),
        np.array(value, dtype=np.float32),
        np.array(roots, dtype=np.int32),
        depth,
    )
