"""The append-only record of who did what to whose data.

Rows are inserted here and read here; nothing updates or deletes them, and triggers in the database
refuse it to everybody else.  A row says what happened and never repeats the content: details are
masked, and people are named by a digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.masking import mask_value
from desk.times import or_now


@dataclass(frozen=True)
class AuditEntry:
    """One thing that was done."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    center: str | None
    detail: Mapping[str, Any]


def sender_subject(sender: str) -> str:
    """How a person is named in the audit log: recognisable again, not readable."""
    digest = hashlib.sha256(f"sender:{sender}".encode("utf-8", "replace")).hexdigest()
    return f"sender:{digest[:16]}"


def record(
    conn: Connection,
    actor: str,
    action: str,
    subject: str,
    *,
    center: str | None = None,
    detail: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> int:
    """Append one entry in the caller's transaction, so that it stands exactly when the deed does.

    :param actor: ``user``, ``system``, ``cli:NAME`` or ``staff:LOGIN``.
    :param action: such as ``login``, ``view``, ``export``, ``erase``, ``join``, ``role``, ``publish``, ``transfer``.
    :param subject: a reference, or :func:`sender_subject`.
    :return: the entry's number.
    """
    done = conn.execute(
        sa.insert(tables.audit_log).values(
            at=or_now(now),
            actor=actor[:64],
            action=action[:40],
            subject=subject[:100],
            center=center,
            detail=mask_value(dict(detail or {})),
        )
    )
    return int(done.inserted_primary_key[0])


def search(
    conn: Connection,
    *,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before_id: int | None = None,
    limit: int = 100,
) -> tuple[AuditEntry, ...]:
    """Entries, newest first; ``before_id`` continues a page."""
    table = tables.audit_log
    query = sa.select(table)
    for column, value in (
        (table.c.actor, actor),
        (table.c.action, action),
        (table.c.subject, subject),
    ):
        if value is not None:
            query = query.where(column == value)
    if since is not None:
        query = query.where(table.c.at >= since)
    if until is not None:
        query = query.where(table.c.at < until)
    if before_id is not None:
        query = query.where(table.c.id < before_id)
    rows = conn.execute(query.order_by(table.c.id.desc()).limit(limit))
    return tuple(
        AuditEntry(row.id, row.at, row.actor, row.action, row.subject, row.center, row.detail)
        for row in rows
    )
