"""A message and the bot's replies as they stand in the records, stored at one stroke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from desk import recording
from desk.recording import Exchange


def record_exchange(
    conn: Connection,
    sender: str,
    channel: str,
    text: str,
    replies: Sequence[Mapping[str, Any]],
    *,
    client_id: str | None = None,
    now: datetime | None = None,
) -> Exchange:
    """Store a person's message and the bot's replies in the caller's one transaction."""
    received = recording.receive(conn, sender, channel, text, client_id=client_id, now=now)
    if received.is_repeat and received.replies:
        return received
    stored = recording.record_replies(conn, sender, replies, reply_to=received.inbound.id, now=now)
    return Exchange(received.inbound, stored, received.is_repeat)
