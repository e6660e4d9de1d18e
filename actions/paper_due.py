"""The day by which a paper must be answered: as it prints it, else by the rule of its kind.

A printed last day goes before any rule.  A rule is counted only from a day that the paper itself prints
for the rule's event and that was read for certain; a day of service is asked, never assumed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from actions.deadline_fit import Situation, fits, rules_for
from actions.deadline_rules import compute, default_table
from knowledge.deadline_types import DeadlineRule, DeadlineTable, Event, RuleKind
from knowledge.errors import RuleError
from knowledge.printed_dates import Meaning
from papers.types import DateRead, Reading

# The days of a paper that start a rule without asking: they stand on its face and are nobody's guess.
_ON_ITS_FACE = frozenset({Event.ISSUED, Event.FILED})


def with_due(
    reading: Reading,
    today: date,
    *,
    confirmed: date | None = None,
    table: DeadlineTable | None = None,
) -> Reading:
    """A reading with its deadline object, or with the question that a deadline needs.

    :param confirmed: the day of service or receipt, as the person confirmed it.
    """
    table = table or default_table()
    printed = _printed(reading, today)
    if printed is not None:
        return reading.with_due(_printed_object(printed, today), reading.questions)
    rule = _rule(reading, table)
    if rule is None:
        return reading
    trigger = confirmed or _on_its_face(reading, rule)
    if trigger is None or rule.kind is not RuleKind.COMPUTED:
        question = rule.trigger_question
        return reading.with_due(None, tuple(dict.fromkeys([*reading.questions, question])))
    try:
        result = compute(rule.id, trigger, today, country=reading.country, table=table)
    except RuleError as error:
        return reading.with_due(None, (*reading.questions, str(error)))
    return reading.with_due(result.to_json(), reading.questions)


def _printed(reading: Reading, today: date) -> DateRead | None:
    """The last day that the paper prints: the next one ahead, else the latest that is past."""
    found = [item for item in reading.dates if item.meaning is Meaning.DUE and item.is_certain]
    ahead = [item for item in found if item.date >= today]
    if ahead:
        return min(ahead, key=lambda item: item.date)
    return max(found, key=lambda item: item.date, default=None)


def _printed_object(found: DateRead, today: date) -> dict[str, Any]:
    return {
        "rule": None,
        "kind": "printed",
        "trigger_date": None,
        "due_date": found.date.isoformat(),
        "days_left": (found.date - today).days,
        "basis": found.text,
        "notes": [],
    }


def _rule(reading: Reading, table: DeadlineTable) -> DeadlineRule | None:
    """The first rule that a paper of this form starts for the side that holds it."""
    if reading.form is None:
        return None
    side = None if reading.side == "unknown" else reading.side
    situation = Situation(side=side, paper=reading.form, country=reading.country)
    rules = [r for r in rules_for(reading.form, table) if fits(r, situation) is None]
    return rules[0] if rules else None


def _on_its_face(reading: Reading, rule: DeadlineRule) -> date | None:
    if rule.event not in _ON_ITS_FACE:
        return None
    days = {
        item.date
        for item in reading.dates
        if item.meaning.value == rule.event.value and item.is_certain
    }
    return days.pop() if len(days) == 1 else None
