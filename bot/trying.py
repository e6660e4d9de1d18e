"""Deciding a sentence without saying it: over another index, in no conversation, without a trace."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from rasa_sdk import Tracker

from actions.context import Services
from actions.turn.decision import decide
from actions.turn.evidence import Evidence
from actions.turn.explaining import explained_plan
from indexer.hybrid import HybridIndex
from indexer.live import one_index

if TYPE_CHECKING:
    from rasa.core.agent import Agent

_NOBODY = "tried"


async def decided(
    agent: Agent, services: Services, text: str, index: HybridIndex, country: str | None
) -> dict[str, Any]:
    """The plan of a sentence that nobody said, with everything that was seen.

    It is read by the agent's own pipeline outside of any conversation, so nothing is noted of it.
    """
    with one_index(index):
        parsed = await agent.parse_message(text)
        return await asyncio.to_thread(_plan, services, parsed, country)


def _plan(services: Services, parsed: dict[str, Any], country: str | None) -> dict[str, Any]:
    slots = {"country": country} if country else {}
    tracker = Tracker(_NOBODY, slots, parsed, [], False, None, {}, None)
    seen = Evidence.of(services, tracker)
    return explained_plan(seen, decide(seen), always=True)
