"""What colleagues write about a release before it is approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk.conversations import storable
from desk.errors import InvalidRecordError, NotFoundError
from desk.times import or_now
from desk.workbench_tables import release_comments, releases

LONGEST = 500


@dataclass(frozen=True)
class Comment:
    """One remark; ``author`` is a login."""

    at: datetime
    author: str
    text: str


def add(
    conn: Connection, release: int, author: str, text: str, *, now: datetime | None = None
) -> None:
    """Write a remark about a release.

    :raises InvalidRecordError: when it is empty or too long.
    """
    words = storable(text).strip()
    if not 0 < len(words) <= LONGEST:
        raise InvalidRecordError(f"请写1至{LONGEST}个字的意见")
    known = sa.select(releases.c.id).where(releases.c.id == release)
    if conn.execute(known).scalar() is None:
        raise NotFoundError("没有这次发布")
    conn.execute(
        sa.insert(release_comments).values(
            release_id=release, at=or_now(now), author=author, text=words
        )
    )


def of(conn: Connection, release: int) -> tuple[Comment, ...]:
    """The remarks about a release, oldest first."""
    table = release_comments
    query = sa.select(table).where(table.c.release_id == release).order_by(table.c.id)
    return tuple(Comment(row.at, row.author, row.text) for row in conn.execute(query))
