"""Rasa as a library: the agent in this process, or a remote Rasa behind the same protocol.

The agent runs on an event loop in a thread of its own, so that parsing and the tracker database
never hold up the web server.  Custom actions are awaited directly; there is no action server.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.contract import BotError, plain
from bot.lean import load_rasa
from bot.loading import load_agent
from bot.tracker_erasure import finish_erasures
from bot.training import newest_model
from bot.turn import Heard, Held, hold, plan_of
from settings import Settings

if TYPE_CHECKING:
    from rasa.core.agent import Agent

    from indexer.hybrid import HybridIndex

logger = logging.getLogger(__name__)


class EmbeddedRasa:
    """The Rasa agent in this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._agent: Agent | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._store: Any = None
        self._services: Any = None
        self._locks: Any = None
        self._model: str | None = None
        # What was answered before the agent was there, for it to hear.
        self._unheard: deque[Heard] = deque()

    async def open(self) -> None:
        """Get ready to answer questions from the shelf alone.

        :raises SnapshotError: nothing is published.
        """
        await asyncio.to_thread(self._open)

    async def start(self) -> None:
        """Load model, actions and tracker store; hear what was answered before, and go on from there.

        :raises ModelError: there is no model for the present dialogue data.
        """
        agent = await asyncio.to_thread(self._start)
        while self._unheard:
            await self._hear(agent, self._unheard.popleft())
        self._agent = agent  # nobody was answered since the look at what is unheard

    async def handle(
        self, sender: str, text: str, metadata: Mapping[str, Any]
    ) -> Sequence[Mapping[str, Any]]:
        """Answer one message of a sender.

        While the agent is being loaded a question is answered from the shelf alone, and the agent hears
        of it later.

        :return: message objects of the contract, in the order they are said.
        :raises StillStarting: the message needs the agent, which is being loaded.
        :raises BotError: nothing was started.
        :raises TrackerError: the turn could not be stored and did not happen.
        """
        heard = Heard(sender, text, dict(metadata))
        if (agent := self._present()) is not None:
            return await self._pass(agent, heard)
        if self._services is None:
            raise BotError("机器人还没有启动")
        from bot.first_answers import first_answer

        said = await asyncio.to_thread(first_answer, self._services, sender, text)
        if (agent := self._present()) is None:
            self._unheard.append(heard)
        else:  # it came meanwhile
            await self._hear(agent, heard)
        return said

    async def tracker(self, sender: str) -> Any:
        """The dialogue state of a sender, for inspection.

        :raises BotError: not started.
        """
        if self._loop is None or self._agent is None:
            raise BotError("机器人还没有启动")
        future = asyncio.run_coroutine_threadsafe(self._store.retrieve(sender), self._loop)
        return await asyncio.wrap_future(future)

    async def forget(self, sender: str) -> None:
        """Forget the dialogue state of a sender without reading it.

        :raises BotError: not started.
        :raises TrackerError: it could not be done.
        """
        if self._loop is None:
            raise BotError("机器人还没有启动")
        future = asyncio.run_coroutine_threadsafe(self._store.erase(sender), self._loop)
        await asyncio.wrap_future(future)

    async def plan(self, sender: str) -> dict[str, Any]:
        """How the last message of a sender was decided: what was seen, what each act scored, what was chosen."""
        tracker = await self.tracker(sender)
        return {} if tracker is None else plan_of(tracker)

    async def try_out(
        self, text: str, index: HybridIndex, *, country: str | None = None
    ) -> dict[str, Any]:
        """How a first message would be decided over another index; nothing is said, stored or counted.

        :param country: the code of the country that the conversation is about.
        :return: the plan, as :meth:`plan` gives it.
        :raises BotError: not started.
        """
        if self._loop is None or self._agent is None:
            raise BotError("机器人还没有启动")
        from bot.trying import decided

        future = asyncio.run_coroutine_threadsafe(
            decided(self._agent, self._services, plain(text), index, country), self._loop
        )
        return await asyncio.wrap_future(future)

    def snapshot(self) -> str | None:
        """The id of the knowledge that answers now."""
        return None if self._services is None else str(self._services.index.current().snapshot_id)

    async def reload(self) -> str:
        """Load the model of the present inputs beside the running one, if it is another, then answer with it.

        Messages under way are finished by the model they began with; conversations, kept by tracker
        and lock store, go on where they were.

        :return: the model's name.
        :raises ModelError: it has not been trained; the present one goes on.
        """
        return await asyncio.to_thread(self._reload)

    async def close(self) -> None:
        """Stop the loop and release the databases."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            await asyncio.to_thread(self._thread.join)
        if self._store is not None:
            self._store.close()
        if self._services is not None:
            self._services.engine.dispose()
        self._loop = self._thread = self._agent = self._store = self._services = None

    def _present(self) -> Agent | None:
        return self._agent

    async def _pass(self, agent: Agent, heard: Heard) -> list[dict[str, Any]]:
        """One turn, on the agent's own loop."""
        turn = hold(Held(agent, self._services, self._store), heard)
        assert self._loop is not None  # noqa: S101  (there is an agent)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(turn, self._loop))

    async def _hear(self, agent: Agent, heard: Heard) -> None:
        """Have the agent follow a turn that was answered without it."""
        try:
            await self._pass(agent, heard)
        except Exception as error:  # the person has the answer; what follows stands by itself
            logger.error("an early question was not followed: %s", type(error).__name__)

    def _open(self) -> None:
        from actions.context import build_services

        if self._services is None:
            services = build_services(self._settings)
            services.index.current()
            self._services = services

    def _start(self) -> Agent:
        model = newest_model(self._settings)
        self._open()
        load_rasa()
        from bot.logs import configure_rasa_log

        configure_rasa_log()
        store, locks = _open_store(self._settings), _new_locks()
        try:
            finish_erasures(store.engine, self._services.engine)
            agent = load_agent(model, self._services, store, locks)
        except BaseException:  # the shelf stays open, and the start is tried again
            store.close()
            raise
        self._store, self._locks, self._model = store, locks, model.name
        self._loop = loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=_run_loop, args=(loop,), name="rasa", daemon=True)
        self._thread.start()
        logger.info("dialogue model %s is loaded", model.name)
        return agent

    def _reload(self) -> str:
        model = newest_model(self._settings)
        if self._services is None:
            raise BotError("机器人还没有启动")
        if model.name == self._model:
            return model.name
        self._agent = load_agent(model, self._services, self._store, self._locks)
        self._model = model.name
        logger.info("dialogue model %s is loaded", model.name)
        return model.name


def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Run until stopped; a turn that nobody waits for any more is called off, as ``asyncio.run`` does."""
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    finally:
        loop.close()


def _open_store(settings: Settings) -> Any:
    from bot.trackers import SessionTrackerStore

    return SessionTrackerStore(settings.bot.tracker_url)


def _new_locks() -> Any:
    from rasa.core.lock_store import InMemoryLockStore

    return InMemoryLockStore()
