"""For what kinds of thing the questions of each passage ask, kept with an index so that no search reads them.

The file bears the fingerprint of the kinds in its name: an index that was built with others, or before
they were kept, has its questions read when a passage is first found.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer import asked
from indexer.persistence import mapped

Floats = NDArray[np.float32]
FILE_NAME = f"index_kinds_{asked.FINGERPRINT}.npy"


def shares(questions: Sequence[str]) -> Floats:
    """The share of a passage's questions that asks for each kind, and that of its heading; shape (2, kinds)."""
    return np.stack((asked.shares(questions), asked.shares(questions[:1])))


def save(folder: Path, of_passages: Sequence[Sequence[str]]) -> None:
    """Write what the questions of each passage ask for.

    :param of_passages: for each passage its questions, its heading first.
    """
    np.save(folder / FILE_NAME, gathered(of_passages))


def gathered(of_passages: Sequence[Sequence[str]]) -> Floats:
    """What the questions of each passage ask for, shape (passages, 2, kinds)."""
    empty = np.zeros((0, 2, len(asked.NAMES)), dtype=np.float32)
    return np.concatenate((empty, [shares(each) for each in of_passages])) if of_passages else empty


def kept(folder: Path) -> Floats | None:
    """What :func:`save` wrote, shape (passages, 2, kinds); None where it did not."""
    return mapped(folder / FILE_NAME) if (folder / FILE_NAME).is_file() else None
