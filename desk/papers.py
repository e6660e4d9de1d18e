"""Papers that people send to be read: what came, how far its reading is, and what it says.

A paper is *waiting* until a copy of the server claims it, *reading* while that works, *read* when its
reading is stored, *done* once the person was told, *failed* with a Chinese reason when it cannot be
read.  What nobody asked to have read (material for a request for aid) is *done* at once.  A paper is kept
as long as the conversation needs it; a lead gets files of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit, contents, lead_tables, paper_files, tables
from desk.attachments import MAX_FILES as MAX_LEAD_FILES
from desk.errors import InvalidRecordError, NotFoundError
from desk.leads import record_event, row_of
from desk.paper_files import Incoming
from desk.paper_tables import papers
from desk.times import or_now

# Papers that one person may have here at a time, and those of one person that may wait to be read.
MOST_KEPT = 30
# After so long a claim is given up by whoever made it.
CLAIM = timedelta(minutes=15)
# Channels where each picture comes by itself, and how long after the last one the paper is taken as whole.
PAGE_BY_PAGE = ("wechat", "wecom", "kf")
GATHERS = timedelta(seconds=20)


class Status(str, Enum):
    """How far a paper is."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class PaperFile:
    """One file of a paper; ``file`` is its name on the disk."""

    name: str
    file: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True)
class Paper:
    """A paper as it is kept; ``reading`` is the contract's object with the paper's lines."""

    uid: str
    sender: str
    channel: str
    status: Status
    files: tuple[PaperFile, ...]
    pages_done: int
    pages: int
    reading: Mapping[str, Any] | None
    reason: str | None
    lead: str | None
    created_at: datetime

    @property
    def title(self) -> str:
        """What the paper is called: what it was read as, else its first file."""
        return (self.reading or {}).get("title") or self.files[0].name

    @property
    def is_material(self) -> bool:
        """Whether nobody asked to have it read: it is handed in with a request for aid."""
        return self.status is Status.DONE and self.reading is None

    @property
    def is_pending(self) -> bool:
        """Whether the person has still to be told what it is."""
        return self.status in (Status.WAITING, Status.READING, Status.READ)


@dataclass(frozen=True)
class Sending:
    """Who sends a paper, by which channel, the version of the terms they agreed to, and whether to read it."""

    sender: str
    channel: str
    consent: str
    is_to_read: bool = True


def has_agreed(conn: Connection, sender: str, consent: str) -> bool:
    """Whether a person agreed to this version of the terms with an earlier paper."""
    query = sa.select(papers.c.id).where(
        papers.c.sender == sender, papers.c.consent_version == consent
    )
    return conn.execute(query.limit(1)).first() is not None


def has_any(conn: Connection, sender: str) -> bool:
    """Whether a person has sent a paper that is still here."""
    query = sa.select(papers.c.id).where(papers.c.sender == sender).limit(1)
    return conn.execute(query).first() is not None


def add(
    conn: Connection,
    folder: Path,
    sending: Sending,
    incoming: Incoming,
    *,
    now: datetime | None = None,
) -> tuple[Paper, bool]:
    """Keep a paper that has arrived whole; the same files again are the paper that is there.

    A paper that could not be read, or was only kept, waits to be read when it is sent to be read.

    :return: the paper, and whether it has to be read.
    :raises InvalidRecordError: there are no files, or too many papers.
    """
    moment = or_now(now)
    if not incoming.files:
        raise InvalidRecordError("没有收到文件，请选择要上传的文书")
    known = conn.execute(
        sa.select(papers)
        .where(papers.c.sender == sending.sender, papers.c.digest == incoming.digest)
        .with_for_update()
    ).first()
    if known is not None:
        paper = _paper(known)
        if not sending.is_to_read or not (paper.is_material or paper.status is Status.FAILED):
            return paper, False
        _set(conn, known.uid, moment, status=Status.WAITING.value, reason=None, pages_done=0)
        return get(conn, known.uid), True
    count = sa.select(sa.func.count()).where(papers.c.sender == sending.sender)
    if conn.execute(count).scalar_one() >= MOST_KEPT:
        raise InvalidRecordError(f"这段对话里已有 {MOST_KEPT} 份文书，请先转人工处理或换一段对话")
    uid = secrets.token_hex(16)
    conn.execute(
        sa.insert(papers).values(
            uid=uid,
            sender=sending.sender,
            channel=sending.channel,
            status=(Status.WAITING if sending.is_to_read else Status.DONE).value,
            digest=incoming.digest,
            files=incoming.files,
            pages_done=0,
            pages=len(incoming.files),
            consent_version=sending.consent,
            consent_at=moment,
            created_at=moment,
            updated_at=moment,
        )
    )
    paper_files.keep(folder, incoming, uid)
    return get(conn, uid), sending.is_to_read


