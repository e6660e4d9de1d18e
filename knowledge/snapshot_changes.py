"""What one snapshot says differently from another, passage by passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from knowledge.types import Passage

# The hash of the text moves with the text; it would only repeat that the text changed.
_DERIVED = frozenset({"id", "version"})


@dataclass(frozen=True)
class PassageChange:
    """A passage under one id whose content differs; ``fields`` are the names of what differs."""

    before: Passage
    after: Passage
    fields: tuple[str, ...]


@dataclass(frozen=True)
class SnapshotChanges:
    """Passages added, removed and changed, each in the order of its snapshot."""

    added: tuple[Passage, ...] = ()
    removed: tuple[Passage, ...] = ()
    changed: tuple[PassageChange, ...] = ()

    def __len__(self) -> int:
        return len(self.added) + len(self.removed) + len(self.changed)


def changes(before: Sequence[Passage], after: Sequence[Passage]) -> SnapshotChanges:
    """Compare two snapshots; a passage is the same one when its id is."""
    old = {passage.id: passage for passage in before}
    new = {passage.id: passage for passage in after}
    return SnapshotChanges(
        added=tuple(passage for passage in after if passage.id not in old),
        removed=tuple(passage for passage in before if passage.id not in new),
        changed=tuple(
            PassageChange(old[passage.id], passage, differing)
            for passage in after
            if passage.id in old and (differing := _differing(old[passage.id], passage))
        ),
    )


def _differing(before: Passage, after: Passage) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in fields(Passage)
        if field.name not in _DERIVED and getattr(before, field.name) != getattr(after, field.name)
    )
