"""The desk gate: who speaks in a conversation that a human owns or is waited for.

It stands before the bot.  While a human owns the conversation nothing answers by itself; while one is
waited for the person is told once where they stand and may take the conversation back.
"""

from __future__ import annotations

import re

from channels import phrases
from channels.casework import Casework, Receipt
from channels.messages import InboundMessage, OutboundMessage
from desk.conversations import Owner
from desk.errors import TransitionError
from knowledge.text import normalise

_EDGES = re.compile(
    r"^[\s,.!?;:~「」“”\"'，。！？；：、～]+|[\s,.!?;:~「」“”\"'，。！？；：、～]+$"
)
_BACK = frozenset(
    {
        phrases.BACK_TO_BOT,
        "继续问机器人吧",
        "问机器人",
        "转回机器人",
        "转机器人",
        "机器人",
        "不用人工了",
        "取消人工",
    }
)
_HUMAN = frozenset(
    {phrases.HUMAN, "人工", "人工客服", "转人工客服", "我要人工", "找人工", "转人工服务"}
)
_STANDING = re.compile(r"(第几位|排到|排队|还要(等)?多久|等多久|多久能|到我了|有人吗|人呢)")
_RATING = re.compile(
    r"(?:(?:服务)?(?:评价|评分|打分)\s*[::]?\s*([1-5])\s*(?:分|星)?|([1-5])\s*(?:分|星))(?:[\s,，。;；:]+(.*))?",
    re.DOTALL,
)
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86[- ]?)?(1[3-9][0-9]{9})(?![0-9])")


def command(text: str) -> str:
    """The text as commands are compared: normal form without the punctuation around it."""
    return _EDGES.sub("", normalise(text))


def asks_for_human(text: str) -> bool:
    """Whether the whole message is a plain request for a human."""
    return command(text) in _HUMAN


class Gate:
    """Decides whether the bot may answer a message, and speaks where it may not."""

    def __init__(self, casework: Casework) -> None:
        self._casework = casework

    def answer(
        self, inbound: InboundMessage, receipt: Receipt
    ) -> tuple[OutboundMessage, ...] | None:
        """What is said instead of the bot.

        :return: None when the bot may answer; an empty tuple when nobody speaks.
        """
        if receipt.owner is Owner.BOT:
            return self._rate(inbound)
        text = command(inbound.text)
        # To somebody who serves, a word like 机器人 may be meant; only the button's own text counts.
        if text == phrases.BACK_TO_BOT or (receipt.owner is Owner.WAITING and text in _BACK):
            return self._back(inbound.sender)
        if receipt.owner is Owner.HUMAN:
            return ()
        return self._while_waiting(inbound.sender, text)

    def _rate(self, inbound: InboundMessage) -> tuple[OutboundMessage, ...] | None:
        """Take a rating of the service that just ended; without one to give the bot answers."""
        said = _RATING.fullmatch(command(inbound.text))
        if said is None:
            return None
        score = int(said.group(1) or said.group(2))
        ticket = self._casework.rate_service(inbound.sender, score, said.group(3) or None)
        return None if ticket is None else (phrases.rated(ticket, score),)

    def _back(self, sender: str) -> tuple[OutboundMessage, ...] | None:
        try:
            return (phrases.back_to_bot(self._casework.take_back(sender)),)
        except TransitionError:  # closed by staff in this moment, so the bot owns it anyway
            return None

    def _while_waiting(self, sender: str, text: str) -> tuple[OutboundMessage, ...]:
        mobile = _MOBILE.search(text)
        if mobile is not None:
            words = command(text.replace(mobile.group(0), " "))
            ticket = self._casework.keep_contact(sender, mobile.group(1), words)
            return (phrases.contact_kept(ticket, mobile.group(1), has_time=bool(words)),)
        standing = self._casework.standing(sender)
        if standing is None:  # closed between the two reads; the next message goes to the bot
            return ()
        if standing.told and text not in _HUMAN and not _STANDING.search(text):
            return ()
        return (
            phrases.waiting(
                standing.ticket,
                standing.position,
                standing.minutes,
                is_online=standing.is_online,
                has_phone=standing.has_phone,
            ),
        )