def get(conn: Connection, uid: str, *, sender: str | None = None) -> Paper:
    """One paper.

    :param sender: whose it has to be.
    :raises NotFoundError: there is none, or it is somebody else's.
    """
    row = conn.execute(sa.select(papers).where(papers.c.uid == uid)).first()
    if row is None or sender not in (None, row.sender):
        raise NotFoundError("没有这份文书，可能已经删除")
    return _paper(row)


def listing(conn: Connection, sender: str) -> tuple[Paper, ...]:
    """A person's papers, oldest first."""
    query = sa.select(papers).where(papers.c.sender == sender).order_by(papers.c.id)
    return tuple(_paper(row) for row in conn.execute(query))


def unread_by_sender(conn: Connection) -> dict[str, int]:
    """How many papers of each person wait to be read or are being read."""
    pending = papers.c.status.in_([Status.WAITING.value, Status.READING.value])
    query = sa.select(papers.c.sender, sa.func.count()).where(pending).group_by(papers.c.sender)
    return {row[0]: int(row[1]) for row in conn.execute(query)}


def claim(conn: Connection, claimant: str, *, now: datetime | None = None) -> Paper | None:
    """Take the paper that has waited longest to be read or to be told of; None when there is none.

    What was taken in vain waits behind the others.  A paper whose claim is old is taken over: whoever made
    it is gone.  One whose pictures come one by one is left until no further one has come for ``GATHERS``.
    """
    moment = or_now(now)
    gathers = papers.c.channel.in_(PAGE_BY_PAGE) & (papers.c.updated_at > moment - GATHERS)
    free = sa.or_(
        papers.c.claimant.is_(None)
        & (
            (papers.c.status == Status.READ.value)
            | (papers.c.status == Status.WAITING.value) & ~gathers
        ),
        papers.c.status.in_([Status.WAITING.value, Status.READING.value, Status.READ.value])
        & (papers.c.updated_at < moment - CLAIM),
    )
    query = sa.select(papers).where(free).order_by(papers.c.updated_at, papers.c.id).limit(1)
    row = conn.execute(query.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    status = Status.READ if row.reading is not None else Status.READING
    _set(conn, row.uid, moment, status=status.value, claimant=claimant)
    return get(conn, row.uid)


def release(conn: Connection, claimant: str) -> int:
    """Give up what a claimant that has ended had begun; what was half read is the next again.

    :return: how many papers wait again.
    """
    mine = papers.c.claimant == claimant
    conn.execute(
        sa.update(papers)
        .where(mine, papers.c.status == Status.READING.value)
        .values(status=Status.WAITING.value, pages_done=0, updated_at=papers.c.created_at)
    )
    return int(conn.execute(sa.update(papers).where(mine).values(claimant=None)).rowcount)


def progress(conn: Connection, uid: str, done: int, pages: int) -> None:
    """Note how many pages are read."""
    _set(conn, uid, or_now(None), pages_done=done, pages=max(done, pages))


def read(conn: Connection, uid: str, found: Mapping[str, Any]) -> bool:
    """Store what a paper says.

    :return: False when the paper is gone.
    """
    pages = int(found.get("pages") or 1)
    values = {"status": Status.READ.value, "reading": dict(found), "pages": pages}
    return _set(conn, uid, or_now(None), pages_done=pages, **values)


def done(conn: Connection, uid: str) -> bool:
    """Note that the person was told; False when the paper is gone."""
    return _set(conn, uid, or_now(None), status=Status.DONE.value, claimant=None)


def failed(conn: Connection, uid: str, reason: str) -> bool:
    """Note why a paper cannot be read; False when it is gone."""
    values = {"status": Status.FAILED.value, "reason": reason, "claimant": None}
    return _set(conn, uid, or_now(None), **values)


def attach(
    conn: Connection, folder: Path, sender: str, reference: str, *, now: datetime | None = None
) -> int:
    """Make a person's papers files of the lead that they registered.

    The lead's files are its own: they stay when the conversation's papers go.  Who is not its first
    contact leaves half of their number to that person.

    :return: how many files were added.
    :raises DeskError: when the disk does not take them; nothing is added then.
    """
    moment, lead = or_now(now), row_of(conn, reference, lock=True)
    table = lead_tables.lead_files
    of_lead = sa.select(table.c.digest).where(table.c.lead_id == lead.id)
    present = set(conn.execute(of_lead).scalars())
    most = MAX_LEAD_FILES if sender == lead.sender else MAX_LEAD_FILES // 2
    added: list[Path] = []
    try:
        for paper in listing(conn, sender):
            for file in paper.files:
                if file.digest in present or len(present) >= most:
                    continue
                present.add(file.digest)
                uid = secrets.token_hex(16)
                paper_files.link(
                    paper_files.path_of(folder, paper.uid, file.file), folder / uid, added
                )
                contents.store(folder, uid)
                conn.execute(
                    sa.insert(table).values(
                        uid=uid, lead_id=lead.id, name=file.name, media_type=file.media_type,
                        size=file.size, digest=file.digest, actor=sender, at=moment,
                    )
                )  # fmt: skip
                detail = {"file": uid, "size": file.size}
                record_event(conn, lead, moment, sender, "file", file.name, detail=detail)
            _set(conn, paper.uid, moment, lead=reference)
    except Exception:
        for path in added:
            path.unlink(missing_ok=True)
        raise
    return len(added)


def expire(conn: Connection, before: datetime, *, now: datetime | None = None) -> int:
    """Let go of papers whose conversation has been idle since a moment and is not being served.

    :return: how many.
    """
    people, tickets = tables.conversations, tables.tickets
    served = sa.select(tickets.c.sender).where(tickets.c.status.in_(tables.OPEN_STATUSES))
    active = sa.select(people.c.sender).where(people.c.updated_at >= before)
    gone = paper_files.forget(
        conn,
        sa.and_(
            papers.c.updated_at < before,
            papers.c.sender.not_in(served),
            papers.c.sender.not_in(active),
        ),
    )
    if gone:
        detail = {"before": before.isoformat(timespec="seconds"), "papers": gone}
        audit.record(conn, "system", "purge", "papers", detail=detail, now=or_now(now))
    return gone


def _set(conn: Connection, uid: str, moment: datetime, **values: Any) -> bool:
    statement = sa.update(papers).where(papers.c.uid == uid)
    return bool(conn.execute(statement.values(updated_at=moment, **values)).rowcount)


def _paper(row: Any) -> Paper:
    return Paper(
        uid=row.uid,
        sender=row.sender,
        channel=row.channel,
        status=Status(row.status),
        files=tuple(PaperFile(**item) for item in row.files),
        pages_done=row.pages_done,
        pages=row.pages,
        reading=row.reading,
        reason=row.reason,
        lead=row.lead,
        created_at=row.created_at,
    )
