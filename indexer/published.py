"""Where the snapshots of some settings are; imports nothing that searches."""

from __future__ import annotations

from knowledge.objects import objects_at
from knowledge.shared_snapshots import SharedSnapshots
from knowledge.snapshots import SnapshotStore
from settings import Settings


def snapshots_of(settings: Settings) -> SnapshotStore:
    """The snapshots of these settings, shared with other machines where there is a store."""
    folder, keep = settings.knowledge.snapshots_dir, settings.knowledge.keep_snapshots
    objects = objects_at(settings.store_url)
    if objects is None:
        return SnapshotStore(folder, keep)
    return SharedSnapshots(folder, objects, keep)
