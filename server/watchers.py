"""The open pages of staff: told at once that something changed, and how much waits for them.

Events carry no words of the conversation: a page that is told fetches what is new over its own session,
so the order and completeness of what it shows come from the record.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Engine

from desk import inbox
from desk.engine import reading
from desk.inbox import Waiting
from desk.permissions import sees
from desk.staff import Staff
from desk.tickets import Status
from knowledge.errors import DeskError
from server.ending import ended
from server.hub import Hub, Listener, send
from server.signals import Signals, Topic

logger = logging.getLogger(__name__)

# Changes within this time are told together.
_TOGETHER_S = 0.25
# Mere talk changes no number, only the last words in the lists.  Telling every page of it at once would
# make every open list be fetched several times a second (docs/desk.md).
_TALK_TOGETHER_S = 2.0
# The records are away for a moment: the numbers are read again so soon.
_AGAIN_S = 0.5


@dataclass(frozen=True)
class Overview:
    """The state of all queues at one moment."""

    numbers: tuple[Waiting, ...]
    standings: tuple[tuple[str, str, int], ...]


def overview_of(engine: Engine) -> Callable[[], Overview]:
    """How the state of the queues is read."""

    def read() -> Overview:
        with reading(engine) as conn:
            return Overview(inbox.open_numbers(conn), inbox.standings(conn))

    return read


class Watchers:
    """Who of the staff looks at what, and what they and the waiting people are told."""

    def __init__(self, people: Hub, overview: Callable[[], Overview], signals: Signals) -> None:
        """Begin with nobody watching.

        :param people: the open chat pages, which are told their place in the queue.
        :param signals: reach the pages that are open at other copies of the server.
        """
        self._people = people
        self._signals = signals
        signals.hear(Topic.CASE, self._heard_case)
        signals.hear(Topic.MARK, self._heard_mark)
        signals.hear(Topic.QUEUES, self._heard_queues)
        signals.on_gap(self._read_again)
        self._overview = overview
        self._staff: dict[Listener, Staff] = {}
        self._cases = Hub()
        self._looking: dict[Listener, str] = {}
        self._told: dict[str, int] = {}
        self._pending: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[Any]] = set()

    def join(self, listener: Listener, person: Staff) -> None:
        """A page of this person was opened."""
        self._staff[listener] = person

    def leave(self, listener: Listener) -> None:
        """The page was closed."""
        self._staff.pop(listener, None)
        self.look(listener, None)

    def look(self, listener: Listener, sender: str | None) -> None:
        """The page shows this person's conversation from now on (None: none)."""
        before = self._looking.pop(listener, None)
        if before is not None:
            self._cases.leave(before, listener)
        if sender is not None:
            self._looking[listener] = sender
            self._cases.join(sender, listener)

    def said(self, sender: str, *, is_talk: bool = False) -> None:
        """Something was said in this conversation, or its owner changed.

        :param is_talk: nothing but words; who waits and who serves is as before.
        """
        self._signals.tell(Topic.CASE, sender, is_talk=is_talk)
        self._show(sender, {"type": "conversation"})
        self._tell_soon(is_talk=is_talk)

    def tell(self, sender: str, event: Mapping[str, Any]) -> None:
        """Send an event, no more than ids, to the pages that show this conversation."""
        self._signals.tell(Topic.MARK, sender, event=dict(event))
        self._show(sender, event)

    def changed(self) -> None:
        """The queues may have changed: everybody is told their numbers soon."""
        self._signals.tell(Topic.QUEUES)
        self._tell_soon(is_talk=False)

    async def _heard_case(self, sender: str, along: Mapping[str, Any]) -> None:
        self._show(sender, {"type": "conversation"})
        self._tell_soon(is_talk=bool(along.get("is_talk")))

    async def _heard_mark(self, sender: str, along: Mapping[str, Any]) -> None:
        self._show(sender, along["event"])

    async def _heard_queues(self, _key: str, _along: Mapping[str, Any]) -> None:
        self._tell_soon(is_talk=False)

    async def _read_again(self) -> None:
        for sender in self._cases.connected():
            self._show(sender, {"type": "conversation"})
        self._tell_soon(is_talk=False)

    def _show(self, sender: str, event: Mapping[str, Any]) -> None:
        if self._cases.is_connected(sender):
            self._begin(self._cases.publish(sender, event))

    def _tell_soon(self, *, is_talk: bool) -> None:
        if not self._staff and not self._people.connected():
            return  # nobody is here to be told
        self._tell_within(_TALK_TOGETHER_S if is_talk else _TOGETHER_S)

    def _tell_within(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds
        if self._pending is not None:
            if self._pending.when() <= at:
                return
            self._pending.cancel()
        self._pending = loop.call_at(at, lambda: self._begin(self._tell_numbers()))

    async def close(self) -> None:
        """Drop what is being told."""
        if self._pending is not None:
            self._pending.cancel()
        await ended(self._sending)

    def _begin(self, telling: Any) -> None:
        task = asyncio.ensure_future(telling)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _tell_numbers(self) -> None:
        self._pending = None  # what changes from here on is told again
        try:
            overview = await asyncio.to_thread(self._overview)
        except DeskError as error:
            logger.warning("the queues could not be read: %s", error)
            self._tell_within(_AGAIN_S)
            return
        await asyncio.gather(
            *(self._tell_one(listener, numbers_for(person, overview.numbers))
              for listener, person in list(self._staff.items())),
            *(self._tell_standing(*standing) for standing in overview.standings),
        )  # fmt: skip
        self._told = {sender: place for sender, _, place in overview.standings}

    async def _tell_one(self, listener: Listener, numbers: Mapping[str, int]) -> None:
        if not await send(listener, {"type": "inbox", **numbers}):
            self.leave(listener)

    async def _tell_standing(self, sender: str, reference: str, place: int) -> None:
        if self._told.get(sender) != place and self._people.is_connected(sender):
            event = {"type": "standing", "ticket": reference, "position": place}
            await self._people.publish(sender, event)


def numbers_for(person: Staff, numbers: Sequence[Waiting]) -> dict[str, int]:
    """How many wait in the queues this person sees, and how many they serve."""
    waiting = sum(
        item.number
        for item in numbers
        if item.status in (Status.WAITING, Status.CALLBACK)
        and (item.status is Status.WAITING or item.assignee is None)
        and sees(person.center, item.center)
    )
    mine = sum(item.number for item in numbers if item.assignee == person.login)
    return {"waiting": waiting, "mine": mine}
