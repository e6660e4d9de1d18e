"""The day by which a paper must be answered: as it prints it, else by the rule of its kind.

A printed last day goes before any rule.  A rule is counted only from a day that the paper itself prints
for the rule's event and that was read for certain; a day of service is asked, never assumed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from actions.deadline_fit import GENERAL, Situation, fits, rules_for
from actions.deadline_result import DeadlineResult
from actions.deadline_rules import compute, default_table
from knowledge.deadline_types import DeadlineRule, DeadlineTable, Event, RuleKind
from knowledge.errors import RuleError
from knowledge.paper_kinds import BY_ID
from papers.card import printed_due
from papers.types import DateRead, Reading

# The days of a paper that start a rule without asking: they stand on its face and are nobody's guess.
_ON_ITS_FACE = frozenset({Event.ISSUED})
_UNTOLD = "没有读到写明的截止日：文书是哪天收到的？上面有没有写几天内答复？"
# Asked of a paper that says nothing of a dispute; a chat or an invoice is none.
IS_IT_A_NOTICE = "这是法院、海关、平台、律师等发来的、要处理的通知吗？"
_MOVED = timedelta(days=4)
_UNITS = {"business_day": "business_day", "day": "day", "month": "month"}
_UNIT_NAMES = {"day": "天", "business_day": "个工作日", "week": "周", "month": "个月"}
_EVENTS = {
    "served": "哪天送达的",
    "received": "哪天收到的",
    "issued": "文书是哪天发出的",
    "filed": "哪天提交的",
    "published": "哪天公布的",
}


def with_due(reading: Reading, today: date, *, table: DeadlineTable | None = None) -> Reading:
    """A reading with its deadline object, or with the question that a deadline needs."""
    if reading.kind == "contract":  # what it runs until is no day to answer by
        return reading.with_due(None, reading.questions)
    if reading.is_open:
        return reading.with_due(None, (IS_IT_A_NOTICE, *reading.questions))
    table = table or default_table()
    rule, printed = _rule(reading, table), printed_due(reading, today)
    try:
        counted = None if rule is None else _counted(reading, rule, today, table)
        reason = None
    except RuleError as error:
        counted, reason = None, str(error)
    if printed is not None and (counted is None or not _is_sooner(counted, printed)):
        return reading.with_due(_printed_object(printed, today), reading.questions)
    if counted is not None:
        return reading.with_due(counted.to_json(), reading.questions)
    question = reason or _question(reading, rule)
    asked = (*reading.questions, *([question] if question else []))
    if set(asked) <= set(reading.gaps):  # a page that was not read asks for no day
        asked = (*asked, _UNTOLD)
    return reading.with_due(None, tuple(dict.fromkeys(asked)))


def _counted(
    reading: Reading, rule: DeadlineRule, today: date, table: DeadlineTable
) -> DeadlineResult | None:
    """What a rule gives from the day that the paper prints for it; None where it prints none.

    :raises RuleError: the rule must ask more.
    """
    trigger = _on_its_face(reading, rule)
    if trigger is None or rule.kind is not RuleKind.COMPUTED:
        return None
    return compute(rule.id, trigger, today, country=reading.country, table=table)


def _is_sooner(counted: DeadlineResult, printed: DateRead) -> bool:
    """Whether the period that the paper names ends well before the day that it prints, which is for another step.

    Some days may lie between the two where one of them is moved past a weekend.
    """
    return counted.due_date is not None and printed.date - counted.due_date > _MOVED


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
    """The rule that a paper of this form starts for the side that holds it.

    One whose period the paper itself names goes before the others; a rule of one country is never taken
    for a paper whose country is not known.
    """
    if reading.form is None:
        return None
    side = None if reading.side == "unknown" else reading.side
    situation = Situation(side=side, paper=reading.form, country=reading.country)
    rules = [
        rule
        for rule in rules_for(reading.form, table)
        if fits(rule, situation) is None and (reading.country or rule.jurisdiction == GENERAL)
    ]
    procedure = BY_ID[reading.form].procedure if reading.form in BY_ID else None
    rules.sort(key=lambda rule: (not _is_named(reading, rule), rule.procedure != procedure))
    return rules[0] if rules else None


def _is_named(reading: Reading, rule: DeadlineRule) -> bool:
    """Whether the paper names the rule's own period, so that it is the period meant."""
    named = {(_UNITS.get(period.unit, period.unit), period.count) for period in reading.periods}
    named |= {("day", 7 * period.count) for period in reading.periods if period.unit == "week"}
    return (rule.period.unit.value, rule.period.length) in named


def _on_its_face(reading: Reading, rule: DeadlineRule) -> date | None:
    """The day a paper prints for a rule's event, where paper and rule agree on the period."""
    is_passed_on = reading.form in rule.forwarded_by
    if is_passed_on or rule.event not in _ON_ITS_FACE or not _is_named(reading, rule):
        return None
    days = {
        item.date
        for item in reading.dates
        if item.meaning.value == rule.event.value and item.is_certain
    }
    return days.pop() if len(days) == 1 else None


def _question(reading: Reading, rule: DeadlineRule | None) -> str | None:
    """What must be known before a last day is: the rule's own question, else that of the paper's period."""
    if rule is not None:
        return rule.trigger_question
    period = next((p for p in reading.periods if p.unit != "hour"), None)
    if period is None:
        return None
    asked = _EVENTS.get(period.after, "从哪天起算")
    return (
        f"文书写着{period.count}{_UNIT_NAMES[period.unit]}内，{asked}？（原文：{period.text[:80]}）"
    )
