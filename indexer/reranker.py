"""The learned second stage: an ensemble of small trees, evaluated with numpy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.candidates import FEATURES
from indexer.types import Encoder
from knowledge.errors import EncoderError

META = "reranker.json"
TREES = "reranker.npz"
LEAVES = 8  # of a tree at most, so that a byte holds a bit for each
_AT_ONCE = (
    256  # lines that are read in one step, so that what is computed between stays in the cache
)
_LOWEST = np.array([(n & -n).bit_length() - 1 if n else 0 for n in range(256)], dtype=np.intp)
SHARE = 0.7  # of the trees' verdict beside the fused score, both 0–1: best by cross-validation, docs/retrieval.md


@dataclass(frozen=True)
class RerankerMeta:
    """What the trees were trained with."""

    encoder_fingerprint: str
    features: tuple[str, ...]


class Reranker:
    """Trees of at most eight leaves, all read at once.

    A leaf is found as QuickScorer does (Lucchese and others 2015): each split that a line fails
    strikes out the leaves on its left, and the leftmost leaf that remains is the one.
    """

    def __init__(
        self,
        feature: NDArray[np.int32],
        threshold: NDArray[np.float32],
        kept: NDArray[np.uint8],
        value: NDArray[np.float32],
    ) -> None:
        """Hold the splits (trees × 7) and the leaf values (trees × 8, from left to right).

        :param kept: for each split the leaves, a bit each, that remain when a line fails it.
        """
        self._feature = feature
        self._threshold = threshold
        self._kept = kept
        self._value = value
        self._offset = np.arange(len(value))[:, None] * LEAVES
        # The first splits of all trees, then the second ones: all are read in one step.
        self._splits = feature.T.ravel(), threshold.T.reshape(-1, 1), kept.T.reshape(-1, 1)

    def raw(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """The summed leaf values for each line of features."""
        if len(table) > _AT_ONCE:
            parts = (table[at : at + _AT_ONCE] for at in range(0, len(table), _AT_ONCE))
            return np.concatenate([self.raw(part) for part in parts])
        feature, threshold, kept = self._splits
        columns = np.ascontiguousarray(table.T)
        passed = (columns.take(feature, axis=0) <= threshold).view(np.uint8)
        left = np.negative(passed, out=passed)  # all bits where it passed
        left |= kept
        shape = (self._feature.shape[1], len(self._value), len(table))
        bits = np.bitwise_and.reduce(left.reshape(shape), axis=0)
        leaves = _LOWEST[bits]
        leaves += self._offset
        return np.asarray(self._value.ravel()[leaves].sum(axis=0), dtype=np.float32)

    def score(self, table: NDArray[np.float32], fused: NDArray[np.float32]) -> NDArray[np.float32]:
        """The fused score and the trees' verdict, each brought to 0–1, in their shares."""
        return (1 - SHARE) * unit(fused) + SHARE * unit(self.raw(table))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`of` reads."""
        return {
            "feature": self._feature, "threshold": self._threshold, "kept": self._kept, "value": self._value,
        }  # fmt: skip

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Reranker:
        """The trees that :meth:`arrays` gave."""
        return cls(*(arrays[name] for name in ("feature", "threshold", "kept", "value")))

    def save(self, folder: Path, meta: RerankerMeta) -> None:
        """Write the trees beside the encoder they were trained with."""
        np.savez_compressed(folder / TREES, **self.arrays())
        text = json.dumps(asdict(meta), ensure_ascii=False, indent=2)
        (folder / META).write_text(text + "\n", encoding="utf-8")


_Kept = TypeVar("_Kept", bound="Ensembles")


class Ensembles:
    """Ensembles that work together, a field each, in one file with the names of what they read."""

    file_name: ClassVar[str]
    features: ClassVar[Sequence[str]]
    signals: ClassVar[Sequence[str]] = ()
    trained_by: ClassVar[str]  # the command that trains them anew

    def save(self, folder: Path) -> None:
        """Write them."""
        arrays: dict[str, Any] = {
            f"{name}_{key}": value
            for name in self._names()
            for key, value in getattr(self, name).arrays().items()
        }
        names = {"features": np.array(self.features), "signals": np.array(self.signals)}
        np.savez_compressed(folder / self.file_name, **names, **arrays)

    @classmethod
    def load(cls: type[_Kept], folder: Path) -> _Kept:
        """What :meth:`save` wrote.

        :raises EncoderError: they were trained on other features than are computed now.
        """
        path = folder / cls.file_name
        with np.load(path, allow_pickle=False) as arrays:
            read = (tuple(arrays["features"]), tuple(arrays["signals"]))
            if read != (tuple(cls.features), tuple(cls.signals)):
                raise EncoderError(f"{path} 的特征与程序不符，请运行 {cls.trained_by}")
            parts = (
                {k.removeprefix(f"{name}_"): arrays[k] for k in arrays if k.startswith(f"{name}_")}
                for name in cls._names()
            )
            return cls(*map(Reranker.of, parts))

    @classmethod
    def _names(cls) -> list[str]:
        return [field.name for field in fields(cls)]  # type: ignore[arg-type]  # those below are dataclasses


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
        return Reranker(*(arrays[name] for name in ("feature", "threshold", "kept", "value")))


def unit(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores brought to 0–1."""
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    if high == low:
        return np.ones_like(scores)
    return (scores - np.float32(low)) / np.float32(high - low)
