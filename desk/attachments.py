"""Files that belong to a lead: rows in the database, content under the data folder by random names.

A file goes when its row has gone: whoever deletes rows notes the names in the same transaction, and
:func:`sweep` removes the content afterwards, so neither a rollback nor a killed process loses a file
that is still referred to or keeps one that was erased.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from desk import contents, lead_tables, paper_files
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, NotFoundError
from desk.file_types import FileType, clean_name, recognise
from desk.inbox_tables import sent_files
from desk.leads import record_event, row_of
from desk.times import or_now
from knowledge.errors import DeskError, StorageError

logger = logging.getLogger(__name__)

MAX_BYTES = 20 * 1024 * 1024
MAX_FILES = 30
_UID = re.compile(r"[0-9a-f]{32}")
_PARTIAL = ".partial"


@dataclass(frozen=True)
class Attachment:
    """One file of a lead."""

    uid: str
    name: str
    media_type: str
    size: int
    actor: str
    at: datetime

    @classmethod
    def of(
        cls, upload: Upload, name: str, kind: FileType, actor: str, now: datetime | None
    ) -> Attachment:
        """A file that has just arrived, under a name of our own that nobody can guess."""
        return cls(
            uid=secrets.token_hex(16),
            name=clean_name(name, kind),
            media_type=kind.media_type,
            size=upload.size,
            actor=actor,
            at=or_now(now),
        )


class Upload:
    """Content that is arriving, in a file that nobody can reach yet."""

    def __init__(self, path: Path, file: Any) -> None:
        self.path = path
        self.size = 0
        self._file = file
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """The content's SHA-256."""
        return self._digest.hexdigest()

    def write(self, part: bytes) -> None:
        """Take the next part.

        :raises InvalidRecordError: when the file is too large.
        """
        self.size += len(part)
        if self.size > MAX_BYTES:
            raise InvalidRecordError(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请压缩或拆分后再传")
        self._digest.update(part)
        self._file.write(part)

    def finish(self) -> None:
        """Have everything on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def receiving(folder: Path) -> Iterator[Upload]:
    """A place for a file that arrives; removed again unless :func:`add` took it.

    :raises DeskError: when the folder cannot be written.
    """
    path = folder / f"{secrets.token_hex(16)}{_PARTIAL}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise DeskError("附件文件夹不可写，这次没有保存；请联系管理员检查磁盘和权限") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield Upload(path, file)
    finally:
        path.unlink(missing_ok=True)


def add(
    conn: Connection,
    folder: Path,
    reference: str,
    upload: Upload,
    name: str,
    actor: str,
    *,
    now: datetime | None = None,
) -> Attachment:
    """Keep a file that has arrived whole; the same content again is the file that is there.

    :raises InvalidRecordError: when the content is of no kind that is taken, or there are too many.
    """
    kind = recognise(upload.path)
    row = row_of(conn, reference, lock=True)
    present = _of(conn, row.id)
    known = next((item for item in present if item.digest == upload.digest), None)
    if known is not None:
        return _attachment(known)
    if len(present) >= MAX_FILES:
        raise InvalidRecordError(f"一条线索最多 {MAX_FILES} 个附件，请先删除不用的")
    kept = Attachment.of(upload, name, kind, actor, now)
    conn.execute(
        sa.insert(lead_tables.lead_files).values(
            **asdict(kept), lead_id=row.id, digest=upload.digest
        )
    )
    detail = {"file": kept.uid, "size": kept.size}
    record_event(conn, row, kept.at, actor, "file", kept.name, detail=detail)
    upload.path.replace(folder / kept.uid)
    contents.store(folder, kept.uid)
    return kept


def listing(conn: Connection, reference: str) -> tuple[Attachment, ...]:
    """The files of a lead, oldest first."""
    return tuple(_attachment(item) for item in _of(conn, row_of(conn, reference).id))


def get(conn: Connection, reference: str, uid: str) -> Attachment:
    """One file of this very lead.

    :raises NotFoundError: for any other.
    """
    found = [item for item in listing(conn, reference) if item.uid == uid]
    if not found:
        raise NotFoundError("没有这个附件，可能已经删除")
    return found[0]


def path_of(folder: Path, attachment: Attachment) -> Path:
    """Where the content lies.

    :raises NotFoundError: when it is not there.
    """
    return _located(folder, attachment.uid)


def read(folder: Path, uid: str) -> bytes:
    """The content of a file.

    :raises NotFoundError: when it is not there.
    :raises StorageError: the store does not answer.
    """
    return _located(folder, uid).read_bytes()


def remove(
    conn: Connection, reference: str, uid: str, actor: str, *, now: datetime | None = None
) -> Attachment:
    """Take a file off a lead; its content goes with the next :func:`sweep`."""
    row = row_of(conn, reference, lock=True)
    found = get(conn, reference, uid)
    forget(conn, lead_tables.lead_files.c.uid == uid)
    conn.execute(sa.delete(lead_tables.lead_files).where(lead_tables.lead_files.c.uid == uid))
    record_event(conn, row, or_now(now), actor, "file-off", found.name)
    return found


def forget(conn: Connection, condition: Any) -> int:
    """Note that the content of these files has to go; called before their rows are deleted.

    :param condition: on ``lead_files``.
    :return: how many files.
    """
    uids = list(conn.execute(sa.select(lead_tables.lead_files.c.uid).where(condition)).scalars())
    if uids:
        conn.execute(sa.insert(lead_tables.file_removals), [{"uid": uid} for uid in uids])
    return len(uids)


def sweep(engine: Engine, folder: Path, *, now_s: float | None = None) -> int:
    """Remove content that has to go, and what uploads that never ended left behind.

    The content of papers (:mod:`desk.paper_files`), which lies beneath, is swept with it.

    :return: how many files went; what cannot be removed now stays noted for the next time.
    """
    papers = paper_files.sweep(engine, folder, now_s=now_s)
    with reading(engine) as conn:
        due = list(conn.execute(sa.select(lead_tables.file_removals.c.uid)).scalars())
        kept = set(conn.execute(sa.select(lead_tables.lead_files.c.uid)).scalars())
        kept |= set(conn.execute(sa.select(sent_files.c.uid)).scalars())
    done = [uid for uid in due if _unlink(folder / uid) and _removed(folder, uid)]
    if done:
        with writing(engine) as conn:
            conn.execute(
                sa.delete(lead_tables.file_removals).where(
                    lead_tables.file_removals.c.uid.in_(done)
                )
            )
    left = paper_files.left_behind(folder, kept, now_s)
    return papers + len(done) + sum(_unlink(path) for path in left)


def _located(folder: Path, uid: str) -> Path:
    if not _UID.fullmatch(uid) or not contents.is_there(folder, uid):
        logger.error("content of an attachment is missing: %s", uid)
        raise NotFoundError("附件的内容不在服务器上，请联系管理员从备份恢复")
    return folder / uid


def _unlink(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # noted in the database, so the next sweep tries again
        logger.error("content of an attachment could not be removed: %s", error.strerror)
        return False
    return True


def _removed(folder: Path, uid: str) -> bool:
    """Remove what lies outside of this machine, too."""
    try:
        contents.remove(folder, uid)
    except StorageError as error:  # noted in the database, so the next sweep tries again
        logger.error("content of an attachment could not be removed: %s", error)
        return False
    return True


def _of(conn: Connection, lead_id: int) -> list[Any]:
    table = lead_tables.lead_files
    return list(
        conn.execute(sa.select(table).where(table.c.lead_id == lead_id).order_by(table.c.id))
    )


def _attachment(row: Any) -> Attachment:
    return Attachment(row.uid, row.name, row.media_type, row.size, row.actor, row.at)
