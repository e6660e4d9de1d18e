"""Deciding a sentence without saying it: over another index, in no conversation, without a trace."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from rasa_sdk import Tracker

from actions.answer import replies
from actions.context import Services
from actions.turn.decision import decide
from actions.turn.evidence import Evidence
from actions.turn.explaining import explained_plan
from actions.turn.readings import readings
from actions.turn.several import each_question
from bot.contract import contract
from bot.first_answers import as_said
from indexer.hybrid import HybridIndex
from indexer.live import one_index

if TYPE_CHECKING:
    from rasa.core.agent import Agent

_NOBODY = "tried"
_ANSWERS = "action_answer"


async def decided(
    agent: Agent, services: Services, text: str, index: HybridIndex, country: str | None
) -> dict[str, Any]:
    """The plan of a sentence that nobody said, with everything that was seen.

    It is read by the agent's own pipeline outside of any conversation, so nothing is noted of it.

    :return: the plan; ``said`` are the message objects of an answer from the shelf, empty where the bot
        would do something else.
    """
    with one_index(index):
        parsed = await agent.parse_message(text)
        slots = dict.fromkeys(slot.name for slot in agent.domain.slots)
        if country:
            slots["country"] = country
        return await asyncio.to_thread(_plan, services, parsed, slots)


def _plan(services: Services, parsed: dict[str, Any], slots: dict[str, Any]) -> dict[str, Any]:
    tracker = Tracker(_NOBODY, slots, parsed, [], False, None, {}, None)
    seen = Evidence.of(services, tracker)
    plan = decide(seen)
    said = _said(services, tracker) if _ANSWERS in plan.acts else []
    return {**explained_plan(seen, plan, always=True), "said": said}


def _said(services: Services, tracker: Tracker) -> list[dict[str, Any]]:
    """What the shelf's answer would be, in the words in which it is said."""
    text = str(tracker.latest_message.get("text") or "")
    reading = readings(services, tracker, text)[0]
    others = each_question(services, tracker, text)
    return [contract(as_said(reply)) for reply in replies(services, tracker, reading, others)]
