"""The turn: everything that happens with a message once the bot may answer it, in this order.

1. **Hear.** ``config.yml`` and ``bot/components/`` read words, names and intents from the message.
2. **See.** ``actions/turn/evidence.py`` holds everything that bears on it: what the shelf says to each
   reading of the question (``readings.py``), a day that is asked for (``dating.py``), each of several
   countries (``each_place.py``), the open form.  Who goes back to a country has its slots back (``places.py``).
3. **Decide.** A paper that was sent or is asked about goes first (``actions/turn/papers.py``); then, in
   ``decision.py``, a certain command, a value for the open form, or the act with the best score.
4. **Plan.** ``plan.py``: the acts in order and what spoke for them, with an explanation (``explaining.py``).
5. **Act.** ``bot/components/turn_policy.py`` has the acts of the plan done one after the other, each by its
   module in ``actions/``; a filled form is followed by its end, an open one asks again.
6. **Say.** ``bot/saying.py`` leaves four messages at most, no two alike, and not the reply before again.
7. **Store.** ``bot/trackers.py`` keeps what was said and the state of the dialogue.
8. **Matter.** ``actions/matter_record.py`` notes what the turn told of the person's matter.

:func:`hold` is the whole course; :func:`planned` is what lies between hearing and acting, which the policy
asks for once a turn.  Steps speak to each other through values alone: ``Evidence`` → ``Plan`` → events and
messages of the conversation → the record of the matter.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.contract import contract, plain
from desk.engine import clear_log, writing
from knowledge.errors import StorageError

if TYPE_CHECKING:
    from rasa.core.agent import Agent

    from indexer.hybrid import HybridIndex

logger = logging.getLogger(__name__)
CHANNEL = "huhang"


@dataclass(frozen=True)
class Heard:
    """One message of a sender, as it came."""

    sender: str
    text: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Held:
    """What holds a turn: the agent, what its acts work with, and the store of conversations."""

    agent: Agent
    services: Any
    store: Any


async def hold(held: Held, heard: Heard) -> list[dict[str, Any]]:
    """One message from hearing to the record; runs on the agent's own loop.

    :return: message objects of the contract, in the order they are said.
    :raises TrackerError: the turn could not be stored and did not happen.
    :raises StorageError: the turn is stored, what follows it is not; sent again, the message gets both.
    """
    from bot.saying import said_in
    from bot.trackers import one_turn

    metadata = dict(heard.metadata)
    kept = metadata.get("message_id")
    if metadata.pop("repeated", False):
        said = await held.store.said_to(heard.sender, kept)
        if said is not None:  # the turn is stored, only its reply was not sent
            replies = [contract(item) for item in said]
            tracker = await held.store.retrieve(heard.sender)
            if tracker.latest_message.metadata.get("message_id") == kept:
                await _follow_up(held, heard.sender, tracker, replies, kept)
            return replies
    # Names, search and citations of a turn are those of one snapshot.
    index = held.services.index.at_hand()
    if index is None:
        index = await asyncio.to_thread(held.services.index.current)
    with one_turn():
        before = await _mend(held.store, heard.sender)
        output = await _through_rasa(held, _in_full(heard, before), metadata, index)
        tracker = await _mend(held.store, heard.sender)
    said = output if tracker is None else said_in(tracker)
    replies = [contract(item) for item in said]
    await _follow_up(held, heard.sender, tracker, replies, kept)
    return replies


async def _follow_up(
    held: Held, sender: str, tracker: Any, replies: Sequence[Mapping[str, Any]], kept: str | None
) -> None:
    """Erase what was to be erased, else bring the records up to the turn; done twice it is done once."""
    if any(reply["data"].get("erased") for reply in replies):
        await held.store.erase(sender)
        await asyncio.to_thread(clear_log, held.services.engine)
    elif tracker is not None:
        await asyncio.to_thread(_record, held.services, tracker, replies, kept)


def _in_full(heard: Heard, before: Any) -> Heard:
    """A message with what its label stands for by what was said before (B呢)."""
    from rasa.shared.core.events import UserUttered

    from actions.turn.labels import unlabelled
    from bot.direct import is_of

    if before is None:
        return heard
    said = (
        event.text or "" for event in reversed(before.events) if is_of(type(event), UserUttered)
    )
    return replace(heard, text=unlabelled(heard.text, said))


async def _through_rasa(
    held: Held, heard: Heard, metadata: dict[str, Any], index: HybridIndex
) -> Sequence[Mapping[str, Any]]:
    """Hear, decide, act, say and store, all of it inside the agent."""
    from rasa.core.channels.channel import UserMessage

    from actions.context import use_services
    from bot.output import WholeMessages
    from indexer.live import one_index

    output = WholeMessages()
    message = UserMessage(
        plain(heard.text), output, heard.sender, input_channel=CHANNEL, metadata=metadata
    )
    with one_index(index), use_services(held.services):
        await held.agent.handle_message(message)
    return output.messages


def planned(services: Any, tracker: Any) -> dict[str, Any]:
    """See, decide, plan: what the last message of a conversation gets.

    :param tracker: the conversation as actions read it.
    :return: the plan with its explanation, as it is kept with the message.
    """
    from actions.turn.decision import decide
    from actions.turn.evidence import Evidence
    from actions.turn.explaining import explained_plan
    from actions.turn.listed_matters import pointed_at
    from actions.turn.papers import paper_plan
    from actions.turn.places import returning, with_slots

    back = returning(tracker) or pointed_at(services, tracker)
    seen = Evidence.of(services, with_slots(tracker, back) if back else tracker)
    return explained_plan(seen, replace(paper_plan(seen) or decide(seen), slots=back))


async def _mend(store: Any, sender: str) -> Any:
    """Close a turn that was cut off, now or before an upgrade, so that the person is heard.

    :return: the conversation; None for a new person.
    """
    from bot.sessions import is_cut_off, mend

    tracker = await store.retrieve(sender)
    if tracker is not None and is_cut_off(tracker):
        logger.error("a turn was cut off and has been closed")
        mend(tracker)
        await store.save(tracker)
    return tracker


def _record(
    services: Any, tracker: Any, replies: Sequence[Mapping[str, Any]], kept: str | None
) -> None:
    """Bring the record of the person's matter up to this turn, and store its plan with the message kept.

    :raises StorageError: the record cannot be written, so the message is to be sent again.
    """
    try:
        _keep_matter(services, tracker, replies)
    except StorageError:
        raise
    except Exception as error:  # a good answer is worth more than its note
        logger.error("a turn was not noted in its matter: %s", type(error).__name__)
    if kept:
        _keep_plan(services, kept, plan_of(tracker))


def _keep_matter(services: Any, tracker: Any, replies: Sequence[Mapping[str, Any]]) -> None:
    from actions.matter_record import Turn, keep

    message = tracker.latest_message
    if message is None:
        return
    named = {
        item["entity"]: str(item["value"])
        for item in message.entities
        if item.get("role", "main") == "main"
    }
    keep(
        services,
        Turn(
            sender=tracker.sender_id,
            text=message.text or "",
            intent=message.intent.get("name") or "",
            acts=tuple((tracker.get_slot("plan") or {}).get("acts") or ()),
            named=named,
            slots={name: slot.value for name, slot in tracker.slots.items()},
            replies=replies,
        ),
    )


def plan_of(tracker: Any) -> dict[str, Any]:
    """The plan of the last message of a conversation; empty when none was made for it."""
    plan = tracker.get_slot("plan")
    last = tracker.latest_message
    # A turn that made none leaves the slot as an earlier one left it.
    if (
        not isinstance(plan, dict)
        or last is None
        or f":{last.message_id}:" not in plan.get("turn", "")
    ):
        return {}
    return {name: value for name, value in plan.items() if name != "turn"}


def _keep_plan(services: Any, message: str, plan: Mapping[str, Any]) -> None:
    """Store the plan with the message; the person is answered all the same when that fails."""
    from desk import plans

    if not plan:
        return
    try:
        with writing(services.engine, flushed=False) as conn:
            plans.keep(conn, message, plan)
    except StorageError as error:
        logger.error("a plan was not kept: %s", error)
