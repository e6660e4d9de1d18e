"""Of rules that a message may mean, what the period of the other side counts for: that of the side that is spoken for.

In one procedure of one place the two sides have each their own period, called by nearly the same words.  Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.deadline_fit import side_fits
from actions.deadline_order import Meant
from actions.deadline_procedures import exchanged, with_chances_of
from knowledge.deadline_types import Bound, DeadlineRule, Event

_OF_NO_SIDE = frozenset((Bound.EITHER, Bound.AUTHORITY))
_IS_OPPONENT = re.compile(
    r"(?:我们?|咱们?|我[方司])(?:这边|公司|才)?(?:是|系|作为)(?:提(?:出)?)?异议(?:人|方|的)|作为异议(?:人|方)"
)
# What the other side answered to who opposed it; asked of when that is due it is none yet.
_THEIR_ANSWER = re.compile(
    r"(?<!作为)(?<!是)(?:对方|对手|申请人|人家|他们?)(?:(?![几多哪要应该须诉告]|异议|什么)[^，,。；;我咱]){0,14}"
    r"(?:反陈述|反陳述|TM8|counter-?statement|[交递送寄][了来过的]答辩|答辩[^，,。；;我咱]{0,4}[交递送寄][了来过])"
    r"(?![^，,。；;我咱]{0,10}(?:几|多久|哪|截止|最晚|最迟|期限|什么时候|到期))",
    re.IGNORECASE,
)


def opposes(text: str) -> bool:
    """Whether a message is of one who opposed: it says so, or that the other side has answered."""
    return any(words.search(text) for words in (_IS_OPPONENT, _THEIR_ANSWER))


def after_their_answer(found: Sequence[Meant], text: str) -> list[Meant]:
    """Rules without the steps that are taken where the other side has answered an opposition: to oppose and to answer."""
    if _THEIR_ANSWER.search(text) is None:
        return list(found)
    return [item for item in found if not _is_taken(item.rule)]


def _is_taken(rule: DeadlineRule) -> bool:
    opened = rule.bound is Bound.OPPONENT and rule.event is Event.PUBLISHED
    return rule.procedure == "opposition" and (opened or side_fits(rule, Bound.OPPONENT.value) < 0)


def of_the_side(
    found: Sequence[Meant], side: str | None, text: str, *, is_plain: bool
) -> list[Meant]:
    """Rules with the chance of the other side's period given to that of the side spoken for.

    :param side: the side that is spoken for; None where it is not known.
    :param is_plain: it is said in plain words, so that the other side's period is not meant even where it is first.
    """
    if not found or side is None:
        return list(found)
    first = found[0]
    if is_plain and not _is_own(first.rule, side):
        other = next(
            (i for i in found[1:] if _takes_place_of(i.rule, first.rule, side, text)), None
        )
        if other is None:
            return list(found)
        found = exchanged(found, other)
        first = found[0]
    if not _is_own(first.rule, side):
        return list(found)
    theirs = [
        item
        for item in found[1:]
        if _is_beside(item.rule, first.rule) and side_fits(item.rule, side) < 0
    ]
    return with_chances_of(found, theirs)


def _is_own(rule: DeadlineRule, side: str) -> bool:
    """Whether a rule binds this side, by its own name or another."""
    return rule.bound not in _OF_NO_SIDE and side_fits(rule, side) >= 0


def _is_beside(one: DeadlineRule, other: DeadlineRule) -> bool:
    return (one.jurisdiction, one.procedure) == (other.jurisdiction, other.procedure)


def _takes_place_of(rule: DeadlineRule, first: DeadlineRule, side: str, text: str) -> bool:
    """Whether a rule of this side is meant by the words that the first one was found by.

    Where the first one is no side's, nothing that names it alone is said (上诉).
    """
    if not _is_beside(rule, first) or not _is_own(rule, side):
        return False
    if first.bound not in _OF_NO_SIDE:
        return True
    said = {word for word in first.keywords if word in text}
    return side_fits(rule, side) > 0 and bool(said) and said.issubset(rule.keywords)
