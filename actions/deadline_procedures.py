"""Of rules that a message may mean, which comes first by the procedure that it names, or that was told of before.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from actions.deadline_alternatives import told_alternative
from actions.deadline_fit import AT_OFFICES, WITHIN
from actions.deadline_order import Meant
from knowledge.deadline_types import DeadlineRule, DeadlineTable

# From this chance on the date of a rule is given without asking which is meant.
CLEAR = 0.6
_HARDLY = 0.1
SQUATTING = "squatting"


def with_chances_of(found: Sequence[Meant], others: Sequence[Meant]) -> list[Meant]:
    """Rules with the chances of some given to the first."""
    first = found[0]
    sure = replace(first, chance=first.chance + sum(item.chance for item in others))
    return [sure, *(replace(i, chance=0.0) if i in others else i for i in found[1:])]


def exchanged(found: Sequence[Meant], other: Meant) -> list[Meant]:
    """Rules with another one in the place of the first, each with the chance of the other."""
    first, rest = found[0], (item for item in found[1:] if item is not other)
    return [replace(other, chance=first.chance), replace(first, chance=other.chance), *rest]


def of_one_period(found: list[Meant], said: Sequence[str], rights: Collection[str]) -> list[Meant]:
    """Rules with the chances of those of one place that count the same given to the first.

    A treaty is told by right and by country, and a right may take one row's other length (外观 among patents): whichever
    row is meant the day is the same.

    :param said: what was said of the matter, the last first.
    """
    if not found:
        return found

    def counted(rule: DeadlineRule) -> tuple[object, ...]:
        key = told_alternative(rule, said, rights)
        period = next((item.period for item in rule.alternatives if item.key == key), rule.period)
        place, start = (rule.jurisdiction, rule.procedure), (rule.event, rule.start_rule)
        return (*place, *start, rule.direction, period, rule.bound)

    first = counted(found[0].rule)
    return with_chances_of(found, [item for item in found[1:] if counted(item.rule) == first])


def as_worded(found: list[Meant], table: DeadlineTable, text: str) -> list[Meant]:
    """Rules with what a word says that in their place only one way to attack a right has (PAN of Brazil)."""
    if not found or found[0].rule.procedure not in AT_OFFICES:
        return found
    first = found[0].rule
    here = [r for r in table.rules.values() if r.jurisdiction == first.jurisdiction]

    def has_own_word(rule: DeadlineRule) -> bool:
        others = [r for r in here if r.procedure != rule.procedure]
        theirs = " ".join(word for r in others for word in (*r.keywords, r.title))
        return any(word in text and word not in theirs for word in rule.keywords)

    worded = [item for item in found if has_own_word(item.rule)]
    named = {item.rule.procedure for item in worded}
    # That a mark was squatted says what happened, not what is done about it.
    if len(named) != 1 or not named.issubset(AT_OFFICES - {SQUATTING}):
        return found
    if worded[0] is not found[0]:
        found = exchanged(found, worded[0])
    return with_chances_of(found, [i for i in found[1:] if i.rule.procedure not in named])


def as_named(found: list[Meant], named: Collection[str]) -> list[Meant]:
    """Rules with what a message's naming of a procedure says of them.

    Where a way to attack a right at an office is named, no other procedure's period is meant.  Who names a suit
    after an order froze the shop (TRO, then 传票送到了，答辩到哪天) does not mean the order's, where that is hardly
    meant.

    :param named: the procedures that the message names.
    """
    if not found or not named:
        return found
    first = found[0]
    if first.rule.procedure in named:
        if first.rule.procedure not in AT_OFFICES:
            return found
        others = [item for item in found[1:] if item.rule.procedure not in named]
        return with_chances_of(found, others)
    other = next((i for i in found[1:] if i.rule.procedure in named and i.chance >= CLEAR), None)
    if first.chance >= _HARDLY or other is None:
        return found
    return [other, *(item for item in found if item is not other)]


def of_the_order(found: list[Meant], told: Collection[str | None], text: str) -> list[Meant]:
    """Rules with that of an order that was told of before that of the suit, where the words mean either.

    Who has told of an injunction and asks for the days of an appeal means that of the injunction; the
    suit's own are longer.
    """
    if not found:
        return found
    best = found[0]
    said = {word for word in best.rule.keywords if word in text}
    for other in found[1:]:
        of_order = other.rule.procedure in told and other.rule.procedure != best.rule.procedure
        if (
            of_order
            and WITHIN.get(other.rule.procedure) == best.rule.procedure
            and other.rule.jurisdiction == best.rule.jurisdiction
            and said
            and said.issubset(other.rule.keywords)
        ):
            return exchanged(found, other)
    return found
