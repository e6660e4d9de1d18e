"""Files that staff send to a person in a conversation; the content lies beside the files of leads."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import contents, lead_tables, tables
from desk.attachments import Attachment, Upload
from desk.errors import InvalidRecordError, NotFoundError
from desk.file_types import recognise
from desk.inbox_tables import sent_files

MOST_FILES = 30


def add(
    conn: Connection, folder: Path, ticket: int, upload: Upload, name: str, actor: str,
    *, now: datetime | None = None,
) -> Attachment:  # fmt: skip
    """Keep a file that has arrived whole.

    :raises InvalidRecordError: when the content is of no kind that is taken, or there are too many.
    """
    kind = recognise(upload.path)
    present = conn.execute(
        sa.select(sa.func.count()).where(sent_files.c.ticket_id == ticket)
    ).scalar_one()
    if present >= MOST_FILES:
        raise InvalidRecordError(f"一次服务最多发 {MOST_FILES} 个文件")
    kept = Attachment.of(upload, name, kind, actor, now)
    conn.execute(sa.insert(sent_files).values(**asdict(kept), ticket_id=ticket))
    upload.path.replace(folder / kept.uid)
    contents.store(folder, kept.uid)
    return kept


def get(conn: Connection, sender: str, uid: str) -> Attachment:
    """A file that was sent to this very person.

    :raises NotFoundError: for any other.
    """
    query = (
        sa.select(sent_files)
        .join(tables.tickets, sent_files.c.ticket_id == tables.tickets.c.id)
        .where(sent_files.c.uid == uid, tables.tickets.c.sender == sender)
    )
    row = conn.execute(query).first()
    if row is None:
        raise NotFoundError("没有这个文件，可能已经删除")
    return Attachment(row.uid, row.name, row.media_type, row.size, row.actor, row.at)


def forget(conn: Connection, condition: Any) -> int:
    """Remove files; their content goes with the next sweep.

    :param condition: on ``sent_files``.
    :return: how many.
    """
    uids = list(conn.execute(sa.select(sent_files.c.uid).where(condition)).scalars())
    if uids:
        conn.execute(sa.insert(lead_tables.file_removals), [{"uid": uid} for uid in uids])
        conn.execute(sa.delete(sent_files).where(condition))
    return len(uids)
