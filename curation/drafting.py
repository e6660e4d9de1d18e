"""The draft as it stands now, kept in memory until a file of it changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from curation.publishing import library_of
from knowledge.edit_reading import FOLDER
from knowledge.library import Library
from knowledge.wordings import folder_of
from settings import Settings

_Stamp = tuple[tuple[str, int, int], ...]
_lock = threading.Lock()
_kept: dict[Path, tuple[_Stamp, Library]] = {}


def draft_of(settings: Settings) -> Library:
    """:return: the curated and imported documents with all edits; read again only after a change.

    :raises SourceError: the fact ledger or the edits cannot be read.
    """
    with _lock:
        now = stamp(settings)
        held = _kept.get(settings.data_dir)
        if held is None or held[0] != now:
            held = (now, library_of(settings))
            _kept.clear()
            _kept[settings.data_dir] = held
        return held[1]


def stamp(settings: Settings) -> _Stamp:
    """:return: name, time and size of every file that the draft is made of."""
    return tuple(_stamps(settings))


def _stamps(settings: Settings) -> Iterator[tuple[str, int, int]]:
    knowledge = settings.knowledge
    groups = (
        knowledge.sources_dir.rglob("*"),
        folder_of(knowledge.sources_dir).glob("*.yaml"),
        knowledge.tables_dir.glob("*"),
        (knowledge.draft_dir / "documents").glob("*/entry.json"),
        (knowledge.draft_dir / FOLDER).glob("*.json"),
        (settings.data_dir / "dictionary").glob("*.json"),
    )
    for group in groups:
        for path in sorted(group):
            if path.is_file():
                state = path.stat()
                yield str(path), state.st_mtime_ns, state.st_size
