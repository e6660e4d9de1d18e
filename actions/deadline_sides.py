"""Of rules that a message may mean, what the period of the other side counts for: that of the side that is spoken for.

In one procedure of one place the two sides have each their own period, called by nearly the same words.  Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from actions.deadline_fit import side_fits
from actions.deadline_order import Meant
from actions.deadline_procedures import exchanged, with_chances_of
from knowledge.deadline_types import Bound, DeadlineRule

_OF_NO_SIDE = frozenset((Bound.EITHER, Bound.AUTHORITY))


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
