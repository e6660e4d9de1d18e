"""Imported documents: the original file and what was read from it, kept until they are published.

An import is idempotent: a file with known content changes nothing.  A file of a known document with
other content replaces it, and the replaced one moves to the archive.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.files import sole_writer, sync_file, sync_folder
from knowledge.kinship import Kinship, kinship
from knowledge.loaders.registry import content_hash, read_bytes
from knowledge.persistence import document_from_json, document_to_json
from knowledge.types import Document

logger = logging.getLogger(__name__)

# Raise when loaders find other sections in the same file: drafts are then read again at the next import.
PARSER_VERSION = 4
_DOCUMENTS = "documents"
_ARCHIVE = "archive"
_REMOVED = "removed.json"
_FRESH = ".fresh-"

Load = Callable[[Path], Document]


class Outcome(str, Enum):
    """What became of one file."""

    IMPORTED = "已导入"
    REPLACED = "已更新"
    UNCHANGED = "内容未变"
    DUPLICATE = "与已有文件重复"
    FAILED = "失败"


@dataclass(frozen=True)
class Entry:
    """A kept import."""

    document: str
    title: str
    file_name: str
    sha256: str
    imported_at: str
    imported_by: str
    parser: int = PARSER_VERSION


@dataclass(frozen=True)
class Verdict:
    """The result for one file; ``message`` says why it failed or what it duplicates."""

    file: str
    outcome: Outcome
    document: Document | None = None
    message: str = ""


@dataclass(frozen=True)
class Removal:
    """A document that somebody took out, and when."""

    document: str
    by: str
    at: str


class DraftStore:
    """The folder of imported documents."""

    def __init__(self, folder: Path, *, wait_s: float = 30.0) -> None:
        self.folder = folder
        self._wait = wait_s

    def entries(self) -> list[Entry]:
        """:return: the kept imports in the order they were imported, one per document."""
        found = [entry for _, entry in self._complete()]
        newest = {entry.document: entry for entry in found}
        return [entry for entry in found if newest[entry.document] is entry]

    def documents(self) -> list[Document]:
        """:return: the imported documents in the order they were imported.

        :raises SourceError: a kept document is damaged; importing its file again repairs it.
        """
        return [self._document(entry) for entry in self.entries()]

    def original(self, document: str) -> Path | None:
        """:return: the file that a document was imported from; None where it was not imported."""
        entry = next((entry for entry in self.entries() if entry.document == document), None)
        if entry is None:
            return None
        folder = self.folder / _DOCUMENTS / entry.sha256
        return next(iter(sorted(folder.glob("original.*"))), None)

    def add(self, path: Path, load: Load, *, by: str, max_bytes: int) -> Verdict:
        """Import one file.

        :param load: reads the file; normally :meth:`knowledge.worker.ParserWorker.load`.
        :return: the verdict; a file that cannot be used leaves no trace but its verdict.
        """
        try:
            data = read_bytes(path, max_bytes)
            with self._writing():
                return self._add(path, data, load, by)
        except SourceError as error:
            return Verdict(path.name, Outcome.FAILED, message=str(error))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            return Verdict(path.name, Outcome.FAILED, message=f"{path.name}：读写失败（{reason}）")

    def remove(self, document: str, *, by: str) -> None:
        """Move a document to the archive, with who took it out.

        :raises SourceError: it was never imported.
        """
        with self._writing():
            known = [folder for folder, entry in self._complete() if entry.document == document]
            if not known:
                raise SourceError(f"草稿里没有文档 {document}")
            removal = Removal(document, by, _now())
            for folder in known:
                (folder / _REMOVED).write_bytes(_encoded(asdict(removal)))
                sync_file(folder / _REMOVED)
                self._archive(folder)

    def removals(self) -> list[Removal]:
        """:return: who took which document out, oldest first, also of those that were imported again since."""
        archive = self.folder / _ARCHIVE
        found = []
        for path in archive.glob(f"*/{_REMOVED}") if archive.is_dir() else ():
            try:
                found.append(Removal(**json.loads(path.read_text(encoding="utf-8"))))
            except (OSError, ValueError, TypeError):
                logger.warning("who removed draft %s cannot be read", path.parent.name)
        return sorted(found, key=lambda removal: removal.at)

    def _add(self, path: Path, data: bytes, load: Load, by: str) -> Verdict:
        sha256 = content_hash(data)
        kept = {entry.sha256: entry for entry in self.entries()}
        same = kept.get(sha256)
        if same is not None and same.parser == PARSER_VERSION:
            document = self._document(same)
            if same.file_name == path.name:
                return Verdict(path.name, Outcome.UNCHANGED, document)
            return Verdict(
                path.name, Outcome.DUPLICATE, document, f"与 {same.file_name} 内容完全相同"
            )
        document = load(path)
        if document.sha256 != sha256:
            raise SourceError(f"{path.name}：文件在读取过程中被改动，请重新导入")
        document = self._told_apart(document)
        before = [
            folder for folder, entry in self._complete() if entry.document == document.meta.id
        ]
        entry = Entry(document.meta.id, document.meta.title, path.name, sha256, _now(), by)
        self._write(entry, document, data, path.suffix.lower())
        for folder in before:
            if folder.name != sha256:
                self._archive(folder)
        return Verdict(path.name, Outcome.REPLACED if before else Outcome.IMPORTED, document)

    def _told_apart(self, document: Document) -> Document:
        """A document that only shares title and date with a kept one gets an id of its own."""
        kept = next((e for e in self.entries() if e.document == document.meta.id), None)
        if kept is None or kept.sha256 == document.sha256:
            return document
        if kinship(self._document(kept), document) is not Kinship.STRANGERS:
            return document
        own = replace(document.meta, id=f"{document.meta.id[:87]}-{document.sha256[:8]}")
        told = f"与已导入的 {kept.file_name} 标题和日期相同，但内容对不上，按两份文件保存"
        return replace(document, meta=own, warnings=(*document.warnings, told))

    def _write(self, entry: Entry, document: Document, data: bytes, suffix: str) -> None:
        fresh = self.folder / f"{_FRESH}{os.getpid()}"
        fresh.mkdir(parents=True)
        for name, content in (
            (f"original{suffix}", data),
            ("document.json", _encoded(document_to_json(document))),
            ("entry.json", _encoded(asdict(entry))),
        ):
            (fresh / name).write_bytes(content)
            sync_file(fresh / name)
        sync_folder(fresh)
        target = self.folder / _DOCUMENTS / entry.sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            self._archive(target)
        os.rename(fresh, target)
        sync_folder(target.parent)

    def _archive(self, folder: Path) -> None:
        archive = self.folder / _ARCHIVE
        archive.mkdir(parents=True, exist_ok=True)
        stamp = f"{datetime.now(timezone.utc):%Y%m%d-%H%M%S-%f}"
        os.rename(folder, archive / f"{stamp}-{folder.name[:16]}")

    def _complete(self) -> list[tuple[Path, Entry]]:
        """:return: folders that hold a readable entry, oldest import first."""
        root = self.folder / _DOCUMENTS
        found = []
        for folder in root.iterdir() if root.is_dir() else ():
            try:
                entry = Entry(**json.loads((folder / "entry.json").read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError):
                logger.warning("draft %s has no readable entry and is left out", folder.name)
                continue
            found.append((folder, entry))
        return sorted(found, key=lambda pair: (pair[1].imported_at, pair[1].sha256))

    def _document(self, entry: Entry) -> Document:
        path = self.folder / _DOCUMENTS / entry.sha256 / "document.json"
        try:
            return document_from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise SourceError(
                f"草稿 {entry.file_name} 的解析结果已损坏，请删除 {path.parent.name} 后重新导入该文件"
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        refusal = SourceError("另一个进程正在导入文档，请等它结束后再试")
        with sole_writer(self.folder / ".lock", self._wait, refusal):
            for leftover in self.folder.glob(f"{_FRESH}*"):
                shutil.rmtree(leftover, ignore_errors=True)
            yield


def files_under(paths: Sequence[Path]) -> list[Path]:
    """:return: the files named or found in the named folders, sorted; hidden ones and links to folders are skipped.

    :raises SourceError: a path that does not exist.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                found.extend(
                    Path(folder) / name for name in sorted(names) if not name.startswith(".")
                )
        elif path.exists() or path.is_symlink():
            found.append(path)
        else:
            raise SourceError(f"找不到 {path}，请检查路径")
    return list(dict.fromkeys(found))


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8")


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")
