"""What a snapshot answered to the golden questions, kept so that only what a change can touch is asked again.

A kept answer stands as long as the snapshot, the program that searches it and the passages in force are
what they were.  A new snapshot takes over another one's answer to a question that nothing in which the two
differ can touch (:mod:`indexer.reach`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

import indexer
from curation import publishing
from curation.idle_cores import spread
from curation.shelves import passages_of
from indexer.facets import Facets
from indexer.golden import GoldenQuestion, Known, Outcome, outcomes, taken_over
from indexer.hybrid import HybridIndex
from indexer.persistence import LAYOUT
from indexer.reach import Reach, change_of, packed, unpacked
from indexer.types import SearchFilters
from knowledge.files import exclusive_lock, write_atomic
from knowledge.types import Passage
from settings import Settings

logger = logging.getLogger(__name__)

FOLDER = "answers"
_FILES_AT_HAND = 2
_KEPT = 8  # files; more than the snapshots that are kept
_WAIT_S = 600.0
_AT_ONCE = 150  # questions, where others may be waiting for them
_GIVE_WAY_S = 0.1  # longer than others look whether they can have the lock
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
    # Whoever comes second finds what the first has asked; who has waited for so long asks as well, and writes
    # the same.
    with exclusive_lock(path.with_suffix(".lock"), wait_s=_WAIT_S):
        kept = _read(settings, snapshot)
        if all(_holds(kept, question) for question in questions):
            return [kept[question.id] for question in questions]
        return _asked(settings, snapshot, questions, asked, beside=None if kept else beside)


def ask_ahead(
    settings: Settings,
    snapshot: str,
    questions: Sequence[GoldenQuestion],
    asked: Callable[[int], None],
) -> None:
    """Have what a snapshot answers kept before anybody waits for it; whoever does goes on with what is left.

    :raises SnapshotError: the snapshot cannot be opened.
    """
    path = _path(settings, snapshot)
    while True:
        with exclusive_lock(path.with_suffix(".lock"), wait_s=_WAIT_S):
            kept = _read(settings, snapshot)
            left = [question for question in questions if not _holds(kept, question)]
            if not left:
                return
            later = {question.id for question in left[_AT_ONCE:]}
            wanted = [question for question in questions if question.id not in later]
            _asked(settings, snapshot, wanted, asked)
        time.sleep(_GIVE_WAY_S)


def _asked(
    settings: Settings,
    snapshot: str,
    questions: Sequence[GoldenQuestion],
    asked: Callable[[int], None],
    *,
    beside: str | None = None,
) -> list[Outcome]:
    """Ask what is not known, and keep it all."""
    index = _opened(settings, snapshot)
    day = publishing.today_of(settings)
    known = Known(_read(settings, snapshot))
    if beside is not None:
        known = _of_another(settings, beside, index, day)
    found = outcomes(index, questions, day, asked=asked, known=known, spread=spread)
    _write(settings, snapshot, found)
    return found


def _opened(settings: Settings, snapshot: str) -> HybridIndex:
    return publishing.open_index(settings, publishing.store_of(settings).path(snapshot))


def are_kept(settings: Settings, snapshot: str, questions: Sequence[GoldenQuestion]) -> bool:
    """Whether nothing would have to be asked; cheap enough for every page that a trainer opens."""
    path = _path(settings, snapshot)
    try:
        state = path.stat()
    except FileNotFoundError:
        return False
    key, kept = _questions(path, state.st_mtime_ns, state.st_size)
    return key == _key(settings, snapshot) and kept.issuperset(questions)


@lru_cache(maxsize=2)
def _questions(path: Path, _changed: int, _size: int) -> tuple[str, frozenset[GoldenQuestion]]:
    """With what key answers are kept, and to which questions."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        asked = frozenset(_question(row["question"]) for row in value["outcomes"])
        return str(value["key"]), asked
    except (ValueError, KeyError, TypeError, OSError) as error:
        logger.warning("kept answers %s cannot be read and are asked again: %s", path, error)
        return "", frozenset()


def _holds(kept: Mapping[str, Outcome], question: GoldenQuestion) -> bool:
    return question.id in kept and kept[question.id].question == question


