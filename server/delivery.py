"""To the person: stored first, then shown on every open page of every copy of the server, in order.

Whether a page really shows a message is what the page itself says (``delivered``); until then the staff
see it as not delivered and may try again.  What the desk said and no page has confirmed is looked for
from time to time and whenever signals may have been missed, so that it also arrives when the copy that
stored it was killed before it could tell the others.

Two copies may store one after the other and be heard the other way round.  So whatever is shown, what was
said before it and no page has confirmed is shown first.
"""

from __future__ import annotations

import asyncio
import logging
import time
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.engine import Engine

from desk import conversations, transcripts
from desk.cases import Step
from desk.casework import outbound, public
from desk.conversations import Message, Owner
from desk.engine import reading, writing
from desk.messages import InboundMessage, Reply
from desk.times import utc_now
from knowledge.errors import DeskError
from server.hub import Hub, Listener
from server.signals import Signals, Topic
from server.watchers import Watchers

logger = logging.getLogger(__name__)

Carrier = Callable[[str, Sequence[Message]], Awaitable[None]]

# How often what no page has confirmed is looked for, and how far back.
LOOK_S = 3.0
_LOOK_BACK = timedelta(minutes=2)
# Signals are small; a page confirms a whole history at once.
_IDS_A_SIGNAL = 80


