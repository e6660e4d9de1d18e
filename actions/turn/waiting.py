"""While a person waits for staff and nobody is on duty: what the bot answers, and what it keeps for them.

A question is answered, and the human request stays open as a callback (``Casework.settle``).  What asks
nothing (我在等, a further piece of the story, thanks) was said to whoever is waited for.
"""

from __future__ import annotations

from dataclasses import replace

from actions.turn.evidence import Evidence
from actions.turn.plan import Plan

KEEP_WAITING = "action_keep_waiting"
# Said to whoever is waited for, in whatever words.
_TO_STAFF = frozenset(
    (
        "action_handoff", "action_inform", "action_feedback", "utter_greet", "utter_thanks", "utter_bye",
        "utter_complaint", "utter_yes_to_what", "utter_no_problem", "utter_nothing_to_cancel", "utter_go_on",
        "action_refuse", "utter_take_your_time",
    )
)  # fmt: skip
# What takes a message in as a story, or answers it, says something to whoever tells something too.
_IF_ASKED = frozenset(("triage_form", "action_answer"))


def while_waiting(seen: Evidence, plan: Plan) -> Plan:
    """The plan as it is, or to keep the message for staff.

    :param seen: of somebody who waits for staff, none of whom is on duty.
    """
    first = plan.acts[0]
    if plan.reason == "certain" and first == "action_handoff":
        return plan
    is_answered = seen.asks or (first == "action_answer" and seen.best.found.band == "answer")
    if first in _TO_STAFF or (first in _IF_ASKED and not is_answered):
        return replace(plan, acts=(KEEP_WAITING,), reason="waiting")
    return plan
