"""From the desk to the person: stored first, then shown on every open page, in order.

Whether a page really shows a message is what the page itself says (``delivered``); until then the staff
see it as not delivered and may try again.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Engine

from desk import conversations, transcripts
from desk.cases import Step
from desk.casework import public
from desk.conversations import Message, Owner
from desk.engine import writing
from server.hub import Hub
from server.watchers import Watchers

Carrier = Callable[[str, Sequence[Message]], Awaitable[None]]


class Delivery:
    """Carries out steps of the staff and shows the person what came of them."""

    def __init__(self, engine: Engine, hub: Hub, watchers: Watchers) -> None:
        self._engine = engine
        self._hub = hub
        self._watchers = watchers
        # What takes the desk's words to people who have no page open: other servers' channels.
        self.carriers: list[Carrier] = []
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

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

        :return: how many pages took them.
        """
        is_talk = bool(messages) and all(
            message.author.startswith("staff:") for message in messages
        )
        self._watchers.said(sender, is_talk=is_talk)
        reply = {
            "sender": sender,
            "owner": owner.value,
            "messages": [public(message) for message in messages],
        }
        for carry in self.carriers:
            await carry(sender, messages)
        return await self._hub.publish(sender, {"type": "push", "reply": reply})

    async def confirm(self, sender: str, messages: Sequence[str]) -> None:
        """The person's page shows these messages."""
        if not messages:
            return
        marked = await asyncio.to_thread(self._mark, sender, tuple(messages))
        if marked:
            self._watchers.tell(sender, {"type": "delivered", "ids": list(messages)})

    async def caught_up(self, conversation: Mapping[str, Any]) -> None:
        """The person has read their conversation: what the desk said in it is delivered."""
        ours = [
            item["id"]
            for item in conversation["messages"]
            if item["direction"] == "out" and item["author"] != conversations.BOT
        ]
        await self.confirm(conversation["sender"], ours)

    def _mark(self, sender: str, messages: tuple[str, ...]) -> int:
        with writing(self._engine) as conn:
            return transcripts.mark_delivered(conn, messages, sender=sender)

    def _stored(
        self,
        step: Callable[..., Step],
        *args: Any,
        **kwargs: Any,
    ) -> Step:
        with writing(self._engine) as conn:
            return step(conn, *args, **kwargs)
