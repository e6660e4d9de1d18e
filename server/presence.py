"""This copy of the server among the others: says that it is there, and takes up what others left.

A copy that was killed leaves papers half read, deliveries half answered, imports half done.  Those that
are still there look from time to time, so that nothing waits for the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.engine import Connection, Engine

from desk import claims, copies
from desk.engine import one_starter, starting, writing
from desk.signs_of_life import SignsOfLife
from knowledge.errors import AssistantError, SettingsError
from server.ending import ended

logger = logging.getLogger(__name__)

# How often work that was left is looked for.
_LOOK_EVERY_S = 10.0
_UNLIKE_THE_OTHERS = (
    "同一个数据库上另一份护航用的是别的令牌密钥：每一份都要设同一个 HUHANG_SECRET_KEY，"
    "否则这一份签发的令牌那一份不认。要换密钥，先把每一份都停下"
)


class Presence:
    """One copy's row, kept until it ends."""

    def __init__(self, engine: Engine, copy: str, deployment: str | None = None) -> None:
        """Be not there yet.

        :param deployment: what copies with the same secret have in common (:func:`server.signals.deployment`).
        """
        self._engine = engine
        self._copy = copy
        self._deployment = deployment
        # What else is to be taken up, each called again and again.
        self.left: list[Callable[[], Awaitable[None]]] = []
        self._signs = SignsOfLife(engine, copy)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Be there from now on, and free at once what was claimed by those who are gone.

        :raises StorageError: the records cannot be written.
        :raises SettingsError: another copy is there whose tokens this one would not know.
        """
        await asyncio.to_thread(self._begin)
        self._signs.start()
        self._task = asyncio.create_task(self._look_again_and_again())

    async def close(self) -> None:
        """Be gone."""
        if self._task is not None:
            await ended([self._task])
            await asyncio.to_thread(self._signs.close)
        try:
            await asyncio.to_thread(self._in_transaction, self._leave)
        except AssistantError as error:  # the others see it when this process has ended
            logger.warning("could not say goodbye: %s", error)

    async def look(self) -> None:
        """Take up what copies left that are gone."""
        await asyncio.to_thread(self._in_transaction, claims.free_what_is_left)
        for take_up in self.left:
            await take_up()

    async def _look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self.look()
            except AssistantError as error:
                logger.warning("what others left was not looked for: %s", error)
            except Exception:  # the next look may succeed
                logger.exception("what was left could not be taken up")

    def _begin(self) -> None:
        with starting(self._engine):
            self._in_transaction(self._enter)

    def _enter(self, conn: Connection) -> None:
        one_starter(conn)
        if self._deployment is not None and copies.deployments(conn) - {self._deployment}:
            raise SettingsError(_UNLIKE_THE_OTHERS)
        copies.enter(conn, self._copy, self._deployment)
        claims.free_what_is_left(conn)

    def _leave(self, conn: Connection) -> None:
        copies.leave(conn, self._copy)

    def _in_transaction(self, step: Callable[[Connection], object]) -> None:
        with writing(self._engine) as conn:
            step(conn)
