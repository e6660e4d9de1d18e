"""How actions reach the index, the desk, the tables and the clock, and the one place errors end.

The runtime hands every action a :class:`Services`; under ``rasa run actions`` the first call builds
them from the settings.  Importing this module does nothing.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Protocol, TypeVar

from prometheus_client import Counter
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

from actions.route_rules import Router, router_of
from actions.vocabulary import Vocabulary
from desk.engine import open_engine
from desk.migrations import migrate
from desk.times import china_day
from indexer.hybrid import HybridIndex
from indexer.live import live_index
from knowledge.checklist_table import Checklist, load_checklists
from knowledge.deadline_table import load_deadline_table
from knowledge.deadline_types import DeadlineTable
from knowledge.errors import StorageError
from settings import Settings, load_settings

logger = logging.getLogger(__name__)

FAILURES = Counter("huhang_action_failures_total", "Actions that ended in an apology", ["action"])
Event = dict[str, Any]
_Result = TypeVar("_Result")


class IndexSource(Protocol):
    """Gives the index that is published now."""

    def current(self) -> HybridIndex:
        """The published index; blocks while it is opened."""
        ...

    def at_hand(self) -> HybridIndex | None:
        """The published index, where it is open already."""
        ...


@dataclass(frozen=True)
class Services:
    """What actions work with; a table is read when somebody first asks for it."""

    settings: Settings
    index: IndexSource
    engine: Engine
    today: Callable[[], date]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The names of countries, rights, procedures and platforms."""
        return Vocabulary.load(self.settings.knowledge.tables_dir)

    @cached_property
    def router(self) -> Router:
        """Which center serves whom."""
        return router_of(self.settings.knowledge.tables_dir)

    @cached_property
    def deadlines(self) -> DeadlineTable:
        """The rules of periods."""
        return load_deadline_table(self.settings.knowledge.tables_dir)

    @cached_property
    def checklists(self) -> tuple[Checklist, ...]:
        """What to do, step by step."""
        return tuple(load_checklists(self.settings.knowledge.tables_dir))


def clock(settings: Settings) -> Callable[[], date]:
    """The day it is in Beijing, or the day the settings fix."""
    return lambda: china_day(settings.today)


def build_services(settings: Settings, *, today: Callable[[], date] | None = None) -> Services:
    """Open what the settings name."""
    engine = open_engine(settings.desk.database_url)
    migrate(engine)
    return Services(settings, live_index(settings), engine, today or clock(settings))


@lru_cache(maxsize=1)
def default_services() -> Services:
    """The services of the environment's settings, built at the first call."""
    return build_services(load_settings())


_turn: ContextVar[Services | None] = ContextVar("services", default=None)


# What was worked out in the turn under way.
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("known", default=None)

# What the records refused in the turn under way.
_refused: ContextVar[list[StorageError] | None] = ContextVar("refused", default=None)


@contextmanager
def use_services(services: Services) -> Iterator[None]:
    """Have the policy of this turn work with the services that the actions were given."""
    token, known, refused = _turn.set(services), _known.set({}), _refused.set([])
    try:
        yield
    finally:
        _turn.reset(token)
        _known.reset(known)
        _refused.reset(refused)


def records_were_away(error: StorageError) -> None:
    """What is said in the turn under way lacks something; it is not to be stored (:func:`insist_whole`)."""
    refused = _refused.get()
    if refused is not None:
        refused.append(error)


def insist_whole() -> None:
    """:raises StorageError: the records were away in this turn; the message, sent again, is answered whole."""
    refused = _refused.get()
    if refused:
        raise refused[0]


def once_a_turn(key: Hashable, work: Callable[[], _Result]) -> _Result:
    """What was worked out under a key in this turn: what decides and what answers ask the same of a message.

    :param key: everything that may change within a turn and that the result depends on.
    """
    known = _known.get()
    if known is None:
        return work()
    if key not in known:
        known[key] = work()
    result: _Result = known[key]
    return result


def services_of_turn() -> Services:
    """The services of the turn under way; under Rasa's own server those of the settings."""
    return _turn.get() or default_services()


class AssistantAction(Action, ABC):  # type: ignore[misc]
    """A custom action: reads the conversation, calls plain functions, speaks through responses.

    ``act`` runs in a worker thread.  Whatever it raises is counted, logged without the person's
    words, and answered with an apology and the offer of a human; where the records were away for a moment
    the turn is not stored at all, and the message is sent again.
    """

    def __init__(self, services: Callable[[], Services] = default_services) -> None:
        self._services = services

    @property
    def services(self) -> Services:
        """What this action works with."""
        return self._services()

    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    @abstractmethod
    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Do the work.

        :return: the events that change the conversation's state.
        """

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        """Rasa's entry point."""
        try:
            return await asyncio.to_thread(self.act, dispatcher, tracker)
        except Exception as error:  # the person must get an answer whatever failed
            FAILURES.labels(self.name()).inc()
            logger.error("action %s failed: %s", self.name(), type(error).__name__)
            logger.debug("details", exc_info=True)
            if isinstance(error, StorageError):
                records_were_away(error)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_apology")
            return []
