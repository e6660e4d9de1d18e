"""What a conversation already brought to light: its last deadline and the center it was sent to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables

_LOOK_BACK = 20


def latest(conn: Connection, sender: str, kind: str) -> Mapping[str, Any] | None:
    """The data of the last message of a kind that this person was sent."""
    return next(iter(_data(conn, sender, kind, 1)), None)


def deadline(conn: Connection, sender: str) -> date | None:
    """The date of the last deadline that this person was told, estimates included."""
    for data in _data(conn, sender, "deadline", _LOOK_BACK):
        stated = data.get("due_date") or data.get("estimate")
        if isinstance(stated, str):
            try:
                return date.fromisoformat(stated)
            except ValueError:
                continue
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
