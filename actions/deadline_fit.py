"""Whether a deadline rule fits what is known of a matter: pure, so that a caller can refuse a misfit.

A rule found by its words may still be the other side's, another paper's or another country's; a date
from it is worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from actions.deadline_alternatives import takes_way
from actions.deadline_audit import BOUND_NAMES
from indexer.jurisdictions import EU_MEMBERS
from knowledge.deadline_types import (
    Bound,
    DeadlineRule,
    DeadlineTable,
    Direction,
    Event,
    RuleKind,
)
from knowledge.paper_kinds import BY_ID

GENERAL = "GENERAL"
OTHER_PAPER = "other"
_EAEU = frozenset({"RU", "KZ", "BY", "AM", "KG"})
_BENELUX = frozenset({"BE", "NL", "LU"})
# Forums of several countries, and the countries whose matters they take.
MEMBERS: Mapping[str, frozenset[str]] = {
    "EU": frozenset(EU_MEMBERS),
    "UPC": frozenset({"EU", *EU_MEMBERS}),
    "EAEU": _EAEU,
    "NL": _BENELUX,
}
# Orders are made within a suit, whose own period it is to answer.
WITHIN: Mapping[str, str] = {"tro": "court", "pi": "court"}
# Ways to attack a right at an office, which people call by one another's names.
AT_OFFICES = frozenset({"opposition", "cancellation", "invalidation", "squatting"})
# The side that must act under another name: (side, bound, procedures in which the two are the same).
_SAME_SIDE: tuple[tuple[Bound, Bound, frozenset[str]], ...] = (
    (Bound.RESPONDENT, Bound.OWNER, frozenset({"cancellation", "invalidation", "ptab"})),
    (Bound.RESPONDENT, Bound.APPLICANT, frozenset({"registration", "madrid"})),
    (Bound.APPLICANT, Bound.RESPONDENT, frozenset({"opposition"})),
    (Bound.OWNER, Bound.RESPONDENT, frozenset({"opposition", "cancellation"})),
    (Bound.OWNER, Bound.APPLICANT, frozenset({"registration", "madrid", "priority", "pct"})),
    (Bound.OWNER, Bound.OPPONENT, frozenset({"opposition", "invalidation", "cancellation"})),
    (Bound.APPLICANT, Bound.OWNER, frozenset({"registration", "madrid"})),
)


@dataclass(frozen=True)
class Situation:
    """What is known of a matter; None and empty where it is not known.

    ``paper`` is a code of ``paper_kinds``, ``events`` are the days known by what happened on them.
    With a paper they are that paper's days.  ``said`` is what the person said of the matter, the last first.
    """

    side: str | None = None
    paper: str | None = None
    country: str | None = None
    procedure: str | None = None
    rights: frozenset[str] = frozenset()
    events: Mapping[Event, date] = field(default_factory=dict)
    said: tuple[str, ...] | None = None


def fits(rule: DeadlineRule, situation: Situation) -> str | None:
    """Whether a rule may give its date in this matter.

    :return: None where it fits, else the reason in words for the person.
    """
    for check in (_country, _right, _way, _paper, _side, lacks_step):
        if reason := check(rule, situation):
            return reason
    return None


def rules_for(paper: str, table: DeadlineTable) -> list[DeadlineRule]:
    """:return: the rules that a kind of paper starts; none where the table has none for it."""
    return [rule for rule in table.rules.values() if paper in rule.papers]


def told_apart(
    paper: str, asked: Sequence[DeadlineRule], situation: Situation
) -> tuple[str, DeadlineRule | None] | None:
    """What to look for where the periods of a paper in hand bind the other side.

    :param asked: the rules that the message may mean, best first.
    :return: the question for the day that the paper prints, with the rule that binds this side where one
        is known; None where the paper prints no day.
    """
    of_paper = [rule for rule in asked if paper in rule.papers]
    own = next((rule for rule in of_paper if rule.kind is RuleKind.PRINTED), None)
    if own is None or paper not in BY_ID:
        return None
    beside = replace(situation, paper=None, procedure=None)
    suits = WITHIN.get(own.procedure)
    other = next((r for r in asked if r.procedure == suits and fits(r, beside) is None), None)
    words = f"手里的是{BY_ID[paper].title}，先看原件：{own.trigger_question}"
    if own.legal_note:
        words += f"{own.legal_note}。"
    if other is not None:
        words += f"“{other.title}”另外算，从{other.trigger}起算：{other.trigger_question}"
    return words, other


def without_rule(paper: str, table: DeadlineTable) -> str | None:
    """:return: the sentence that no rule is kept for this paper, or None where there is one."""
    if paper not in BY_ID or rules_for(paper, table):
        return None
    return (
        f"{BY_ID[paper].title}没有收录可以计算的期限，以文书上写明的日期或天数为准，"
        "写得不清楚的请当地律师或代理人核对"
    )


def _country(rule: DeadlineRule, situation: Situation) -> str | None:
    country, place = situation.country, rule.jurisdiction
    if country is None or place in (GENERAL, country) or country in MEMBERS.get(place, ()):
        return None
    return f"“{rule.title}”是{rule.forum}的期限，不是这里说的国家或地区的"


def _right(rule: DeadlineRule, situation: Situation) -> str | None:
    if rule.is_about(situation.rights):
        return None
    return f"“{rule.title}”是另一种权利的期限，不是这里说的"


def _way(rule: DeadlineRule, situation: Situation) -> str | None:
    """Of a special way of another rule: that nothing said it; a paper that only passes it on says it itself."""
    if rule.special is None or situation.said is None or situation.paper in rule.forwarded_by:
        return None
    if takes_way(rule, situation.said):
        return None
    return f"“{rule.title}”只在{rule.special.when}时适用，这里没有说是这种情形"


def _paper(rule: DeadlineRule, situation: Situation) -> str | None:
    paper = situation.paper
    if paper is None or paper == OTHER_PAPER or paper in rule.papers:
        return None
    held = BY_ID[paper].title if paper in BY_ID else "别的文书"
    return (
        f"手里的是{held}，“{rule.title}”从{rule.trigger}起算，不是对这份文书的期限。"
        f"要算它，请先告诉我：{rule.trigger_question}"
    )


def _side(rule: DeadlineRule, situation: Situation) -> str | None:
    if situation.side is None or rule.bound in (Bound.EITHER, Bound.AUTHORITY):
        return None
    if situation.side == rule.bound.value:
        return None
    for side, bound, procedures in _SAME_SIDE:
        same = situation.side == side.value and rule.bound is bound
        if same and rule.procedure in procedures:
            return None
    named = BOUND_NAMES.get(situation.side, situation.side)
    reason = f"“{rule.title}”是{BOUND_NAMES[rule.bound.value]}的期限，这里说的是{named}一方"
    if situation.side == Bound.RESPONDENT.value:
        reason += "，要看收到的文书上写的日期或天数"
    return reason


def side_fits(rule: DeadlineRule, side: str | None) -> float:
    """:return: 1 where a rule binds this side by its own name, 0 where either or not known, -1 the other side."""
    if side is None or rule.bound in (Bound.EITHER, Bound.AUTHORITY):
        return 0.0
    if side == rule.bound.value:
        return 1.0
    return 0.0 if _side(rule, Situation(side=side)) is None else -1.0


def _family(procedure: str) -> str:
    return "office" if procedure in AT_OFFICES else procedure


def lacks_step(rule: DeadlineRule, situation: Situation) -> str | None:
    """:return: what must be known first, where the step that the rule counts from is not known to be taken."""
    if rule.event in situation.events:
        return None
    if rule.direction is Direction.BEFORE:
        return f"“{rule.title}”从{rule.trigger}往前数，要先知道那一天：{rule.trigger_question}"
    procedure = situation.procedure
    is_other = procedure is not None and _family(procedure) != _family(rule.procedure)
    if situation.paper is None and is_other:
        return f"“{rule.title}”从{rule.trigger}起算，还不知道有没有这一步：{rule.trigger_question}"
    return None
