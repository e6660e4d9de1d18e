"""The desk gate: who speaks in a conversation that a human owns or is waited for.

It stands before the bot.  While a human owns the conversation nothing answers by itself.  While one is
waited for and staff are on duty, the person is told once where they stand and may take the conversation
back; with nobody on duty what they ask is answered, and the ticket stays open as a callback, while what
asks nothing is kept for staff (``actions/turn/waiting.py``).  Asking for
erasure, and confirming it, reach the bot whoever owns the conversation.
"""

from __future__ import annotations

import re

from desk import phrases
from desk.casework import Casework, Receipt
from desk.conversations import Owner
from desk.errors import TransitionError
from desk.messages import InboundMessage, OutboundMessage
from server import commands
from server.binding import Binder
from server.calling import Call, call_in, only_waits, trimmed

_STANDING = re.compile(r"(第几位|排到|排队|还要(等)?多久|等多久|多久能|到我了|有人吗|人呢)")
_PLACE = re.compile(
    r"(?:我|现在|请问)*(?:排到?第?几位?|排到我|还要等多久|要等多久|等多久|什么时候(?:给我)?回电)[了呢啊吗]*"
)
_RATING = re.compile(
    r"(?:(?:服务)?(?:评价|评分|打分)\s*[::]?\s*([1-5])\s*(?:分|星)?|([1-5])\s*(?:分|星))(?:[\s,，。;；:]+(.*))?",
    re.DOTALL,
)


class Gate:
    """Decides whether the bot may answer a message, and speaks where it may not."""

    def __init__(self, casework: Casework, binder: Binder | None = None) -> None:
        self._casework = casework
        self._binder = binder

    def answer(
        self, inbound: InboundMessage, receipt: Receipt
    ) -> tuple[OutboundMessage, ...] | None:
        """What is said instead of the bot.

        :return: None when the bot may answer; an empty tuple when nobody speaks.
        """
        if receipt.owner is Owner.BOT:
            return (
                self._bind(inbound) or self._rate(inbound) or self._about_callback(inbound, receipt)
            )
        if receipt.owner is Owner.HUMAN:
            # To somebody who serves, 不用了 may be meant; only a wish that names the bot counts.
            return self._back(inbound.sender) if commands.names_bot(inbound.text) else ()
        if commands.goes_back(inbound.text):
            return self._back(inbound.sender)
        return self._while_waiting(inbound.sender, inbound.text)

    def is_erasing(self, inbound: InboundMessage, receipt: Receipt) -> bool:
        """Whether a message asks for erasure, or answers the question whether to erase.

        Such a turn is the bot's, and its reply is recorded whoever owns the conversation.
        """
        if receipt.owner is Owner.BOT:
            return False
        if commands.asks_for_erasure(inbound.text):
            return True
        is_answer = commands.confirms(inbound.text) or commands.declines(inbound.text)
        return is_answer and self._casework.was_asked(inbound.sender, receipt.record, phrases.ERASE)

    def _bind(self, inbound: InboundMessage) -> tuple[OutboundMessage, ...] | None:
        """Show or take the code that makes two conversations of one person one."""
        said = None if self._binder is None else self._binder.answer(inbound.sender, inbound.text)
        return None if said is None else (said,)

    def _rate(self, inbound: InboundMessage) -> tuple[OutboundMessage, ...] | None:
        """Take a rating of the service that just ended; without one to give the bot answers."""
        said = _RATING.fullmatch(trimmed(inbound.text))
        if said is None:
            return None
        score = int(said.group(1) or said.group(2))
        ticket = self._casework.rate_service(inbound.sender, score, said.group(3) or None)
        return None if ticket is None else (phrases.rated(ticket, score),)

    def _with_nobody_on_duty(
        self, sender: str, call: Call, *, has_phone: bool
    ) -> tuple[OutboundMessage, ...] | None:
        """When to call is kept; anything else is for the bot, which answers it or keeps it for staff."""
        if not call.tells_when:
            return None
        ticket = self._casework.keep_contact(sender, None, call.words)
        return (phrases.time_kept(ticket, has_phone=has_phone),)

    def _about_callback(
        self, inbound: InboundMessage, receipt: Receipt
    ) -> tuple[OutboundMessage, ...] | None:
        """While a callback is owed: the number to call, and how it stands; the rest is the bot's."""
        call = call_in(inbound.text)
        is_number = call.phone is not None and call.is_all
        if not is_number and not _PLACE.fullmatch(commands.bare(inbound.text)):
            return None
        standing = self._casework.standing(inbound.sender)
        if standing is None or self._casework.was_asked(inbound.sender, receipt.record):
            return None  # the number answers the bot's own question
        if call.phone is None:
            return (phrases.callback_owed(standing.ticket, has_phone=standing.has_phone),)
        return self._keep(inbound.sender, call, call.phone)

    def _keep(self, sender: str, call: Call, phone: str) -> tuple[OutboundMessage, ...]:
        """Keep a number and when to call, or what else was said beside it."""
        words = "" if call.is_all and not call.tells_when else call.words
        ticket = self._casework.keep_contact(sender, phone, words)
        return (phrases.contact_kept(ticket, phone, has_time=call.tells_when),)

    def _back(self, sender: str) -> tuple[OutboundMessage, ...] | None:
        try:
            return (phrases.back_to_bot(self._casework.take_back(sender)),)
        except TransitionError:  # closed by staff in this moment, so the bot owns it anyway
            return None

    def _while_waiting(self, sender: str, text: str) -> tuple[OutboundMessage, ...] | None:
        call = call_in(text)
        if call.phone is not None:
            kept = self._keep(sender, call, call.phone)
            if call.is_all:
                return kept
        standing = self._casework.standing(sender)
        if standing is None:  # closed between the two reads, so the bot owns it
            return None
        if not standing.is_online and not only_waits(text):
            return self._with_nobody_on_duty(sender, call, has_phone=standing.has_phone)
        asks_again = commands.asks_for_human(text) or _STANDING.search(text) is not None
        if standing.told and not asks_again:
            return ()
        return (standing.in_words(),)
