"""Published snapshots: staged in a fresh folder, verified, made current by swapping one pointer file.

Nothing published is edited.  A process killed at any moment leaves the old pointer or the new one; what
it had staged is swept away by the next writer.  Readers keep the folder they opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from knowledge.errors import SnapshotError, SupersededError
from knowledge.files import exclusive_lock, sha256_of, sync_file, sync_folder, write_atomic
from knowledge.persistence import read_passages
from knowledge.snapshot_types import ANY, FORMAT, LAYOUT, AnySnapshot, Manifest, Onto, SnapshotInfo
from knowledge.types import Passage

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
_REPAIR = (
    "请运行 huhang kb rollback 回到较早的快照，或运行 huhang kb build 和 huhang kb publish 重新发布"
)
_SECOND = len("20260101-000000")

# Fills the fresh folder; returns {"documents": n, "build": {...}} for the manifest.
Builder = Callable[[Path], Mapping[str, Any]]
Check = Callable[[Path], None]


class SnapshotStore:
    """The folder of snapshots and the only writer of its pointer.

    :param keep: how many published snapshots remain for rollback, the current one included.
    :param wait_s: how long a writer waits for another one.
    """

    def __init__(self, folder: Path, keep: int = 5, *, wait_s: float = 10.0) -> None:
        self.folder = folder
        self.keep = max(keep, 2)
        self._wait = wait_s

    # -- reading -----------------------------------------------------------------------------------

    @property
    def pointer(self) -> Path:
        """The file that names the current snapshot; it changes only by atomic replacement."""
        return self.folder / LAYOUT.pointer

    def current_id(self) -> str | None:
        """:return: the published snapshot's id, None before the first publication.

        :raises SnapshotError: the pointer is damaged or its snapshot is gone.
        """
        identifier = self._pointed(LAYOUT.pointer)
        while identifier is not None and not (self.folder / identifier).is_dir():
            # Later publications may have pruned it since the pointer was read.
            read_before, identifier = identifier, self._pointed(LAYOUT.pointer)
            if identifier == read_before:
                raise SnapshotError(f"当前快照 {identifier} 的文件夹不见了。{_REPAIR}")
        return identifier

    def current_path(self) -> Path:
        """:raises SnapshotError: nothing was published yet, or what was is damaged."""
        identifier = self.current_id()
        if identifier is None:
            raise SnapshotError("还没有发布过知识库，请先运行 huhang kb build 和 huhang kb publish")
        return self.folder / identifier

    def staged_id(self) -> str | None:
        """:return: the snapshot that was built and not yet published."""
        identifier = self._pointed_or_none(LAYOUT.staged)
        if identifier is None or not (self.folder / identifier).is_dir():
            return None
        return None if identifier == self._pointed_or_none(LAYOUT.pointer) else identifier

    def path(self, identifier: str) -> Path:
        """:raises SnapshotError: no such snapshot; the good ids are listed."""
        if not _ID.fullmatch(identifier) or not (self.folder / identifier).is_dir():
            known = "、".join(self._folders()) or "（无）"
            raise SnapshotError(f"没有快照 {identifier}，现有：{known}")
        return self.folder / identifier

    def manifest(self, identifier: str) -> Manifest:
        """:raises SnapshotError: the manifest is missing, damaged or of another format."""
        path = self.path(identifier) / LAYOUT.manifest
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
            found = value.get("format")
            if found != FORMAT:
                raise SnapshotError(
                    f"快照 {identifier} 的格式版本是 {found}，本程序使用 {FORMAT}，请重新运行 huhang kb build"
                )
            return Manifest(**value)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            if isinstance(error, SnapshotError):
                raise
            raise SnapshotError(
                f"快照 {identifier} 的清单 {LAYOUT.manifest} 缺失或已损坏。{_REPAIR}"
            ) from error

    def passages(self, identifier: str | None = None) -> list[Passage]:
        """:return: the passages of a snapshot, of the current one when no id is given."""
        folder = self.current_path() if identifier is None else self.path(identifier)
        return read_passages(folder / LAYOUT.passages)

    def verify(self, identifier: str) -> Manifest:
        """Check every file against the manifest and the passages against their count.

        :raises SnapshotError: naming the first file that is missing, changed or of the wrong length.
        """
        manifest = self.manifest(identifier)
        folder = self.path(identifier)
        if manifest.id != identifier:
            raise SnapshotError(f"快照 {identifier} 的清单属于 {manifest.id}。{_REPAIR}")
        present = {name for name, _ in _files(folder)} - {LAYOUT.manifest}
        missing, extra = (
            sorted(set(manifest.files) - present),
            sorted(present - set(manifest.files)),
        )
        if missing or extra:
            what = f"缺少 {missing[0]}" if missing else f"多出 {extra[0]}"
            raise SnapshotError(f"快照 {identifier} {what}。{_REPAIR}")
        for name, expected in manifest.files.items():
            path = folder / name
            if path.stat().st_size != expected["bytes"] or sha256_of(path) != expected["sha256"]:
                raise SnapshotError(
                    f"快照 {identifier} 的 {name} 与清单不符，文件已损坏。{_REPAIR}"
                )
        count = len(read_passages(folder / LAYOUT.passages))
        if count != manifest.passages:
            raise SnapshotError(
                f"快照 {identifier} 有 {count} 段，清单写的是 {manifest.passages} 段。{_REPAIR}"
            )
        return manifest

    def list(self) -> list[SnapshotInfo]:
        """:return: every snapshot, newest first."""
        current, staged = self._pointed_or_none(LAYOUT.pointer), self.staged_id()
        published = {entry["id"]: entry for entry in self.history()}
        result = []
        for identifier in reversed(self._folders()):
            event = published.get(identifier, {})
            state = (
                "current"
                if identifier == current
                else "staged"
                if identifier == staged
                else "published"
            )
            try:
                manifest = self.manifest(identifier)
            except SnapshotError:
                result.append(SnapshotInfo(identifier, "broken"))
                continue
            result.append(
                SnapshotInfo(
                    id=identifier,
                    state=state,
                    created_at=manifest.created_at,
                    created_by=manifest.created_by,
                    note=manifest.note,
                    documents=manifest.documents,
                    passages=manifest.passages,
                    published_at=event.get("at"),
                    published_by=event.get("by"),
                )
            )
        return result

    def history(self) -> Sequence[Mapping[str, Any]]:
        """:return: publications and rollbacks in order; a line cut off by a crash is left out."""
        try:
            lines = (
                (self.folder / LAYOUT.history)
                .read_text(encoding="utf-8", errors="replace")
                .splitlines()
            )
        except FileNotFoundError:
            return []
        events = []
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict) and "id" in event:
                events.append(event)
        return events

    # -- writing -----------------------------------------------------------------------------------

    def stage(self, build: Builder, *, by: str, note: str = "") -> str:
        """Build a snapshot in a fresh folder.

        :param build: fills the folder it is given and describes what it built.
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
            for name, _ in _files(fresh):
                sync_file(fresh / name)
            sync_folder(fresh)
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
        :raises SnapshotError: there is none, or it is damaged.
        :raises SupersededError: another snapshot became current since.
        """
        with self._writing():
            self._insist(onto)
            chosen = identifier or self._previous()
            if chosen is None:
                raise SnapshotError("没有更早发布过的快照可以回退")
            self._make_current(chosen, by=by, action="rollback", check=check, detail=detail)
            return chosen

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
        self.folder.mkdir(parents=True, exist_ok=True)
        with exclusive_lock(self.folder / LAYOUT.lock, self._wait) as held:
            if not held:
                raise SnapshotError("另一个进程正在构建或发布知识库，请等它结束后再试")
            for leftover in self.folder.iterdir():
                if leftover.name.startswith(LAYOUT.staging_prefix):
                    shutil.rmtree(leftover, ignore_errors=True)
                elif leftover.name.endswith(".tmp"):
                    leftover.unlink(missing_ok=True)
            yield

    def _folders(self) -> Sequence[str]:
        if not self.folder.is_dir():
            return []
        found = [entry for entry in self.folder.iterdir() if _ID.fullmatch(entry.name)]
        # The names tell the second; within one second the folder written first is the older one.
        found.sort(key=lambda entry: (entry.name[:_SECOND], entry.stat().st_mtime_ns, entry.name))
        return [entry.name for entry in found]

    def _pointed(self, name: str) -> str | None:
        try:
            text = (self.folder / name).read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        if not _ID.fullmatch(text):
            raise SnapshotError(f"指针文件 {name} 已损坏（内容不是快照编号）。{_REPAIR}")
        return text

    def _pointed_or_none(self, name: str) -> str | None:
        """:return: as ``_pointed``; None for a damaged pointer that is about to be replaced."""
        try:
            return self._pointed(name)
        except SnapshotError:
            return None


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _describe(folder: Path, described: Mapping[str, Any], *, by: str, note: str) -> Manifest:
    files = {
        name: {"sha256": sha256_of(path), "bytes": path.stat().st_size}
        for name, path in _files(folder)
    }
    if LAYOUT.passages not in files:
        raise SnapshotError("构建没有写出任何知识段落，快照未生成")
    count = len(read_passages(folder / LAYOUT.passages))
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
