"""What is no answer to a question about a right: the period of another right, or of something else than how long it lasts."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.deadline_choice import asks_a_period
from actions.deadline_order import KEEPING, asks_of_term, speaks_of_term
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


def of_term_asked(services: Services, tracker: Tracker, found: Found) -> Found:
    """What was found for a question how long a right lasts, without what tells nothing of that."""
    text = talk.text(tracker)
    if not asks_of_term(text, services.index.current().understand(text)):
        return found
    rules = services.deadlines.rules

    def is_of_something_else(passage: Passage) -> bool:
        rule = next((rules[fact] for fact in passage.facts[:1] if fact in rules), None)
        is_told = speaks_of_term(f"{passage.heading} {passage.text}")
        return not is_told or (rule is not None and rule.procedure not in KEEPING)

    return without(found, is_of_something_else)
