"""What a snapshot answered to the golden questions, kept so that only what a change can touch is asked again.

A kept answer stands as long as the snapshot, the program that searches it and the passages in force are
what they were.  A new snapshot takes over another one's answer to a question when none of the passages in
which the two differ is weighed for it in either.  Word statistics of the whole shelf move a little with
every passage; that alone is not followed.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import indexer
from curation import publishing
from indexer.golden import GoldenQuestion, Known, Outcome, outcomes
from indexer.persistence import LAYOUT
from knowledge.files import exclusive_lock, write_atomic
from knowledge.snapshot_changes import changes
from knowledge.types import Passage
from settings import Settings

logger = logging.getLogger(__name__)

FOLDER = "answers"
_KEPT = 8  # files; more than the snapshots that are kept
_WAIT_S = 600.0
_DIFFERENT_SHELF = 0.2  # of the passages: everything is asked again


def of_snapshot(
    settings: Settings,
    snapshot: str,
    questions: Sequence[GoldenQuestion],
    asked: Callable[[int], None],
    *,
    beside: str | None = None,
) -> list[Outcome]:
    """What a snapshot answers; what is known already is not asked.

    :param asked: told now and then how many questions have been asked.
    :param beside: another snapshot whose answers are taken over where nothing that changed can touch them.
    :raises SnapshotError: the snapshot cannot be opened.
    """
    path = _path(settings, snapshot)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whoever comes second finds what the first has asked.
    with exclusive_lock(path.with_suffix(".lock"), wait_s=_WAIT_S):
        kept = _read(settings, snapshot)
        if all(_holds(kept, question) for question in questions):
            return [kept[question.id] for question in questions]
        known = Known(kept, frozenset()) if kept else None
        if known is None and beside is not None:
            known = _taken_over(settings, beside, snapshot)
        index = publishing.open_index(settings, publishing.store_of(settings).path(snapshot))
        day = publishing.today_of(settings)
        found = outcomes(index, questions, day, asked=asked, known=known)
        _write(settings, snapshot, found)
    return found


def are_kept(settings: Settings, snapshot: str, questions: Sequence[GoldenQuestion]) -> bool:
    """Whether nothing would have to be asked."""
    kept = _read(settings, snapshot)
    return all(_holds(kept, question) for question in questions)


def _holds(kept: Mapping[str, Outcome], question: GoldenQuestion) -> bool:
    return question.id in kept and kept[question.id].question == question


def _taken_over(settings: Settings, base: str, snapshot: str) -> Known | None:
    """The answers of another snapshot with what the two differ in; None when that is too much."""
    store = publishing.store_of(settings)
    if _tables(store.path(base)) != _tables(store.path(snapshot)):
        return None
    before, after = store.passages(base), store.passages(snapshot)
    found = changes(before, after)
    touched = [*found.added, *found.removed, *(change.after for change in found.changed)]
    if len(touched) > _DIFFERENT_SHELF * len(after):
        return None
    kept = _read(settings, base)
    return Known(kept, frozenset(passage.id for passage in touched)) if kept else None


def _tables(folder: Path) -> list[bytes]:
    """What every question is read with."""
    index = folder / publishing.INDEX_FOLDER
    return [(index / name).read_bytes() for name in (LAYOUT.aliases, LAYOUT.glossary, LAYOUT.words)]


def _path(settings: Settings, snapshot: str) -> Path:
    return settings.data_dir / FOLDER / f"{snapshot}.json"


def _key(settings: Settings, passages: Iterable[Passage]) -> str:
    """Changes with the program and with what is in force today."""
    day = publishing.today_of(settings)
    digest = hashlib.sha256(_program().encode())
    digest.update(settings.indexer.encoder.encode())
    for passage in passages:
        if passage.is_current(day):
            digest.update(f"{passage.id}\n".encode())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _program() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(indexer.__file__).parent.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(settings: Settings, snapshot: str) -> dict[str, Outcome]:
    """The answers that are kept, by question; none when they no longer hold."""
    path = _path(settings, snapshot)
    if not path.is_file():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        names = value["passages"]
        rows = [_outcome(row, names) for row in value["outcomes"]]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        logger.warning("kept answers %s cannot be read and are asked again: %s", path, error)
        return {}
    if value["key"] != _key(settings, publishing.store_of(settings).passages(snapshot)):
        return {}
    return {row.question.id: row for row in rows}


def _write(settings: Settings, snapshot: str, found: Sequence[Outcome]) -> None:
    numbers: dict[str, int] = {}
    rows = [
        {
            **{name: getattr(item, name) for name in _PLAIN},
            "question": _question_json(item.question),
            "reached": [numbers.setdefault(name, len(numbers)) for name in sorted(item.reached)],
        }
        for item in found
    ]
    key = _key(settings, publishing.store_of(settings).passages(snapshot))
    value = {"key": key, "passages": list(numbers), "outcomes": rows}
    path = _path(settings, snapshot)
    write_atomic(path, json.dumps(value, ensure_ascii=False).encode())
    for old in sorted(path.parent.glob("*.json"))[:-_KEPT]:
        old.unlink(missing_ok=True)
        old.with_suffix(".lock").unlink(missing_ok=True)


_PLAIN = ("place", "is_refused", "passage", "label", "is_foreign", "is_wrong_country")
_SETS = ("documents", "facts", "passages")


def _question_json(question: GoldenQuestion) -> dict[str, Any]:
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in vars(question).items()
    }


def _outcome(row: Mapping[str, Any], names: Sequence[str]) -> Outcome:
    fields: dict[str, Any] = {
        name: frozenset(value) if name in _SETS else value
        for name, value in row["question"].items()
    }
    question = GoldenQuestion(**fields)
    reached = frozenset(names[number] for number in row["reached"])
    return Outcome(question, reached=reached, **{name: row[name] for name in _PLAIN})
