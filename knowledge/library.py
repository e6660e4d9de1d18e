"""All that can be published: the curated documents and the imported ones, with their passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from knowledge.edit_types import DocumentEdits, nothing
from knowledge.errors import SourceError
from knowledge.ledger import Fact, load_ledger
from knowledge.loaders import load, supported_suffixes
from knowledge.overlay import Conflict, Drafted, conflicts, drafted, with_meta
from knowledge.types import Document, Passage
from knowledge.versions import Succession, successions, with_successors
from knowledge.wordings import folder_of, with_wordings


@dataclass(frozen=True)
class Library:
    """Documents in reading order, their passages, and the source files that could not be read.

    ``entries`` tells for every document how its passages came about, ``conflicts`` which edits do not fit,
    ``edits`` the ids of those that were laid over it.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    ledger: dict[str, Fact]
    successions: dict[str, Succession]
    unreadable: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    entries: Mapping[str, Sequence[Drafted]] = field(default_factory=dict)
    edits: tuple[str, ...] = ()


def load_sources(sources_dir: Path) -> tuple[list[Document], list[str]]:
    """Read the curated documents.

    :return: the documents, and a message for every file that could not be read.
    """
    documents, unreadable = [], []
    for path in sorted(sources_dir.rglob("*")):
        if not path.is_file() or path.name.startswith(".") or path.name == "README.md":
            continue
        if path.suffix.lower() not in supported_suffixes():
            unreadable.append(f"{path.relative_to(sources_dir)}：不支持的文件类型")
            continue
        try:
            state = path.stat()
            document = _read(path, sources_dir, state.st_mtime_ns, state.st_size)
            documents.append(with_wordings(document, folder_of(sources_dir)))
        except SourceError as error:
            unreadable.append(str(error))
    return documents, unreadable


@lru_cache(maxsize=2048)
def _read(path: Path, root: Path, _changed: int, _size: int) -> Document:
    """A curated document, read again only after a change of its file."""
    return load(path, root=root)


def load_library(
    sources_dir: Path,
    tables_dir: Path,
    drafts: Sequence[Document] = (),
    *,
    today: date,
    edits: Mapping[str, DocumentEdits] | None = None,
) -> Library:
    """Bring curated and imported documents together and lay the trainers' edits over them.

    An imported document with the id of a curated one takes its place.

    :raises SourceError: the fact ledger cannot be read.
    """
    ledger = load_ledger(tables_dir)
    curated, unreadable = load_sources(sources_dir)
    imported = {document.meta.id for document in drafts}
    together = [document for document in curated if document.meta.id not in imported] + list(drafts)
    changes = edits or {}
    found: list[Conflict] = []
    edited = []
    for document in together:
        try:
            changed, conflict = with_meta(document, _of(changes, document).meta)
        except SourceError as error:
            unreadable.append(str(error))
            continue
        edited.append(changed)
        found.extend([conflict] if conflict else [])
    kept: list[Document] = []
    entries: dict[str, Sequence[Drafted]] = {}
    for document in with_successors(edited, today):
        try:
            rows = drafted(document, ledger, _of(changes, document))
        except SourceError as error:
            unreadable.append(str(error))
            continue
        kept.append(document)
        entries[document.meta.id] = rows
        found.extend(conflicts(document, rows))
    cut = (p for document in kept for entry in entries[document.meta.id] for p in entry.results)
    return Library(
        tuple(kept),
        tuple(cut),
        ledger,
        successions(edited, today),
        tuple(unreadable),
        tuple(found),
        entries,
        tuple(_edit_ids(changes.values())),
    )


def _edit_ids(edits: Iterable[DocumentEdits]) -> Iterator[str]:
    for entry in edits:
        yield from (edit.id for edit in entry.edits.values())
        if entry.meta is not None:
            yield entry.meta.id


def _of(edits: Mapping[str, DocumentEdits], document: Document) -> DocumentEdits:
    return edits.get(document.meta.id) or nothing(document.meta.id)
