"""The folder of snapshots, read: which is live, what each holds, whether it is whole, what was done with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from knowledge.errors import SnapshotError
from knowledge.files import sha256_of
from knowledge.persistence import count_lines, different_passages, read_passages
from knowledge.snapshot_types import FORMAT, LAYOUT, Manifest, SnapshotInfo
from knowledge.types import Passage

SNAPSHOT_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
_SECOND = len("20260101-000000")
REPAIR = (
    "请运行 huhang kb rollback 回到较早的快照，或运行 huhang kb build 和 huhang kb publish 重新发布"
)


class Snapshots:
    """The snapshots of a folder, for whoever only reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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
                raise SnapshotError(f"当前快照 {identifier} 的文件夹不见了。{REPAIR}")
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
        if not SNAPSHOT_ID.fullmatch(identifier) or not (self.folder / identifier).is_dir():
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
                f"快照 {identifier} 的清单 {LAYOUT.manifest} 缺失或已损坏。{REPAIR}"
            ) from error

    def passages(self, identifier: str | None = None) -> list[Passage]:
        """:return: the passages of a snapshot, of the current one when no id is given."""
        folder = self.current_path() if identifier is None else self.path(identifier)
        return read_passages(folder / LAYOUT.passages)

    def different(self, before: str, after: str) -> tuple[list[Passage], list[Passage]]:
        """The passages of each of two snapshots that the other does not have just so.

        :raises SnapshotError: one of them is missing, or a line cannot be read.
        """
        return different_passages(*(self.path(name) / LAYOUT.passages for name in (before, after)))

    def verify(self, identifier: str) -> Manifest:
        """Check every file against the manifest and the passages against their count.

        :raises SnapshotError: naming the first file that is missing, changed or of the wrong length.
        """
        manifest = self.manifest(identifier)
        folder = self.path(identifier)
        if manifest.id != identifier:
            raise SnapshotError(f"快照 {identifier} 的清单属于 {manifest.id}。{REPAIR}")
        present = {name for name, _ in files_of(folder)} - {LAYOUT.manifest}
        missing, extra = (
            sorted(set(manifest.files) - present),
            sorted(present - set(manifest.files)),
        )
        if missing or extra:
            what = f"缺少 {missing[0]}" if missing else f"多出 {extra[0]}"
            raise SnapshotError(f"快照 {identifier} {what}。{REPAIR}")
        for name, expected in manifest.files.items():
            path = folder / name
            if path.stat().st_size != expected["bytes"] or sha256_of(path) != expected["sha256"]:
                raise SnapshotError(f"快照 {identifier} 的 {name} 与清单不符，文件已损坏。{REPAIR}")
        count = count_lines(folder / LAYOUT.passages)
        if count != manifest.passages:
            raise SnapshotError(
                f"快照 {identifier} 有 {count} 段，清单写的是 {manifest.passages} 段。{REPAIR}"
            )
        return manifest

    def list(self) -> list[SnapshotInfo]:
        """:return: every snapshot, newest first."""
        current, staged = self._pointed_or_none(LAYOUT.pointer), self.staged_id()
        events = {entry["id"]: entry for entry in self.history()}
        published = self.published_ids()
        result = []
        for identifier in reversed(self._folders()):
            event = events.get(identifier, {})
            state = (
                "current"
                if identifier == current
                else "staged"
                if identifier == staged
                else "published"
                if identifier in published
                else "unpublished"
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

    def published_ids(self) -> set[str]:
        """:return: every snapshot that is or ever was current, also of one whose own entry was cut off."""
        found = {event.get(key) for event in self.history() for key in ("id", "before")}
        return {name for name in (*found, self._pointed_or_none(LAYOUT.pointer)) if name}

    def _folders(self) -> Sequence[str]:
        if not self.folder.is_dir():
            return []
        found = []
        for entry in self.folder.iterdir():
            # A publication may prune it between the listing and the look at it.
            with suppress(FileNotFoundError):
                if SNAPSHOT_ID.fullmatch(entry.name):
                    found.append((entry.name[:_SECOND], entry.stat().st_mtime_ns, entry.name))
        # The names tell the second; within one second the folder written first is the older one.
        return [name for _, _, name in sorted(found)]

    def _pointed(self, name: str) -> str | None:
        try:
            text = (self.folder / name).read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
        if not SNAPSHOT_ID.fullmatch(text):
            raise SnapshotError(f"指针文件 {name} 已损坏（内容不是快照编号）。{REPAIR}")
        return text

    def _pointed_or_none(self, name: str) -> str | None:
        """:return: as ``_pointed``; None for a damaged pointer that is about to be replaced."""
        try:
            return self._pointed(name)
        except SnapshotError:
            return None


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path
