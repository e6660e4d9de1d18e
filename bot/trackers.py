"""Where conversations' dialogue state is kept.

A turn that could not be stored is no turn: it ends with :class:`TrackerError` and the person is asked
to send the message again.  The database is used from threads, so that waiting for it holds up nobody
else, and no longer than :data:`WAIT_S`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    BotUttered,
    Event,
    SessionStarted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from actions.context import insist_whole
from bot.direct import is_of
from bot.tracker_statements import Statements
from desk.engine import clear_log, make_private, one_starter
from desk.write_queue import WriteQueue, begin_immediate, queue_of
from knowledge.errors import StorageError

logger = logging.getLogger(__name__)
# A turn waits no longer than this for the database; SQLite itself gives up a little earlier.
WAIT_S = 2.0
_BUSY_MS = 1500
# SQLite has one writer at a time, so others wait here and not on the file.
_READERS, _WRITERS = 4, 8
_Result = TypeVar("_Result")
_FAILURES = (SQLAlchemyError, sqlite3.Error, StorageError, TimeoutError, asyncio.TimeoutError)
# Whose turn is under way in this context; within it nobody else writes the person's state.
_turn: ContextVar[set[str] | None] = ContextVar("turn", default=None)
# Conversations whose state stays in memory; the others are read again from the database.
MOST_AT_HAND = 200


@dataclass(frozen=True)
class _AtHand:
    """A tracker as it was last read or written: how many of its events are stored, under which last id."""

    tracker: DialogueStateTracker
    domain: Domain
    stored: int
    last_id: int


class TrackerError(StorageError):
    """A conversation's state cannot be read or was not stored."""


@contextmanager
def one_turn() -> Iterator[None]:
    """Ask the database once for what is at hand: a person has one turn at a time, wherever it is served."""
    token = _turn.set(set())
    try:
        yield
    finally:
        _turn.reset(token)


