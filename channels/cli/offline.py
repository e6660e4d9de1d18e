"""The whole bot without a server: what ``huhang ask`` and ``huhang chat`` talk through."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from desk.casework import Casework
from desk.engine import open_engine
from desk.messages import InboundMessage, Reply
from desk.migrations import migrate
from server.dialogue import make_dialogue
from server.dispatch import Dialogue, Dispatcher
from server.gate import Gate
from server.metrics import Metrics
from server.turns import TurnOrder, locks_of
from settings import Settings


class OfflineConversation:
    """Takes messages through the same gate, bot and record as the server does."""

    def __init__(self, dispatcher: Dispatcher, dialogue: Dialogue) -> None:
        self._dispatcher = dispatcher
        self._dialogue = dialogue

    async def say(self, sender: str, text: str) -> Reply:
        """Answer one message of a sender."""
        inbound = InboundMessage.from_json({"sender": sender, "text": text}, channel="terminal")
        return await self._dispatcher.handle(inbound, request_id=uuid.uuid4().hex[:12])

    async def plan(self, sender: str) -> Mapping[str, Any]:
        """How the last message of a sender was decided; empty where the bot runs elsewhere."""
        tell = getattr(self._dialogue, "plan", None)
        return {} if tell is None else await tell(sender)


@contextlib.asynccontextmanager
async def offline(settings: Settings) -> AsyncIterator[OfflineConversation]:
    """Open desk and bot, and close them afterwards.

    :raises AssistantError: no snapshot is published, or the model is not trained.
    """
    engine = await asyncio.to_thread(open_engine, settings.desk.database_url)
    await asyncio.to_thread(migrate, engine)
    dialogue = make_dialogue(settings)
    casework = Casework(engine)
    order = TurnOrder(locks_of(settings))
    try:
        await dialogue.start()
        dispatcher = Dispatcher(dialogue, casework, Gate(casework), Metrics(), order=order)
        yield OfflineConversation(dispatcher, dialogue)
    finally:
        await order.close()
        await dialogue.close()
        engine.dispose()


@contextlib.contextmanager
def throwaway(settings: Settings, *, today: str | None, keep: bool) -> Iterator[Settings]:
    """Settings whose casework and dialogue state vanish at the end, unless they are to be kept."""
    dated = replace(settings, today=today or settings.today)
    if keep:
        yield dated
        return
    with tempfile.TemporaryDirectory(prefix="huhang-") as folder:
        yield replace(
            dated,
            desk=replace(dated.desk, database_url=f"sqlite:///{Path(folder) / 'desk.sqlite'}"),
            bot=replace(dated.bot, tracker_url=f"sqlite:///{Path(folder) / 'trackers.sqlite'}"),
        )
