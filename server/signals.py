"""What one copy of the server tells the others: the one way by which copies know of each other.

A *copy* is one process that serves (a worker on one machine, or a container).  Copies need no list of each
other and no leader; they are siblings when they share their stores:

* one machine, SQLite: the same ``HUHANG_DATA_DIR``.  Each copy has a socket in ``<data>/siblings/``
  (:mod:`server.carriers.datagrams`); workers of one ``huhang serve`` need nothing more.
* ``HUHANG_DATABASE_URL`` is PostgreSQL: the same database (:mod:`server.carriers.postgres`).
* ``HUHANG_REDIS_URL`` is set: the same Redis and the same ``HUHANG_SECRET_KEY``
  (:mod:`server.carriers.redis`).

So whoever starts copies gives all of them the same settings and starts each as a process of its own (a
fork after :func:`channels.app.create_app` would share sockets and threads).  Nothing else is to be done:
each application has a name of its own (:func:`desk.copies.new_id`), and the locks and leases of a process
are free when it ends, however it ends.

A signal is small: a topic, a key (whom it concerns; signals of one key are heard in order) and ids.  What
it means is read from the records by whoever hears it.  :meth:`Signals.tell` never waits and never fails.
What could not be sent is sent when the line is up again, and every copy whose line broke reads again
what concerns it (:meth:`Signals.on_gap`): a signal may come twice, never not at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import weakref
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from hashlib import sha256
from typing import Any

from desk.engine import sqlite_file
from knowledge.errors import AssistantError
from server.carriers.datagrams import MISSED, Datagrams
from server.carriers.line import Carrier, CarrierError
from server.ending import ended
from settings import Settings

logger = logging.getLogger(__name__)

# PostgreSQL carries a little less than 8000.
MOST_BYTES = 7000
# More than this unsent: the siblings are told to read everything again instead.
_MOST_UNSENT = 5000
_AT_ONCE = 200
_REOPEN_S = (0.05, 0.5)
# The records come back about when the line does; until then hearing and reading are tried so often ...
_RETRY_S = (0.1, 3.0)
# ... and one signal that long: some nine seconds.
_MOST_TRIES = 7

Heard = Callable[[str, Mapping[str, Any]], Awaitable[None]]


class Topic(str, Enum):
    """What a signal is about; the comment says what its key is and what goes along."""

    SAID = "said"  # a person; ids of messages that the desk said to them
    EXCHANGE = "exchange"  # a person; what they said on one page, for their others
    TYPING = "typing"  # a person, to whom somebody of the staff writes
    CASE = "case"  # a person; something was said in their conversation, for pages of the staff
    MARK = "mark"  # a person; an event for the pages of the staff that show them
    QUEUES = "queues"  # who waits and who serves has changed
    SNAPSHOT = "snapshot"  # another snapshot is live
    MODEL = "model"  # another dialogue model is to answer
    PEOPLE = "people"  # accounts or settings of the center have changed
    PAPER = "paper"  # a paper waits to be read


class Signals:
    """Tells the other copies, and hears them."""

    def __init__(self, carrier: Carrier, copy: str) -> None:
        """Nothing is opened yet.

        :param copy: the name of this copy; its own signals are not heard.
        """
        self.is_up = False
        self._carrier = carrier
        self._copy = copy
        self._hearers: dict[str, list[Heard]] = {}
        self._after_gap: list[_ReadingAgain] = []
        self._unsent: deque[str] = deque()
        self._has_unsent = asyncio.Event()
        self._up = asyncio.Event()
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._working: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def hear(self, topic: Topic, heard: Heard) -> None:
        """Have a coroutine called with the key and what goes along, for each signal of another copy."""
        self._hearers.setdefault(topic.value, []).append(heard)

    def on_gap(self, read_again: Callable[[], Awaitable[None]]) -> None:
        """Have a coroutine called whenever signals may have been missed, again and again until it succeeds.

        Several do not wait for each other.
        """
        self._after_gap.append(_ReadingAgain(read_again))

    def tell(self, topic: Topic, key: str = "", **along: Any) -> None:
        """Tell the other copies, soon; one's own hearers are not called.

        :param along: ids and marks, together below :data:`MOST_BYTES`.
        """
        text = json.dumps({"from": self._copy, "topic": topic.value, "key": key, **along})
        if len(text) > MOST_BYTES:
            raise ValueError(f"a signal of {len(text)} bytes: {topic.value}")
        if len(self._unsent) >= _MOST_UNSENT:
            self._unsent.clear()
            text = MISSED
        self._unsent.append(text)
        self._has_unsent.set()

    async def start(self) -> None:
        """Open the line, once without waiting for it to come up, and go on in the background."""
        with contextlib.suppress(CarrierError):
            await self._open()
        self._tasks = [
            asyncio.create_task(self._hear_all()),
            asyncio.create_task(self._send_all()),
        ]

    async def close(self) -> None:
        """Send what is to be sent, for a moment, and end."""
        if self.is_up and self._unsent:
            with contextlib.suppress(CarrierError, asyncio.TimeoutError):
                await asyncio.wait_for(self._carrier.send(list(self._unsent)), 1.0)
        await ended([*self._tasks, *self._working])
        self.is_up = False
        await self._carrier.close()

    async def _open(self) -> None:
        await self._carrier.open()
        self.is_up = True
        self._up.set()

    async def _hear_all(self) -> None:
        pause, longest = _REOPEN_S
        while True:
            try:
                if not self.is_up:
                    await self._open()
                    logger.info("signals between copies are carried again")
                    self._read_again()
                pause = _REOPEN_S[0]
                for text in await self._carrier.heard():
                    self._take(text)
            except CarrierError as error:
                if self.is_up:
                    logger.warning("signals between copies are interrupted: %s", error)
                self.is_up = False
                self._up.clear()
                await self._carrier.close()
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)

    async def _send_all(self) -> None:
        while True:
            await self._has_unsent.wait()
            await self._up.wait()
            batch = [self._unsent[n] for n in range(min(_AT_ONCE, len(self._unsent)))]
            try:
                await self._carrier.send(batch)
            except CarrierError as error:
                logger.info("signals wait: %s", error)
                await asyncio.sleep(_REOPEN_S[0])
                continue
            for text in batch:  # the queue may have been given up meanwhile
                if self._unsent and self._unsent[0] is text:
                    self._unsent.popleft()
            if not self._unsent:
                self._has_unsent.clear()

    def _take(self, text: str) -> None:
        if text == MISSED:
            self._read_again()
            return
        try:
            signal = json.loads(text)
            sent_by, topic, key = signal.pop("from"), signal.pop("topic"), str(signal.pop("key"))
        except (ValueError, KeyError, AttributeError, TypeError):
            logger.warning("a signal could not be read")
            return
        if sent_by != self._copy:
            for heard in self._hearers.get(topic, ()):
                lock = self._locks.setdefault(f"{topic} {key}", asyncio.Lock())
                self._begin(self._call(lock, heard, key, signal))

    async def _call(
        self, lock: asyncio.Lock, heard: Heard, key: str, along: Mapping[str, Any]
    ) -> None:
        async with lock:  # what is heard later of the same key waits
            for tried in range(_MOST_TRIES):
                try:
                    await heard(key, along)
                except AssistantError as error:  # the records are away for a moment
                    logger.warning("a signal was heard in vain: %s", error)
                    await asyncio.sleep(_pause(tried))
                else:
                    return
        self._read_again()

    def _read_again(self) -> None:
        for reading in self._after_gap:
            if reading.ask():
                self._begin(reading.run())

    def _begin(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._working.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("hearing a signal failed", exc_info=error)


class _ReadingAgain:
    """Reads once more what may have changed, until that succeeds; asked meanwhile, it does so again."""

    def __init__(self, read: Callable[[], Awaitable[None]]) -> None:
        self._read = read
        self._is_wanted = False
        self._is_running = False

    def ask(self) -> bool:
        """Have it done soon.

        :return: whether :meth:`run` has to be called for that.
        """
        self._is_wanted = True
        return not self._is_running

    async def run(self) -> None:
        self._is_running = True
        try:
            tried = 0
            while self._is_wanted:
                self._is_wanted = False
                try:
                    await self._read()
                except AssistantError as error:
                    logger.warning("what changed meanwhile could not be read: %s", error)
                    self._is_wanted = True
                    await asyncio.sleep(_pause(tried))
                    tried += 1
        finally:
            self._is_running = False


def _pause(tried: int) -> float:
    """Seconds until the next try."""
    shortest, longest = _RETRY_S
    return float(min(shortest * 2**tried, longest))


def signals_of(settings: Settings, secret: str, copy: str) -> Signals:
    """The signals by the carrier that the settings imply.

    :param copy: the name of this copy.
    :param secret: the key of tokens, the same in every copy; it tells deployments on one Redis apart.
    """
    return Signals(_carrier(settings, secret, copy), copy)


def _carrier(settings: Settings, secret: str, copy: str) -> Carrier:
    if settings.redis_url is not None:
        # Imported here: one server alone needs no Redis.
        from server.carriers.redis import Subscription

        return Subscription(settings.redis_url, f"{deployment(secret)}:signals")
    if sqlite_file(settings.desk.database_url) is None:
        # Imported here: nor has a server on SQLite its driver.
        from server.carriers.postgres import Notices

        return Notices(settings.desk.database_url)
    return Datagrams(settings.data_dir, copy)


def deployment(secret: str) -> str:
    """What names in a shared Redis begin with, so that deployments do not meet."""
    return f"huhang:{sha256(f'redis {secret}'.encode()).hexdigest()[:12]}"
