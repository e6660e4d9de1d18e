"""What a trainer says about the documents of a batch: their metadata, and what is to become of likenesses.

Both are kept in the batch's folder, a file for each document, and laid over the draft as edits once the
document is in it; saying something else later changes those edits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from curation.batch_types import Batch, State, UploadedFile
from curation.batches import Batches
from curation.draft_actions import act, token_of
from curation.publishing import library_of
from knowledge.dry_run import RowVerdict
from knowledge.edits import EditStore
from knowledge.files import write_atomic
from knowledge.library import Library
from knowledge.overlay import Drafted, meta_values
from knowledge.overlay import State as Drawn
from knowledge.types import DocumentMeta
from settings import Settings

# Marks the edits that come from a choice, so that only those are taken back by another one.
MARK = "导入时的取舍"


class Choice(str, Enum):
    """What becomes of a new passage and the present one that it is like."""

    BOTH = "both"
    NEW = "new"
    OLD = "old"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"both": "两段都保留", "new": "用新的替换现有的", "old": "不要新的"}[self.value]


@dataclass(frozen=True)
class Description:
    """A document's metadata: as the file states it, what is proposed beside it, what the trainer changed.

    ``fields`` are the values that differ from the file's, as JSON values; None until the trainer looked.
    """

    found: Mapping[str, Any]
    proposed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fields: Mapping[str, Any] | None = None

    @property
    def values(self) -> Mapping[str, Any]:
        """What a form begins with."""
        return {**self.found, **(self.proposed if self.fields is None else self.fields)}


def keep_found(
    folder: Path, number: int, meta: DocumentMeta, proposals: Mapping[str, Sequence[str]]
) -> None:
    """Keep what was read from a file; what the trainer said about it before stays."""
    before = description(folder, number)
    fields = before.fields if before is not None else None
    _write(
        folder / f"meta-{number}.json",
        {"found": meta_values(meta), "proposed": proposals, "fields": fields},
    )


def description(folder: Path, number: int) -> Description | None:
    """:return: what is known of a document of the batch; None where it has not been read."""
    value = _read(folder / f"meta-{number}.json")
    return Description(value["found"], value["proposed"], value["fields"]) if value else None


def describe(folder: Path, number: int, fields: Mapping[str, Any]) -> None:
    """Keep what the trainer changed of a document's metadata."""
    known = description(folder, number)
    if known is not None:
        value = {"found": known.found, "proposed": known.proposed, "fields": fields}
        _write(folder / f"meta-{number}.json", value)


def choices(folder: Path, number: int) -> dict[str, Choice]:
    """:return: what was chosen, by the id of the new passage."""
    kept = _read(folder / f"choices-{number}.json") or {}
    return {passage: Choice(value) for passage, value in kept.items()}


def choose(folder: Path, number: int, chosen: Mapping[str, Choice]) -> None:
    """Keep choices beside those made before."""
    kept = {**choices(folder, number), **chosen}
    _write(folder / f"choices-{number}.json", {key: item.value for key, item in kept.items()})


def likenesses(batches: Batches, batch: Batch) -> list[tuple[UploadedFile, RowVerdict]]:
    """:return: the new passages of the chosen files that are like a present one, in the order of the files."""
    return [
        (item, row)
        for item in batch.described
        for row in batches.rows(batch.id, item.number)
        if row.other_text
    ]


def apply_meta(
    settings: Settings, batches: Batches, identifier: str, numbers: Iterable[int], *, by: str
) -> None:
    """Lay what was said of the metadata of documents that are in the draft over it.

    :param numbers: of the files whose metadata it is.
    :raises EditConflictError: a colleague changed the same at this moment.
    """
    store = EditStore(settings.knowledge.draft_dir)
    wanted = set(numbers)
    for item in _taken(batches.get(identifier)):
        if item.number not in wanted:
            continue
        said = description(batches.path(identifier), item.number)
        if said is None or said.fields is None:
            continue
        edits = store.of(item.document)
        before = {key: said.found.get(key) for key in said.fields}
        if dict(said.fields) != (dict(edits.meta.fields) if edits.meta else {}):
            store.save_meta(item.document, edits.meta_token, said.fields, before, by=by)


def apply_choices(settings: Settings, batches: Batches, identifier: str, *, by: str) -> None:
    """Switch passages of the draft off and on as was chosen.

    :raises EditConflictError: a colleague changed the same passage at this moment.
    """
    batch = batches.get(identifier)
    said = [
        (_in_draft(row.passage, item.document), row.other, chosen)
        for item in _taken(batch)
        for row, chosen in _chosen(batches, batch, item)
    ]
    if not said:
        return
    store = EditStore(settings.knowledge.draft_dir)
    moot = (choice for choice in said if choice[2] is not Choice.BOTH)
    off = {new if chosen is Choice.OLD else old for new, old, chosen in moot}
    on = {passage for new, old, _ in said for passage in (new, old)} - off
    found = library_of(settings)
    for entry in _entries(found, off):
        if entry.state is not Drawn.DISABLED:
            _turn(store, found, entry, "disable", by)
    for entry in _entries(found, on):
        is_ours = entry.edit is not None and entry.edit.note == MARK
        if is_ours and entry.state is Drawn.DISABLED:
            _turn(store, found, entry, "enable", by)


def _taken(batch: Batch) -> list[UploadedFile]:
    return [item for item in batch.described if item.state is State.TAKEN]


def _chosen(
    batches: Batches, batch: Batch, item: UploadedFile
) -> Iterator[tuple[RowVerdict, Choice]]:
    kept = choices(batches.path(batch.id), item.number)
    for row in batches.rows(batch.id, item.number) if kept else ():
        if row.passage in kept and row.other:
            yield row, kept[row.passage]


def _in_draft(passage: str, document: str) -> str:
    """The id of a passage once its document is in the draft, where it may have got another id."""
    return f"{document}#{passage.partition('#')[2]}"


def _entries(found: Library, wanted: Iterable[str]) -> list[Drafted]:
    """The entries of passages that can be switched on and off; what is gone or in conflict is left."""
    names = set(wanted)
    return [
        entry
        for document in {name.partition("#")[0] for name in names}
        for entry in found.entries.get(document, ())
        if entry.passage_id in names
        and entry.source
        and entry.state not in (Drawn.CONFLICT, Drawn.ABSORBED)
    ]


def _turn(store: EditStore, found: Library, entry: Drafted, action: str, by: str) -> None:
    token = token_of(store.of(entry.passage_id.partition("#")[0]), entry)
    act(store, found, entry, {"action": action, "token": token, "note": MARK}, by)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _write(path: Path, value: object) -> None:
    write_atomic(path, json.dumps(value, ensure_ascii=False).encode("utf-8"))
