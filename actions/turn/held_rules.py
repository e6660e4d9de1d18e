"""A rule and a day held against the matter: given as they are, another rule's, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.deadline_asking import asks_for_a_day
from actions.deadline_choice import (
    CLEAR,
    SURE_RULE,
    is_answering,
    is_opposing,
    rule_candidates,
    situation_of,
)
from actions.deadline_fit import (
    Situation,
    fits,
    lacks_step,
    rules_for,
    side_fits,
    told_apart,
    without_rule,
)
from actions.deadline_search import candidates
from actions.told_days import day_in
from actions.turn.asking import asks
from actions.turn.counted_days import day_counted
from actions.turn.event_days import day_to_come, days_meant, only_received, says_of
from actions.turn.own_days import DAY_AGAIN
from actions.turn.printed import Printed, day_of
from actions.turn.readings import Reading
from actions.turn.rules import COUNTS, asked_rule, resting
from knowledge.deadline_types import Bound, DeadlineRule, Event, RuleKind
from knowledge.notices import all_named

# Asked of an order in hand: when it ends of itself.
_RUNS_OUT = re.compile(r"到期|失效|过期|有效(?:期)?(?:到|多久|几天)|管到")
_ALL = 200
# Below this chance no rule is put in a misfit's place.
_POSSIBLE = 0.25


@dataclass(frozen=True)
class Dating:
    """A rule that is asked for, and the day it counts from where that is known.

    ``misfit`` is why no date is given in this matter, in words for the person, and ``rule`` then the one
    that a day may be told for (``is_said`` when the shelf says the period first, ``chance`` that
    the words mean this rule); ``printed`` the day that the paper in hand prints, which goes before any rule.
    """

    rule: DeadlineRule | None
    day: date | None
    misfit: str | None = None
    printed: Printed | None = None
    is_said: bool = False
    chance: float = 0.0


def held(
    services: Services,
    tracker: Tracker,
    reading: Reading,
    found: Dating,
    rule: DeadlineRule,
    paper: Mapping[str, Any],
) -> Dating | None:
    """A rule and a day held against the matter: as they are, another rule's, or why there is none."""
    situation = _situation(services, tracker, paper, rule)
    in_hand = bool(paper) and "told" not in paper
    answering = rule.bound is Bound.OPPONENT and is_answering(tracker)
    answering = answering or (rule.bound is Bound.RESPONDENT and is_opposing(tracker))
    reason = fits(rule, trusted(services, situation, found, in_hand=in_hand, answering=answering))
    if reason is None:
        return replace(found, day=_day_for(services, tracker, rule, found, paper))
    general = services.deadlines.rules.get(rule.special.of) if rule.special else None
    others = _others(services, tracker, situation, any_of_paper=in_hand or not found.day)
    other_side = _other_side(services, rule) if answering and rule.bound is Bound.OPPONENT else []
    for other in (*([general] if general else ()), *others, *other_side):
        if fits(other, situation) is None:
            return Dating(other, _day_for(services, tracker, other, found, paper))
    if day_is_only_told(services, tracker):
        return None
    none = none_for(services, tracker, situation)
    is_step = reason == lacks_step(rule, situation)
    return none or _misfit(services, tracker, reading, found, reason, is_step=is_step)


def _day_for(
    services: Services,
    tracker: Tracker,
    rule: DeadlineRule,
    found: Dating,
    paper: Mapping[str, Any],
) -> date | None:
    """The day that a rule counts from, by the message or by the paper.

    Who tells only when the paper came, and was not asked for more, learns the latest day that it can be.
    """
    day = day_counted(services, tracker, rule, found.day) or day_of(paper, rule)
    has_come = rule.event is Event.PUBLISHED and only_received(talk.text(tracker), services.today())
    is_dated = rule.event is Event.ISSUED or has_come
    is_latest = day is None and is_dated and asked_rule(tracker) is None
    if not is_latest:
        return day
    came = days_meant(talk.text(tracker), Event.RECEIVED, services.today())
    return came.pop() if len(came) == 1 else found.day


