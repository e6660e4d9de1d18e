"""Training the second stage: gradient-boosted trees over the features of candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.candidates import FEATURES
from indexer.reranker import LEAVES, Reranker, unit

__all__ = ["PARAMETERS", "fit", "unit"]

TREES = 150
SEEDS = (1, 2, 3)
# What all trees are trained with.
BOOSTING: dict[str, Any] = {
    "learning_rate": 0.05,
    "num_leaves": LEAVES,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "num_threads": 2,
    "verbosity": -1,
}
# What all trees that order hits are trained with.
ORDERING = BOOSTING | {"objective": "lambdarank"}
PARAMETERS = ORDERING | {"lambdarank_truncation_level": 15, "min_data_in_leaf": 60}


def fit(tables: Sequence[NDArray[np.float32]], labels: Sequence[NDArray[np.int32]]) -> Reranker:
    """Fit trees on the candidates of judged questions.

    :param tables: a table of features a question.
    :param labels: 1 for the candidates that answer it; questions without any are left out.
    :return: the mean of the trees of several seeds.
    """
    import lightgbm

    usable = [place for place, marks in enumerate(labels) if marks.any()]
    table = np.concatenate([tables[place] for place in usable])
    marks = np.concatenate([labels[place] for place in usable])
    sizes = [len(labels[place]) for place in usable]
    trees: list[dict[str, Any]] = []
    for seed in SEEDS:
        data = lightgbm.Dataset(table, marks, group=sizes, feature_name=list(FEATURES))
        model = lightgbm.train(PARAMETERS | {"seed": seed}, data, TREES)
        trees.extend(model.dump_model()["tree_info"])
    return flatten(trees, 1 / len(SEEDS))


def order_lists(
    tables: Sequence[NDArray[np.float32]],
    marks: Sequence[NDArray[Any]],
    weights: Sequence[float],
    features: Sequence[str],
    parameters: Mapping[str, Any],
    rounds: int,
) -> Reranker:
    """Trees that order short lists, each weighed as a whole.

    :param tables: a table of features a list.
    :param marks: how right each line of a list is.
    """
    import lightgbm

    data = lightgbm.Dataset(
        np.concatenate(tables),
        np.concatenate(marks),
        group=[len(each) for each in marks],
        weight=np.concatenate(
            [np.full(len(each), weight) for each, weight in zip(marks, weights, strict=True)]
        ),
        feature_name=list(features),
    )
    lists = {"objective": "lambdarank", "lambdarank_truncation_level": 5}
    model = lightgbm.train({**parameters, **lists}, data, rounds)
    return flatten(model.dump_model()["tree_info"], 1.0)


def chance(
    table: NDArray[np.float32],
    marks: NDArray[Any],
    weights: Sequence[float] | NDArray[Any],
    parameters: Mapping[str, Any],
    rounds: int,
) -> Reranker:
    """Trees whose sum is the log odds that a line is marked."""
    import lightgbm

    data = lightgbm.Dataset(table, marks.astype(int), weight=np.asarray(weights))
    model = lightgbm.train({**parameters, "objective": "binary"}, data, rounds)
    return flatten(model.dump_model()["tree_info"], 1.0)


def flatten(trees: Sequence[dict[str, Any]], share: float) -> Reranker:
    """LightGBM's nested trees as the arrays that are read all at once.

    :param share: what a leaf's value is multiplied with.
    """
    splits = LEAVES - 1
    feature = np.zeros((len(trees), splits), dtype=np.int32)
    # What a tree lacks in splits is passed by every line.
    threshold = np.full((len(trees), splits), np.inf, dtype=np.float32)
    kept = np.full((len(trees), splits), 255, dtype=np.uint8)
    value = np.zeros((len(trees), LEAVES), dtype=np.float32)
    for number, tree in enumerate(trees):
        leaves: list[float] = []
        nodes: list[tuple[int, float, int]] = []
        _walk(tree["tree_structure"], leaves, nodes)
        value[number, : len(leaves)] = [share * leaf for leaf in leaves]
        for place, (split, limit, struck) in enumerate(nodes):
            feature[number, place] = split
            threshold[number, place] = _not_above(limit)
            kept[number, place] = 255 & ~struck
    return Reranker(feature, threshold, kept, value)


def _walk(node: dict[str, Any], leaves: list[float], nodes: list[tuple[int, float, int]]) -> None:
    """Collect leaf values from left to right, and each split with the bits of the leaves on its left."""
    if "leaf_value" in node:
        leaves.append(float(node["leaf_value"]))
        return
    first = len(leaves)
    _walk(node["left_child"], leaves, nodes)
    struck = sum(1 << leaf for leaf in range(first, len(leaves)))
    nodes.append((int(node["split_feature"]), float(node["threshold"]), struck))
    _walk(node["right_child"], leaves, nodes)


def _not_above(limit: float) -> np.float32:
    """The largest number of single precision that is not above the limit."""
    rounded = np.float32(limit)
    return np.nextafter(rounded, np.float32(-np.inf)) if float(rounded) > limit else rounded
