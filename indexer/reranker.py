"""The learned second stage: an ensemble of small trees, evaluated with numpy."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.candidates import FEATURES
from indexer.types import Encoder
from knowledge.errors import EncoderError

META = "reranker.json"
TREES = "reranker.npz"
SHARE = 0.5  # how much the trees' verdict counts beside the fused score, both brought to 0–1


@dataclass(frozen=True)
class RerankerMeta:
    """What the trees were trained with."""

    encoder_fingerprint: str
    features: tuple[str, ...]


class Reranker:
    """Trees in flat arrays: children, split feature and threshold, leaf value."""

    def __init__(
        self,
        feature: NDArray[np.int32],
        threshold: NDArray[np.float32],
        left: NDArray[np.int32],
        right: NDArray[np.int32],
        value: NDArray[np.float32],
        roots: NDArray[np.int32],
        depth: int,
    ) -> None:
        """Hold the nodes of all trees; a leaf has feature −1 and is its own child."""
        self._feature = feature
        self._threshold = threshold
        self._left = left
        self._right = right
        self._value = value
        self._roots = roots
        self._depth = depth

    def raw(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """The summed leaf values for each line of features."""
        lines = np.arange(len(table))[:, None]
        nodes = np.broadcast_to(self._roots, (len(table), len(self._roots)))
        for _ in range(self._depth):
            split = self._feature[nodes]
            goes_left = table[lines, np.maximum(split, 0)] <= self._threshold[nodes]
            nodes = np.where(goes_left, self._left[nodes], self._right[nodes])
        return np.asarray(self._value[nodes].sum(axis=1), dtype=np.float32)

    def score(self, table: NDArray[np.float32], fused: NDArray[np.float32]) -> NDArray[np.float32]:
        """The fused score and the trees' verdict, each brought to 0–1, in their shares."""
        return (1 - SHARE) * unit(fused) + SHARE * unit(self.raw(table))

    def save(self, folder: Path, meta: RerankerMeta) -> None:
        """Write the trees beside the encoder they were trained with."""
        np.savez_compressed(
            folder / TREES,
            feature=self._feature,
            threshold=self._threshold,
            left=self._left,
            right=self._right,
            value=self._value,
            roots=self._roots,
            depth=np.int32(self._depth),
        )
        text = json.dumps(asdict(meta), ensure_ascii=False, indent=2)
        (folder / META).write_text(text + "\n", encoding="utf-8")


def load_reranker(folder: Path, encoder: Encoder) -> Reranker | None:
    """The trees that were trained with this encoder; None when there are none.

    :raises EncoderError: when their features are not the ones computed now.
    """
    if not (folder / META).is_file():
        return None
    meta = json.loads((folder / META).read_text(encoding="utf-8"))
    if meta["encoder_fingerprint"] != encoder.fingerprint:
        return None
    if tuple(meta["features"]) != FEATURES:
        raise EncoderError(
            f"{folder / META} 的特征与程序不符，请运行 huhang train encoder 重新训练"
        )
    with np.load(folder / TREES, allow_pickle=False) as arrays:
        return Reranker(
            arrays["feature"],
            arrays["threshold"],
            arrays["left"],
            arrays["right"],
            arrays["value"],
            arrays["roots"],
            int(arrays["depth"]),
        )


def unit(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores brought to 0–1."""
    low, high = float(scores.min()), float(scores.max())
    if high == low:
        return np.ones_like(scores)
    return (scores - np.float32(low)) / np.float32(high - low)
