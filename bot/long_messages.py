"""Reading long messages beside the loop on which every conversation runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor

# Shorter ones take less time than handing them over and back.
LONG_CHARS = 200


def parse_long_in_threads(processor: MessageProcessor) -> None:
    """Have the processor parse long messages in a thread, so that others are not held up.

    Parsing changes nothing but the message; the coroutine awaits nothing of the loop it came from.
    """
    parse = processor.parse_message

    async def parsed(message: Any, tracker: Any = None, only_output_properties: bool = True) -> Any:
        reading = parse(message, tracker, only_output_properties)
        if len(message.text or "") <= LONG_CHARS:
            return await reading
        return await asyncio.to_thread(asyncio.run, reading)

    processor.parse_message = parsed
