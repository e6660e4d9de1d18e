"""Taking the edited knowledge base out, and an exported one in."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from pathlib import Path

from curation import trainers_work
from curation.publishing import library_of
from curation.release import shipped_golden
from knowledge.exchange import DOCUMENTS, MANIFEST, TABLES, TRAINERS, Exported, export
from settings import Settings


def export_to(settings: Settings, folder: Path) -> tuple[Exported, list[str]]:
    """Write the documents with all edits, the tables and what else trainers made into a folder.

    The judged questions of the program lie beside the tables, for readers; they are not taken in again.

    :return: how much was written, and in words what of the trainers' other work.
    :raises SourceError: it is not empty, or the draft cannot be exported as it stands.
    """
    done = export(library_of(settings), folder, tables_dir=settings.knowledge.tables_dir)
    shipped = shipped_golden(settings)
    if shipped is not None:
        shutil.copyfile(shipped, folder / TABLES / shipped.name)
    return done, trainers_work.put(settings, folder / TRAINERS)


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


def parts_of(path: Path) -> list[Path]:
    """:return: the folders of an export whose files are to be taken in."""
    return [part for name in (DOCUMENTS, TRAINERS) if (part := path / name).is_dir()]