class Delivery:
    """Carries out steps of the staff and shows people what came of them."""

    def __init__(self, engine: Engine, hub: Hub, watchers: Watchers, signals: Signals) -> None:
        """Listen to the other copies.

        :param hub: the pages of people that are open here.
        """
        self._engine = engine
        self._hub = hub
        self._watchers = watchers
        self._signals = signals
        # What takes the desk's words to people who have no page open: other servers' channels.
        self.carriers: list[Carrier] = []
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        # What was shown here and when, so that a page that confirms nothing is not shown it for ever.
        self._shown: dict[str, float] = {}
        signals.hear(Topic.SAID, self._heard_said)
        signals.hear(Topic.EXCHANGE, self._heard_exchange)
        signals.hear(Topic.TYPING, self._heard_typing)
        signals.on_gap(self.look)

    async def carry_out(
        self,
        key: str,
        step: Callable[..., Step],
        *args: Any,
        **kwargs: Any,
    ) -> Step:
        """Take one step in a transaction of its own, then show it.

        :param key: what keeps steps in order, the ticket's reference.
        :param step: takes a connection, then the other arguments.
        """
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            done = await asyncio.to_thread(self._stored, step, *args, **kwargs)
            await self.show(done.ticket.sender, done.owner, done.said)
        return done

    async def show(self, sender: str, owner: Owner, messages: Sequence[Message]) -> int:
        """Show messages on the person's open pages, and tell the staff that something was said.

        :return: how many pages of this copy took them.
        """
        is_talk = bool(messages) and all(
            message.author.startswith("staff:") for message in messages
        )
        self._watchers.said(sender, is_talk=is_talk)
        self._signals.tell(Topic.SAID, sender, ids=[message.id for message in messages])
        for carry in self.carriers:
            await carry(sender, messages)
        if not self._hub.is_connected(sender):
            return 0
        _, before = await asyncio.to_thread(self._read, sender, ())
        return await self._push(sender, owner, _in_order(before, messages))

    async def show_exchange(
        self, inbound: InboundMessage, reply: Reply, *, besides: Listener | None = None
    ) -> None:
        """Show what a person said on one page, and the answer, on their others.

        :param besides: the page it came by.
        """
        replies = [message.id for message in reply.messages]
        self._signals.tell(
            Topic.EXCHANGE, inbound.sender, client_id=inbound.client_id, replies=replies[:1]
        )
        if self._hub.is_connected(inbound.sender):
            event = _exchange(inbound.client_id, inbound.text, reply)
            await self._hub.publish(inbound.sender, event, besides=besides)

    async def typing(self, sender: str) -> None:
        """Show the person that somebody is writing."""
        self._signals.tell(Topic.TYPING, sender)
        await self._hub.publish(sender, {"type": "typing"})

    async def confirm(self, sender: str, messages: Sequence[str]) -> None:
        """The person's page shows these messages."""
        if not messages:
            return
        marked = await asyncio.to_thread(self._mark, sender, tuple(messages))
        for start in range(0, len(marked), _IDS_A_SIGNAL):
            ids = list(marked[start : start + _IDS_A_SIGNAL])
            self._watchers.tell(sender, {"type": "delivered", "ids": ids})

    async def caught_up(self, conversation: Mapping[str, Any]) -> None:
        """The person has read their conversation: what the desk said in it is delivered."""
        ours = [
            item["id"]
            for item in conversation["messages"]
            if item["direction"] == "out" and item["author"] != conversations.BOT
        ]
        await self.confirm(conversation["sender"], ours)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except DeskError as error:
                logger.warning("what is not delivered was not looked for: %s", error)

    async def look(self) -> None:
        """Show what the desk said to people who are connected here and no page has confirmed."""
        now = time.monotonic()
        for uid in [u for u, at in self._shown.items() if now - at > _LOOK_BACK.total_seconds()]:
            del self._shown[uid]
        here = set(self._hub.connected())
        if not here:
            return
        found = await asyncio.to_thread(self._unconfirmed)
        for sender, owner, message in found:
            if sender in here and message.id not in self._shown:
                await self._push(sender, owner, [message])

    async def _push(self, sender: str, owner: Owner, messages: Sequence[Message]) -> int:
        reply = {
            "sender": sender,
            "owner": owner.value,
            "messages": [public(message) for message in messages],
        }
        took = await self._hub.publish(sender, {"type": "push", "reply": reply})
        if took:
            self._shown.update((message.id, time.monotonic()) for message in messages)
        return took

    # -- from other copies -----------------------------------------------------------------------

    async def _heard_said(self, sender: str, along: Mapping[str, Any]) -> None:
        if self._hub.is_connected(sender):
            owner, messages = await asyncio.to_thread(self._read, sender, along["ids"])
            await self._push(sender, owner, messages)

    async def _heard_exchange(self, sender: str, along: Mapping[str, Any]) -> None:
        if not self._hub.is_connected(sender):
            return
        said, reply = await asyncio.to_thread(
            self._read_exchange, sender, along["client_id"], along["replies"]
        )
        if said is not None:
            await self._hub.publish(sender, _exchange(said.client_id, said.text, reply))

    async def _heard_typing(self, sender: str, _along: Mapping[str, Any]) -> None:
        await self._hub.publish(sender, {"type": "typing"})

    # -- the records ------------------------------------------------------------------------------

    def _read(self, sender: str, ids: Sequence[str]) -> tuple[Owner, list[Message]]:
        """Messages by their ids, and what the desk said that nobody has confirmed or was shown here."""
        with reading(self._engine) as conn:
            found = [transcripts.message(conn, uid) for uid in ids]
            owner = conversations.owner(conn, sender)
            waiting = transcripts.unconfirmed(conn, since=utc_now() - _LOOK_BACK, sender=sender)
        before = [message for _, _, message in waiting if message.id not in self._shown]
        return owner, _in_order(before, [message for message in found if message is not None])

    def _read_exchange(
        self, sender: str, client_id: str | None, replies: Sequence[str]
    ) -> tuple[Message | None, Reply]:
        with reading(self._engine) as conn:
            said = transcripts.exchange(conn, sender, client_id, replies)
            answers = transcripts.replies_to(conn, said.id) if said is not None else ()
            owner = conversations.owner(conn, sender)
        return said, Reply(sender, owner, tuple(outbound(item) for item in answers))

    def _unconfirmed(self) -> list[tuple[str, Owner, Message]]:
        with reading(self._engine) as conn:
            return transcripts.unconfirmed(conn, since=utc_now() - _LOOK_BACK)

    def _mark(self, sender: str, messages: tuple[str, ...]) -> tuple[str, ...]:
        """Those that were not marked before; where there is none, nobody waits to write."""
        with reading(self._engine) as conn:
            fresh = transcripts.not_delivered(conn, sender, messages)
        if fresh:
            with writing(self._engine) as conn:
                transcripts.mark_delivered(conn, fresh, sender=sender)
        return fresh

    def _stored(
        self,
        step: Callable[..., Step],
        *args: Any,
        **kwargs: Any,
    ) -> Step:
        with writing(self._engine) as conn:
            return step(conn, *args, **kwargs)


def _in_order(*some: Sequence[Message]) -> list[Message]:
    """Messages of one conversation, each once, as they stand in the record."""
    found = {message.id: message for messages in some for message in messages}
    return sorted(found.values(), key=lambda message: message.seq)


def _exchange(client_id: str | None, text: str, reply: Reply) -> dict[str, Any]:
    return {"type": "exchange", "message_id": client_id, "text": text, "reply": reply.to_json()}
