"""Published snapshots: staged in a fresh folder, verified, made current by swapping one pointer file.

Nothing published is edited.  A process killed at any moment leaves the old pointer or the new one; what
it had staged is swept away by the next writer.  Readers keep the folder they opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from knowledge.errors import SnapshotError, SupersededError
from knowledge.files import sha256_of, sole_writer, sync_file, sync_folder, write_atomic
from knowledge.persistence import count_passages
from knowledge.snapshot_reading import Snapshots, files_of
from knowledge.snapshot_types import ANY, LAYOUT, AnySnapshot, Manifest, Onto

# Fills the fresh folder; returns {"documents": n, "build": {...}} for the manifest.
Builder = Callable[[Path], Mapping[str, Any]]
Check = Callable[[Path], None]
# Raises where the work has meanwhile become somebody else's.
Guard = Callable[[], None]


def unguarded() -> None:
    """Nobody else can be at it."""


class SnapshotStore(Snapshots):
    """The folder of snapshots and the only writer of its pointer.

    :param keep: how many published snapshots remain for rollback, the current one included.
    :param wait_s: how long a writer waits for another one.
    """

    def __init__(self, folder: Path, keep: int = 5, *, wait_s: float = 10.0) -> None:
        super().__init__(folder)
        self.keep = max(keep, 2)
        self._wait = wait_s

    # -- writing -----------------------------------------------------------------------------------

    def stage(self, build: Builder, *, by: str, note: str = "", guard: Guard = unguarded) -> str:
        """Build a snapshot in a fresh folder.

        :param build: fills the folder it is given and describes what it built.
        :param guard: asked right before anybody can see the result; what it raises undoes the build.
        :return: the id of the staged snapshot; it serves nobody until it is published.
        :raises SnapshotError: another writer is at work, or the build wrote no passages.
        """
        with self._writing():
            fresh = self.folder / f"{LAYOUT.staging_prefix}{os.getpid()}"
            fresh.mkdir(parents=True)
            try:
                described = build(fresh)
                manifest = _describe(fresh, described, by=by, note=note)
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise
            encoded = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode("utf-8")
            (fresh / LAYOUT.manifest).write_bytes(encoded)
            for name, _ in files_of(fresh):
                sync_file(fresh / name)
            sync_folder(fresh)
            guard()
            os.rename(fresh, self.folder / manifest.id)
            sync_folder(self.folder)
            write_atomic(self.folder / LAYOUT.staged, manifest.id.encode())
            return manifest.id

    def publish(
        self,
        identifier: str | None = None,
        *,
        by: str,
        check: Check | None = None,
        onto: Onto = ANY,
        detail: Mapping[str, Any] | None = None,
    ) -> str:
        """Verify a snapshot and make it current.

        :param identifier: the staged one when omitted.
        :param check: a last look at the folder (golden questions); what it raises stops the publication.
        :param onto: the snapshot (None: none) that was current when this was decided.
        :param detail: kept with the entry of the history: who approved it and why.
        :raises SnapshotError: nothing is staged, or the snapshot does not pass.
        :raises SupersededError: another snapshot became current since.
        """
        with self._writing():
            chosen = identifier or self.staged_id()
            if chosen is None:
                raise SnapshotError("没有待发布的快照，请先运行 huhang kb build")
            self._insist(onto)
            self._make_current(chosen, by=by, action="publish", check=check, detail=detail)
            self._prune()
            return chosen

    def rollback(
        self,
        identifier: str | None = None,
        *,
        by: str,
        check: Check | None = None,
        onto: Onto = ANY,
        detail: Mapping[str, Any] | None = None,
    ) -> str:
        """Make an older snapshot current again.

        :param identifier: the one published before the current one when omitted.
        :param onto: the snapshot that was current when this was decided.
        :raises SnapshotError: there is none, it was never published, or it is damaged.
        :raises SupersededError: another snapshot became current since.
        """
        with self._writing():
            self._insist(onto)
            chosen = identifier or self._previous()
            if chosen is None:
                raise SnapshotError("没有更早发布过的快照可以回退")
            self.path(chosen)
            if chosen not in self.published_ids():
                raise SnapshotError(f"快照 {chosen} 从未发布过，不能退回到它；请走审批发布")
            self._make_current(chosen, by=by, action="rollback", check=check, detail=detail)
            return chosen

    def follow(self) -> bool:
        """Take over what another machine made current; without a store in common there is none.

        :return: whether another snapshot is current now.
        """
        return False

    def previous_id(self) -> str | None:
        """:return: the snapshot that a rollback without a name goes to."""
        return self._previous()

    def _insist(self, onto: Onto) -> None:
        current = self._pointed_or_none(LAYOUT.pointer)
        if isinstance(onto, AnySnapshot) or current == onto:
            return
        raise SupersededError(
            f"线上版本已经变成 {current or '（无）'}，不再是核对时的 {onto or '（无）'}；"
            "这次没有改动线上，请刷新后重新核对"
        )

    def _make_current(
        self,
        identifier: str,
        *,
        by: str,
        action: str,
        check: Check | None,
        detail: Mapping[str, Any] | None,
    ) -> None:
        manifest = self.verify(identifier)
        if check is not None:
            check(self.path(identifier))
        before = self._pointed_or_none(LAYOUT.pointer)
        write_atomic(self.pointer, identifier.encode())
        event = {
            "id": identifier,
            "action": action,
            "at": _now(),
            "by": by,
            "before": before,
            "documents": manifest.documents,
            "passages": manifest.passages,
            **({"detail": dict(detail)} if detail else {}),
        }
        with (self.folder / LAYOUT.history).open("a", encoding="utf-8") as stream:
            stream.write("\n" + json.dumps(event, ensure_ascii=False))
            stream.flush()
            os.fsync(stream.fileno())
        if self._pointed_or_none(LAYOUT.staged) == identifier:
            (self.folder / LAYOUT.staged).unlink(missing_ok=True)

    def _previous(self) -> str | None:
        """:return: what to go back to: publications pile up, a rollback takes the top ones off."""
        pile: list[str] = []
        for event in self.history():
            if event.get("action") == "rollback" and event["id"] in pile:
                del pile[pile.index(event["id"]) + 1 :]
                continue
            pile = [found for found in pile if found != event["id"]] + [event["id"]]
        current = self._pointed_or_none(LAYOUT.pointer)
        if current in pile:
            del pile[pile.index(current) :]
        existing = set(self._folders())
        return next((found for found in reversed(pile) if found in existing), None)

    def _prune(self) -> None:
        protected = {self._pointed_or_none(LAYOUT.pointer), self.staged_id(), self._previous()}
        folders = self._folders()
        surplus = len(folders) - self.keep
        for identifier in folders:
            if surplus <= 0:
                break
            if identifier not in protected:
                doomed = self.folder / f"{LAYOUT.staging_prefix}old-{identifier}"
                os.rename(self.folder / identifier, doomed)
                shutil.rmtree(doomed, ignore_errors=True)
                surplus -= 1

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the writer's lock and sweep away what a killed writer left."""
        refusal = SnapshotError("另一个进程正在构建或发布知识库，请等它结束后再试")
        with sole_writer(self.folder / LAYOUT.lock, self._wait, refusal):
            for leftover in self.folder.iterdir():
                if leftover.name.startswith(LAYOUT.staging_prefix):
                    shutil.rmtree(leftover, ignore_errors=True)
                elif leftover.name.endswith(".tmp"):
                    leftover.unlink(missing_ok=True)
            yield


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _describe(folder: Path, described: Mapping[str, Any], *, by: str, note: str) -> Manifest:
    files = {
        name: {"sha256": sha256_of(path), "bytes": path.stat().st_size}
        for name, path in files_of(folder)
    }
    if LAYOUT.passages not in files:
        raise SnapshotError("构建没有写出任何知识段落，快照未生成")
    count = count_passages(folder / LAYOUT.passages)
    if count == 0:
        raise SnapshotError("知识库是空的，没有可以发布的段落；请先导入文档")
    now = datetime.now(timezone.utc)
    seed = json.dumps([files, now.isoformat(), by], sort_keys=True).encode()
    return Manifest(
        id=f"{now:%Y%m%d-%H%M%S}-{hashlib.sha256(seed).hexdigest()[:8]}",
        created_at=now.isoformat(timespec="seconds"),
        created_by=by,
        note=note,
        documents=int(described.get("documents", 0)),
        passages=count,
        files=files,
        build=dict(described.get("build", {})),
    )
