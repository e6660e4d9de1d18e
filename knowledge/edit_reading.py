"""The trainers' edits, read: of one document, of all, and what was done."""

from __future__ import annotations

import json
import re
from pathlib import Path

from knowledge.edit_types import (
    Action,
    DocumentEdits,
    Edit,
    Event,
    MetaEdit,
    edits_from_json,
    nothing,
)
from knowledge.errors import SourceError

FOLDER = "edits"
HISTORY = "history.jsonl"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,95}")


class Edits:
    """The edits of a draft, for whoever only reads them."""

    def __init__(self, draft_dir: Path) -> None:
        self.folder = draft_dir / FOLDER

    def of(self, document: str) -> DocumentEdits:
        """:raises SourceError: the file is damaged."""
        path = self._path(document)
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return nothing(document)
        except (OSError, ValueError) as error:
            raise damaged(path) from error
        try:
            return edits_from_json(document, value)
        except (TypeError, ValueError, KeyError) as error:
            raise damaged(path) from error

    def all(self) -> dict[str, DocumentEdits]:
        """:return: document id → its edits, of every document that was ever edited."""
        if not self.folder.is_dir():
            return {}
        names = sorted(path.stem for path in self.folder.glob("*.json"))
        return {name: self.of(name) for name in names if SLUG.fullmatch(name)}

    def edits(self) -> list[Edit | MetaEdit]:
        """:return: all edits in force, oldest first."""
        found: list[Edit | MetaEdit] = []
        for entry in self.all().values():
            found.extend(entry.edits.values())
            found.extend([entry.meta] if entry.meta else [])
        return sorted(found, key=lambda edit: (edit.at, edit.id))

    def history(self, document: str | None = None, passage: str | None = None) -> list[Event]:
        """:return: what was done, newest first; a line cut off by a crash is left out."""
        try:
            text = (self.folder / HISTORY).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        events = []
        for line in text.split("\n"):
            try:
                value = json.loads(line)
                event = Event(**{**value, "action": Action(value["action"])})
            except (ValueError, TypeError, KeyError):
                continue
            if document in (None, event.document) and passage in (None, event.passage):
                events.append(event)
        return events[::-1]

    def _path(self, document: str) -> Path:
        if not SLUG.fullmatch(document):
            raise SourceError(f"没有文档 {document[:100]}")
        return self.folder / f"{document}.json"


def damaged(path: Path) -> SourceError:
    return SourceError(f"修改记录 {path.name} 已损坏，请从备份恢复 draft/{FOLDER}/{path.name}")
