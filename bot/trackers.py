"""Where conversations' dialogue state is kept, and how long one session may grow."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

# Conversations whose state stays in memory; the others are read again from the database.
MOST_AT_HAND = 200


@dataclass(frozen=True)
class _AtHand:
    """A tracker as it was last read or written: how many of its events are stored, under which last id."""

    tracker: DialogueStateTracker
    domain: Domain
    stored: int
    last_id: int


class SessionTrackerStore(SQLTrackerStore):  # type: ignore[misc]
    """Rasa's SQL tracker store, opened by a database URL; SQLite in WAL mode.

    Conversations under way are kept at hand.  One is handed out again only if the database holds
    nothing newer (another process may serve the same person) and if all it holds was stored (a turn
    may have failed half-way); otherwise it is read anew.
    """

    engine: Any
    sessionmaker: Any

    def __init__(self, url: str) -> None:
        parts = make_url(url)
        if _is_sqlite(parts) and parts.database:
            Path(parts.database).parent.mkdir(parents=True, exist_ok=True)
        self._at_hand: OrderedDict[str, _AtHand] = OrderedDict()
        super().__init__(
            dialect=parts.drivername,
            host=parts.host,
            port=parts.port,
            db=parts.database,
            username=parts.username,
            password=parts.password,
            query=dict(parts.query) or None,
        )
        if _is_sqlite(parts):
            # SQLAlchemy opens a file anew for each transaction, and closing the last connection
            # writes the whole log back.
            self.engine.dispose()
            self.engine = sa.create_engine(
                self.engine.url, poolclass=QueuePool, connect_args={"check_same_thread": False}
            )
            self.sessionmaker = sessionmaker(bind=self.engine)
            event.listen(self.engine, "connect", _prepare_sqlite)

    def erase(self, sender: str) -> None:
        """Forget everything a person said."""
        self._at_hand.pop(sender, None)
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender).delete()
            session.commit()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The state of a person's present session; None when they are new."""
        with self.session_scope() as session:
            last_id = self._last_id(session, sender_id)
        known = self._at_hand.get(sender_id)
        if (
            known is not None
            and known.last_id == last_id
            and known.stored == len(known.tracker.events)
            and known.domain is self.domain
        ):
            self._at_hand.move_to_end(sender_id)
            return known.tracker
        tracker: DialogueStateTracker | None = await super().retrieve(sender_id)
        if tracker is not None:
            self._keep(tracker, last_id)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the events that are not stored yet.

        A tracker in which a new session began is not kept at hand, since its earlier events no longer
        belong to what is read.
        """
        await self.stream_events(tracker)
        known = self._at_hand.pop(tracker.sender_id, None)
        with self.session_scope() as session:
            if known is not None and known.tracker is tracker:
                fresh = list(tracker.events)[known.stored :]
            else:
                fresh = list(self._additional_events(session, tracker))
            rows = [self._row(tracker.sender_id, item) for item in fresh]
            session.add_all(rows)
            session.flush()
            last_id = rows[-1].id if rows else self._last_id(session, tracker.sender_id)
            session.commit()
        if _is_one_session(tracker.events):
            self._keep(tracker, last_id)

    def _keep(self, tracker: DialogueStateTracker, last_id: int) -> None:
        known = _AtHand(tracker, self.domain, len(tracker.events), last_id)
        self._at_hand[tracker.sender_id] = known
        self._at_hand.move_to_end(tracker.sender_id)
        while len(self._at_hand) > MOST_AT_HAND:
            self._at_hand.popitem(last=False)

    def _last_id(self, session: Session, sender: str) -> int:
        query = session.query(self.SQLEvent.id).filter(self.SQLEvent.sender_id == sender)
        return int(query.order_by(self.SQLEvent.id.desc()).limit(1).scalar() or 0)

    def _row(self, sender: str, item: Event) -> Any:
        data = item.as_dict()
        return self.SQLEvent(
            sender_id=sender,
            type_name=item.type_name,
            timestamp=data.get("timestamp"),
            intent_name=data.get("parse_data", {}).get("intent", {}).get("name"),
            action_name=data.get("name"),
            data=json.dumps(data),
        )


def _is_sqlite(url: URL) -> bool:
    return bool(url.drivername.startswith("sqlite"))


def _is_one_session(events: Sequence[Event]) -> bool:
    return sum(isinstance(item, SessionStarted) for item in events) <= 1


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
