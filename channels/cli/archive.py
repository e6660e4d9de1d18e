"""The archive that ``huhang backup`` writes and ``huhang restore`` reads.

A tar of the data folder; the two databases are always under their own names, wherever the settings keep
them.  The manifest with every file's hash comes last, so a truncated archive is recognised.
"""

from __future__ import annotations

import hashlib
import io
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from desk.engine import sqlite_file
from knowledge.errors import DeskError
from settings import Settings

FORMAT = 1
MANIFEST = "huhang-backup.json"
DESK = "desk.sqlite"
TRACKERS = "trackers.sqlite"
SET_ASIDE = "before-restore-"
STAGING = ".restore-"

_SKIPPED_ENDINGS = ("-wal", "-shm", "-journal", ".tmp", ".partial", ".lock", ".pid")
_SKIPPED_STARTS = (SET_ASIDE, STAGING, ".staging-")


@dataclass
class HashedReader:
    """A file object that knows the hash and length of what was read from it."""

    source: IO[bytes]
    digest: Any = field(default_factory=hashlib.sha256)
    length: int = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self.source.read(size)
        self.digest.update(piece)
        self.length += len(piece)
        return piece

    def entry(self) -> dict[str, Any]:
        """How the manifest describes what was read."""
        return {"bytes": self.length, "sha256": self.digest.hexdigest()}


def databases(settings: Settings) -> dict[str, Path]:
    """The SQLite files that the settings name, by their name in the archive."""
    named = ((DESK, settings.desk.database_url), (TRACKERS, settings.bot.tracker_url))
    found = {name: sqlite_file(url) for name, url in named}
    return {name: path for name, path in found.items() if path is not None}


def is_sqlite_file(path: Path) -> bool:
    """Whether a file is a SQLite database, judged by its first bytes."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\x00"


def in_use(path: Path) -> bool:
    """Whether another process has this SQLite database open.

    In WAL mode every open connection holds a shared lock, so an exclusive one is only had alone.
    """
    if not path.is_file() or not is_sqlite_file(path):
        return False
    with closing(sqlite3.connect(path, timeout=0.2, isolation_level=None)) as probe:
        try:
            probe.execute("PRAGMA locking_mode = EXCLUSIVE")
            probe.execute("BEGIN EXCLUSIVE")
            probe.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            return "locked" in str(error)
        except sqlite3.DatabaseError:
            return False  # damaged; restoring is the remedy
    return False


def data_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of the data folder worth keeping, by relative name, in a stable order."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        skipped = any(part.startswith(_SKIPPED_STARTS) for part in relative.parts)
        if skipped or relative.name.endswith(_SKIPPED_ENDINGS) or path.is_symlink():
            continue
        if path.is_file():
            yield relative.as_posix(), path


def add_file(archive: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    """Put one file in.

    :return: its manifest entry.
    """
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        stat = path.stat()
        info.size, info.mtime, info.mode = stat.st_size, int(stat.st_mtime), 0o600
        reader = HashedReader(file)
        archive.addfile(info, cast(IO[bytes], reader))
    return reader.entry()


def add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> dict[str, Any]:
    """Put content in as a file.

    :return: its manifest entry.
    """
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, io.BytesIO(content))
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def safe_name(member: tarfile.TarInfo) -> str:
    """A member's name when it is a plain file that stays inside the data folder.

    :raises DeskError: for links, devices, absolute names and names that climb out.
    """
    name = PurePosixPath(member.name)
    is_inside = not name.is_absolute() and ".." not in name.parts and "\\" not in member.name
    if not member.isreg() or not is_inside or not name.parts or "\x00" in member.name:
        raise DeskError(f"备份文件里有不允许的条目 {member.name!r}，没有恢复任何内容")
    return name.as_posix()
