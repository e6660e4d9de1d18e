"""``huhang backup``: one file with everything the data folder holds, consistent while serving."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sqlite3
import sys
import tarfile
import tempfile
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from channels.cli import archive
from desk.engine import STARTING, sqlite_file
from indexer.published import snapshots_of
from knowledge.errors import DeskError
from knowledge.snapshots import SnapshotStore
from settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="备份文件，如 huhang-20261123.tar.gz"
    )
    parser.add_argument("--force", action="store_true", help="覆盖已有的备份文件")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Write the archive beside its name and give it the name when it is complete."""
    target: Path = options.file.expanduser().absolute()
    if target.exists() and not options.force:
        raise DeskError(f"{target} 已存在；换一个文件名，或加 --force 覆盖")
    if not settings.data_dir.is_dir():
        raise DeskError(f"数据文件夹 {settings.data_dir} 不存在，没有可备份的内容")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            files = _write(file, settings, {target, partial}, target.parent)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        raise DeskError(f"写不了备份文件 {target}：{error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    size = target.stat().st_size / 1024 / 1024
    print(f"已备份数据文件夹 {settings.data_dir} 的 {files} 个文件，{size:.1f} MB：{target}")
    for name, url in (
        ("办件数据库", settings.desk.database_url),
        ("对话状态数据库", settings.bot.tracker_url),
    ):
        if sqlite_file(url) is None:
            print(
                f"注意：{name}不是 SQLite，不在备份里，请另用数据库自己的工具备份", file=sys.stderr
            )
    return 0


def _write(file: Any, settings: Settings, excluded: set[Path], scratch: Path) -> int:
    databases = archive.databases(settings)
    entries: dict[str, Any] = {}
    store = snapshots_of(settings)
    current = store.current_id()
    with (
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=3, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        tempfile.TemporaryDirectory(prefix=".huhang-backup-", dir=scratch) as folder,
    ):
        for name, path in databases.items():
            if path.is_file():
                entries[name] = archive.add_file(tar, name, _copy(path, Path(folder) / name))
        skipped = excluded | set(databases.values())
        for name, path in archive.data_files(settings.data_dir):
            is_lock = path.suffix == STARTING
            if path in skipped or is_lock or name in entries or folder in str(path):
                continue
            try:
                is_database = archive.is_sqlite_file(path)
                source = _copy(path, Path(folder) / "other.sqlite") if is_database else path
                entries[name] = archive.add_file(tar, name, source)
            except FileNotFoundError:  # swept away meanwhile, such as an old snapshot
                continue
        _check_current(settings, store, current, entries)
        manifest = {
            "format": archive.FORMAT,
            "created_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "snapshot": current,
            "files": entries,
        }
        content = json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()
        archive.add_bytes(tar, archive.MANIFEST, content)
    return len(entries)


def _copy(path: Path, target: Path) -> Path:
    """A consistent copy of a SQLite database that others may be writing."""
    target.unlink(missing_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            # Without a log beside it the copy is one file.
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise DeskError(f"数据库 {path} 读取失败，没有完成备份：{error}") from error
    return target


def _check_current(
    settings: Settings, store: SnapshotStore, current: str | None, entries: dict[str, Any]
) -> None:
    """The knowledge that was live when the backup began must be in it whole."""
    folder = settings.knowledge.snapshots_dir
    if current is None or not folder.is_relative_to(settings.data_dir):
        return
    prefix = folder.relative_to(settings.data_dir) / current
    for name in store.manifest(current).files:
        if (prefix / name).as_posix() not in entries:
            raise DeskError("备份期间知识库正在清理旧快照，请再运行一次")
