"""What a conversation already brought to light: its last deadline and the center it was sent to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import matters, tables

_LOOK_BACK = 20


def latest(conn: Connection, sender: str, kind: str) -> Mapping[str, Any] | None:
    """The data of the last message of a kind that this person was sent."""
    return next(iter(_data(conn, sender, kind, 1)), None)


def deadline(conn: Connection, sender: str) -> date | None:
    """The date that runs for this person, estimates included.

    That of the matter which is spoken of, corrections included; else the last one that they were told.
    """
    matter = matters.current(conn, sender)
    if matter is not None and matter.deadline_on is not None:
        return matter.deadline_on
    return told_deadline(conn, sender)


def told_deadline(conn: Connection, sender: str) -> date | None:
    """The last date that this person was told, estimates included."""
    for data in _data(conn, sender, "deadline", _LOOK_BACK):
        found = matters.stated_date(data)
        if found is not None:
            return found
    return None


def _data(conn: Connection, sender: str, kind: str, limit: int) -> list[Mapping[str, Any]]:
    table = tables.messages
    query = (
        sa.select(table.c.payload)
        .join(tables.conversations, table.c.conversation_id == tables.conversations.c.id)
        .where(
            tables.conversations.c.sender == sender,
            table.c.direction == "out",
            table.c.kind == kind,
        )
        .order_by(table.c.seq.desc())
        .limit(limit)
    )
    return [payload.get("data") or {} for payload in conn.execute(query).scalars()]
