"""The plan of a turn: its acts in order, and why these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker

# Before the name of a form: it asks again without reading the message.
AGAIN = "again:"
SLOT = "plan"
ANSWER, DAY = "action_answer", "action_day"
# Forms that are begun anew as easily as they are taken up again: they ask again once, then let go.
LIGHT = frozenset(("deadline_form", "center_form", "triage_form", "status_form"))
LEAVE_QUIETLY = "leave"
# The act of a message about several countries.
EACH_PLACE = "action_each_place"


def plan_in(tracker: Tracker) -> Mapping[str, Any]:
    """The plan that was made last, as it is kept; empty where none was."""
    plan = tracker.get_slot(SLOT)
    return plan if isinstance(plan, dict) else {}


@dataclass(frozen=True)
class Plan:
    """What is done, in order, and what spoke for it.

    ``scores`` holds for each act that competed what it scored, ``reason`` the rule of the turn that
    decided, ``seen`` what was seen, ``rule`` and ``day`` which deadline is meant, counted from when,
    ``misfit`` why it is not computed, ``printed`` the day that a paper prints itself, and ``fact`` what
    it says of something else that was asked.  ``aspect`` is what is asked of the day of ``rule``.  ``each``
    tells rule and day of every country of a message about several, ``slots`` what is taken up again of a country that the message goes back to.
    """

    acts: tuple[str, ...]
    reason: str
    scores: Mapping[str, float] = field(default_factory=dict)
    seen: Mapping[str, Any] = field(default_factory=dict)
    rule: str | None = None
    day: str | None = None
    misfit: str | None = None
    printed: Mapping[str, Any] | None = None
    fact: Mapping[str, Any] | None = None
    aspect: str | None = None
    each: tuple[Mapping[str, Any], ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The plan as it is kept with the message."""
        return {
            "acts": list(self.acts),
            "reason": self.reason,
            "scores": {name: round(value, 3) for name, value in self.scores.items()},
            "seen": dict(self.seen),
            "rule": self.rule,
            "day": self.day,
            "misfit": self.misfit,
            "printed": None if self.printed is None else dict(self.printed),
            "fact": None if self.fact is None else dict(self.fact),
            "aspect": self.aspect,
            "each": [dict(one) for one in self.each],
            "slots": dict(self.slots),
        }
