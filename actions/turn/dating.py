"""Whether a message asks for a day, which rule and which day are meant, and what follows.

The rule is the one that the words name for certain, else the one that the shelf's answer rests on, else
the rule that the conversation is about.  The day is one that the message tells, else the one that was
told for the same rule.  A question never fills a date, and a rule of another country, side or paper is
never computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.date_unreadable import unreadable
from actions.deadline_alternatives import is_of_condition, speaks_of_alternative
from actions.deadline_asking import (
    asks_a_period,
    asks_for_a_day,
    asks_for_more,
    asks_what_day_it_is,
)
from actions.deadline_choice import CLEAR, SURE_RULE, clear_rule, rule_candidates, situation_of
from actions.deadline_fit import fits, rules_for, without_rule
from actions.told_days import day_in
from actions.turn.asking import asks, clauses
from actions.turn.counted_days import SAME_DAY, day_before
from actions.turn.event_days import day_to_come
from actions.turn.held_rules import Dating, asks_the_day, held, none_for, trusted
from actions.turn.own_days import DAY_AGAIN, TELLING, own_day
from actions.turn.places import goes_back, told_here
from actions.turn.printed import day_of, paper_in_hand
from actions.turn.readings import Reading
from actions.turn.rules import (
    COUNTS,
    TELLING_INTENTS,
    asked_rule,
    asks_of_another,
    chance_of_rule,
    corrects_place,
    corrects_side,
    holds_in,
    known_day,
    known_day_there,
    like_rule,
    likely,
    meant_with_before,
    named_beside,
    names_of,
    only_tells,
    open_rule_of,
    rule_meant,
    rule_told_there,
    told_day,
    told_of,
    topic,
)
from indexer.jurisdictions import scope
from knowledge.deadline_types import DeadlineRule, Event

_HANGING = 16
_TOLD_CLEARLY = 1.0  # the chance of a rule that the part about a country left no doubt of
_TELLING_ANOTHER = 80  # what corrects what was understood, or tells a day and asks for one
_SURE, _SURELY = 0.5, 0.8
# From this chance on a message speaks of something else, whatever day it names.
_STRANGE = 0.5
_TELLS = 0.3
# Another day is only supposed.
_SUPPOSES = re.compile(r"如果|假如|要是|改成|换成")


def dating(services: Services, tracker: Tracker, readings: Sequence[Reading]) -> Dating | None:
    """What a message asks or tells of a date; None when it does neither."""
    paper = paper_in_hand(tracker, services.today(), told_here(services, tracker))
    text = talk.text(tracker)
    if asks_what_day_it_is(text):
        return None
    own = own_day(services, tracker, paper)
    if isinstance(own, str):
        return Dating(None, None, misfit=own)
    if own is not None:
        return Dating(None, None, printed=own)
    unread = unreadable(text, services.today())
    open_rule = open_rule_of(services, tracker)
    is_for_rule = topic(tracker) == "deadline" or (open_rule is not None and not asks(text))
    if unread is not None and (asks_for_a_day(text) or is_for_rule):
        meant = rule_meant(services, tracker, readings, is_told=True) or open_rule
        return Dating(meant, None, misfit=unread.sentence().rstrip("。"))
    found = _dating(services, tracker, readings) or _of_paper(services, tracker, paper)
    best = readings[0].found
    is_answered = best.band == "answer" and best.right >= _SURE
    # A paper that starts no rule is told so, whatever the shelf says of others.
    has_none = bool(paper) and without_rule(str(paper["kind"]), services.deadlines) is not None
    has_none = has_none and (DAY_AGAIN.search(text) is not None or not is_answered)
    if found is None and paper and asks_for_a_day(text) and (has_none or not is_answered):
        return none_for(services, tracker, situation_of(tracker, paper))
    if found is None or found.rule is None:
        return found
    return held(services, tracker, readings[0], found, found.rule, paper)


def _of_paper(services: Services, tracker: Tracker, paper: Mapping[str, Any]) -> Dating | None:
    """The rule that the paper in hand starts, for a message that asks a day or tells one of a pasted paper."""
    text = talk.text(tracker)
    day = day_in(services, tracker)
    is_told = day is not None and "told" not in paper and len(text) <= TELLING
    if not paper or not (asks_the_day(text) or is_told):
        return None
    situation = situation_of(tracker, paper)
    fitting = [
        rule
        for rule in rules_for(str(paper["kind"]), services.deadlines)
        if fits(rule, situation) is None
    ]
    likely = [item.rule.id for item in rule_candidates(services, tracker)]
    fitting.sort(key=lambda rule: likely.index(rule.id) if rule.id in likely else len(likely))
    if not fitting or (len(fitting) > 1 and fitting[0].id not in likely):
        return None
    is_open = fitting[0] == open_rule_of(services, tracker)
    known = told_day(tracker) if is_open else None
    return Dating(fitting[0], day or day_of(paper, fitting[0]) or known)


def _dating(services: Services, tracker: Tracker, readings: Sequence[Reading]) -> Dating | None:
    text = talk.text(tracker)
    if likely(tracker, "out_of_scope") >= _STRANGE:
        return None
    day = day_in(services, tracker)
    open_rule = open_rule_of(services, tracker)
    is_heard = day is None and not names_of(tracker) and likely(tracker, "deadline") >= _SURELY
    wants = is_heard or asks_for_a_day(text) or COUNTS.search(text) is not None
    if (other := _of_another(services, tracker, open_rule, day, wants=wants)) is not None:
        return other
    if open_rule is not None:
        is_bare = told_day(tracker) is not None and talk.entity(tracker, "date") is None
        if is_bare and asks_for_more(text):
            return None
        found = _of_open(services, tracker, open_rule, day, wants=wants)
        is_named = day is not None or bool(names_of(tracker))
        if found is not None and (is_named or not _is_of_another_matter(readings[0], open_rule)):
            return found
    if not wants:
        return _also_dated(services, tracker, day)
    day = day or day_before(services, tracker)
    rule = rule_meant(services, tracker, readings, is_told=day is not None)
    if rule is None and day is not None and len(text) <= _HANGING:
        rule = meant_with_before(services, tracker)
    if rule is None:
        return None
    day = _day_of(services, tracker, rule, open_rule, day)
    return Dating(rule, day, chance=chance_of_rule(services, tracker, rule))


def _day_of(
    services: Services,
    tracker: Tracker,
    rule: DeadlineRule,
    open_rule: DeadlineRule | None,
    day: date | None,
) -> date | None:
    """The day told, that of the same priority, or one to come where a rule may count from it (打算12月3日出庭)."""
    if day is None and open_rule is not None and rule.event is open_rule.event is Event.PRIORITY:
        return told_day(tracker)  # one and the same in every country
    if rule.trigger_may_be_future and talk.entity(tracker, "date") is not None:
        told = " ".join(clauses(talk.text(tracker))[:1])
        elsewhere = services.index.current().understand(told).countries
        if elsewhere and rule.jurisdiction not in scope(elsewhere):
            return day  # what ends is another country's (中国商标明年到期，马德里续展呢)
        return day_to_come(talk.text(tracker), rule.event, services.today()) or day
    return day


def _is_of_another_matter(reading: Reading, rule: DeadlineRule) -> bool:
    """Whether the shelf surely answers, and from what has nothing to do with a rule (世界知识产权日是哪天)."""
    found = reading.found
    if found.band != "answer" or found.right < _SURELY:
        return False
    passage = found.hits[0].passage
    return rule.fact not in passage.facts and rule.jurisdiction not in passage.jurisdiction


def _of_another(
    services: Services,
    tracker: Tracker,
    open_rule: DeadlineRule | None,
    day: date | None,
    *,
    wants: bool,
) -> Dating | None:
    """What a message means of another rule than the open one; None where it means that one."""
    text = talk.text(tracker)
    if (there := _told_there(services, tracker, open_rule, day)) is not None:
        return there
    if open_rule is not None and speaks_of_alternative(open_rule, text):
        return _of_alternative(tracker, open_rule, day, wants=wants)
    is_same = topic(tracker) == "deadline" and SAME_DAY.search(text) is not None
    if wants or is_same or DAY_AGAIN.search(text) or asks_of_another(tracker, text):
        other = named_beside(services, tracker, open_rule, text)
        if other is not None:
            chance = chance_of_rule(services, tracker, other)
            return Dating(other, day or known_day(services, tracker), chance=chance)
    if day is not None and (other := _told_for(services, tracker, open_rule, wants=wants)):
        return Dating(other, day, chance=chance_of_rule(services, tracker, other))
    return None


def _of_alternative(
    tracker: Tracker, rule: DeadlineRule, day: date | None, *, wants: bool
) -> Dating | None:
    """The day anew, where a message says that another length of the open rule applies, or that it does not.

    A day that is told of just this (认收上周五就交了) is none that the rule counts from.
    """
    known, text = told_day(tracker), talk.text(tracker)
    if known is None or (day is None and not wants and asks(text)):
        return None
    told = [row for row in tracker.latest_message.get("entities") or () if row["entity"] == "date"]
    is_of_this = all(is_of_condition(rule, text, int(row.get("start") or 0)) for row in told)
    return Dating(rule, known if is_of_this or day is None else day, chance=_TOLD_CLEARLY)


def _told_there(
    services: Services, tracker: Tracker, open_rule: DeadlineRule | None, day: date | None
) -> Dating | None:
    """What was told before of the country that is named now and nothing else (巴西的那个呢)."""
    place, text = talk.entity(tracker, "country"), talk.text(tracker)
    if place is None or open_rule is None or holds_in(open_rule, place):
        return None
    if names_of(tracker) != {"country"} or len(text) > _HANGING:
        return None
    rule = rule_told_there(services, tracker, place)
    day = day or known_day_there(services, tracker)
    return None if rule is None else Dating(rule, day, chance=_TOLD_CLEARLY)


def _told_for(
    services: Services, tracker: Tracker, open_rule: DeadlineRule | None, *, wants: bool
) -> DeadlineRule | None:
    """Another rule than the open one that the message tells its day for; None where the open one is meant."""
    text = talk.text(tracker)
    if asked_rule(tracker) is not None and not wants and not names_of(tracker):
        return None  # the day that is asked for is told
    is_asked = wants and open_rule is not None
    longest = _TELLING_ANOTHER if likely(tracker, "correct") >= _SURE else TELLING
    if not is_asked and not (len(text) <= longest and only_tells(tracker, text)):
        return None
    meant = told_of(services, tracker, open_rule, is_asked=is_asked)
    return None if meant == open_rule else meant


def _of_open(
    services: Services, tracker: Tracker, rule: DeadlineRule, day: date | None, *, wants: bool
) -> Dating | None:
    """What a message says of the rule spoken of: a day, the day again, another side, another place."""
    text = talk.text(tracker)
    longest = _TELLING_ANOTHER if wants and day is not None else TELLING
    if not names_of(tracker, besides=rule) and len(text) <= longest:
        if day is not None and (told := _told_of_open(services, tracker, rule, day, wants=wants)):
            return told
        if wants or (DAY_AGAIN.search(text) and len(text) <= _HANGING):
            known = told_day(tracker)  # which was held against the matter when it was counted
            chance = 0.0 if known is None else _TOLD_CLEARLY
            return Dating(rule, known or known_day(services, tracker), chance=chance)
    names = names_of(tracker)
    place = talk.entity(tracker, "country") or ""
    is_back = holds_in(rule, place) and goes_back(tracker)
    if is_back and day is not None and names == {"country"} and len(text) <= TELLING:
        return Dating(rule, day)
    if len(text) <= TELLING and corrects_side(tracker, text) and not names:
        return Dating(rule, day or told_day(tracker))  # which is then checked against the side
    is_other_right = names == {"right"} and rule.is_about(talk.entities(tracker, "right"))
    if topic(tracker) == "deadline" and is_other_right and len(text) <= TELLING:
        return Dating(rule, day or told_day(tracker), chance=_TOLD_CLEARLY)
    is_other_place = names == {"country"} and (len(text) <= _HANGING or corrects_place(tracker))
    if topic(tracker) == "deadline" and is_other_place:
        same = rule if is_back else like_rule(services, tracker, rule)
        return None if same is None else Dating(same, day or known_day_there(services, tracker))
    return None


def _told_of_open(
    services: Services, tracker: Tracker, rule: DeadlineRule, day: date, *, wants: bool
) -> Dating | None:
    """A day that is told, asked of or supposed of the rule spoken of; None where it is said of something else."""
    text = talk.text(tracker)
    is_awaited = told_day(tracker) is None
    chance = chance_of_rule(services, tracker, rule)
    is_meant = chance >= CLEAR or likely(tracker, *TELLING_INTENTS) >= _TELLS
    is_telling = not asks(text) and (is_awaited or is_meant)
    if not (is_telling or wants or _SUPPOSES.search(text)):
        return None
    is_put_right = is_telling and not is_awaited and talk.entity(tracker, "party") is None
    return Dating(rule, day, chance=_TOLD_CLEARLY if is_put_right else chance)


def _also_dated(services: Services, tracker: Tracker, day: date | None) -> Dating | None:
    """The day that follows from a period asked for and a day told with it (11月16日签收的，多久要答).

    Where the rule is all but certain nothing need be asked: 日本那件11月16日公告，异议呢.
    """
    text = talk.text(tracker)
    is_wanted = likely(tracker, "deadline") >= _SURE
    if day is None and (SAME_DAY.search(text) or is_wanted):
        day = known_day(services, tracker)
    if day is None:
        return None
    found = rule_candidates(services, tracker)
    rule = clear_rule(found)
    if rule is None:
        return None
    is_bare = len(text) <= TELLING and not asks(text.rstrip("呢?？ "))
    if not ((is_bare and found[0].chance >= SURE_RULE) or is_wanted or asks_a_period(text)):
        return None
    dated = Dating(rule, day, is_said=True, chance=chance_of_rule(services, tracker, rule))
    situation = trusted(services, situation_of(tracker), dated, in_hand=False)
    return dated if fits(rule, situation) is None else None
