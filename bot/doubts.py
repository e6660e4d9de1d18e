"""Noticing messages whose intent is in doubt, so that trainers can say what they meant."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Engine

from actions.matter_record import PROBE
from desk import misunderstood
from desk.engine import writing
from knowledge.errors import AssistantError

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor

logger = logging.getLogger(__name__)
# Below this the classifier is as often wrong as right among what it still acts on (docs/nlu.md).
DOUBTFUL_BELOW = 0.5
_FALLBACK = "nlu_fallback"
_RANKED = 3
Record = Callable[[str, str, str, float, Sequence[Mapping[str, Any]]], None]


def doubt(parsed: Mapping[str, Any]) -> tuple[str, float, list[dict[str, Any]]] | None:
    """What the classifier held likely, when it was not sure; None when it was.

    :return: the likeliest intent, its confidence, and the first of the ranking.
    """
    ranking: list[dict[str, Any]] = [
        {"name": str(item["name"]), "confidence": round(float(item["confidence"]), 3)}
        for item in parsed.get("intent_ranking") or ()
        if item.get("name") != _FALLBACK
    ]
    if not ranking:
        return None
    name, confidence = ranking[0]["name"], float(ranking[0]["confidence"])
    is_fallback = (parsed.get("intent") or {}).get("name") == _FALLBACK
    if not is_fallback and confidence >= DOUBTFUL_BELOW:
        return None
    return str(name), confidence, ranking[:_RANKED]


def recorder(engine: Engine) -> Record:
    """Writes a doubt to the casework database."""

    def record(
        sender: str,
        text: str,
        predicted: str,
        confidence: float,
        ranking: Sequence[Mapping[str, Any]],
    ) -> None:
        with writing(engine, flushed=False) as conn:
            misunderstood.record(conn, sender, text, predicted, confidence, ranking)

    return record


def notice_doubts(processor: MessageProcessor, record: Record) -> None:
    """Have the processor note doubtful messages outside forms, which read answers by their shape."""
    parse = processor.parse_message

    async def parsed(message: Any, tracker: Any = None, only_output_properties: bool = True) -> Any:
        found = await parse(message, tracker, only_output_properties)
        is_probe = str(message.sender_id).startswith(PROBE)
        # What stands for a paper was written by no person, so nobody can say what it means.
        is_paper = "paper" in (getattr(message, "metadata", None) or {})
        if tracker is not None and not tracker.active_loop_name and not (is_probe or is_paper):
            unsure = doubt(found)
            if unsure is not None:
                await _note(record, str(message.sender_id), str(message.text), *unsure)
        return found

    processor.parse_message = parsed


async def _note(
    record: Record,
    sender: str,
    text: str,
    predicted: str,
    confidence: float,
    ranking: Sequence[Mapping[str, Any]],
) -> None:
    try:
        await asyncio.to_thread(record, sender, text, predicted, confidence, ranking)
    except AssistantError as error:  # the person is answered all the same
        logger.error("a doubtful message was not noted: %s", error)