class SessionTrackerStore(SQLTrackerStore):  # type: ignore[misc]
    """Rasa's SQL tracker store, opened by a database URL; SQLite in WAL mode.

    Conversations under way are kept at hand.  One is handed out again only if the database holds
    nothing newer (another process may serve the same person) and if all it holds was stored (a turn
    may have failed half-way); otherwise it is read anew.
    """

    engine: Any
    sessionmaker: Any

    def __init__(self, url: str) -> None:
        """Open the database.

        :raises TrackerError: it cannot be used now.
        """
        parts = make_url(url)
        self._queue: WriteQueue | None = None
        if _is_sqlite(parts) and parts.database:
            make_private(Path(parts.database).absolute())
            self._queue = queue_of(Path(parts.database))
        self._statements = Statements.of(self.SQLEvent.__table__)
        self._at_hand: OrderedDict[str, _AtHand] = OrderedDict()
        self._readers = ThreadPoolExecutor(_READERS, "trackers-read")
        self._writers = ThreadPoolExecutor(1 if _is_sqlite(parts) else _WRITERS, "trackers-write")
        if not _is_sqlite(parts):
            self._make_table(url)
        super().__init__(
            dialect=parts.drivername,
            host=parts.render_as_string(hide_password=False),  # a whole address is taken as it is
        )
        self.engine.dispose()
        self.engine = _engine(self.engine.url)
        self.sessionmaker = sessionmaker(bind=self.engine)
        try:
            is_usable = sa.inspect(self.engine).has_table(self.SQLEvent.__tablename__)
        except SQLAlchemyError as error:
            raise _unusable(error) from error
        if not is_usable:  # Rasa logs that it could not make the table, and goes on
            raise TrackerError("对话状态数据库打不开或正忙，请稍后再试或检查 HUHANG_TRACKER_URL")

    def _make_table(self, url: str) -> None:
        """Rasa makes it as well, but of copies that start together all but one would fail at it."""
        engine = sa.create_engine(url)
        try:
            with engine.begin() as connection:
                one_starter(connection)
                self.Base.metadata.create_all(connection)
        except SQLAlchemyError as error:
            raise _unusable(error) from error
        finally:
            engine.dispose()

    @contextmanager
    def session_scope(self) -> Iterator[Session]:
        """One transaction; Rasa's own ends the process when a value cannot be stored."""
        session = self.sessionmaker()
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that writes, in its turn beside whoever else in this process writes to the file.

        It is kept only where it is committed within.
        """
        if self._queue is None:
            with self.engine.connect() as connection:
                connection.begin()
                yield connection
            return
        with self._queue.turn(WAIT_S) as waited_s, self.engine.connect() as connection:
            begin_immediate(connection.connection.dbapi_connection, _BUSY_MS / 1000 - waited_s)
            connection.begin()
            yield connection

    async def erase(self, sender: str) -> None:
        """Forget everything a person said.

        :raises TrackerError: it could not be done.
        """

        def delete() -> None:
            with self._writing() as connection:
                connection.execute(self._statements.erase, {"sender": sender})
                connection.get_transaction().commit()
            clear_log(self.engine)

        self._at_hand.pop(sender, None)
        await self._within(self._writers, delete)

    async def said_to(self, sender: str, message_id: str) -> list[dict[str, Any]] | None:
        """What was said in answer to a message, as Rasa's output channels get it.

        :return: None when the message is not in the person's session: its turn was not stored.
        """
        tracker = await self.retrieve(sender)
        said: list[dict[str, Any]] = []
        for item in reversed(tracker.events if tracker is not None else ()):
            if isinstance(item, BotUttered):
                said.append(item.message())
            elif isinstance(item, UserUttered):
                if item.metadata.get("message_id") == message_id:
                    return said[::-1]
                said = []
        return None

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The state of a person's present session; None when they are new.

        :raises TrackerError: it could not be read.
        """
        known, domain, turn = self._at_hand.get(sender_id), self.domain, _turn.get()
        is_whole = (
            known is not None
            and known.stored == len(known.tracker.events)
            and known.domain is domain
        )
        if known is not None and is_whole and turn is not None and sender_id in turn:
            return known.tracker

        def read() -> tuple[DialogueStateTracker | None, int]:
            with self.engine.connect() as connection:
                last_id = self._last_id(connection, sender_id)
                if known is not None and is_whole and known.last_id == last_id:
                    return known.tracker, last_id
                rows = connection.execute(self._statements.session, {"sender": sender_id})
                events = [json.loads(row.data) for row in rows]
            if not events:
                return None, last_id
            return DialogueStateTracker.from_dict(sender_id, events, domain.slots), last_id

        tracker, last_id = await self._within(self._readers, read)
        if tracker is not None:
            self._keep(tracker, last_id)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the events that are not stored yet.

        A tracker in which a new session began is not kept at hand, since its earlier events no longer
        belong to what is read.

        :raises TrackerError: nothing was stored.
        :raises StorageError: nor was it because the records were away while the turn was worked out.
        """
        insist_whole()
        await self.stream_events(tracker)
        known = self._at_hand.pop(tracker.sender_id, None)
        events, until = list(tracker.events), time.monotonic() + WAIT_S

        def write() -> int:
            with self._writing() as connection:
                if known is not None and known.tracker is tracker:
                    fresh = events[known.stored :]
                else:
                    sender = {"sender": tracker.sender_id}
                    fresh = events[
                        len(connection.execute(self._statements.session, sender).all()) :
                    ]
                if fresh:
                    rows = [_row(tracker.sender_id, item) for item in fresh]
                    connection.execute(self._statements.insert, rows)
                last_id = self._last_id(connection, tracker.sender_id)
                if time.monotonic() >= until:  # the person has been told that it was not stored
                    raise TimeoutError
                connection.get_transaction().commit()
            return last_id

        last_id = await self._within(self._writers, write)
        if _is_one_session(tracker.events):
            self._keep(tracker, last_id)

    def close(self) -> None:
        """Release threads and connections."""
        self._readers.shutdown()
        self._writers.shutdown()
        self.engine.dispose()

    async def _within(self, pool: Executor, work: Callable[[], _Result]) -> _Result:
        done = asyncio.get_running_loop().run_in_executor(pool, work)
        try:
            return await asyncio.wait_for(done, WAIT_S)
        except _FAILURES as error:
            raise _unusable(error) from error

    def _keep(self, tracker: DialogueStateTracker, last_id: int) -> None:
        known = _AtHand(tracker, self.domain, len(tracker.events), last_id)
        self._at_hand[tracker.sender_id] = known
        if (turn := _turn.get()) is not None:
            turn.add(tracker.sender_id)
        self._at_hand.move_to_end(tracker.sender_id)
        while len(self._at_hand) > MOST_AT_HAND:
            self._at_hand.popitem(last=False)

    def _last_id(self, connection: Connection, sender: str) -> int:
        return int(connection.execute(self._statements.newest, {"sender": sender}).scalar() or 0)


def _row(sender: str, item: Event) -> dict[str, Any]:
    data = item.as_dict()
    return {
        "sender_id": sender,
        "type_name": item.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _unusable(error: Exception) -> TrackerError:
    """The Chinese account of a failure; the statement and its values are not repeated."""
    logger.error("tracker store: %s", type(getattr(error, "orig", error)).__name__)
    return TrackerError("对话记录正忙，这条消息没有保存，请稍后再发一次")


def store_or_fail(agent: Agent, store: SessionTrackerStore) -> None:
    """Have the agent fail where its store fails; Rasa would go on in memory and say nothing."""
    agent.tracker_store = agent.processor.tracker_store = store


def _is_sqlite(url: URL) -> bool:
    return bool(url.drivername.startswith("sqlite"))


def _is_one_session(events: Sequence[Event]) -> bool:
    return sum(is_of(type(item), SessionStarted) for item in events) <= 1


def _engine(url: URL) -> Any:
    """Rasa's engine but for what it keeps open."""
    if not _is_sqlite(url):
        # What a restart of the database broke is opened anew before it is used, not after a failure.
        return sa.create_engine(url, **create_engine_kwargs(url), pool_pre_ping=True)
    # SQLAlchemy opens a file anew for each transaction, and closing the last connection writes the
    # whole log back.
    engine = sa.create_engine(url, poolclass=QueuePool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    cursor.execute("PRAGMA secure_delete=ON")  # what is erased leaves no trace in free pages
    cursor.close()
