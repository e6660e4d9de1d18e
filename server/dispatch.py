"""One message, from its arrival to its recorded reply.

Drop repeats → desk gate → bot → record → return.  Messages of one sender are handled one after the
other, whichever copy of the server they come to (:mod:`server.turns`); an exchange that has begun is finished and recorded even when the
client has gone.
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol, runtime_checkable

from bot.contract import StillStarting
from desk import phrases
from desk.casework import Casework, Receipt
from desk.conversations import Owner
from desk.messages import InboundMessage, MessageError, OutboundMessage, Reply
from knowledge.errors import StorageError
from server import commands
from server.ending import ended
from server.errors import RequestError, too_many
from server.gate import Gate
from server.lanes import Lanes
from server.metrics import Metrics
from server.turns import Turn, TurnOrder

logger = logging.getLogger(__name__)

# Far above what an answer takes; a bot that hangs must not keep a person's messages waiting for ever.
BOT_TIMEOUT_S = 60.0
# For the exchanges that have begun when the server ends and nobody waits for any more.
DRAIN_S = 10.0
# Messages of one sender that may wait for each other; more means a program, not a person typing.
MOST_QUEUED = 8
_QUEUED_WAIT_S = 2


class Dialogue(Protocol):
    """The bot as the channels see it."""

    async def start(self) -> None:
        """Load what is needed to answer."""
        ...

    async def handle(
        self, sender: str, text: str, metadata: Mapping[str, Any]
    ) -> Sequence[Mapping[str, Any]]:
        """:return: the message objects that answer one message of a sender."""
        ...

    async def forget(self, sender: str) -> None:
        """Forget the dialogue state of a sender, whose next message begins anew."""
        ...

    def snapshot(self) -> str | None:
        """The id of the knowledge that answers now; None where it is not known here."""
        ...

    async def close(self) -> None:
        """Release what ``start`` opened."""
        ...


@runtime_checkable
class Reloadable(Protocol):
    """A bot in this process, which can take up another model while it talks."""

    async def reload(self) -> str:
        """Answer with the model of the present inputs from now on; at once where it does already.

        :return: the model's name.
        """
        ...


class Notice(Protocol):
    """Tells the staff of a conversation; ``is_talk`` when nothing changed but what was said."""

    def __call__(self, sender: str, *, is_talk: bool) -> None:
        """Return at once."""
        ...


class Outcome(Protocol):
    """Told after each message whether it could be stored."""

    def __call__(self, *, done: bool) -> None:
        """Return at once."""
        ...


def _nobody(sender: str, *, is_talk: bool) -> None:
    """No staff to tell."""


def _unheard(*, done: bool) -> None:
    """Nobody who wants to know."""


class Dispatcher:
    """Takes a message through gate, bot and record.

    ``notice`` is called with the sender of every message that concerns the staff, as soon as it stands
    in the record; ``outcome`` with whether a message could be stored; ``order`` gives each sender one turn
    at a time.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        casework: Casework,
        gate: Gate,
        metrics: Metrics,
        *,
        notice: Notice | None = None,
        outcome: Outcome | None = None,
        bot_timeout_s: float = BOT_TIMEOUT_S,
        lanes: Lanes | None = None,
        order: TurnOrder,
    ) -> None:
        self._dialogue = dialogue
        self._casework = casework
        self._gate = gate
        self._metrics = metrics
        self._notice: Notice = notice or _nobody
        self._outcome: Outcome = outcome or _unheard
        self._bot_timeout_s = bot_timeout_s
        self._lanes = lanes or Lanes()
        self._queued: Counter[str] = Counter()
        self._order = order
        self._running: set[asyncio.Task[Reply]] = set()

    async def handle(
        self,
        inbound: InboundMessage,
        *,
        request_id: str,
        prepared: Sequence[OutboundMessage] | None = None,
    ) -> Reply:
        """Answer one message.

        :param prepared: what is said where the bot would have spoken.
        :raises DeskError: when the message or its turn could not be stored; sent again under the same
            id it is answered as if it came for the first time.
        :raises RequestError: when the sender has too many messages under way, or everybody has.
        """
        if self._queued[inbound.sender] >= MOST_QUEUED:
            raise too_many(_QUEUED_WAIT_S)
        self._queued[inbound.sender] += 1
        task = asyncio.create_task(self._in_order(inbound, request_id, prepared))
        task.add_done_callback(lambda _: self._leave(inbound.sender))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def drain(self, within_s: float = DRAIN_S) -> None:
        """Wait until every exchange that has begun is recorded.

        :param within_s: what has not come to its end by then, or still waits for a turn that another copy
            has, is given up: it was not acknowledged, and sent again under its id it is answered.
        """
        if self._running:
            await asyncio.wait(set(self._running), timeout=within_s)
        await ended(self._running)

    async def _in_order(
        self,
        inbound: InboundMessage,
        request_id: str,
        prepared: Sequence[OutboundMessage] | None,
    ) -> Reply:
        try:
            async with self._order.turn(inbound.sender) as turn:
                return await self._next(inbound, request_id, prepared, turn)
        except StorageError:
            self._outcome(done=False)
            raise

    def _leave(self, sender: str) -> None:
        self._queued[sender] -= 1
        if not self._queued[sender]:
            del self._queued[sender]

    async def _next(
        self,
        inbound: InboundMessage,
        request_id: str,
        prepared: Sequence[OutboundMessage] | None,
        turn: Turn,
    ) -> Reply:
        with self._metrics.timed("total"):
            reply = await self._exchange(inbound, request_id, prepared, turn)
            self._outcome(done=True)
            return reply

    async def _exchange(
        self,
        inbound: InboundMessage,
        request_id: str,
        prepared: Sequence[OutboundMessage] | None,
        turn: Turn,
    ) -> Reply:
        receipt, is_erasing, messages = await asyncio.to_thread(self._received, inbound)
        if receipt.reply is not None:
            self._metrics.repeated.inc()
            return Reply(inbound.sender, receipt.owner, receipt.reply, receipt.is_first)
        self._metrics.received.labels(inbound.channel).inc()
        if receipt.owner is not Owner.BOT:
            self._notice(inbound.sender, is_talk=True)
        if messages is None and prepared is not None:
            messages = tuple(prepared)
        is_bots = messages is None and not is_erasing
        if messages is None:
            messages = await self._ask_bot(inbound, receipt, request_id)
        await turn.insist()
        with self._metrics.timed("store"):
            owner, kept = await asyncio.to_thread(
                partial(
                    self._casework.settle,
                    inbound,
                    receipt,
                    messages,
                    even_if_served=is_erasing,
                    takes_back=is_bots and not phrases.says_standing(messages),
                )
            )
        if receipt.owner is not owner or (kept and owner is not Owner.BOT):
            self._notice(inbound.sender, is_talk=receipt.owner is owner)
        for message in kept:
            self._metrics.sent.labels(message.kind.value).inc()
        if receipt.owner is Owner.BOT and owner is Owner.WAITING:
            self._metrics.handoffs.inc()
        return Reply(inbound.sender, owner, kept, receipt.is_first)

    def _received(
        self, inbound: InboundMessage
    ) -> tuple[Receipt, bool, tuple[OutboundMessage, ...] | None]:
        """What the gate says to a message that has been recorded; whether the message is about erasing.

        Blocks.  One visit to a thread: on a busy machine each costs more than what is done there.
        """
        with self._metrics.timed("receive"):
            receipt = self._casework.receive(inbound)
        if receipt.reply is not None:
            return receipt, False, None
        is_erasing = self._gate.is_erasing(inbound, receipt)
        return receipt, is_erasing, None if is_erasing else self._gate.answer(inbound, receipt)

    async def _ask_bot(
        self, inbound: InboundMessage, receipt: Receipt, request_id: str
    ) -> tuple[OutboundMessage, ...]:
        metadata = {
            **inbound.metadata,
            "channel": inbound.channel,
            "request_id": request_id,
            "message_id": receipt.record,
            **({"repeated": True} if receipt.is_repeat else {}),
        }
        started = time.perf_counter()
        try:
            async with self._lanes.admitted(inbound.text):
                objects = await asyncio.wait_for(
                    self._dialogue.handle(inbound.sender, inbound.text, metadata),
                    self._bot_timeout_s,
                )
            messages = tuple(OutboundMessage.from_json(item) for item in objects)
        except RequestError as error:  # too many at once
            self._metrics.errors.labels(error.code).inc()
            raise
        except StillStarting:
            return await self._stand_in(inbound, receipt, phrases.still_starting())
        except StorageError:  # not stored, so it did not happen; the person sends it again
            self._metrics.errors.labels("not_stored").inc()
            raise
        except Exception as error:  # whatever fails in the bot, the person gets an answer
            self._metrics.errors.labels(_code(error)).inc()
            # An exception's message may quote the person; its type and place do not.
            logger.error(
                "bot failed: request=%s error=%s at=%s",
                request_id, type(error).__name__, _place(error),
            )  # fmt: skip
            return await self._stand_in(inbound, receipt, phrases.apology(request_id))
        finally:
            self._metrics.stage.labels("bot").observe(time.perf_counter() - started)
        return messages or (phrases.nothing_said(),)

    async def _stand_in(
        self, inbound: InboundMessage, receipt: Receipt, otherwise: OutboundMessage
    ) -> tuple[OutboundMessage, ...]:
        """What is said without the bot: a human, erasure and a new beginning are served all the same."""
        text, sender = inbound.text, inbound.sender
        if commands.starts_anew(text):
            return (await self._anew(sender) or otherwise,)
        if commands.asks_for_erasure(text):
            return (phrases.erasing_asked(),)
        if commands.confirms(text) and await asyncio.to_thread(
            self._casework.was_asked, sender, receipt.record, phrases.ERASE
        ):
            erased = await asyncio.to_thread(self._casework.erase, sender)
            await self._anew(sender)
            return (phrases.erased(erased.messages, erased.leads),)
        if not commands.asks_for_human(text):
            return (otherwise,)
        standing = await asyncio.to_thread(
            self._casework.open_ticket,
            inbound.sender,
            inbound.channel,
            "机器人不能应答时用户请求人工",
        )
        return (phrases.ticket_opened(standing.ticket, standing.position, standing.expected),)

    async def _anew(self, sender: str) -> OutboundMessage | None:
        """Forget the dialogue state; None where that fails too."""
        try:
            await self._dialogue.forget(sender)
        except Exception as error:  # the bot is failing already; the person is told what is true
            logger.error("forgetting failed: error=%s at=%s", type(error).__name__, _place(error))
            return None
        return phrases.begun_anew()


def _code(error: Exception) -> str:
    if isinstance(error, asyncio.TimeoutError):
        return "bot_timeout"
    return error.code if isinstance(error, MessageError) else "bot_failed"


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-4:]))
