"""The content of papers on the disk: a folder a paper, its files named by their place.

A folder goes when its paper's row has gone: whoever deletes rows notes them in the same transaction,
and :func:`sweep` removes the content afterwards.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from desk import contents
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, NotFoundError
from desk.file_types import FileType, clean_name
from desk.paper_tables import paper_removals, papers
from desk.paper_types import recognise_paper
from knowledge.errors import DeskError, StorageError
from knowledge.paper_limits import MAX_BYTES, MAX_FILES

logger = logging.getLogger(__name__)

FOLDER = "papers"
_UID = re.compile(r"[0-9a-f]{32}")
_PARTIAL = ".partial"
# The number of a picture in a name that was given here.
_NUMBERED = re.compile(r"\d*(\.\w+)$")
# An upload is finished or given up long before.
_STALE_S = 24 * 3600
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Incoming:
    """The files of one paper that are arriving, in a folder that nobody can reach yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: list[dict[str, Any]] = []
        self._size = 0
        self._digests: list[str] = []

    @property
    def digest(self) -> str:
        """The SHA-256 over the files' digests in their order."""
        return digest_of(self._digests)

    @contextmanager
    def file(self, name: str) -> Iterator[Arriving]:
        """The next file; it is checked when the block ends.

        :raises InvalidRecordError: too many files, or one that is not taken.
        :raises DeskError: the disk does not take it.
        """
        if len(self.files) == MAX_FILES:
            raise InvalidRecordError(f"一次最多 {MAX_FILES} 个文件，请分次上传")
        place = self.path / f"{len(self.files) + 1:02d}"
        with disk():
            descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as handle:
                arriving = Arriving(handle, MAX_BYTES - self._size)
                yield arriving
                handle.flush()
                os.fsync(handle.fileno())
        kind = recognise_paper(place, name)
        place.rename(place.with_suffix(f".{kind.suffix}"))
        self._keep(name, kind, arriving)

    def _keep(self, name: str, kind: FileType, arriving: Arriving) -> None:
        self._size += arriving.size
        digest = arriving.digest.hexdigest()
        self._digests.append(digest)
        self.files.append(
            {
                "name": clean_name(name, kind),
                "file": f"{len(self.files) + 1:02d}.{kind.suffix}",
                "media_type": kind.media_type,
                "size": arriving.size,
                "digest": digest,
            }
        )


class Arriving:
    """One file that is arriving."""

    def __init__(self, handle: IO[bytes], left: int) -> None:
        self.size = 0
        self.digest = hashlib.sha256()
        self._handle = handle
        self._left = left

    def write(self, part: bytes) -> None:
        """Take the next part.

        :raises InvalidRecordError: when all files together are too large.
        """
        self.size += len(part)
        if self.size > self._left:
            raise InvalidRecordError(f"文件一共超过 {MAX_BYTES // 2**20} MB，请压缩图片或分次上传")
        self.digest.update(part)
        self._handle.write(part)


