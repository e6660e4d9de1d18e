"""Where papers are read: one at a time in each copy of the server, in the order they came.

A paper's bytes and its row are stored before anything is read, so a server that is killed goes on where
it was when it starts again.  When a paper is read, the conversation is told through its ordinary turn.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.engine import Connection, Engine

from actions.paper_due import with_due
from desk import attachments, papers
from desk.engine import reading, writing
from desk.errors import NotFoundError
from desk.paper_files import path_of
from desk.papers import Paper, Status
from desk.times import utc_now
from knowledge.errors import AssistantError, DeskError, SourceError
from papers.persistence import reading_to_json
from papers.types import Reading
from papers.worker import FAULT_REASON, ReaderFaultError
from server.errors import RequestError
from server.waiting import is_set_within

logger = logging.getLogger(__name__)

# Papers that may wait before more are refused; a scan of ten pages takes about half a minute.
MOST_WAITING = 12
# Papers that one person may have waiting, and how many of them count against everybody: the pages of
# one letter, each sent by itself, must not close the intake for others.
MOST_OF_ONE = 9
_COUNTED_OF_ONE = 3
_COME_BACK_S = 30
_LOOK_S = 20.0
_AGAIN_S = 5.0
# Tries to tell of a paper before it is given up, where the records and the dialogue are not to blame.
_MOST_TRIES = 3
# Refusals from here on say that something is away for a moment.
_FOR_A_MOMENT = 500
_TELL_EVERY_S = 0.5
_CLOSING_S = 0.1
_WHOLE_S = 0.5
_EXPIRE_EVERY_S = 3600.0


class Reader(Protocol):
    """Reads papers one after the other."""

    def read(
        self,
        files: Sequence[Path],
        today: date,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> Reading:
        """:raises SourceError: in Chinese, when the paper cannot be read. :return: what it says."""
        ...

    def close(self) -> None:
        """Give up what is being read and free what reading takes; it is taken again when needed."""
        ...


# Tells the conversation of a paper that was read, or that could not be.
Tell = Callable[[Paper], Awaitable[None]]


class ReadingRoom:
    """Takes papers one after the other, reads them and has the conversation told.

    :param claimant: this copy of the server; what one had begun that was killed is begun anew by another.
    :param others: told when a paper waits: the other copies, one of which may have nothing to read.
    :param folder: where attachments lie.
    :param failed: told when the program that reads failed, rather than the paper.
    :param days: how long papers of an idle conversation are kept.
    """

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        reader: Reader,
        *,
        claimant: str,
        days: int,
        others: Callable[[], None],
        failed: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._reader = reader
        self._claimant = claimant
        self._days = days
        self._others = others
        self._failed = failed
        self._called = asyncio.Event()
        # Lines are cut from their pages one at a time, too.
        self.cutting = asyncio.Lock()
        self._expired_at = 0.0
        self._is_closing = False
        self._is_reading = False
        self._tries: Counter[str] = Counter()

    def call(self) -> None:
        """Say that a paper waits, to this copy and the others."""
        self.wake()
        self._others()

    def call_later(self, seconds: float) -> None:
        """Say so once a paper whose pages come one by one is whole; who is closed meanwhile says nothing."""
        asyncio.get_running_loop().call_later(seconds + _WHOLE_S, self.call)

    def wake(self) -> None:
        """Look whether a paper waits."""
        self._called.set()

    async def admit(self, sender: str | None = None) -> None:
        """:param sender: who sends the paper, once that is known.

        :raises RequestError: 503 when too many papers wait already, of everybody or of the one who sends.
        """
        waiting = await asyncio.to_thread(self._waiting)
        own = waiting.pop(sender, 0) if sender is not None else 0
        others = sum(min(count, _COUNTED_OF_ONE) for count in waiting.values())
        if others >= MOST_WAITING or own >= min(MOST_OF_ONE, MOST_WAITING):
            raise RequestError(
                503,
                "too_many_papers",
                "现在上传的文书太多，正在一份一份读；请过半分钟再传",
                {"Retry-After": str(_COME_BACK_S)},
            )

    async def run(self, today: Callable[[], date], tell: Tell) -> None:
        """Read until cancelled."""
        await self._release_after(0)
        while True:
            paper: Paper | None = None
            try:
                paper = await asyncio.to_thread(self._in_transaction, papers.claim, self._claimant)
                if paper is not None:
                    await self._take(paper, today(), tell)
                    self._tries.pop(paper.uid, None)
                else:
                    await self._expire()
                    await self._wait()
            except AssistantError as error:  # the records are busy, or the turn was refused
                logger.warning("a paper has to wait: %s", type(error).__name__)
                is_for_good = isinstance(error, RequestError) and error.status < _FOR_A_MOMENT
                await self._put_off(paper if is_for_good else None, tell)
            except Exception:  # one paper must not end the reading of the others
                logger.exception("the reading room failed")
                await self._put_off(paper, tell)

    async def _put_off(self, paper: Paper | None, tell: Tell) -> None:
        """Go on with the others soon; a paper that failed too often is given up."""
        if paper is not None:
            self._tries[paper.uid] += 1
            if self._tries[paper.uid] >= _MOST_TRIES:
                await self._give_up(paper.uid, tell)
        await self._release_after(_AGAIN_S)

    async def _give_up(self, uid: str, tell: Tell) -> None:
        try:
            await asyncio.to_thread(self._in_transaction, papers.failed, uid, FAULT_REASON)
            del self._tries[uid]
            await tell(await asyncio.to_thread(self._get, uid))
        except Exception:  # it stands as failed, or is given up with the next try
            logger.exception("a paper was given up, and nobody could be told")

    async def close(self) -> None:
        """Leave what is under way to the next start."""
        self._is_closing = True
        await asyncio.to_thread(self._reader.close)
        while self._is_reading:  # it may just have begun
            await asyncio.sleep(_CLOSING_S)
            await asyncio.to_thread(self._reader.close)
        await asyncio.to_thread(self._in_transaction, papers.release, self._claimant)

    async def _take(self, paper: Paper, today: date, tell: Tell) -> None:
        if paper.status is not Status.READ:
            is_read = await asyncio.to_thread(self._read, paper, today)
            try:
                paper = await asyncio.to_thread(self._get, paper.uid)
            except NotFoundError:  # erased while it was being read
                return
            if not is_read:
                if paper.status is Status.FAILED:
                    await tell(paper)
                return
        await tell(paper)
        await asyncio.to_thread(self._in_transaction, papers.done, paper.uid)

    def _read(self, paper: Paper, today: date) -> bool:
        """:return: whether the conversation can be told."""
        self._is_reading = True
        try:
            return not self._is_closing and self._found(paper, today)
        finally:
            self._is_reading = False

    def _found(self, paper: Paper, today: date) -> bool:
        last = 0.0

        def progress(done: int, pages: int) -> None:
            nonlocal last
            if done == pages or time.monotonic() - last >= _TELL_EVERY_S:
                last = time.monotonic()
                try:
                    self._in_transaction(papers.progress, paper.uid, done, pages)
                except DeskError as error:  # it is told with the next page; reading goes on
                    logger.warning("how far a paper is could not be noted: %s", error)

        try:
            files = [path_of(self._folder, paper.uid, file.file) for file in paper.files]
            found = with_due(self._reader.read(files, today, progress=progress), today)
        except (SourceError, DeskError) as error:
            if isinstance(error, ReaderFaultError):
                self._failed()
            return self._note_failure(paper, _named(str(error), paper))
        except Exception as error:
            if not self._is_closing:
                self._failed()
                logger.exception("reading a paper failed: %s", type(error).__name__)
            return self._note_failure(paper, FAULT_REASON)
        return bool(self._in_transaction(papers.read, paper.uid, reading_to_json(found)))

    def _note_failure(self, paper: Paper, reason: str) -> bool:
        # A reading that ends because the server does is no failure of the paper.
        if not self._is_closing:
            self._in_transaction(papers.failed, paper.uid, reason)
        return False

    def _waiting(self) -> dict[str, int]:
        with reading(self._engine) as conn:
            return papers.unread_by_sender(conn)

    def _get(self, uid: str) -> Paper:
        with reading(self._engine) as conn:
            return papers.get(conn, uid)

    def _in_transaction(self, step: Callable[..., Any], *arguments: Any) -> Any:
        with writing(self._engine) as conn:
            return step(conn, *arguments)

    async def _expire(self) -> None:
        if time.monotonic() - self._expired_at < _EXPIRE_EVERY_S:
            return
        self._expired_at = time.monotonic()

        def expire(conn: Connection) -> int:
            return papers.expire(conn, utc_now() - timedelta(days=self._days))

        await asyncio.to_thread(self._in_transaction, expire)
        # Also what another machine let go of, and this one had fetched.
        await asyncio.to_thread(attachments.sweep, self._engine, self._folder)

    async def _release_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await asyncio.to_thread(self._in_transaction, papers.release, self._claimant)
        except DeskError as error:
            logger.warning("a claim could not be given up: %s", error)

    async def _wait(self) -> None:
        if not await is_set_within(self._called, _LOOK_S):
            await asyncio.to_thread(self._reader.close)  # nobody waits: its memory is for others
            return
        self._called.clear()


def public(found: dict[str, Any]) -> dict[str, Any]:
    """The contract's object of a kept reading, without the text of the whole paper."""
    return {name: value for name, value in found.items() if name not in ("lines", "sizes")}


def _named(reason: str, paper: Paper) -> str:
    """A reason with the names that the person knows in place of those on the disk."""
    for file in paper.files:
        reason = reason.replace(file.file, f"「{file.name}」")
    return reason
