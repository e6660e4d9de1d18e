"""Where conversations' dialogue state is kept, and how long one session may grow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event
from sqlalchemy.engine.url import make_url


class SessionTrackerStore(SQLTrackerStore):  # type: ignore[misc]
    """Rasa's SQL tracker store, opened by a database URL; SQLite in WAL mode."""

    def __init__(self, url: str) -> None:
        parts = make_url(url)
        if parts.drivername.startswith("sqlite") and parts.database:
            Path(parts.database).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(
            dialect=parts.drivername,
            host=parts.host,
            port=parts.port,
            db=parts.database,
            username=parts.username,
            password=parts.password,
            query=dict(parts.query) or None,
        )
        if parts.drivername.startswith("sqlite"):
            event.listen(self.engine, "connect", _prepare_sqlite)

    def erase(self, sender: str) -> None:
        """Forget everything a person said."""
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender).delete()
            session.commit()


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def limit_sessions(processor: MessageProcessor, max_events: int) -> None:
    """Begin a new session, with the slots carried over, once the present one is long.

    A form that is open is never cut off.
    """
    expired = processor._has_session_expired

    def has_expired(tracker: DialogueStateTracker) -> bool:
        is_long = len(tracker.events) > max_events and not tracker.active_loop
        return bool(expired(tracker)) or is_long

    processor._has_session_expired = has_expired