@contextmanager
def receiving(folder: Path) -> Iterator[Incoming]:
    """A place for a paper that arrives; removed again unless it was kept.

    :param folder: where attachments lie.
    :raises DeskError: when it cannot be written.
    """
    path = folder / FOLDER / f"{secrets.token_hex(16)}{_PARTIAL}"
    with disk():
        path.mkdir(parents=True, mode=0o700)
    try:
        yield Incoming(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def keep(folder: Path, incoming: Incoming, uid: str) -> None:
    """Give what arrived its lasting name; called in the transaction that inserts the row."""
    with disk():
        incoming.path.rename(folder / FOLDER / uid)
    contents.store(folder, f"{FOLDER}/{uid}")


def append(folder: Path, incoming: Incoming, uid: str, after: int) -> list[dict[str, Any]]:
    """Put what arrived behind the files of a paper; called in the transaction that notes them.

    :param after: how many files the paper has.
    :return: the new files as the paper keeps them.
    """
    (base := folder / FOLDER / uid).mkdir(parents=True, exist_ok=True, mode=0o700)
    added = []
    for place, item in enumerate(incoming.files, start=after + 1):
        file = f"{place:02d}{Path(item['file']).suffix}"
        with disk():
            (incoming.path / item["file"]).rename(base / file)
        contents.store(folder, f"{FOLDER}/{uid}/{file}")
        name = _NUMBERED.sub(rf"{place}\1", item["name"])
        added.append({**item, "file": file, "name": name})
    return added


def link(source: Path, target: Path, added: list[Path]) -> None:
    """The same bytes under a second name; a copy where the disk has no links.

    :param added: what to take away again where the transaction fails; the target is put there first.
    """
    with disk():
        added.append(target)
        linked = False
        with suppress(OSError):
            os.link(source, target)
            linked = True
        if not linked:
            shutil.copyfile(source, target)
            target.chmod(0o600)


def digest_of(digests: Iterable[str]) -> str:
    """The SHA-256 over the digests of files in their order."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def path_of(folder: Path, uid: str, file: str) -> Path:
    """Where a file of a paper lies.

    :raises NotFoundError: when it is not there.
    """
    path = folder / FOLDER / uid / file
    is_name = _UID.fullmatch(uid) is not None and Path(file).name == file
    if not is_name or not contents.is_there(folder, f"{FOLDER}/{uid}/{file}"):
        raise NotFoundError("文件已经不在服务器上")
    return path


def forget(conn: Connection, condition: Any) -> int:
    """Delete papers and note that their content has to go.

    :param condition: on ``papers``.
    :return: how many.
    """
    uids = list(conn.execute(sa.select(papers.c.uid).where(condition)).scalars())
    if uids:
        conn.execute(sa.insert(paper_removals), [{"uid": uid} for uid in uids])
        conn.execute(sa.delete(papers).where(papers.c.uid.in_(uids)))
    return len(uids)


def sweep(engine: Engine, folder: Path, *, now_s: float | None = None) -> int:
    """Remove content that has to go, and what uploads that never ended left behind.

    :return: how many papers' folders went.
    """
    with reading(engine) as conn:
        due = list(conn.execute(sa.select(paper_removals.c.uid)).scalars())
        kept = set(conn.execute(sa.select(papers.c.uid)).scalars())
    base = folder / FOLDER
    done = [uid for uid in due if _remove(base / uid) and _removed(folder, uid)]
    if done:
        with writing(engine) as conn:
            conn.execute(sa.delete(paper_removals).where(paper_removals.c.uid.in_(done)))
    return len(done) + sum(_remove(path) for path in left_behind(base, kept, now_s))


def left_behind(folder: Path, kept: Collection[str], now_s: float | None = None) -> list[Path]:
    """What uploads that never ended left in a folder.

    :param kept: names of what belongs to something.
    :param now_s: seconds since the epoch; the real time when omitted.
    """
    oldest = (time.time() if now_s is None else now_s) - _STALE_S
    return [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if _UID.fullmatch(path.name.removesuffix(_PARTIAL))
        and path.name not in kept
        and _is_older(path, oldest)
    ]


def _is_older(path: Path, than_s: float) -> bool:
    try:
        return path.stat().st_mtime < than_s
    except FileNotFoundError:  # an upload that ended since the folder was listed
        return False


def _remove(path: Path) -> bool:
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return True
    except OSError as error:  # noted in the database, so the next sweep tries again
        logger.error("content of a paper could not be removed: %s", error.strerror)
        return False
    return True


def _removed(folder: Path, uid: str) -> bool:
    """Remove what lies outside of this machine, too."""
    try:
        contents.remove(folder, f"{FOLDER}/{uid}")
    except StorageError as error:  # noted in the database, so the next sweep tries again
        logger.error("content of a paper could not be removed: %s", error)
        return False
    return True


@contextmanager
def disk() -> Iterator[None]:
    """:raises DeskError: in Chinese, for what the disk refuses."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DeskError("磁盘空间不足，这次没有保存；请联系管理员清理磁盘") from error
        raise DeskError("上传文件夹不可写，这次没有保存；请联系管理员检查磁盘和权限") from error
