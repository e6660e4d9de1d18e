"""Answers from the shelf alone, while the dialogue model is still being trained or loaded.

What reads as a question and has a certain answer is answered as the bot answers it, and the person is
told that the rest is still starting.  Everything else needs the dialogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import yaml
from rasa_sdk import Tracker

from actions.answer import replies
from actions.context import Services
from actions.replies import Reply
from actions.turn.asking import asks
from actions.turn.readings import readings
from bot.contract import StillStarting, contract
from indexer.live import one_index
from knowledge.text import normalise
from settings import ROOT

DOMAIN = ROOT / "bot" / "domain"
STARTING = "对话功能还在启动，先查资料回答；过一会儿可以接着问、登记和转人工。"


def first_answer(services: Services, sender: str, text: str) -> list[dict[str, Any]]:
    """What the shelf says to a question that begins a conversation; blocks.

    :return: message objects of the contract, the last of which says that the dialogue is starting.
    :raises StillStarting: it is no question, or the shelf has no certain answer.
    """
    said = normalise(text)
    if not asks(said):
        raise StillStarting(STARTING)
    nobody = Tracker(sender, _slots(), {"text": text}, [], False, None, {}, None)
    with one_index(services.index.current()):
        reading = readings(services, nobody, said)[0]
        if reading.found.band != "answer":
            raise StillStarting(STARTING)
        answers = [as_said(reply) for reply in replies(services, nobody, reading)]
    notice = {"text": STARTING, "custom": {"kind": "notice", "data": {"starting": True}}}
    return [contract(item) for item in (*answers, notice)]


def as_said(reply: Reply) -> Mapping[str, Any]:
    """A reply as Rasa would hand it on."""
    buttons: Sequence[Mapping[str, str]] = [
        {"title": button.title, "payload": button.payload} for button in reply.buttons
    ]
    return {
        "text": _sentences()[reply.response].format(**reply.fields),
        "buttons": buttons,
        "custom": {
            "kind": reply.kind,
            "citations": [citation.to_json() for citation in reply.citations],
            "data": dict(reply.data),
        },
    }


def _sentences() -> dict[str, str]:
    """The sentence of each response to a question, the refusals among them."""
    return {
        name: str(forms[0]["text"])
        for topic in ("knowledge", "refusal")
        for name, forms in _domain(topic)["responses"].items()
    }


def _slots() -> dict[str, None]:
    """What a conversation is about: nothing yet."""
    return dict.fromkeys(_domain("knowledge")["slots"])


@lru_cache(maxsize=2)
def _domain(topic: str) -> Mapping[str, Any]:
    """The part of the domain that is about a topic."""
    read: Mapping[str, Any] = yaml.safe_load((DOMAIN / f"{topic}.yml").read_text(encoding="utf-8"))
    return read
