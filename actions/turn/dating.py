"""Whether a message asks for a day, which rule and which day are meant, and what follows.

The rule is the one that the words name for certain, else the one that the shelf's answer rests on, else
the rule that the conversation is about.  The day is one that the message tells, else the one that was
told for the same rule.  A question never fills a date, and a rule of another country, side or paper is
never computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.date_unreadable import unreadable
from actions.deadline import day_in
from actions.deadline_choice import (
    asks_for_a_day,
    asks_what_day_it_is,
    binds,
    clear_rule,
    rule_candidates,
    situation_of,
)
from actions.deadline_fit import Situation, fits, lacks_step, rules_for, told_apart, without_rule
from actions.deadline_search import candidates
from actions.turn.asking import asks
from actions.turn.letters import counted, own_period, own_words, start_of, what_to_tell
from actions.turn.printed import Printed, day_of, paper_in_hand, printed_for
from actions.turn.readings import Reading
from knowledge.deadline_types import DeadlineRule, RuleKind
from knowledge.notices import named
from knowledge.printed_dates import Meaning

# Said of a day that was spoken of before.
_DAY_AGAIN = re.compile(
    r"(?:准|那个|这个)?日[子期](?!.{0,6}(?:收费|费用))|哪天|哪一天|几号|[还只就][剩有](?:这么|那么|下|了)?(?:几|多少|点)天|剩几天|多少天了|到期|最晚|最迟|截止"
)
# The wish to have it counted (还是算吧).
_COUNTS = re.compile(r"算(?:吧|一下|下|算|出)|帮.{0,4}算")
# Asked of a letter in hand: by when to answer it.
_REPLY = re.compile(
    r"什么时候(?:之?前)?[^，。]{0,3}(?:回|答|交|签)|多久(?:内|之内)?[^，。]{0,3}回|几天(?:之?内)?[^，。]{0,3}回|(?:期限|时限|时间)(?:是|有)?(?:几|多少|多久|多长|哪|到)"
    r"|还?有效吗|失效|过期"
)
# Asked of an order in hand: when it ends of itself.
_RUNS_OUT = re.compile(r"到期|失效|过期|有效(?:期)?(?:到|多久|几天)|管到")
_SPEAKS_OF_PAPER = 60
# A message that tells a day and little else (哦说错，是11月5日；11月23日送达我们的).
_TELLING = 26
_HANGING = 16
_ALL = 200
_SURE = 0.5


@dataclass(frozen=True)
class Dating:
    """A rule that is asked for, and the day it counts from where that is known.

    ``misfit`` is why no date is given in this matter, in words for the person, and ``rule`` then the one
    that a day may be told for (``is_said`` when the shelf says the period first); ``printed`` the day that the paper in hand prints, which goes before any rule.
    """

    rule: DeadlineRule | None
    day: date | None
    misfit: str | None = None
    printed: Printed | None = None
    is_said: bool = False


def dating(services: Services, tracker: Tracker, readings: Sequence[Reading]) -> Dating | None:
    """What a message asks or tells of a date; None when it does neither."""
    paper = paper_in_hand(tracker, services.today())
    text = talk.text(tracker)
    if asks_what_day_it_is(text):
        return None
    own = _of_letter(services, tracker, paper)
    if own is not None:
        return own
    unread = unreadable(text, services.today())
    if unread is not None and (asks_for_a_day(text) or _topic(tracker) == "deadline"):
        return Dating(None, None, misfit=unread.sentence().rstrip("。"))
    found = _dating(services, tracker, readings) or _of_paper(services, tracker, paper)
    if found is None or found.rule is None:
        return found
    situation = _situation(tracker, paper, found.rule)
    reason = fits(found.rule, situation)
    if reason is None:
        return found if found.day else replace(found, day=day_of(paper, found.rule.event.value))
    for rule in _others(services, tracker, situation):
        if fits(rule, situation) is None:
            return Dating(rule, found.day or day_of(paper, rule.event.value))
    if day_is_only_told(services, tracker):
        return None
    none = _none_for(services, tracker, situation)
    is_step = reason == lacks_step(found.rule, situation)
    return none or _misfit(services, tracker, readings[0], found, reason, is_step=is_step)


def _of_letter(services: Services, tracker: Tracker, paper: Mapping[str, Any]) -> Dating | None:
    """What the paper in hand sets itself: its last day, or its period counted from the day that is known."""
    text = own_words(talk.text(tracker))
    asks_day = asks_for_a_day(text) or _REPLY.search(text) or _DAY_AGAIN.search(text)
    today = services.today()
    if asks_day and len(text) <= _SPEAKS_OF_PAPER:
        printed = printed_for(text, paper, today)
        if printed is not None:
            return Dating(None, None, printed=printed)
    period = own_period(paper, services.deadlines)
    day = day_in(services, tracker)
    is_told = day is not None and "told" not in paper and len(text) <= _TELLING
    if period is None or len(text) > _SPEAKS_OF_PAPER or not (asks_day or is_told):
        return None
    if named(text) not in (None, paper["kind"]):
        return None  # another paper is spoken of
    start = start_of(paper, period, day)
    if start is None:
        return Dating(None, None, misfit=what_to_tell(paper, period))
    country = paper.get("country") or talk.slot(tracker, "country")
    found = counted(period, start, country)
    return Dating(None, None, printed=Printed(
        str(paper["title"]), found.day, None, str(period["text"]), Meaning.DUE.value, found.words
    ))  # fmt: skip


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


def _situation(tracker: Tracker, paper: Mapping[str, Any], rule: DeadlineRule) -> Situation:
    """What a rule is held against; when an order ends of itself concerns both sides."""
    situation = situation_of(tracker, paper)
    ends = rule.kind is RuleKind.PRINTED and _RUNS_OUT.search(talk.text(tracker))
    return replace(situation, side=None) if ends else situation


def day_is_only_told(services: Services, tracker: Tracker) -> bool:
    """Whether a message names a day and asks for none: nobody is refused what was not asked."""
    text = talk.text(tracker)
    asked = asks_for_a_day(text) or _COUNTS.search(text) or (_DAY_AGAIN.search(text) and asks(text))
    return not asked and day_in(services, tracker) is not None


def _none_for(services: Services, tracker: Tracker, situation: Situation) -> Dating | None:
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


def _of_paper(services: Services, tracker: Tracker, paper: Mapping[str, Any]) -> Dating | None:
    """The rule that the paper in hand starts, for a message that asks a day or tells one of a pasted paper."""
    text = talk.text(tracker)
    day = day_in(services, tracker)
    asks_day = asks_for_a_day(text) or (_DAY_AGAIN.search(text) is not None and asks(text))
    is_told = day is not None and "told" not in paper and len(text) <= _TELLING
    if not paper or not (asks_day or is_told):
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
    return Dating(fitting[0], day or day_of(paper, fitting[0].event.value))


def _others(services: Services, tracker: Tracker, situation: Situation) -> list[DeadlineRule]:
    """Rules that may be meant instead: those of the paper, then those that the words fit, the likely ones first."""
    likely = [item.rule for item in rule_candidates(services, tracker)]
    of_paper = rules_for(situation.paper, services.deadlines) if situation.paper else []
    rank = {rule.id: place for place, rule in enumerate(likely)}
    return sorted(of_paper, key=lambda rule: rank.get(rule.id, len(rank))) or likely


def _dating(services: Services, tracker: Tracker, readings: Sequence[Reading]) -> Dating | None:
    text = talk.text(tracker)
    day = day_in(services, tracker)
    open_rule = services.deadlines.rules.get(talk.slot(tracker, "last_rule") or "")
    wants = asks_for_a_day(text) or _COUNTS.search(text) is not None
    names = _names(tracker)
    leads_away = open_rule is None or _names(tracker, besides=open_rule)
    if open_rule is not None and not leads_away and len(text) <= _TELLING:
        if day is not None and (not asks(text) or wants or _is_supposing(text)):
            return Dating(open_rule, day)
        if wants or (_DAY_AGAIN.search(text) and asks(text) and len(text) <= _HANGING):
            return Dating(open_rule, _told(tracker))
        if _DAY_AGAIN.search(text) and len(text) <= _HANGING and not asks(text):
            return Dating(open_rule, _told(tracker))
    if open_rule is not None and _corrects_side(tracker, text) and not names:
        return Dating(open_rule, day or _told(tracker))  # which is then checked against the side
    if open_rule is not None and _topic(tracker) == "deadline" and names == {"country"}:
        same = _elsewhere(services, tracker, open_rule)
        if same is not None and len(text) <= _HANGING:
            return Dating(same, day or _told(tracker))
    if not wants:
        return None
    rule = rule_meant(services, tracker, readings)
    return None if rule is None else Dating(rule, day)


def rule_meant(
    services: Services, tracker: Tracker, readings: Sequence[Reading]
) -> DeadlineRule | None:
    """The rule a message names or the shelf's answer to it rests on."""
    found = rule_candidates(services, tracker)
    named = clear_rule(found)
    situation = situation_of(tracker)
    rests = [rule for r in readings[:2] if (rule := resting(services, tracker, r)) is not None]
    linked = next((rule for rule in rests if fits(rule, situation) is None), None)
    best = readings[0].found
    if (
        not rests
        and best.band == "answer"
        and best.right >= _SURE
        and not _COUNTS.search(talk.text(tracker))
        and (named is None or day_in(services, tracker) is None)
    ):
        return None  # the shelf answers, and with no period
    if not rests and talk.intent(tracker) != "deadline" and talk.entity(tracker, "date") is None:
        return (
            None  # words alone, without a day or the wish to compute one, name many rules by chance
        )
    if linked is not None and (named is None or linked.id in [item.rule.id for item in found]):
        return linked
    return named or next(iter(rests), None)


