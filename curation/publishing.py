"""From documents to a published snapshot: the steps that the command line and the workbench share."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import pwd
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curation.material import Material, drafted
from curation.shelves import keep, passages_of
from desk.times import china_day
from indexer.published import snapshots_of
from knowledge.checks import stopping
from knowledge.chunking import CHUNK_SETTINGS
from knowledge.dictionary import ALIASES_FILE, write_tables
from knowledge.errors import SnapshotError
from knowledge.files import known_sha256
from knowledge.glossary_table import FILE_NAME as GLOSSARY_FILE
from knowledge.library import Library, load_library
from knowledge.question_bank import bank_into
from knowledge.snapshot_types import ANY, LAYOUT, Onto
from knowledge.snapshots import Guard, SnapshotStore, unguarded
from knowledge.word_table import FILE_NAME as WORDS_FILE
from knowledge.wordings import folder_of
from settings import Settings

if TYPE_CHECKING:
    from indexer.hybrid import HybridIndex
    from indexer.persistence import IndexMeta

INDEX_FOLDER = "index"
# How texts are read, kept between builds.
READINGS = "readings.json"
TABLES = (ALIASES_FILE, WORDS_FILE, GLOSSARY_FILE)
# Problems that no snapshot may contain; the others are for the people who keep the documents.
_FATAL = {"unreadable", "duplicate-id", "edit-conflict"}


@dataclass(frozen=True)
class _Draft:
    """The documents as they stood; ``inputs`` and ``read_at`` are older than anything read."""

    library: Library
    material: Material
    inputs: str
    read_at: str


@dataclass(frozen=True)
class BuildResult:
    """A staged snapshot."""

    id: str
    documents: int
    passages: int
    encoded: int
    reused: int


def store_of(settings: Settings) -> SnapshotStore:
    """:return: the store of these settings."""
    return snapshots_of(settings)


def operator() -> str:
    """:return: the account that runs this process, for the change log."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def today_of(settings: Settings) -> date:
    """:return: the fixed day of the settings, else today in China."""
    return china_day(settings.today)


def library_of(settings: Settings, material: Material | None = None) -> Library:
    """:return: the curated and imported documents as they stand now, or with other trainers' work."""
    knowledge, own = settings.knowledge, material or drafted(settings)
    return load_library(
        knowledge.sources_dir,
        knowledge.tables_dir,
        own.documents,
        today=today_of(settings),
        edits=own.edits,
    )


def _read(settings: Settings, material: Material | None = None) -> _Draft:
    """What is saved while this reads may be in it or not: it counts as not built, and as not read."""
    read_at = datetime.now(timezone.utc).isoformat(timespec="microseconds")
    own = material or drafted(settings)
    inputs = inputs_hash(settings, own)
    return _Draft(library_of(settings, own), own, inputs, read_at)


def build(
    settings: Settings,
    *,
    by: str,
    note: str = "",
    guard: Guard = unguarded,
    show_progress: bool = False,
    told: Callable[[int, int], None] | None = None,
    material: Material | None = None,
) -> BuildResult:
    """Build a snapshot of the curated and imported documents and leave it staged.

    :param guard: asked before the result can be seen (:mod:`desk.leases`).
    :param told: is told how many passages have been read, and of how many.
    :param material: the trainers' work that goes in; all of it when omitted.
    :raises SnapshotError: a document cannot be read, two share an id, or another build is running.
    """
    draft = _read(settings, material)
    library = draft.library
    fatal = [problem for problem in stopping(library) if problem.code in _FATAL]
    if fatal:
        shown = "\n".join(f"  {problem.where}：{problem.message}" for problem in fatal[:20])
        raise SnapshotError(f"有 {len(fatal)} 处问题必须先改正，未构建：\n{shown}")
    store = store_of(settings)
    counts: dict[str, int] = {}

    def fill(folder: Path) -> Mapping[str, Any]:
        described, report = _fill(settings, draft, folder, told, show_progress=show_progress)
        counts.update(report)
        return described

    identifier = store.stage(fill, by=by, note=note, guard=guard)
    keep(store.path(identifier), library.passages)
    return BuildResult(
        identifier,
        len(library.documents),
        len(library.passages),
        counts["encoded"],
        counts["reused"],
    )


def is_stale(settings: Settings, material: Material | None = None) -> bool:
    """Whether documents, tables, encoder or chunking changed since anything was last built.

    A rollback leaves nothing stale: the newer build is still there, and was left on purpose.
    """
    if not is_usable(settings):
        return True
    store, wanted = store_of(settings), inputs_hash(settings, material)
    return all(
        store.manifest(info.id).build.get("inputs") != wanted
        for info in store.list()
        if info.state != "broken"
    )


def holds_all(settings: Settings, snapshot: str) -> bool:
    """Whether a snapshot was built from everything as it stands now."""
    try:
        built = store_of(settings).manifest(snapshot).build.get("inputs")
    except SnapshotError:
        return False
    return bool(built == inputs_hash(settings))


def is_usable(settings: Settings) -> bool:
    """Whether something is published that this program can answer from."""
    store = store_of(settings)
    try:
        current = store.manifest(store.current_id() or "")
    except SnapshotError:
        return False
    index: Mapping[str, Any] = current.build.get("index", {})
    from indexer.persistence import FORMAT

    made_with = (index.get("format"), index.get("encoder_fingerprint"))
    return made_with == (FORMAT, _encoder_fingerprint(settings))