def _of_another(settings: Settings, base: str, index: HybridIndex, day: date) -> Known:
    """What can be taken over of the answers of another snapshot; nothing where too much differs."""
    store = publishing.store_of(settings)
    folder = store.path(index.snapshot_id)
    if _tables(store.path(base)) != _tables(folder):
        return Known({})
    before, after = passages_of(store.path(base)), passages_of(folder)
    change = change_of(before, after)
    if len(change.affected) > _DIFFERENT_SHELF * len(after) or _places(before) != _places(after):
        return Known({})
    return taken_over(index, _read(settings, base), change, day)


def _places(passages: Iterable[Passage]) -> frozenset[str]:
    """The jurisdictions that a shelf covers; a question about any other is refused."""
    return frozenset(place for passage in passages for place in passage.jurisdiction)


def _tables(folder: Path) -> list[bytes]:
    """What every question is read with."""
    index = folder / publishing.INDEX_FOLDER
    return [(index / name).read_bytes() for name in (LAYOUT.aliases, LAYOUT.glossary, LAYOUT.words)]


def _path(settings: Settings, snapshot: str) -> Path:
    return settings.data_dir / FOLDER / f"{snapshot}.json"


def _key(settings: Settings, snapshot: str) -> str:
    """Changes with the program and with what is in force today."""
    digest = hashlib.sha256(_program().encode())
    digest.update(settings.indexer.encoder.encode())
    folder = publishing.store_of(settings).path(snapshot)
    digest.update(_in_force(folder, publishing.today_of(settings)))
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _in_force(folder: Path, day: date) -> bytes:
    """Changes with which passages of a snapshot are in force on a day."""
    marks = Facets.load(folder / publishing.INDEX_FOLDER).allowed(SearchFilters(), day)
    return b"all" if marks is None else hashlib.sha256(marks.tobytes()).digest()


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
    try:
        state = path.stat()
    except FileNotFoundError:
        return {}
    seen = (state.st_mtime_ns, state.st_size)
    held = _at_hand.get(path)
    if held is None or held.seen != seen:
        held = _hold(path, _Held(seen, *_kept(path)))
    return dict(held.found) if held.key == _key(settings, snapshot) else {}


@dataclass(frozen=True)
class _Held:
    """What a file holds that was seen at a time and size: with what key answers are kept, and those."""

    seen: tuple[int, int]
    key: str
    found: Mapping[str, Outcome]


_at_hand: OrderedDict[Path, _Held] = OrderedDict()


def _hold(path: Path, held: _Held) -> _Held:
    """Have what was read or written last at hand."""
    _at_hand[path] = held
    _at_hand.move_to_end(path)
    while len(_at_hand) > _FILES_AT_HAND:
        _at_hand.popitem(last=False)
    return held


def _kept(path: Path) -> tuple[str, Mapping[str, Outcome]]:
    """With what key answers are kept, and those."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        with np.load(BytesIO(b64decode(value["reach"])), allow_pickle=False) as arrays:
            reaches = iter(unpacked(arrays))
        rows = [
            _outcome(row, next(reaches) if row["is_read"] else None) for row in value["outcomes"]
        ]
    except (ValueError, KeyError, TypeError, OSError) as error:
        logger.warning("kept answers %s cannot be read and are asked again: %s", path, error)
        return "", {}
    return str(value["key"]), {row.question.id: row for row in rows}


def _write(settings: Settings, snapshot: str, found: Sequence[Outcome]) -> None:
    rows = [
        {
            **{name: getattr(item, name) for name in _PLAIN},
            "question": _question_json(item.question),
            "is_read": item.reach is not None,
        }
        for item in found
    ]
    reaches = BytesIO()
    np.savez(reaches, **packed([item.reach for item in found if item.reach is not None]))
    encoded = b64encode(reaches.getvalue()).decode("ascii")
    key, path = _key(settings, snapshot), _path(settings, snapshot)
    value = {"key": key, "outcomes": rows, "reach": encoded}
    write_atomic(path, json.dumps(value, ensure_ascii=False).encode())
    state = path.stat()  # nobody else writes it: the lock is held
    seen = (state.st_mtime_ns, state.st_size)
    _hold(path, _Held(seen, key, {item.question.id: item for item in found}))
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


def _question(value: Mapping[str, Any]) -> GoldenQuestion:
    fields: dict[str, Any] = {
        name: frozenset(item) if name in _SETS else item for name, item in value.items()
    }
    return GoldenQuestion(**fields)


def _outcome(row: Mapping[str, Any], reach: Reach | None) -> Outcome:
    plain = {name: row[name] for name in _PLAIN}
    return Outcome(_question(row["question"]), reach=reach, **plain)
