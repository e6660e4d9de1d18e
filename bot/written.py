"""Conversations that strangers wrote, held with the bot as it is, so that training hears what people say.

Each message is heard with what the bot had said before.  What a turn is expected to be answered with tells
what the message is for; the bot works on casework and conversations that vanish.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rasa_sdk import Tracker

from actions.context import Services, build_services, use_services
from actions.turn.purpose import DECLINE, OTHER, SHELF
from bot.lean import load_rasa
from bot.loading import load_agent
from bot.training import train
from desk.migrations import migrate
from indexer.live import one_index
from settings import Settings

_ANSWERS = frozenset(("answer", "deadline"))
_A_DAY = re.compile(r"20\d\d")
Line = Mapping[str, Any]


def lines_of(folder: Path, *, step: int = 1) -> Iterator[Line]:
    """The lines of a folder of JSON lines.

    :param step: every how many lines of a file are read; 2 for the half that is tuned on.
    """
    for path in sorted(folder.glob("*.jsonl")):
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
        yield from map(json.loads, lines[::step])


def conversations(lines: Iterable[Line]) -> list[Line]:
    """The lines that are conversations with what is expected of each turn."""
    return [
        line for line in lines if any(isinstance(turn, dict) for turn in line.get("turns") or ())
    ]


def purpose_in(expect: Mapping[str, Any]) -> str | None:
    """What a turn is for, by what is expected of the reply; None where that leaves it open."""
    kinds = set(expect.get("kind_any") or ())
    if expects_a_day(expect):
        return SHELF
    if "waiting" in (expect.get("owner") or ""):
        return OTHER
    names_source = expect.get("cite_country") or expect.get("fact_ids")
    if not kinds:
        return SHELF if any(expect.get("must") or ()) and names_source else None
    if kinds <= _ANSWERS or (kinds & _ANSWERS and names_source):
        return SHELF
    if kinds & _ANSWERS:
        return None
    return DECLINE if "refusal" in kinds else OTHER


def expects_a_day(expect: Mapping[str, Any]) -> bool:
    """Whether a day is to be computed or said."""
    patterns = (pattern for group in expect.get("must") or () for pattern in group)
    return "due_date" in (expect.get("data") or {}) or any(map(_A_DAY.search, patterns))


@dataclass(frozen=True)
class Bot:
    """The bot as it is, to be heard from within."""

    agent: Any
    services: Services
    store: Any

    async def say(self, sender: str, text: str) -> None:
        """Hold one turn of a conversation."""
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        with one_index(self.services.index.current()), use_services(self.services):
            await self.agent.handle_message(UserMessage(text, CollectingOutputChannel(), sender))

    async def heard(self, sender: str) -> Tracker:
        """A conversation as it stood when its last message was heard."""
        from rasa.shared.core.events import UserUttered
        from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

        kept = await self.store.retrieve(sender)
        events = list(kept.events)
        last = max(n for n, event in enumerate(events) if isinstance(event, UserUttered))
        past = DialogueStateTracker.from_events(
            sender, events[: last + 1], slots=list(kept.slots.values())
        )
        return Tracker.from_dict(past.current_state(EventVerbosity.AFTER_RESTART))

    async def said(self, text: str, within: Tracker | None = None) -> Tracker:
        """A message as the pipeline hears it, in no conversation or in one as it stood."""
        parsed = await self.agent.parse_message(text)
        slots = dict(within.slots) if within is not None else {}
        events = list(within.events) if within is not None else []
        return Tracker("said", slots, parsed, events, False, None, {}, None)

    async def hold(self, rows: Iterable[Line]) -> AsyncIterator[tuple[Tracker, Mapping[str, Any]]]:
        """Whole conversations, turn by turn: as each stood when the message was heard, what is expected."""
        for number, row in enumerate(rows):
            sender = f"conversation-{number}"
            for turn in row["turns"]:
                await self.say(sender, turn["text"])
                yield await self.heard(sender), turn["expect"]


@contextmanager
def bot_as_it_is(settings: Settings) -> Iterator[Bot]:
    """The bot on casework and conversations that vanish."""
    load_rasa()
    from rasa.core.lock_store import InMemoryLockStore

    from bot.trackers import SessionTrackerStore

    with tempfile.TemporaryDirectory(prefix="huhang-") as folder:
        desk, kept = (f"sqlite:///{Path(folder) / name}.sqlite" for name in ("desk", "trackers"))
        services = build_services(replace(settings, desk=replace(settings.desk, database_url=desk)))
        migrate(services.engine)
        store = SessionTrackerStore(kept)
        try:
            agent = load_agent(train(settings), services, store, InMemoryLockStore())
            yield Bot(agent, services, store)
        finally:
            store.close()
            services.engine.dispose()
