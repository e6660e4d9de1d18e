"""Taking the edited knowledge base out, and an exported one in."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from pathlib import Path

from channels.publishing import library_of
from knowledge.dictionary import Dictionary
from knowledge.draft import Outcome, Verdict
from knowledge.errors import SourceError
from knowledge.exchange import DOCUMENTS, MANIFEST, TABLES, Exported, export
from knowledge.files import write_atomic
from settings import Settings

_DICTIONARY = "dictionary.json"


def dictionary_file(settings: Settings) -> Path:
    """Where the trainers' edits of words and aliases lie."""
    return settings.data_dir / "dictionary" / "edits.json"


def export_to(settings: Settings, folder: Path) -> Exported:
    """Write the curated and imported documents with all edits, and the tables, into a folder.

    :raises SourceError: it is not empty, or the draft cannot be exported as it stands.
    """
    return export(
        library_of(settings),
        folder,
        tables_dir=settings.knowledge.tables_dir,
        dictionary=dictionary_file(settings),
    )


def export_zip(settings: Settings) -> bytes:
    """:return: the exported folder as an archive.

    :raises SourceError: the draft cannot be exported as it stands.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".export-") as scratch:
        folder = Path(scratch) / "huhang"
        export_to(settings, folder)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(folder).as_posix())
        return stream.getvalue()


def is_export(path: Path) -> bool:
    """Whether a folder is one that :func:`export_to` wrote."""
    return (path / MANIFEST).is_file()


def documents_of(path: Path) -> Path:
    """:return: where an exported folder keeps its documents."""
    return path / DOCUMENTS


def take_dictionary(settings: Settings, folder: Path) -> Verdict | None:
    """Take the words and aliases of an exported folder over where this instance has none of its own.

    :return: what became of them; None when the export has none.
    """
    found, target = folder / TABLES / _DICTIONARY, dictionary_file(settings)
    if not found.is_file():
        return None
    name = f"{TABLES}/{_DICTIONARY}"
    data = found.read_bytes()
    if target.is_file():
        if target.read_bytes() == data:
            return Verdict(name, Outcome.UNCHANGED, message="词典修改与现有的相同")
        return Verdict(name, Outcome.FAILED, message="这里已有自己的词典修改，没有覆盖")
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "dictionary" / "edits.json"
        copy.parent.mkdir()
        shutil.copyfile(found, copy)
        try:
            edits = Dictionary(Path(scratch)).edits()
        except SourceError:
            return Verdict(name, Outcome.FAILED, message="词典修改已损坏，没有导入")
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, data)
    return Verdict(name, Outcome.IMPORTED, message=f"{len(edits)} 处词典修改")
