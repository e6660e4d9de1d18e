"""Rules that the words of a message mean, as a test makes them, and what is then asked or told of a date."""

from __future__ import annotations

from typing import Any

import pytest

from actions.deadline_order import Meant
from actions.turn import dating as dating_module
from actions.turn import held_rules, rules
from tests.actions.turn.shelf import Read, answering, services


@pytest.fixture
def at_hand() -> Any:
    """What actions work with, over an empty shelf."""
    return services(answering({}))


@pytest.fixture
def candidates(monkeypatch, at_hand):
    """Has the words mean these rules: ``candidates((ITC, 0.9))``."""

    def mean(*found, is_placed=True):
        rows = [Meant(at_hand.deadlines.rules[name], chance, is_placed) for name, chance in found]
        for module in (rules, held_rules, dating_module):
            monkeypatch.setattr(module, "rule_candidates", lambda *_: rows)

    return mean


@pytest.fixture
def dated(at_hand, make_tracker):
    """What a message asks or tells of a date: ``dated(text, *readings, ranking=None, said=(), **slots)``."""

    def find(text, *readings, entities=(), intent="ask", ranking=None, said=(), loop=None, **slots):
        tracker = make_tracker(text, intent, entities=entities, slots=slots, loop=loop)
        tracker.events[:] = [{"event": "user", "text": words} for words in (*said, text)]
        if ranking is not None:
            rows = [{"name": name, "confidence": chance} for name, chance in ranking.items()]
            tracker.latest_message["intent_ranking"] = rows
        return dating_module.dating(at_hand, tracker, readings or (Read(),))

    return find
