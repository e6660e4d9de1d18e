"""From what another server delivers to what is said back: once, in time where the server waits, else late.

A delivery is stored, then worked on beside the connections that wait for it.  What is ready in time goes
back with one of them; the rest is sent by the courier, or kept until the person writes again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from sqlalchemy.engine import Connection, Engine

from channels.wechat.courier import CONFIRM, Confirm, Courier
from channels.wechat.heard import Heard, Kind
from channels.wechat.immediate_reply import GAP, IMMEDIATE_BYTES, ImmediateReply, joined, more
from channels.wechat.insisting import surely
from desk import deliveries, outgoing, reach
from desk.deliveries import Delivered
from desk.engine import reading, writing
from desk.messages import OutboundMessage
from desk.outgoing import Part, State
from desk.reach import Grant, Reached
from knowledge.errors import DeskError

logger = logging.getLogger(__name__)

# The server waits five seconds; the answer needs its way back.
IMMEDIATE_S = 4.0
_LOOK_AGAIN_S = 0.1
_RESUME_EVERY_S = 20.0
_PURGE_EVERY = 180
GRANTS: dict[Kind, Grant] = {
    Kind.SUBSCRIBE: reach.SUBSCRIBE,
    Kind.SCAN: reach.SCAN,
    Kind.CLICK: reach.MENU,
    **{
        kind: reach.MESSAGE
        for kind in (
            Kind.TEXT, Kind.VOICE, Kind.IMAGE, Kind.VIDEO, Kind.FILE, Kind.LOCATION, Kind.LINK,
        )
    },
}  # fmt: skip


_Key = tuple[str, str]


def _key(heard: Heard) -> _Key:
    return heard.account, heard.key


class Listener(Protocol):
    """Finds what is said to something that a person did."""

    async def answer(self, heard: Heard, person: Reached, delivery: int) -> list[OutboundMessage]:
        """:raises DeskError: it could not be stored; the same again is answered as if for the first time."""
        ...


class TimedAnswers:
    """Takes the deliveries of one account.

    :param claimant: this copy of the server.
    """

    def __init__(
        self, engine: Engine, courier: Courier, listener: Listener, confirm: Confirm, claimant: str
    ) -> None:
        self._engine = engine
        self._courier = courier
        self._listener = listener
        self._confirm = confirm
        self._claimant = claimant
        self._running: dict[_Key, asyncio.Task[ImmediateReply]] = {}
        self._storing: dict[_Key, asyncio.Task[int]] = {}
        # Connections that wait for a delivery's answer, from before it is stored.
        self._waiting: Counter[_Key] = Counter()

    async def keep(self, heard: Heard) -> int:
        """Store a delivery and begin to work on it.

        :return: its number.
        :raises DeskError: it could not be stored; it must not be acknowledged.
        """
        key = _key(heard)
        task = self._storing.get(key)
        if task is None:
            # What comes again while the records are slow would make them slower.
            task = self._storing[key] = asyncio.create_task(self._keep(heard))
            task.add_done_callback(lambda _: self._storing.pop(key, None))
        return await asyncio.shield(task)

    async def take(self, heard: Heard, wait_s: float) -> tuple[int, ImmediateReply]:
        """Store a delivery whose connection waits, and find what can go back on it.

        :return: its number, and nothing to go back when that is not ready in time.
        :raises DeskError: it could not be stored; it must not be acknowledged.
        :raises asyncio.TimeoutError: it is not stored yet; it must not be acknowledged either.
        """
        until = time.monotonic() + wait_s
        key = _key(heard)
        self._waiting[key] += 1
        try:
            delivery = await asyncio.wait_for(self.keep(heard), wait_s)
            return delivery, await self._immediate(key, delivery, max(until - time.monotonic(), 0))
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]
            self._let_go(key)

    async def _keep(self, heard: Heard) -> int:
        delivered, person = await asyncio.to_thread(self._store, heard)
        if delivered.is_ours:
            self._begin(delivered, heard, person)
        return delivered.id

    async def _immediate(self, key: _Key, delivery: int, wait_s: float) -> ImmediateReply:
        task = self._running.get(key)
        if task is None:
            return await self._given_before(delivery, wait_s)
        try:
            return await asyncio.wait_for(asyncio.shield(task), wait_s)
        except asyncio.TimeoutError:
            return ImmediateReply(None)

    async def lost(self, delivery: int, reply: ImmediateReply) -> None:
        """The connection was gone before the answer was written: it is sent otherwise."""
        await surely(self._take_back, delivery, reply.parts)
        self._courier.call()

    async def gone(self, reply: ImmediateReply) -> None:
        """The answer was written; whoever served is told that their words arrived."""
        messages = {part.message for part in reply.parts if part.body.get(CONFIRM)}
        if messages:
            sender = await asyncio.to_thread(self._sender, reply.parts[0].person)
            if sender is not None:
                await self._confirm(sender, sorted(messages))

    async def start(self) -> None:
        """Free what this copy of the server had begun before it ended; nothing may have come in yet.

        :raises DeskError: the records are not available.
        """
        await surely(self._release)

    async def run(self) -> None:
        """Work on what a killed server left, now and from time to time, until cancelled."""
        rounds = 0
        while True:
            await self._guarded(self._resume)
            if rounds % _PURGE_EVERY == 0:
                await self._guarded(self._purge)
            rounds += 1
            await asyncio.sleep(_RESUME_EVERY_S)

    async def close(self) -> None:
        """Wait for what has begun."""
        await asyncio.gather(*self._storing.values(), return_exceptions=True)
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    # -- one delivery ---------------------------------------------------------------------------

    def _begin(self, delivered: Delivered, heard: Heard, person: Reached) -> None:
        task = asyncio.create_task(self._work(delivered, heard, person))
        self._running[_key(heard)] = task
        task.add_done_callback(lambda _: self._let_go(_key(heard)))

    def _let_go(self, key: _Key) -> None:
        """Forget a turn that has ended, once no connection that waits for it can still ask for it."""
        task = self._running.get(key)
        if task is not None and task.done() and key not in self._waiting:
            del self._running[key]

    async def _work(self, delivered: Delivered, heard: Heard, person: Reached) -> ImmediateReply:
        try:
            messages = await self._listener.answer(heard, person, delivered.id)
            is_awaited = _key(heard) in self._waiting
            reply = await surely(self._finish, delivered, person, messages, is_awaited=is_awaited)
            if is_awaited and _key(heard) not in self._waiting:  # they left just now
                await surely(self._take_back, delivered.id, reply.parts)
        except DeskError as error:  # it is tried again from the record
            logger.warning("a delivery waits: %s", error)
            return ImmediateReply(None)
        except Exception:
            logger.exception("a delivery failed")
            return ImmediateReply(None)
        self._courier.call()
        return reply

    def _finish(
        self,
        delivered: Delivered,
        person: Reached,
        messages: Sequence[OutboundMessage],
        *,
        is_awaited: bool,
    ) -> ImmediateReply:
        with writing(self._engine) as conn:
            known = reach.get(conn, person.id)
            if known is None:  # erased in this turn: what is said of it is not stored
                reply = ImmediateReply(joined(messages, self._courier))
                deliveries.finish(conn, delivered.id)
                return reply
            self._courier.put(conn, known, messages)
            if is_awaited:
                reply = self._pack(conn, known)
            else:
                reply = ImmediateReply(None)
                if self._courier.is_open(known):  # by this act: what was kept goes first
                    outgoing.resume(conn, known.id)
            deliveries.finish(conn, delivered.id, reply.text)
        return reply

    def _pack(self, conn: Connection, person: Reached) -> ImmediateReply:
        """As much of what waits, in order, as one immediate reply holds."""
        waiting = outgoing.waiting(conn, person.id)
        may_push = self._courier.account.may_push
        taken: list[Part] = []
        text = ""
        for number, part in enumerate(waiting):
            words = str(part.body.get("text", ""))
            joined = GAP.join(filter(None, (text, words)))
            left = len(waiting) - number - 1
            tail = "" if may_push or not left else GAP + more(left)
            if part.body.get("type") != "text" or len((joined + tail).encode()) > IMMEDIATE_BYTES:
                break
            taken.append(part)
            text = joined
        left = len(waiting) - len(taken)
        outgoing.sent(conn, [part.id for part in taken])
        if left and may_push:
            outgoing.resume(conn, person.id)
        elif left and text:
            text += GAP + more(left)
        return ImmediateReply(text or None, tuple(taken))

    async def _given_before(self, delivery: int, wait_s: float) -> ImmediateReply:
        """The answer of a delivery that came again; one that another copy works on is waited for."""
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        while True:
            reply = await asyncio.to_thread(self._given, delivery)
            if reply is not None:
                return reply
            if loop.time() + _LOOK_AGAIN_S > until:
                return ImmediateReply(None)
            await asyncio.sleep(_LOOK_AGAIN_S)

    def _given(self, delivery: int) -> ImmediateReply | None:
        with reading(self._engine) as conn:
            found = deliveries.find(conn, delivery)
        if found is not None and not found.is_done:
            return None
        if found is None or found.person is None:
            return ImmediateReply(None)
        if found.answer is not None:
            return ImmediateReply(found.answer)
        with writing(self._engine) as conn:
            person = reach.get(conn, found.person)
            if person is None:
                return ImmediateReply(None)
            reply = self._pack(conn, person)
            deliveries.answered(conn, delivery, reply.text)
            return reply

    def _store(self, heard: Heard) -> tuple[Delivered, Reached]:
        account = self._courier.account
        address = reach.Address(account.channel, heard.account, heard.person)
        with writing(self._engine) as conn:
            person = reach.meet(conn, address)
            delivered = deliveries.receive(
                conn,
                account.channel,
                f"{heard.account} {heard.key}",
                person.id,
                heard.to_json(),
                self._claimant,
            )
            if delivered.is_new and heard.kind in GRANTS:
                reach.heard(conn, person.id, GRANTS[heard.kind])
                person = reach.get(conn, person.id) or person
        return delivered, person

    def _take_back(self, delivery: int, parts: Sequence[Part]) -> None:
        with writing(self._engine) as conn:
            state = State.READY if self._courier.account.may_push else State.KEPT
            outgoing.back(conn, [part.id for part in parts], state)
            deliveries.answered(conn, delivery, None)

    def _sender(self, person: int) -> str | None:
        with reading(self._engine) as conn:
            found = reach.get(conn, person)
        return None if found is None else found.sender

    # -- what was left --------------------------------------------------------------------------

    async def _guarded(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except DeskError as error:
            logger.warning("the records are not available: %s", error)

    def _release(self) -> None:
        with writing(self._engine) as conn:
            deliveries.release(conn, self._claimant)

    async def _resume(self) -> None:
        def left() -> list[tuple[Delivered, Reached]]:
            channel = self._courier.account.channel
            with writing(self._engine) as conn:
                found = deliveries.unfinished(conn, channel, self._claimant)
                met = [(item, reach.get(conn, item.person)) for item in found if item.person]
            return [(item, person) for item, person in met if person is not None]

        for delivered, person in await asyncio.to_thread(left):
            self._begin(delivered, Heard.from_json(delivered.heard), person)

    async def _purge(self) -> None:
        def purge() -> None:
            with writing(self._engine) as conn:
                deliveries.purge(conn)
                outgoing.purge(conn)

        await asyncio.to_thread(purge)