def trusted(
    services: Services,
    situation: Situation,
    found: Dating,
    *,
    in_hand: bool,
    answering: bool = False,
) -> Situation:
    """What a rule is still held against when the message leaves hardly another one.

    Who asks for the other side's period means it, and who tells the day has seen the step taken.

    :param in_hand: the paper was read; else its kind is only spoken of.
    :param answering: it is plainly told who asks, the one who answers or the one who opposed; the side then counts.
    """
    is_told = found.day is not None and found.chance >= CLEAR
    is_sure = found.chance >= SURE_RULE
    # A paper that starts no rule at all is none that a rule could be for.
    has_rules = situation.paper is None or bool(rules_for(situation.paper, services.deadlines))
    return replace(
        situation,
        side=None if is_sure and not answering else situation.side,
        paper=None if is_told and is_sure and has_rules and not in_hand else situation.paper,
        procedure=None if is_told else situation.procedure,
    )


def _misfit(
    services: Services,
    tracker: Tracker,
    reading: Reading,
    found: Dating,
    reason: str,
    *,
    is_step: bool,
) -> Dating | None:
    """Why no date is given, after the period where the shelf says it; nothing where it says another one."""
    if not is_step or reading.found.band != "answer":
        return Dating(None, None, misfit=reason)
    if resting(services, tracker, reading) == found.rule:
        return Dating(None, None, misfit=reason, is_said=True)
    return Dating(None, None, misfit=reason) if found.day else None


def _situation(
    services: Services, tracker: Tracker, paper: Mapping[str, Any], rule: DeadlineRule
) -> Situation:
    """What a rule is held against; when an order ends of itself concerns both sides."""
    situation = situation_of(tracker, paper)
    # Of several papers that are named the one that starts the rule is meant.
    started = next((kind for kind in all_named(talk.text(tracker)) if kind in rule.papers), None)
    situation = replace(situation, paper=started or situation.paper)
    day = day_in(services, tracker)
    if day is not None and says_of(talk.text(tracker), rule.event, services.today()):
        situation = replace(situation, events={rule.event: day})  # the step is told as taken
    ahead = day_to_come(talk.text(tracker), rule.event, services.today())
    if ahead is not None and rule.trigger_may_be_future:
        situation = replace(situation, events={rule.event: ahead})
    ends = rule.kind is RuleKind.PRINTED and _RUNS_OUT.search(talk.text(tracker))
    return replace(situation, side=None) if ends else situation


def day_is_only_told(services: Services, tracker: Tracker) -> bool:
    """Whether a message names a day and asks for none: nobody is refused what was not asked."""
    text = talk.text(tracker)
    asked = asks_the_day(text) or COUNTS.search(text)
    return not asked and day_in(services, tracker) is not None


def none_for(services: Services, tracker: Tracker, situation: Situation) -> Dating | None:
    """Why no rule of the paper in hand gives a date, with the rule to tell a day for; None without a paper."""
    paper = situation.paper
    if paper is None:
        return None
    asked = candidates(
        talk.text(tracker), table=services.deadlines, jurisdiction=situation.country, limit=_ALL
    )
    if (none := without_rule(paper, services.deadlines)) is not None:
        return Dating(None, None, misfit=none)
    rules = [*(item.rule for item in asked), *rules_for(paper, services.deadlines)]
    apart = told_apart(paper, rules, situation)
    return Dating(apart[1], None, misfit=apart[0]) if apart else None


def _others(
    services: Services, tracker: Tracker, situation: Situation, *, any_of_paper: bool
) -> list[DeadlineRule]:
    """Rules that may be meant instead: those of the paper, then those that the words fit, the likely ones first.

    :param any_of_paper: the paper was read, or no day is told; else a rule of it must be likely as well.
    """
    likely = [i.rule for i in rule_candidates(services, tracker) if i.chance >= _POSSIBLE]
    of_paper = rules_for(situation.paper, services.deadlines) if situation.paper else []
    rank = {rule.id: place for place, rule in enumerate(likely)}
    meant = [rule for rule in of_paper if any_of_paper or rule.id in rank or len(of_paper) == 1]
    return sorted(meant, key=lambda rule: rank.get(rule.id, len(rank))) if of_paper else likely


def _other_side(services: Services, rule: DeadlineRule) -> list[DeadlineRule]:
    """The periods of the one who answers in the procedure of a rule; it is that of the one who attacks."""
    return [
        other
        for other in services.deadlines.rules.values()
        if (other.jurisdiction, other.procedure) == (rule.jurisdiction, rule.procedure)
        and other.bound in (Bound.RESPONDENT, Bound.OWNER, Bound.APPLICANT)
        and side_fits(other, Bound.RESPONDENT.value) >= 0
        and other.special is None
    ]


def asks_the_day(text: str) -> bool:
    """Whether a day is asked for, or asked for again."""
    return asks_for_a_day(text) or (DAY_AGAIN.search(text) is not None and asks(text))
