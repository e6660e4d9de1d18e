"""Which other length of a deadline rule a person says to apply (易腐货物, 在德国境内送达, 第二次申诉)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from knowledge.deadline_types import Alternative, DeadlineRule
from knowledge.text import normalise

# Said in the same clause: that something does not apply, or was not done.
_NOT = re.compile(
    r"不$|不是|不属|不算|不走|不含|不会|不易|并非|没|未|无须|无需|\b(?:not|no|non|without|never)\b|n't\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[，,。；;！!？?\n]+")


def told_alternative(
    rule: DeadlineRule, messages: Iterable[str], rights: Collection[str]
) -> str | None:
    """The key of the alternative that applies, by the last message that speaks of one; else None.

    :param messages: what the person said of the matter, the last first.
    :param rights: codes of the alias table; an alternative may be that of a right.
    """
    for text in messages:
        told = [*_told(rule, text)]
        if told:
            return next((item.key for item, applies in told if applies), None)
    return next((item.key for item in rule.alternatives if item.key in rights), None)


def speaks_of_alternative(rule: DeadlineRule, text: str) -> bool:
    """Whether a message says that another length of a rule applies, or that it does not."""
    return any(_told(rule, text))


def is_of_condition(rule: DeadlineRule, text: str, place: int) -> bool:
    """Whether what stands at a place of a text is said of a step on which a length depends (认收上周五就交了)."""
    start = max((found.end() for found in _CLAUSES.finditer(text, 0, place)), default=0)
    clause = _folded(_CLAUSES.split(text[start:], 1)[0])
    words = (word for item in rule.alternatives for word in item.lacks)
    return any(_folded(word) in clause for word in words)


def takes_way(rule: DeadlineRule, messages: Iterable[str]) -> bool:
    """Whether a rule may be meant: a general one always, the special way of another one only where it was said.

    :param messages: what the person said of the matter, the last first; the last that speaks of the way counts.
    """
    if rule.special is None:
        return True
    for text in messages:
        clauses = [clause for clause in _CLAUSES.split(_folded(text)) if clause]
        told = [_is_said(word, clause) for word in rule.special.said for clause in clauses]
        if any(said is not None for said in told):
            return any(told)
    return False


def _folded(text: str) -> str:
    return normalise(text).lower()


def _told(rule: DeadlineRule, text: str) -> Iterator[tuple[Alternative, bool]]:
    """Each alternative that a message speaks of, and whether it says that it applies."""
    clauses = [clause for clause in _CLAUSES.split(_folded(text)) if clause]
    for item in rule.alternatives:
        said = [_is_said(word, clause) for word in item.said for clause in clauses]
        lacked = [_is_lacked(word, clause) for word in item.lacks for clause in clauses]
        told = [applies for applies in (*said, *lacked) if applies is not None]
        if told:
            yield item, any(told)


def _is_said(word: str, clause: str) -> bool | None:
    """Whether a clause says that the words apply; None where it does not hold them."""
    place = clause.find(_folded(word))
    return None if place < 0 else _NOT.search(clause, 0, place) is None


def _is_lacked(word: str, clause: str) -> bool | None:
    """Whether a clause says that what the words name was not done; None where it does not name it."""
    return _NOT.search(clause) is not None if _folded(word) in clause else None
