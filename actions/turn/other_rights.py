"""What is no answer to a question about a right: the period of another right, or of something else than how long it lasts."""

from __future__ import annotations

import re

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.deadline_asking import asks_a_period
from actions.deadline_choice import PLATFORM, is_of_platform
from actions.deadline_order import KEEPING, asks_of_term, speaks_of_term
from actions.lookup import Found, without
from indexer.jurisdictions import scope
from knowledge.types import GENERAL, Passage

# A passage tells an end in more words than a question asks for it in (保护到作者去世后第50年).
_TELLS_END = re.compile(r"保护(?:到|至|\d+年|多久|几年|多少年)|\d+年有效|有效\d+年|最长\d+年")


def of_rights_named(services: Services, tracker: Tracker, found: Found) -> Found:
    """What was found for a question for a period, without what rests on the rule of other rights than it names.

    Of a complaint on a platform it is without what courts and offices count (appeal 有几天).
    """
    rights, on_platform = frozenset(talk.entities(tracker, "right")), is_of_platform(tracker)
    if not (rights or on_platform) or not asks_a_period(talk.text(tracker)):
        return found

    def is_of_others(passage: Passage) -> bool:
        rule = services.deadlines.resting(passage.facts)
        if rule is None:
            return False
        is_elsewhere = on_platform and rule.procedure != PLATFORM
        return is_elsewhere or (bool(rights) and not rule.is_about(rights))

    return without(found, is_of_others)


def of_term_asked(services: Services, tracker: Tracker, found: Found) -> Found:
    """What was found for a question how long a right lasts, without what tells nothing of that.

    How long it lasts at home is no answer for a right in another country.
    """
    text = talk.text(tracker)
    info = services.index.current().understand(text)
    if not asks_of_term(text, info):
        return found
    places = scope(info.countries)

    def is_of_something_else(passage: Passage) -> bool:
        theirs = {passage.place} if passage.place else {*passage.jurisdiction}
        if places and theirs.isdisjoint(places | {GENERAL}):
            return True
        rule = services.deadlines.resting(passage.facts)
        said = f"{passage.heading} {passage.text}"
        is_told = speaks_of_term(said) or _TELLS_END.search(said) is not None
        return not is_told or (rule is not None and rule.procedure not in KEEPING)

    return without(found, is_of_something_else)
