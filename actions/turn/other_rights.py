"""The period of another right than the one that is named is no answer: that of marks is none for designs."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.deadline_choice import asks_a_period
from actions.lookup import Found, without
from knowledge.types import Passage


def of_rights_named(services: Services, tracker: Tracker, found: Found) -> Found:
    """What was found for a question for a period, without what rests on the rule of other rights than it names."""
    rights = frozenset(talk.entities(tracker, "right"))
    if not rights or not asks_a_period(talk.text(tracker)):
        return found
    rules = services.deadlines.rules

    def is_of_others(passage: Passage) -> bool:
        rule = next((rules[fact] for fact in passage.facts[:1] if fact in rules), None)
        return rule is not None and not rule.is_about(rights)

    return without(found, is_of_others)
