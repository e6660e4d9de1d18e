"""The trainers' part of a build: all of it as it stands, or what of it is live already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.published import snapshots_of
from knowledge.dictionary import Dictionary, DictionaryEdit
from knowledge.draft import DraftStore
from knowledge.edit_types import DocumentEdits
from knowledge.edits import EditStore
from knowledge.errors import SnapshotError
from knowledge.question_bank import bank_file
from knowledge.quiz_table import FILE_NAME as BANK
from knowledge.types import Document
from settings import Settings


@dataclass(frozen=True)
class Material:
    """What trainers made; ``bank`` is the file of the quiz's questions, also where that is the shipped one.

    ``is_whole`` is False where something that is live is there only as somebody changed it since.
    """

    documents: tuple[Document, ...]
    edits: Mapping[str, DocumentEdits]
    dictionary: tuple[DictionaryEdit, ...]
    bank: Path
    is_whole: bool = True

    @property
    def names(self) -> Iterator[str]:
        """What tells this material from any other, but for the bank."""
        yield "\n".join(edit.id for edit in self.dictionary)
        for document in self.documents:
            yield f"{document.meta.id}{document.sha256}"
        yield from _ids(self.edits)


def drafted(settings: Settings) -> Material:
    """:return: everything that trainers have saved."""
    knowledge = settings.knowledge
    return Material(
        tuple(DraftStore(knowledge.draft_dir).documents()),
        EditStore(knowledge.draft_dir).all(),
        tuple(Dictionary(settings.data_dir).edits()),
        bank_file(knowledge.tables_dir, settings.data_dir),
    )


def approved(settings: Settings) -> Material:
    """:return: what of it the live snapshot holds; nothing before the first publication."""
    everything, store = drafted(settings), snapshots_of(settings)
    shipped_bank = settings.knowledge.tables_dir / BANK
    try:
        live = store.current_path()
        build = store.manifest(live.name).build
    except SnapshotError:
        return Material((), {}, (), shipped_bank)
    sources = build.get("sources", {})
    laid, words = set(build.get("edits", ())), set(build.get("dictionary", ()))
    documents = tuple(
        item for item in everything.documents if sources.get(item.meta.id) == item.sha256
    )
    edits = {key: _of(found, laid) for key, found in everything.edits.items()}
    dictionary = tuple(edit for edit in everything.dictionary if edit.id in words)
    bank = everything.bank
    if bank != shipped_bank and (live / BANK).is_file():
        bank = live / BANK  # the next one may wait for approval
    replaced = any(
        item.meta.id in sources and item not in documents for item in everything.documents
    )
    there = {item.meta.id for item in everything.documents}
    removals = DraftStore(settings.knowledge.draft_dir).removals()
    # Taken out of the draft, and live until that is approved.
    removed = any(item.document in sources and item.document not in there for item in removals)
    is_whole = (
        not replaced
        and not removed
        and laid <= set(_ids(edits))
        and words == {edit.id for edit in dictionary}
    )
    return Material(documents, edits, dictionary, bank, is_whole)


def _of(found: DocumentEdits, laid: set[str]) -> DocumentEdits:
    kept = {key: edit for key, edit in found.edits.items() if edit.id in laid}
    meta = found.meta if found.meta is not None and found.meta.id in laid else None
    return replace(found, edits=kept, meta=meta)


def _ids(edits: Mapping[str, DocumentEdits]) -> Iterable[str]:
    """The ids of edits, oldest first."""
    both = [
        item for found in edits.values() for item in (*found.edits.values(), found.meta) if item
    ]
    return [item.id for item in sorted(both, key=lambda item: (item.at, item.id))]
