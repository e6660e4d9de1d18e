"""Uploaded files on their way into the draft: kept on disk, read one after the other, never in the way.

A batch is a folder with the files, ``batch.json`` with the state of each, and the verdicts on its rows.
A process killed in between leaves states that say so; the next start goes on with them.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from curation import trainers_work
from curation.batch_types import Batch, State, UploadedFile
from curation.importing import Incoming, carry_edits, incoming, judge_of, parser, report
from desk.leases import Fence
from knowledge.draft import DraftStore, Outcome, Verdict
from knowledge.dry_run import Finding, RowVerdict, counts
from knowledge.errors import SourceError
from knowledge.exchange import is_work
from knowledge.files import exclusive_lock, write_atomic
from knowledge.worker import ParserWorker
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
        path = self._path(identifier) / f"rows-{number}.json"
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
        folder = self._path(stamp)
        (folder / "files").mkdir(parents=True)
        return folder

    def create(self, folder: Path, named: Iterable[tuple[str, Path]], by: str) -> Batch:
        """Begin a batch with the files that were written to its folder."""
        files = tuple(
            UploadedFile(number, name, str(path.relative_to(folder)))
            for number, (name, path) in enumerate(named, start=1)
        )
        batch = Batch(folder.name, by, _now(), files)
        self._write(batch)
        self._prune(batch.id)
        return batch

    def discard(self, identifier: str) -> None:
        """Remove a batch; nobody may be working on it any more.

        :raises SourceError: there is no such batch.
        """
        shutil.rmtree(self._path(self.get(identifier).id), ignore_errors=True)

    def retry(self, identifier: str) -> None:
        """Let failed files be read once more."""
        with self._locked(identifier):
            batch = self.get(identifier)
            files = tuple(
                replace(item, state=State.WAITING, reason="")
                if item.state is State.FAILED and item.path
                else item
                for item in batch.files
            )
            self._write(replace(batch, files=files))

    def choose(self, identifier: str, numbers: Iterable[int]) -> int:
        """Mark files to be taken into the draft.

        :return: how many.
        :raises SourceError: none of them is ready.
        """
        wanted = set(numbers)
        with self._locked(identifier):
            batch = self.get(identifier)
            ready = {item.number for item in batch.files if item.state is State.READY} & wanted
            if not ready:
                raise SourceError("没有选中已就绪的文件")
            files = tuple(
                replace(item, state=State.CHOSEN) if item.number in ready else item
                for item in batch.files
            )
            self._write(replace(batch, files=files))
        return len(ready)

    # -- work --------------------------------------------------------------------------------------

    def work(self, identifier: str, tell: Callable[[str], None]) -> str:
        """Read the files that wait and take in those that were chosen, one after the other.

        :param tell: is told what is about to be done to which file; what it raises ends the work.
        :return: a sentence about the result.
        """
        with parser(self._settings) as worker:
            self._open_archives(identifier, worker)
            if self.get(identifier).count(State.WAITING) or self.get(identifier).count(
                State.PARSING
            ):
                self._parse(identifier, worker, tell)
            if self.get(identifier).count(State.CHOSEN):
                self._take(identifier, worker, tell)
        batch = self.get(identifier)
        return "，".join(
            f"{state.value} {batch.count(state)}" for state in State if batch.count(state)
        )

    def _open_archives(self, identifier: str, worker: ParserWorker) -> None:
        """Put the members of archives in their place."""
        folder = self._path(identifier)
        batch = self.get(identifier)
        files: list[UploadedFile] = []
        for item in batch.files:
            if item.state is not State.WAITING or not item.path.lower().endswith(".zip"):
                files.append(item)
                continue
            for number, member in enumerate(
                incoming([folder / item.path], worker, folder / "files", names=[item.name]), start=1
            ):
                kept = self._keep(member, folder, f"{item.number}-{number}")
                state = State.WAITING if kept else State.FAILED
                files.append(UploadedFile(0, member.name, kept, state, member.reason))
        numbered = tuple(
            item if item.number else replace(item, number=1000 + place)
            for place, item in enumerate(files)
        )
        self._write(replace(batch, files=numbered))

    @staticmethod
    def _keep(member: Incoming, folder: Path, name: str) -> str:
        if member.path is None:
            return ""
        kept = folder / "files" / name
        if is_work(member.path):
            kept = kept / member.path.parent.name
        kept.mkdir(parents=True, exist_ok=True)
        return str(member.path.rename(kept / member.path.name).relative_to(folder))

    def _parse(self, identifier: str, worker: ParserWorker, tell: Callable[[str], None]) -> None:
        folder, judge = self._path(identifier), judge_of(self._settings)
        for item in self.get(identifier).files:
            if item.state not in (State.WAITING, State.PARSING):
                continue
            tell(f"正在解析 {item.name}")
            self._set(identifier, item.number, state=State.PARSING)
            if is_work(folder / item.path):
                self._look_at_work(identifier, item)
                continue
            found = report(Incoming(item.name, folder / item.path), worker, judge)
            if found.document is None:
                self._set(identifier, item.number, state=State.FAILED, reason=found.reason)
                continue
            rows = json.dumps([asdict(row) for row in found.rows], ensure_ascii=False)
            write_atomic(folder / f"rows-{item.number}.json", rows.encode("utf-8"))
            self._set(
                identifier,
                item.number,
                state=State.READY,
                document=found.document.meta.id,
                title=found.document.meta.title,
                counts={key.value: number for key, number in counts(found.rows).items()},
                warnings=found.document.warnings,
            )

    def _look_at_work(self, identifier: str, item: UploadedFile) -> None:
        try:
            title = trainers_work.told(self._path(identifier) / item.path)
        except SourceError as error:
            self._set(identifier, item.number, state=State.FAILED, reason=str(error))
        else:
            self._set(identifier, item.number, state=State.READY, title=title)

    def _take(self, identifier: str, worker: ParserWorker, tell: Callable[[str], None]) -> None:
        folder, batch = self._path(identifier), self.get(identifier)
        store = DraftStore(self._settings.knowledge.draft_dir)
        limit = self._settings.knowledge.max_file_bytes
        verdicts: list[Verdict] = []
        for item in batch.files:
            if item.state is not State.CHOSEN:
                continue
            tell(f"正在导入 {item.name}")
            path = folder / item.path
            if is_work(path):
                verdict = trainers_work.take(self._settings, path, by=batch.by)
                said = verdict.message
            else:
                verdict = store.add(path, worker.load, by=batch.by, max_bytes=limit)
                verdicts.append(verdict)
                said = verdict.outcome.value
            failed = verdict.outcome is Outcome.FAILED
            self._set(
                identifier,
                item.number,
                state=State.FAILED if failed else State.TAKEN,
                reason=verdict.message if failed else said,
            )
        carry_edits(self._settings, verdicts, by=batch.by)

    def _set(self, identifier: str, number: int, **changes: Any) -> None:
        with self._locked(identifier):
            batch = self.get(identifier)
            files = tuple(
                replace(item, **changes) if item.number == number else item for item in batch.files
            )
            self._write(replace(batch, files=files))

    # -- files -------------------------------------------------------------------------------------

    @contextmanager
    def _locked(self, identifier: str) -> Iterator[None]:
        """Pages and the process that does the work change one file."""
        with exclusive_lock(self._path(identifier) / ".lock", _WAIT_S) as held:
            if not held:
                raise SourceError("这一批正在更新，请稍等几秒再试")
            yield

    def _path(self, identifier: str) -> Path:
        return self.folder / identifier

    def _read(self, identifier: str) -> Batch | None:
        try:
            value = json.loads((self._path(identifier) / "batch.json").read_text(encoding="utf-8"))
            files = tuple(
                UploadedFile(
                    **{**row, "state": State(row["state"]), "warnings": tuple(row["warnings"])}
                )
                for row in value["files"]
            )
            return Batch(value["id"], value["by"], value["at"], files)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _write(self, batch: Batch) -> None:
        encoded = json.dumps(asdict(batch), ensure_ascii=False, indent=1).encode("utf-8")
        write_atomic(self._path(batch.id) / "batch.json", encoded)

    def _prune(self, newest: str) -> None:
        """Forget the oldest batches that nobody is working on, and uploads that never became one."""
        known = {batch.id: batch for batch in self.all()}
        names = sorted(path.name for path in self.folder.iterdir() if _ID.fullmatch(path.name))
        for name in names[: max(0, len(names) - KEPT)]:
            if name != newest and not (name in known and known[name].is_busy):
                shutil.rmtree(self._path(name), ignore_errors=True)


def work_on(
    settings: Settings, identifier: str, fence: Fence, report: Callable[[str], None]
) -> str:
    """Work on a batch; for :func:`curation.background.run_aside`.

    :param fence: asked before each file: work that was taken over stops there.
    :raises LeaseLostError: another copy of the server took over.
    """

    def tell(step: str) -> None:
        fence.check()
        report(step)

    return Batches(settings).work(identifier, tell)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
