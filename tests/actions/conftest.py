"""Conversation states for action tests."""

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher


@pytest.fixture
def dispatcher() -> CollectingDispatcher:
    """Collects what an action says."""
    return CollectingDispatcher()


@pytest.fixture
def make_tracker():
    """Builds the state in which a person has just said something."""

    def make(text="", intent="inform", entities=(), slots=None, events=None, loop=None) -> Tracker:
        rows = [
            {"entity": name, "value": value, "role": "main", "start": 0, "end": len(text)}
            for name, value in entities
        ]
        message = {"text": text, "intent": {"name": intent, "confidence": 0.9}, "entities": rows}
        return Tracker(
            sender_id="someone",
            slots=slots or {},
            latest_message=message,
            events=[{"event": "user", "text": text}, *(events or [])],
            paused=False,
            followup_action=None,
            active_loop={"name": loop} if loop else {},
            latest_action_name="action_listen",
        )

    return make
