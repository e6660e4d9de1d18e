"""What must happen at the desk though nobody does anything: waits that end, silence that is noticed."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from sqlalchemy.engine import Engine

from desk import cases, handoffs, inbox
from desk.engine import reading
from desk.errors import TransitionError
from knowledge.errors import DeskError
from server.delivery import Delivery

logger = logging.getLogger(__name__)

EVERY_S = 30.0
# With nobody at the desk the bot speaks again soon; a person who is really being queued may wait longer.
NOBODY_THERE = timedelta(minutes=30)
QUEUE_TOO_LONG = timedelta(hours=2)
SERVER_GONE = timedelta(minutes=30)


class Keeper:
    """Looks at the queue from time to time."""

    def __init__(self, engine: Engine, delivery: Delivery) -> None:
        self._engine = engine
        self._delivery = delivery

    async def run(self) -> None:
        """Look until cancelled; a database that is busy is looked at again later."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.look()
            except DeskError as error:
                logger.warning("the queue was not looked at: %s", error)

    async def look(self) -> int:
        """Turn waits that took too long into callbacks.

        :return: how many.
        """
        ended = 0
        for reference in await asyncio.to_thread(self._due):
            try:
                await self._delivery.carry_out(reference, cases.time_out, reference)
            except TransitionError:
                logger.debug("somebody came to %s in this moment", reference)
            else:
                ended += 1
        return ended

    def _due(self) -> tuple[str, ...]:
        with reading(self._engine) as conn:
            too_long = set(handoffs.overdue(conn, QUEUE_TOO_LONG))
            for reference in handoffs.overdue(conn, NOBODY_THERE):
                ticket = handoffs.find(conn, reference)
                if ticket is not None and not ticket.staff_online:
                    too_long.add(reference)
            return (*sorted(too_long), *inbox.silent(conn, SERVER_GONE))
