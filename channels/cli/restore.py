"""``huhang restore``: put a backup back, all of it or nothing.

The archive is unpacked and checked beside the data first; what was there is set aside, not deleted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import tarfile
import zlib
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import sqlalchemy as sa

from channels.cli import archive
from desk.copies import others
from desk.copy_tables import copies
from desk.engine import open_engine, reading
from knowledge.errors import DeskError
from settings import Settings

# Where databases from outside of the data folder are set aside; nothing in it that is set aside is named so.
_ELSEWHERE = f"{archive.SET_ASIDE}elsewhere"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="huhang backup 写出的文件")
    parser.add_argument(
        "--force", action="store_true", help="数据文件夹不是空的也恢复；原有数据移到一旁，不删除"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Check, unpack, verify, then swap."""
    source: Path = options.file.expanduser().absolute()
    if not source.is_file():
        raise DeskError(f"没有备份文件 {source}")
    databases = archive.databases(settings)
    for path in databases.values():
        if archive.in_use(path):
            raise DeskError(f"数据库 {path} 正被使用，请先停止 huhang serve 再恢复")
    if archive.DESK not in databases:
        _check_stopped(settings)
    present = _present(settings.data_dir, databases)
    if present and not options.force:
        raise DeskError(
            f"数据文件夹 {settings.data_dir} 里已有数据；确认要恢复请加 --force（原有数据会移到一旁）"
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    staging = settings.data_dir / f"{archive.STAGING}{stamp}"
    staging.mkdir()
    try:
        manifest = _unpack(source, staging)
        for name in (archive.DESK, archive.TRACKERS):
            _check_database(staging / name)
        aside = settings.data_dir / f"{archive.SET_ASIDE}{stamp}"
        _swap(staging, settings.data_dir, databases, present, aside)
    except OSError as error:
        raise DeskError(f"恢复时读写失败：{error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    print(f"已恢复 {len(manifest['files'])} 个文件（备份于 {manifest['created_at']}）")
    if present:
        print(f"原有数据在：{aside}")
    print("可以运行 huhang doctor 检查，再启动 huhang serve")
    return 0


def _check_stopped(settings: Settings) -> None:
    """:raises DeskError: a copy of the service says in the common database that it is there."""
    engine = open_engine(settings.desk.database_url)
    try:
        is_made = sa.inspect(engine).has_table(copies.name)
        with reading(engine) as conn:
            there = others(conn, "") if is_made else set()
    except sa.exc.DBAPIError as error:
        raise DeskError("连不上办件数据库，看不出服务停了没有；先让数据库能用再恢复") from error
    finally:
        engine.dispose()
    if there:
        raise DeskError(
            f"有 {len(there)} 份服务还在用办件数据库，请先全部停止再恢复（强行结束的要等半分钟）"
        )


def _present(folder: Path, databases: dict[str, Path]) -> dict[Path, Path]:
    """What would be replaced: the folder's content, and databases kept elsewhere.

    :return: each with its place among what is set aside; no two share one.
    """
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    kept = {
        path: Path(path.name)
        for path in inside
        if not path.name.startswith((archive.SET_ASIDE, archive.STAGING))
    }
    for name, path in databases.items():
        for ending in ("", "-wal", "-shm"):
            beside = Path(f"{path}{ending}")
            if beside.exists() and not beside.is_relative_to(folder):
                kept[beside] = Path(_ELSEWHERE, f"{name}{ending}")
    return kept


def _unpack(source: Path, staging: Path) -> dict[str, Any]:
    """Unpack into ``staging`` and compare with the manifest.

    :return: the manifest.
    :raises DeskError: when anything is missing, damaged or out of place.
    """
    found: dict[str, Any] = {}
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            for member in tar:
                name = archive.safe_name(member)
                if name in found:
                    raise DeskError(f"备份文件里 {name} 出现两次，没有恢复任何内容")
                if member.size > shutil.disk_usage(staging).free:
                    raise DeskError("磁盘空间不足，没有恢复任何内容")
                found[name] = _extract(tar, member, staging / name)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise DeskError(f"{source} 不是完整的备份文件，没有恢复任何内容") from error
    manifest_path = staging / archive.MANIFEST
    if found.pop(archive.MANIFEST, None) is None:
        raise DeskError(f"{source} 没有备份清单，可能没有写完，没有恢复任何内容")
    try:
        manifest: dict[str, Any] = json.loads(manifest_path.read_bytes())
        listed, version = manifest["files"], manifest["format"]
        manifest["created_at"]
    except (ValueError, KeyError, TypeError) as error:
        raise DeskError("备份清单无法读取，没有恢复任何内容") from error
    manifest_path.unlink()
    if version != archive.FORMAT:
        raise DeskError(f"备份格式是第{version}版，本程序只认第{archive.FORMAT}版")
    if listed != found:
        wrong = sorted(name for name in {*listed, *found} if listed.get(name) != found.get(name))
        raise DeskError(f"备份文件与清单不符（{wrong[0]}），没有恢复任何内容")
    return manifest


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> dict[str, Any]:
    packed = tar.extractfile(member)
    if packed is None:
        raise DeskError(f"备份文件里的 {member.name} 读不出来，没有恢复任何内容")
    target.parent.mkdir(parents=True, exist_ok=True)
    reader = archive.HashedReader(packed)
    with target.open("xb") as file:
        shutil.copyfileobj(cast(IO[bytes], reader), file, 1024 * 1024)
    target.chmod(0o600)
    return reader.entry()


def _check_database(path: Path) -> None:
    if not path.is_file():
        return
    try:
        with closing(sqlite3.connect(path)) as database:
            verdict = database.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise DeskError(f"备份里的 {path.name} 已损坏，没有恢复任何内容") from error
    if verdict != "ok":
        raise DeskError(f"备份里的 {path.name} 已损坏，没有恢复任何内容")


class _Moves:
    """Files and folders that are moved, all of them or none."""

    def __init__(self) -> None:
        self._done: list[tuple[Path, Path]] = []

    def move(self, source: Path, target: Path) -> None:
        """Move one; where the file system is another, its content is copied."""
        target.parent.mkdir(parents=True, exist_ok=True)
        self._done.append((source, target))
        shutil.move(source, target)

    def undo(self) -> None:
        """Have everything where it was.

        :raises OSError: something could not be moved back.
        """
        while self._done:
            source, target = self._done[-1]
            if not source.exists():
                shutil.move(target, source)
            elif target.exists():  # half copied
                target.unlink()
            self._done.pop()


def _swap(
    staging: Path, folder: Path, databases: dict[str, Path], present: dict[Path, Path], aside: Path
) -> None:
    """Set aside what is there and put the backup in its place.

    :raises DeskError: it failed; what was there is there again, or the message says where it lies.
    """
    moves = _Moves()
    try:
        # What has to be copied to another disk is, before anything that is in use is touched.
        brought = {}
        for name, path in databases.items():
            if (staging / name).is_file() and path != folder / name:
                brought[path] = path.with_name(f".{path.name}.{staging.name.strip('.')}")
                moves.move(staging / name, brought[path])
        for path, place in present.items():
            moves.move(path, aside / place)
        for path, beside in brought.items():
            moves.move(beside, path)
        for path in sorted(staging.iterdir()):
            moves.move(path, folder / path.name)
    except BaseException as error:
        _undo(moves, aside)
        if isinstance(error, OSError):
            raise DeskError(f"恢复时读写失败：{error.strerror or error}；原有数据没有变") from error
        raise


def _undo(moves: _Moves, aside: Path) -> None:
    try:
        moves.undo()
        for folder in (aside / _ELSEWHERE, aside):
            if folder.is_dir():
                folder.rmdir()
    except OSError as error:
        raise DeskError(
            f"恢复没有做完，原有数据有一部分在 {aside}，请把里面的移回原处再启动"
        ) from error
