"""All that can be published: the curated documents and the imported ones, with their passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.chunking import passages
from knowledge.errors import SourceError
from knowledge.ledger import Fact, load_ledger
from knowledge.loaders import load, supported_suffixes
from knowledge.types import Document, Passage
from knowledge.versions import Succession, successions, with_successors


@dataclass(frozen=True)
class Library:
    """Documents in reading order, their passages, and the source files that could not be read."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    ledger: dict[str, Fact]
    successions: dict[str, Succession]
    unreadable: tuple[str, ...] = ()


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
            documents.append(load(path, root=sources_dir))
        except SourceError as error:
            unreadable.append(str(error))
    return documents, unreadable


def load_library(
    sources_dir: Path, tables_dir: Path, drafts: Sequence[Document] = (), *, today: date
) -> Library:
    """Bring curated and imported documents together.

    An imported document with the id of a curated one takes its place.

    :raises SourceError: the fact ledger cannot be read.
    """
    ledger = load_ledger(tables_dir)
    curated, unreadable = load_sources(sources_dir)
    imported = {document.meta.id for document in drafts}
    together = [document for document in curated if document.meta.id not in imported] + list(drafts)
    marked = with_successors(together, today)
    cut: list[Passage] = []
    kept: list[Document] = []
    for document in marked:
        try:
            cut.extend(passages(document, ledger))
        except SourceError as error:
            unreadable.append(str(error))
        else:
            kept.append(document)
    return Library(tuple(kept), tuple(cut), ledger, successions(together, today), tuple(unreadable))
