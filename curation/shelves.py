"""The passages of the snapshots that were read or built last, which nobody changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from knowledge.persistence import read_passages
from knowledge.snapshot_types import LAYOUT
from knowledge.types import Passage

_MOST = 2  # what was and what is to be
_kept: OrderedDict[Path, Sequence[Passage]] = OrderedDict()


def passages_of(folder: Path) -> Sequence[Passage]:
    """The passages of a snapshot's folder.

    :raises SnapshotError: they cannot be read.
    """
    found = _kept.get(folder)
    if found is None:
        found = read_passages(folder / LAYOUT.passages)
    keep(folder, found)
    return found


def keep(folder: Path, passages: Sequence[Passage]) -> None:
    """Know what a snapshot holds without reading it."""
    _kept[folder] = passages
    _kept.move_to_end(folder)
    while len(_kept) > _MOST:
        _kept.popitem(last=False)
