"""The follow-ups of conversations that strangers wrote, as the order of a conversation learns from them."""

from __future__ import annotations

from collections.abc import Iterable

from actions import conversation as talk
from actions.turn.affirmed import affirmed
from actions.turn.heard import conversation
from actions.turn.hearing_turns import Turn, Wanted
from actions.turn.purpose import DECLINE, SHELF
from bot.written import Line, bot_as_it_is, conversations, expects_a_day, purpose_in
from settings import Settings

# What a turn of such a conversation counts beside a made one: what is said in earnest tells most.
_WEIGHT = 20.0


async def heard_turns(settings: Settings, lines: Iterable[Line]) -> list[Turn]:
    """Every turn that asks the shelf, or what is to be declined, after what the bot had said before.

    :param lines: as :func:`bot.written.lines_of` reads them; the clock is that of ``settings``.
    """
    found = []
    with bot_as_it_is(settings) as bot:
        async for tracker, expect in bot.hold(conversations(lines)):
            purpose = purpose_in(expect)
            is_asked = purpose == SHELF and any(expect["must"]) and not expects_a_day(expect)
            in_form = (tracker.active_loop or {}).get("name") is not None
            if in_form or not (is_asked or purpose == DECLINE):
                continue
            said = conversation(bot.services, tracker)
            if said.question is None and said.passage is None:
                continue  # nothing goes before
            text = affirmed(tracker, talk.text(tracker))
            wanted = Wanted.of(expect) if is_asked else None
            kind = "heard" if is_asked else "none"
            found.append(Turn(said, text, None, tracker.sender_id, kind, _WEIGHT, wanted))
    return found
