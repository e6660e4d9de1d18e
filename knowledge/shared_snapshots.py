"""Snapshots that several machines have in common through an object store.

Each machine keeps snapshots on its own disk, as without a store.  Before a writer does anything it brings
its disk to what the store holds; afterwards it stores what is new, then the pointer, then what tells of it.  Readers take over
what the store's pointer names (:meth:`SharedSnapshots.follow`).  Writers of several machines exclude each
other by the leases of the casework database (:mod:`desk.leases`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import SnapshotError
from knowledge.files import sole_writer, sync_folder, write_atomic
from knowledge.objects import Objects
from knowledge.snapshot_reading import SNAPSHOT_ID, files_of
from knowledge.snapshot_types import LAYOUT
from knowledge.snapshots import SnapshotStore

FOLDER = "snapshots"
# A snapshot is being fetched by another process of this machine meanwhile.
_FETCH_S = 300.0


class SharedSnapshots(SnapshotStore):
    """A folder of snapshots that follows an object store and is stored there."""

    def __init__(self, folder: Path, objects: Objects, keep: int = 5) -> None:
        """Nothing is fetched yet."""
        super().__init__(folder, keep)
        self._objects = objects

    def follow(self) -> bool:
        """Have the snapshot on this disk that the store's pointer names, and point to it.

        :return: whether another one is current now.
        :raises StorageError: the store does not answer.
        :raises SnapshotError: what it holds is damaged; the present one stays current.
        """
        wanted = self._stored_pointer(LAYOUT.pointer)
        if wanted is None or wanted == self._pointed_or_none(LAYOUT.pointer):
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        refusal = SnapshotError("另一个进程正在构建、发布或取回知识库，请等它结束后再试")
        with sole_writer(self.folder / LAYOUT.lock, _FETCH_S, refusal):
            # A writer may have been at it until now.
            wanted = self._stored_pointer(LAYOUT.pointer) or wanted
            self._fetch(wanted)
            self._take_over(LAYOUT.history)
            write_atomic(self.pointer, wanted.encode())
        return True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with super()._writing():
            self._take_over_everything()
            yield
            self._store_everything()

    def _take_over_everything(self) -> None:
        """Bring the disk to what the store holds; what only this disk has came to nothing."""
        wanted = self._stored_pointer(LAYOUT.pointer)
        if wanted is None and self._stored_pointer(LAYOUT.staged) is None:
            return  # nothing was ever stored: what this disk holds is the beginning
        stored = self._stored()
        for identifier in sorted(stored, reverse=True):
            self._fetch(identifier)
        for identifier in set(self._folders()) - stored:
            shutil.rmtree(self.folder / identifier, ignore_errors=True)
        for name in (LAYOUT.history, LAYOUT.staged, LAYOUT.pointer):
            self._take_over(name)

    def _store_everything(self) -> None:
        own, stored = set(self._folders()), self._stored()
        for identifier in sorted(own - stored):
            folder = self.folder / identifier
            names = [name for name, _ in files_of(folder) if name != LAYOUT.manifest]
            for name in (*names, LAYOUT.manifest):  # with its manifest it is there
                self._objects.put(folder / name, f"{FOLDER}/{identifier}/{name}")
        # A history that tells of a publication means that it took place.
        for name in (LAYOUT.pointer, LAYOUT.history, LAYOUT.staged):
            path = self.folder / name
            if path.is_file():
                self._objects.write(f"{FOLDER}/{name}", path.read_bytes())
            else:
                self._objects.remove(f"{FOLDER}/{name}")
        for identifier in self._begun() - own:  # also an upload that was cut off
            self._objects.remove(f"{FOLDER}/{identifier}/{LAYOUT.manifest}")
            self._objects.remove(f"{FOLDER}/{identifier}")

    def _fetch(self, identifier: str) -> None:
        """Have a snapshot on this disk, whole."""
        if (self.folder / identifier).is_dir():
            return
        fresh = self.folder / f"{LAYOUT.staging_prefix}fetched-{identifier}"
        shutil.rmtree(fresh, ignore_errors=True)
        where = f"{FOLDER}/{identifier}"
        try:
            self._objects.fetch(f"{where}/{LAYOUT.manifest}", fresh / LAYOUT.manifest)
            for name in _named_in(fresh / LAYOUT.manifest, identifier):
                self._objects.fetch(f"{where}/{name}", fresh / name)
            fresh.rename(self.folder / identifier)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        try:
            self.verify(identifier)
        except SnapshotError:
            shutil.rmtree(self.folder / identifier, ignore_errors=True)
            raise
        sync_folder(self.folder)

    def _take_over(self, name: str) -> None:
        stored = self._objects.read(f"{FOLDER}/{name}")
        if stored is None:
            (self.folder / name).unlink(missing_ok=True)
        else:
            write_atomic(self.folder / name, stored)

    def _stored(self) -> set[str]:
        """The snapshots that the store holds whole: a manifest is stored last and removed first."""
        begun = self._begun()
        return {
            name for name in begun if LAYOUT.manifest in self._objects.names(f"{FOLDER}/{name}")
        }

    def _begun(self) -> set[str]:
        """The snapshots of which the store holds anything."""
        return {name for name in self._objects.names(FOLDER) if SNAPSHOT_ID.fullmatch(name)}

    def _stored_pointer(self, name: str) -> str | None:
        stored = self._objects.read(f"{FOLDER}/{name}")
        identifier = "" if stored is None else stored.decode("utf-8", "replace").strip()
        return identifier if SNAPSHOT_ID.fullmatch(identifier) else None


def _named_in(manifest: Path, identifier: str) -> list[str]:
    """The files that a manifest names; none of them lies outside of its folder."""
    try:
        names = list(json.loads(manifest.read_text("utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(
            f"对象存储里快照 {identifier} 的清单缺失或已损坏，请重新发布"
        ) from error
    if any(".." in Path(name).parts or Path(name).is_absolute() for name in names):
        raise SnapshotError(f"对象存储里快照 {identifier} 的清单写了别处的文件，没有采用")
    return names
