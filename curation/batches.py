"""Uploaded files on their way into the draft, kept on disk.

A batch is a folder with the files, ``batch.json`` with the state of each, the verdicts on its rows, what
is known of each document (``meta-N.json``) and what the trainer chose (``choices-N.json``).
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from curation.batch_types import Batch, State, Step, UploadedFile
from knowledge.dry_run import Finding, RowVerdict
from knowledge.errors import SourceError
from knowledge.files import sole_writer, write_atomic
from settings import Settings

FOLDER = "uploads"
KEPT = 30
_WAIT_S = 10.0
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")


class Batches:
    """The batches of a data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.folder = settings.data_dir / FOLDER

    # -- reading -----------------------------------------------------------------------------------

    def all(self) -> list[Batch]:
        """:return: the batches, newest first."""
        if not self.folder.is_dir():
            return []
        names = sorted((path.name for path in self.folder.iterdir()), reverse=True)
        return [batch for name in names if _ID.fullmatch(name) and (batch := self._read(name))]

    def get(self, identifier: str) -> Batch:
        """:raises SourceError: there is no such batch any more."""
        batch = self._read(identifier) if _ID.fullmatch(identifier) else None
        if batch is None:
            raise SourceError("没有这一批文件，可能已经被清理，请重新上传")
        return batch

    def rows(self, identifier: str, number: int) -> list[RowVerdict]:
        """:return: the verdicts on the rows of one file."""
        path = self.path(identifier) / f"rows-{number}.json"
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        return [RowVerdict(**{**row, "finding": Finding(row["finding"])}) for row in rows]

    def unfinished(self) -> list[Batch]:
        """:return: batches that a stopped process left half done, oldest first."""
        return [batch for batch in reversed(self.all()) if batch.is_busy]

    # -- writing -----------------------------------------------------------------------------------

    def prepare(self) -> Path:
        """:return: an empty folder for the files of a new batch."""
        stamp = f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        folder = self.path(stamp)
        (folder / "files").mkdir(parents=True)
        return folder

    def create(
        self,
        folder: Path,
        named: Iterable[tuple[str, Path]],
        by: str,
        refused: Iterable[tuple[str, str]] = (),
    ) -> Batch:
        """Begin a batch with the files that were written to its folder.

        :param refused: names of files that were not taken, each with its reason.
        """
        batch = _with(Batch(folder.name, by, _now(), ()), folder, named, refused)
        self.write(batch)
        self._prune(batch.id)
        return batch

    def add(
        self,
        identifier: str,
        named: Iterable[tuple[str, Path]],
        refused: Iterable[tuple[str, str]] = (),
    ) -> Batch:
        """Put more files that were written to the folder of a batch into it."""
        with self.locked(identifier):
            batch = _with(self.get(identifier), self.path(identifier), named, refused)
            self.write(batch)
        return batch

    def discard(self, identifier: str) -> None:
        """Remove a batch; nobody may be working on it any more.

        :raises SourceError: there is no such batch.
        """
        shutil.rmtree(self.path(self.get(identifier).id), ignore_errors=True)

    def retry(self, identifier: str) -> None:
        """Let failed files be read once more."""
        with self.locked(identifier):
            batch = self.get(identifier)
            files = tuple(
                replace(item, state=State.WAITING, reason="")
                if item.state is State.FAILED and item.path
                else item
                for item in batch.files
            )
            self.write(replace(batch, files=files))

    def choose(self, identifier: str, numbers: Iterable[int]) -> int:
        """Mark files to be taken into the draft.

        :return: how many.
        :raises SourceError: none of them is ready.
        """
        wanted = set(numbers)
        with self.locked(identifier):
            batch = self.get(identifier)
            ready = {item.number for item in batch.files if item.state is State.READY} & wanted
            if not ready:
                raise SourceError("没有选中已就绪的文件")
            files = tuple(
                replace(item, state=State.CHOSEN) if item.number in ready else item
                for item in batch.files
            )
            self.write(replace(batch, files=files))
        return len(ready)

    def want(self, identifier: str, numbers: Iterable[int]) -> None:
        """Remember which of the files that are ready the trainer wants."""
        wanted = set(numbers)
        with self.locked(identifier):
            batch = self.get(identifier)
            files = tuple(
                replace(item, is_wanted=item.number in wanted)
                if item.state is State.READY
                else item
                for item in batch.files
            )
            self.write(replace(batch, files=files))

    def set(self, identifier: str, number: int, **changes: Any) -> None:
        """Change fields of one file."""
        with self.locked(identifier):
            batch = self.get(identifier)
            files = tuple(
                replace(item, **changes) if item.number == number else item for item in batch.files
            )
            self.write(replace(batch, files=files))

    def change(self, identifier: str, **changes: Any) -> None:
        """Change fields of a batch."""
        with self.locked(identifier):
            self.write(replace(self.get(identifier), **changes))

    # -- files -------------------------------------------------------------------------------------

    @contextmanager
    def locked(self, identifier: str) -> Iterator[None]:
        """Pages and the process that does the work change one file."""
        refusal = SourceError("这一批正在更新，请稍等几秒再试")
        with sole_writer(self.path(identifier) / ".lock", _WAIT_S, refusal):
            yield

    def path(self, identifier: str) -> Path:
        return self.folder / identifier

    def _read(self, identifier: str) -> Batch | None:
        try:
            value = json.loads((self.path(identifier) / "batch.json").read_text(encoding="utf-8"))
            files = tuple(
                UploadedFile(
                    **{**row, "state": State(row["state"]), "warnings": tuple(row["warnings"])}
                )
                for row in value["files"]
            )
            step = Step(value.get("step", Step.CHECK.value))
            return Batch(value["id"], value["by"], value["at"], files, step)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, batch: Batch) -> None:
        encoded = json.dumps(asdict(batch), ensure_ascii=False, indent=1).encode("utf-8")
        write_atomic(self.path(batch.id) / "batch.json", encoded)

    def _prune(self, newest: str) -> None:
        """Forget the oldest batches that nobody is working on, and uploads that never became one."""
        known = {batch.id: batch for batch in self.all()}
        names = sorted(path.name for path in self.folder.iterdir() if _ID.fullmatch(path.name))
        for name in names[: max(0, len(names) - KEPT)]:
            if name != newest and not (name in known and known[name].is_busy):
                shutil.rmtree(self.path(name), ignore_errors=True)


def _with(
    batch: Batch,
    folder: Path,
    named: Iterable[tuple[str, Path]],
    refused: Iterable[tuple[str, str]],
) -> Batch:
    """A batch with more files, those that were refused last."""
    first = batch.next_number
    fresh = [UploadedFile(0, name, str(path.relative_to(folder))) for name, path in named]
    fresh += [UploadedFile(0, name, "", State.FAILED, reason) for name, reason in refused]
    numbered = (replace(item, number=number) for number, item in enumerate(fresh, first))
    return replace(batch, files=(*batch.files, *numbered))


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
