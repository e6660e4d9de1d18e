"""Pictures that come one after the other: while their paper is not read yet, they are its pages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import paper_files
from desk import papers as kept
from desk.paper_files import Incoming
from desk.paper_tables import papers
from desk.papers import Paper, Sending, Status
from desk.times import or_now
from knowledge.paper_limits import MAX_BYTES, MAX_FILES


def add(
    conn: Connection,
    folder: Path,
    sending: Sending,
    incoming: Incoming,
    *,
    now: datetime | None = None,
) -> tuple[Paper, bool]:
    """Keep pictures as further pages of the paper that the person is sending, else as a paper.

    Pictures that the person sent before are of the paper that has them; one that could not be read waits
    to be read again.

    :return: the paper, and whether it has to be read.
    :raises InvalidRecordError: there are no files, or too many papers.
    """
    moment = or_now(now)
    query = sa.select(papers).where(papers.c.sender == sending.sender).order_by(papers.c.id.desc())
    rows = conn.execute(query.with_for_update()).all()
    digests = {item["digest"] for item in incoming.files}
    values: dict[str, Any]
    known = next((row for row in rows if digests <= {f["digest"] for f in row.files}), None)
    if known is not None and known.digest != incoming.digest:
        if known.status != Status.FAILED.value:
            return kept.get(conn, known.uid), False
        values = {"status": Status.WAITING.value, "reason": None, "pages_done": 0}
        return _changed(conn, known.uid, moment, values), True
    if known is None and rows and _is_being_sent(rows[0], incoming, moment):
        added = paper_files.append(folder, incoming, rows[0].uid, len(rows[0].files))
        files = [*rows[0].files, *added]
        digest = paper_files.digest_of(item["digest"] for item in files)
        values = {"files": files, "digest": digest, "pages": len(files)}
        return _changed(conn, rows[0].uid, moment, values), True
    return kept.add(conn, folder, sending, incoming, now=moment)


def _is_being_sent(row: Any, incoming: Incoming, moment: datetime) -> bool:
    """Whether a paper still takes pages, and these have room in it."""
    files = [*row.files, *incoming.files]
    return (
        row.status == Status.WAITING.value
        and row.claimant is None
        and row.channel in kept.PAGE_BY_PAGE
        and row.updated_at > moment - kept.GATHERS
        and len(files) <= MAX_FILES
        and sum(item["size"] for item in files) <= MAX_BYTES
    )


def _changed(conn: Connection, uid: str, moment: datetime, values: dict[str, Any]) -> Paper:
    statement = sa.update(papers).where(papers.c.uid == uid)
    conn.execute(statement.values(updated_at=moment, **values))
    return kept.get(conn, uid)
