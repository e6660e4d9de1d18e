"""How long one session may grow, and what becomes of a turn that was cut off."""

from __future__ import annotations

from rasa.core.actions.action import ActionSessionStart
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker


def limit_sessions(processor: MessageProcessor, max_events: int) -> None:
    """Begin a new session, with the slots carried over, once the present one is long.

    A form that is open is never cut off.  Rasa would carry over every value that a slot ever had, so
    that a session would begin longer each time and at last be over as soon as it began.
    """
    ActionSessionStart._slot_set_events_from_tracker = staticmethod(_present_values)
    expired = processor._has_session_expired

    def has_expired(tracker: DialogueStateTracker) -> bool:
        is_long = len(tracker.events) > max_events and not tracker.active_loop
        return bool(expired(tracker)) or is_long

    processor._has_session_expired = has_expired


def _present_values(tracker: DialogueStateTracker) -> list[SlotSet]:
    return [
        SlotSet(name, slot.value)
        for name, slot in tracker.slots.items()
        if slot.value != slot.initial_value
    ]


def is_cut_off(tracker: DialogueStateTracker) -> bool:
    """Whether a turn of the conversation never came to listen.

    Rasa counts a turn's actions back to the last time it listened, so a turn that was cut off would
    silence its person for good.
    """
    for item in reversed(tracker.events):
        if isinstance(item, ActionExecuted):
            return item.action_name not in (ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME)
    return False


def mend(tracker: DialogueStateTracker) -> None:
    """Close a turn that was cut off: no form is open, and the conversation listens."""
    tracker.update(ActiveLoop(None))
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
