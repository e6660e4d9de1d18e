"""Carries what is said to people of one account's channel: rendered, stored, sent in order, tried again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy.engine import Connection, Engine

from channels.wechat.api import ApiError
from channels.wechat.insisting import surely
from channels.wechat.rendering import Form, render
from desk import outgoing, reach
from desk.casework import outbound
from desk.conversations import Message
from desk.engine import writing
from desk.messages import OutboundMessage
from desk.outgoing import Part, State
from desk.reach import Reached
from desk.times import utc_now
from knowledge.errors import DeskError
from server.delivery_errors import Fate, meaning
from server.waiting import is_set_within

logger = logging.getLogger(__name__)

_AT_ONCE = 16
_LOOK_S = 5.0
_MOST_ATTEMPTS = 30
_LONGEST_WAIT_S = 60
_FORGOTTEN = timedelta(days=2)
# A part that came through the desk: whoever served is told that it arrived.
CONFIRM = "confirm"

Confirm = Callable[[str, Sequence[str]], Awaitable[None]]


class Account(Protocol):
    """One account on another server."""

    channel: str
    form: Form
    # Whether it may write first; otherwise everything waits for the person's next message.
    may_push: bool
    # Whether the other server limits how long after their message people may be written to.
    has_window: bool

    async def send(self, person: Reached, part: Part) -> None:
        """:raises ApiError: the server did not take it."""
        ...


class Courier:
    """Sends what is stored for the people of one account.

    :param confirm: told which messages of the desk have arrived.
    :param troubled: told whose message did not arrive.
    """

    def __init__(
        self, engine: Engine, account: Account, confirm: Confirm, troubled: Callable[[str], None]
    ) -> None:
        self.account = account
        self._engine = engine
        self._confirm = confirm
        self._troubled = troubled
        self._called = asyncio.Event()

    def call(self) -> None:
        """Say that something waits."""
        self._called.set()

    async def carry(self, sender: str, messages: Sequence[Message]) -> None:
        """Send what the desk said in a conversation, if its person is reached by this account."""
        is_due = bool(messages) and await asyncio.to_thread(self._stored, sender, messages)
        if is_due:
            self.call()

    async def say(self, sender: str, messages: Sequence[OutboundMessage]) -> None:
        """Send what the bot said without having been asked by this channel."""
        is_due = bool(messages) and await asyncio.to_thread(self._put_for, sender, messages)
        if is_due:
            self.call()

    def put(self, conn: Connection, person: Reached, messages: Sequence[OutboundMessage]) -> None:
        """Store messages of an answer as parts to send, and what their numbers stand for."""
        state = State.READY if self.is_open(person) else State.KEPT
        choices: tuple[str, ...] = ()
        for message in messages:
            rendered = render(message, self.account.form)
            choices = rendered.choices or choices
            outgoing.add(conn, person.id, message.id, rendered.bodies, state)
        if messages:
            reach.offer(conn, person.id, choices)

    async def run(self) -> None:
        """Send until cancelled."""
        await self._guarded(self._find_missing)
        while True:
            self._called.clear()
            is_busy = await self._guarded(self._send_due)
            if not is_busy:
                await is_set_within(self._called, _LOOK_S)

    async def _guarded(self, step: Callable[[], Awaitable[bool]]) -> bool:
        try:
            return await step()
        except DeskError as error:
            logger.warning("%s: the records are not available: %s", self.account.channel, error)
        except Exception:
            logger.exception("%s: sending failed", self.account.channel)
        return False

    async def _find_missing(self) -> bool:
        def found() -> Sequence[tuple[str, Message]]:
            with writing(self._engine) as conn:
                since = utc_now() - _FORGOTTEN
                return outgoing.missing(conn, self.account.channel, since)

        for sender, message in await asyncio.to_thread(found):
            await self.carry(sender, (message,))
        return False

    async def _send_due(self) -> bool:
        def claimed() -> tuple[tuple[Part, Reached | None], ...]:
            with writing(self._engine) as conn:
                parts = outgoing.claim_due(conn, self.account.channel, _AT_ONCE)
                return tuple((part, reach.get(conn, part.person)) for part in parts)

        parts = await asyncio.to_thread(claimed)
        await asyncio.gather(*(self._send(part, person) for part, person in parts if person))
        return bool(parts)

    async def _send(self, part: Part, person: Reached) -> None:
        try:
            await self.account.send(person, part)
        except ApiError as error:
            logger.info("%s: a message was not taken: %s", self.account.channel, error.code)
            await self._hold_back(part, person, error.code)
            return
        except Exception:  # a part that cannot be sent must not hold up what follows for ever
            logger.exception("%s: a message could not be sent", self.account.channel)
            await self._hold_back(part, person, None)
            return
        is_whole = await surely(self._arrived, part)
        if is_whole and part.body.get(CONFIRM):
            await self._confirm(person.sender, (part.message,))

    async def _hold_back(self, part: Part, person: Reached, code: int | None) -> None:
        await surely(self._refused, part, code)
        self._troubled(person.sender)

    def _arrived(self, part: Part) -> bool:
        with writing(self._engine) as conn:
            outgoing.sent(conn, (part.id,))
            reach.spent(conn, part.person)
            return outgoing.is_sent(conn, part.person, part.message)

    def _refused(self, part: Part, code: int | None) -> None:
        fate = meaning(code).fate
        with writing(self._engine) as conn:
            if fate is Fate.AGAIN and part.attempts < _MOST_ATTEMPTS:
                wait = min(2**part.attempts, _LONGEST_WAIT_S)
                outgoing.again(conn, part, code, utc_now() + timedelta(seconds=wait))
                return
            if fate in (Fate.AGAIN, Fate.FAILED):
                outgoing.fail(conn, part, code)
                return
            if fate is Fate.CLOSED:
                reach.closed(conn, part.person)
            elif fate is Fate.EXHAUSTED:
                reach.exhausted(conn, part.person)
            else:
                reach.left(conn, part.person)
            outgoing.keep(conn, part.person, code)

    def is_open(self, person: Reached) -> bool:
        """Whether the other server takes messages for this person now."""
        account = self.account
        is_open = person.may_be_written_to() if account.has_window else person.is_reachable
        return account.may_push and is_open

    def _stored(self, sender: str, messages: Sequence[Message]) -> bool:
        with writing(self._engine) as conn:
            person = self._person(conn, sender)
            if person is None:
                return False
            state = State.READY if self.is_open(person) else State.KEPT
            for message in messages:
                rendered = render(outbound(message), self.account.form)
                bodies = [_confirmed(body) for body in rendered.bodies]
                if not outgoing.add(conn, person.id, message.id, bodies, state):
                    outgoing.resume(conn, person.id, message=message.id)
                if rendered.choices:
                    reach.offer(conn, person.id, rendered.choices)
            return self.account.may_push

    def _put_for(self, sender: str, messages: Sequence[OutboundMessage]) -> bool:
        with writing(self._engine) as conn:
            person = self._person(conn, sender)
            if person is None:
                return False
            self.put(conn, person, messages)
            return self.account.may_push

    def _person(self, conn: Connection, sender: str) -> Reached | None:
        here = (
            person
            for person in reach.of_sender(conn, sender)
            if person.address.channel == self.account.channel and person.is_reachable
        )
        return next(here, None)


def _confirmed(body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body, CONFIRM: True}