def inputs_hash(settings: Settings, material: Material | None = None) -> str:
    """:return: hash of whatever goes into a snapshot."""
    from indexer import asked

    knowledge, own = settings.knowledge, material or drafted(settings)
    made_with = (chunking_label(), _encoder_fingerprint(settings), asked.FINGERPRINT)
    digest = hashlib.sha256("".join(made_with).encode())
    tables = [knowledge.tables_dir / name for name in (*TABLES, "facts.yaml")]
    tables.append(own.bank)
    folders = (knowledge.sources_dir, folder_of(knowledge.sources_dir))
    curated = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    for path in [*curated, *(path for path in tables if path.is_file())]:
        digest.update(path.name.encode())
        digest.update(known_sha256(path))
    for name in own.names:
        digest.update(name.encode())
    return digest.hexdigest()


def _encoder_fingerprint(settings: Settings) -> str:
    from indexer.encoder import load_encoder

    return load_encoder(settings.indexer.encoder).fingerprint


def _former_index(store: SnapshotStore) -> Path | None:
    """The live index, from which what did not change is taken; None where it is not as it was built."""
    try:
        folder = store.current_path()
        store.verify(folder.name)
    except SnapshotError:
        return None
    return folder / INDEX_FOLDER if (folder / INDEX_FOLDER).is_dir() else None


def _fill(
    settings: Settings,
    draft: _Draft,
    folder: Path,
    told: Callable[[int, int], None] | None = None,
    *,
    show_progress: bool = False,
) -> tuple[Mapping[str, Any], dict[str, int]]:
    from indexer.encoder import load_encoder
    from indexer.persistence import LAYOUT as INDEX
    from indexer.persistence import IndexMeta
    from indexer.taking_over import build_onto

    write_tables(settings.knowledge.tables_dir, draft.material.dictionary, folder)
    _copied((settings.knowledge.tables_dir / GLOSSARY_FILE,), folder)
    bank_into(folder, draft.material.bank)
    report = build_onto(
        _former_index(store_of(settings)),
        draft.library.passages,
        load_encoder(settings.indexer.encoder),
        aliases_path=_existing(folder / ALIASES_FILE),
        words_path=_existing(folder / WORDS_FILE),
        glossary_path=_existing(folder / GLOSSARY_FILE),
        out_dir=folder / INDEX_FOLDER,
        known=lambda path: passages_of(path.parents[1]),
        chunking=chunking_label(),
        memo=settings.data_dir / READINGS,
        show_progress=show_progress,
        told=told,
    )
    shutil.copyfile(folder / INDEX_FOLDER / INDEX.passages, folder / LAYOUT.passages)
    counts = {"encoded": report.encoded, "reused": report.reused}
    return _described(draft, IndexMeta.read(folder / INDEX_FOLDER)), counts


def _described(draft: _Draft, index: IndexMeta) -> Mapping[str, Any]:
    """What a snapshot's manifest says of its build."""
    return {
        "documents": len(draft.library.documents),
        "build": {
            "index": asdict(index),
            "chunking": CHUNK_SETTINGS,
            "sources": {document.meta.id: document.sha256 for document in draft.library.documents},
            "version": program_version(),
            "inputs": draft.inputs,
            "read_at": draft.read_at,
            "dictionary": [edit.id for edit in draft.material.dictionary],
            "edits": list(draft.library.edits),
        },
    }


def _copied(files: Iterable[Path], folder: Path) -> None:
    for path in filter(Path.is_file, files):
        shutil.copyfile(path, folder / path.name)


def build_into(
    settings: Settings, folder: Path, told: Callable[[int, int], None] | None = None
) -> None:
    """Build the draft as it stands into a folder that is no snapshot and serves nobody."""
    _fill(settings, _read(settings), folder, told)


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None


def chunking_label() -> str:
    """:return: the chunk settings in one word, as the index records them."""
    return "-".join(f"{key}={value}" for key, value in sorted(CHUNK_SETTINGS.items()))


def program_version() -> str:
    """:return: the version of the installed program."""
    try:
        return importlib.metadata.version("huhang")
    except importlib.metadata.PackageNotFoundError:
        return "0"


def publish(settings: Settings, *, by: str, golden: bool = True) -> str:
    """Verify the staged snapshot, ask it the golden questions and make it current.

    :raises SnapshotError: nothing is staged, a file is damaged, or a golden question fails.
    """
    return store_of(settings).publish(by=by, check=last_check(settings) if golden else None)


def rollback(settings: Settings, identifier: str | None, *, by: str, onto: Onto = ANY) -> str:
    """Make an older snapshot current again.

    :param onto: the snapshot that was current when this was decided.
    :raises SnapshotError: there is none, or it cannot serve with the present settings.
    """
    check = last_check(settings, ask=False)
    return store_of(settings).rollback(identifier, by=by, check=check, onto=onto)


def open_index(settings: Settings, folder: Path) -> HybridIndex:
    """Open the index of a snapshot folder, published or not.

    :raises SnapshotError: it is incomplete or other settings made it.
    """
    from indexer.encoder import load_encoder
    from indexer.hybrid import HybridIndex

    encoder = load_encoder(settings.indexer.encoder)
    return HybridIndex.load(folder / INDEX_FOLDER, encoder, snapshot_id=folder.name)


def last_check(settings: Settings, *, ask: bool = True) -> Callable[[Path], None]:
    """:return: what looks at a snapshot right before it becomes current.

    :param ask: whether it must also answer the smoke questions.
    """

    def run(folder: Path) -> None:
        from knowledge.golden import failures, load_golden

        index = open_index(settings, folder)
        if not ask:
            return
        questions = load_golden(settings.knowledge.tables_dir)
        failed = failures(
            questions, lambda text: [hit.passage for hit in index.search(text, top_k=10)]
        )
        if failed:
            raise SnapshotError("冒烟问题没有通过，未发布：" + "；".join(failed))

    return run
