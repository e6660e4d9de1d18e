"""Conversations held one after the other on one assistant, and what is said at the end of each."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import yaml

from bot.runtime import EmbeddedRasa
from settings import ROOT, Settings

# The first words of every refusal, whatever its reason.
REFUSED = "|".join(
    re.escape(re.split("[，：{]", variant["text"])[0])
    for name, (variant,) in yaml.safe_load((ROOT / "bot/domain/refusal.yml").read_text("utf-8"))[
        "responses"
    ].items()
    if name.startswith("utter_refusal")
)


def last_said(settings: Settings, today: str, conversations: Sequence[Sequence[str]]) -> list[str]:
    """The last reply of each conversation, its messages a line each."""

    async def hold() -> list[str]:
        said = []
        people = secrets.token_hex(4)  # nobody who spoke in another test
        rasa = EmbeddedRasa(dataclasses.replace(settings, today=today))
        await rasa.start()
        try:
            for number, turns in enumerate(conversations):
                for text in turns:
                    reply = await rasa.handle(f"{people}-{number}", text, {})
                said.append("\n".join(message["text"] for message in reply))
        finally:
            await rasa.close()
        return said

    return asyncio.run(hold())


def replies_to(today: str, conversations: Sequence[Sequence[str]]) -> Callable[..., Any]:
    """A fixture of a module: the last reply of each conversation."""

    @pytest.fixture(scope="module", name="last_replies")
    def last_replies(bot_settings: Settings) -> list[str]:
        return last_said(bot_settings, today, conversations)

    return last_replies


def assert_said(said: str, right: str, wrong: str) -> None:
    """A reply holds the one pattern and not the other."""
    assert re.search(right, said), said
    assert not re.search(wrong, said), said