def resting(services: Services, tracker: Tracker, reading: Reading) -> DeadlineRule | None:
    """The rule that the first hit rests on, if the reading is an answer and the rule binds the person."""
    if reading.found.band != "answer" or not reading.found.hits:
        return None
    facts = reading.found.hits[0].passage.facts[:1]
    rule = next((services.deadlines.rules[f] for f in facts if f in services.deadlines.rules), None)
    party = talk.entity(tracker, "party") or talk.slot(tracker, "party")
    return rule if rule is not None and binds(rule, party) else None


def _elsewhere(services: Services, tracker: Tracker, rule: DeadlineRule) -> DeadlineRule | None:
    """The like rule of the country that is named now."""
    found = candidates(
        table=services.deadlines, jurisdiction=talk.entity(tracker, "country"),
        procedure=rule.procedure, bound=rule.bound.value,
    )  # fmt: skip
    own = [item.rule for item in found if item.rule.jurisdiction == talk.entity(tracker, "country")]
    return own[0] if len(own) == 1 else None


def _told(tracker: Tracker) -> date | None:
    """The day from which the open rule was counted."""
    value = talk.slot(tracker, "last_day")
    return date.fromisoformat(value) if value else None


def _names(tracker: Tracker, besides: DeadlineRule | None = None) -> frozenset[str]:
    """The kinds of names in the message; those of the rule's own matter left out."""
    rows = tracker.latest_message.get("entities") or ()
    kinds = {"country", "platform", "procedure", "right"}
    own = {besides.jurisdiction, besides.procedure} if besides else set()
    return frozenset(
        r["entity"]
        for r in rows
        if r["entity"] in kinds and r.get("role") != "denied" and r.get("value") not in own
    )


def _corrects_side(tracker: Tracker, text: str) -> bool:
    """Whether a message after a computed day says on which side the person stands."""
    is_told = talk.entity(tracker, "party") is not None and not asks(text)
    return is_told and _topic(tracker) == "deadline" and len(text) <= _TELLING


def _is_supposing(text: str) -> bool:
    return re.search(r"如果|假如|要是|改成|换成", text) is not None


def _topic(tracker: Tracker) -> str | None:
    return talk.slot(tracker, "last_topic")
