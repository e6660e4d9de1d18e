"""Whether a message asks for a day, which rule and which day are meant, and what follows.

The rule is the one that the words name for certain, else the one that the shelf's answer rests on, else
the rule that the conversation is about.  The day is one that the message tells, else the one that was
told for the same rule.  A question never fills a date, and a rule of another country, side or paper is
never computed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.date_unreadable import unreadable
from actions.deadline import day_in, past_days
from actions.deadline_choice import (
    CLEAR,
    SURE_RULE,
    asks_a_period,
    asks_for_a_day,
    asks_what_day_it_is,
    binds,
    clear_rule,
    rights_of,
    rule_candidates,
    situation_of,
)
from actions.deadline_fit import Situation, fits, lacks_step, rules_for, told_apart, without_rule
from actions.deadline_search import candidates, said_of
from actions.turn.asking import asks
from actions.turn.printed import Printed, day_of, paper_in_hand, printed_for
from actions.turn.readings import Reading
from indexer.query import scope
from knowledge.deadline_types import RIGHTS, DeadlineRule, RuleKind
from knowledge.printed_dates import Meaning, printed_dates
from knowledge.text import normalise

# Said of a day that was spoken of before.
_DAY_AGAIN = re.compile(
    r"(?:准|那个|这个)?日[子期](?!.{0,6}(?:收费|费用))|哪天|哪一天|几号|[还只就][剩有](?:这么|那么|下|了)?(?:几|多少|点)天|剩几天|多少天了|到期|最晚|最迟|截止"
)
# The wish to have it counted (还是算吧).
_COUNTS = re.compile(r"算(?:吧|一下|下|算|出)|帮.{0,4}算")
# Asked of a letter in hand: by when to answer it.
_REPLY = re.compile(
    r"什么时候(?:前)?(?:回|答|交|签)|多久(?:内|之内)?(?:要)?回|几天(?:内)?(?:要)?回|还?有效吗|失效|过期"
)
# Asked of an order in hand: when it ends of itself.
_RUNS_OUT = re.compile(r"到期|失效|过期|有效(?:期)?(?:到|多久|几天)|管到")
_SPEAKS_OF_PAPER = 60
# A message that tells a day and little else (哦说错，是11月5日；11月23日送达我们的).
_TELLING = 26
_HANGING = 16
_ALL = 200
_READS_OFF = re.compile(r"写着|写的是|写明|印着|印的|标着|注明|上面(?:写|说|标|印)|单子上|纸上")
_SURE = 0.5
# Below this chance no rule is put in a misfit's place; below the other one the open rule is hardly meant.
_POSSIBLE, _UNLIKELY = 0.25, 0.1
# From this chance on a message speaks of something else, whatever day it names.
_STRANGE = 0.5
# Who tells a day informs, corrects or asks for what follows from it.
_TELLING_INTENTS = ("inform", "correct", "deadline", "affirm", "deny", "follow_up", "triage", "notice", "repeat")
_TELLS = 0.3
# Asked of a period that was just computed: how far it may be stretched.
_MOST = re.compile(r"最晚最晚|最多|顶多|拖到|能拖|延|宽限|多要|再给")
# The day is that of what was spoken of before.
_SAME_DAY = re.compile(r"同一天|同一日|日期一样|也是(?:那|这)天|一样的日子|同样的日期|还是那天")


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


def dating(services: Services, tracker: Tracker, readings: Sequence[Reading]) -> Dating | None:
    """What a message asks or tells of a date; None when it does neither."""
    paper = paper_in_hand(tracker, services.today())
    text = talk.text(tracker)
    if asks_what_day_it_is(text):
        return None
    if (asks_for_a_day(text) or _REPLY.search(text) or _DAY_AGAIN.search(text)) and len(
        text
    ) <= _SPEAKS_OF_PAPER:
        printed = printed_for(text, paper)
        if printed is not None:
            return Dating(None, None, printed=printed)
    if not asks(text) and (own := _printed_in_words(text, services.today())) is not None:
        return Dating(None, None, printed=own)
    unread = unreadable(text, services.today())
    if unread is not None and (asks_for_a_day(text) or _topic(tracker) == "deadline"):
        return Dating(None, None, misfit=unread.sentence().rstrip("。"))
    found = _dating(services, tracker, readings) or _of_paper(services, tracker, paper)
    best = readings[0].found
    is_answered = best.band == "answer" and best.right >= _SURE
    if found is None and paper and asks_for_a_day(text) and not is_answered:
        return _none_for(services, tracker, situation_of(tracker, paper))
    if found is None or found.rule is None:
        return found
    situation = _situation(tracker, paper, found.rule)
    reason = fits(found.rule, _trusted(situation, found, in_hand=bool(paper) and "told" not in paper))
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


def _trusted(situation: Situation, found: Dating, *, in_hand: bool) -> Situation:
    """What a rule is still held against when the message leaves hardly another one.

    Who asks for the other side's period means it, and who tells the day has seen the step taken.

    :param in_hand: the paper was read; else its kind is only spoken of.
    """
    is_told = found.day is not None and found.chance >= CLEAR
    is_sure = found.chance >= SURE_RULE
    return replace(
        situation,
        side=None if is_sure else situation.side,
        paper=None if is_told and is_sure and not in_hand else situation.paper,
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


def _printed_in_words(text: str, today: date) -> Printed | None:
    """The day to come that the person reads off a paper (单子上写着11月27号到期)."""
    if len(text) > _SPEAKS_OF_PAPER or not _READS_OFF.search(text):
        return None
    ends = (Meaning.DUE, Meaning.EXPIRES, Meaning.HEARING)
    found = [f for f in printed_dates(text, today=today) if f.meaning in ends and f.date >= today]
    if len(found) != 1:
        return None
    return Printed("手里的文书", found[0].date, None, text, found[0].meaning.value)


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
    likely = [i.rule for i in rule_candidates(services, tracker) if i.chance >= _POSSIBLE]
    of_paper = rules_for(situation.paper, services.deadlines) if situation.paper else []
    rank = {rule.id: place for place, rule in enumerate(likely)}
    return sorted(of_paper, key=lambda rule: rank.get(rule.id, len(rank))) or likely


def _dating(services: Services, tracker: Tracker, readings: Sequence[Reading]) -> Dating | None:
    text = talk.text(tracker)
    if _chance_of(tracker, "out_of_scope") >= _STRANGE:
        return None
    day = day_in(services, tracker)
    open_rule = services.deadlines.rules.get(talk.slot(tracker, "last_rule") or "")
    wants = asks_for_a_day(text) or _COUNTS.search(text) is not None
    names = _names(tracker)
    asks_day = wants or _DAY_AGAIN.search(text) is not None
    other = _named_beside(services, tracker, open_rule, text) if asks_day else None
    if other is not None:
        return Dating(other, day or _told(tracker))
    is_alone = day is not None and not asks(text) and len(text) <= _TELLING
    if is_alone and (told := _told_of(services, tracker, open_rule)) not in (None, open_rule):
        return Dating(told, day, chance=_chance(services, tracker, told))
    leads_away = open_rule is None or _names(tracker, besides=open_rule)
    if _asks_for_more(tracker, open_rule, text):
        return None
    if open_rule is not None and not leads_away and len(text) <= _TELLING:
        is_telling = not asks(text) and _chance_of(tracker, *_TELLING_INTENTS) >= _TELLS
        if day is not None and (is_telling or wants or _is_supposing(text)):
            return Dating(open_rule, day)
        if wants or (_DAY_AGAIN.search(text) and asks(text) and len(text) <= _HANGING):
            return Dating(open_rule, _told(tracker))
        if _DAY_AGAIN.search(text) and len(text) <= _HANGING and not asks(text):
            return Dating(open_rule, _told(tracker))
    if open_rule is not None and _corrects_side(tracker, text) and not names:
        return Dating(open_rule, day or _told(tracker))  # which is then checked against the side
    is_other_place = names == {"country"} and (len(text) <= _HANGING or _corrects_place(tracker))
    if open_rule is not None and _topic(tracker) == "deadline" and is_other_place:
        same = _elsewhere(services, tracker, open_rule)
        if same is not None:
            return Dating(same, day or _told(tracker))
    if not wants:
        return _also_dated(services, tracker, day)
    day = day or _told_before(services, tracker)
    rule = rule_meant(services, tracker, readings, is_told=day is not None)
    return None if rule is None else Dating(rule, day, chance=_chance(services, tracker, rule))


def _told_of(
    services: Services, tracker: Tracker, open_rule: DeadlineRule | None
) -> DeadlineRule | None:
    """The rule that a day told alone belongs to: the open one, unless the conversation hardly means it."""
    found = rule_candidates(services, tracker)
    if clear_rule(found) is None or found[0].rule == open_rule:
        return open_rule
    chances = {item.rule.id: item.chance for item in found}
    is_sure = found[0].chance >= SURE_RULE
    if open_rule is None:
        asked = talk.slot(tracker, "last_question") or ""
        return found[0].rule if asks_a_period(asked) else None
    return found[0].rule if is_sure and chances.get(open_rule.id, 0.0) < _UNLIKELY else open_rule


def _asks_for_more(tracker: Tracker, open_rule: DeadlineRule | None, text: str) -> bool:
    """Whether, after a day was computed, the most that can be had of the period is asked for."""
    is_told = open_rule is not None and talk.slot(tracker, "last_day") is not None
    return is_told and _names_no_day(tracker) and _MOST.search(text) is not None


def _names_no_day(tracker: Tracker) -> bool:
    """Whether the message names no date."""
    return talk.entity(tracker, "date") is None


def _chance_of(tracker: Tracker, *intents: str) -> float:
    """The classifier's chance of any of these; 1 where it ranked none, as in stories."""
    rows = tracker.latest_message.get("intent_ranking") or ()
    if not rows:
        return float(talk.intent(tracker) in intents)
    return sum(float(row["confidence"]) for row in rows if row["name"] in intents)


def _chance(services: Services, tracker: Tracker, rule: DeadlineRule) -> float:
    """The chance that the message means a rule."""
    found = rule_candidates(services, tracker)
    return next((item.chance for item in found if item.rule == rule), 0.0)


def _also_dated(services: Services, tracker: Tracker, day: date | None) -> Dating | None:
    """The day that follows from a period asked for and a day told with it (11月16日签收的，多久要答)."""
    if day is None or not asks_a_period(talk.text(tracker)):
        return None
    rule = clear_rule(rule_candidates(services, tracker))
    if rule is None:
        return None
    dated = Dating(rule, day, is_said=True, chance=_chance(services, tracker, rule))
    return None if fits(rule, _trusted(situation_of(tracker), dated, in_hand=False)) is not None else dated


def _named_beside(
    services: Services, tracker: Tracker, open_rule: DeadlineRule | None, text: str
) -> DeadlineRule | None:
    """Another rule of the open one's place that the words name, where they name nothing of the open one's."""
    if open_rule is None:
        return None
    words = said_of(text, services.deadlines)
    found = rule_candidates(services, tracker)
    named = clear_rule(found)
    if named is None or named.id == open_rule.id or words[open_rule.id][0]:
        return None
    is_beside = named.jurisdiction == open_rule.jurisdiction and words[named.id][0] > 0
    return named if is_beside else None


def _told_before(services: Services, tracker: Tracker) -> date | None:
    """The last past day that was told before in the same country, for a question that tells none."""
    today, country = services.today(), talk.slot(tracker, "country")
    users = [event for event in tracker.events if event.get("event") == "user"]
    for event in reversed(users[:-1]):
        rows = (event.get("parse_data") or {}).get("entities") or ()
        places = {r["value"] for r in rows if r["entity"] == "country" and r.get("role") != "denied"}
        named = next((row["value"] for row in rows if row["entity"] == "date"), None)
        if named is None:
            continue
        is_here = not places or country is None or not places.isdisjoint(scope((country,)))
        if not is_here and not _SAME_DAY.search(talk.text(tracker)):
            return None
        days = past_days(normalise(event.get("text") or ""), named, today)
        return days[0] if days else None
    return None


def rule_meant(
    services: Services, tracker: Tracker, readings: Sequence[Reading], *, is_told: bool
) -> DeadlineRule | None:
    """The rule a message names or the shelf's answer to it rests on.

    :param is_told: the day that it counts from is known.
    """
    found = rule_candidates(services, tracker)
    named = clear_rule(found)
    rests = [rule for r in readings[:2] if (rule := resting(services, tracker, r)) is not None]
    best = readings[0].found
    if not rests and best.band == "answer" and best.right >= _SURE and not is_told:
        if not _COUNTS.search(talk.text(tracker)):
            return None  # the shelf answers, and with no period
    if not rests and talk.intent(tracker) != "deadline" and not is_told:
        return None  # words alone, without a day or the wish to compute one, name many rules by chance
    situation = situation_of(tracker)
    linked = next((rule for rule in rests if fits(rule, situation) is None), None)
    rested = linked or next(iter(rests), None)
    # Of two rules that may be meant neither is computed; what the shelf says is said, and which it is asked.
    return named or (rested if not found or rested == found[0].rule else None)


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
    place = talk.entity(tracker, "country")
    own = [item.rule for item in found if item.rule.jurisdiction == place != rule.jurisdiction]
    rights = rights_of(tracker) or frozenset(r for r in RIGHTS if rule.is_about({r}))
    own = [other for other in own if other.event is rule.event and other.is_about(rights)]
    # Offices name like periods alike.
    return max(own, key=lambda other: _alike(other.title, rule.title), default=None)


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


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


def _corrects_place(tracker: Tracker) -> bool:
    """Whether a message puts one country in the place of another."""
    rows = tracker.latest_message.get("entities") or ()
    roles = {row.get("role") for row in rows if row["entity"] == "country"}
    return {"main", "denied"} <= roles and not asks(talk.text(tracker))


def _is_supposing(text: str) -> bool:
    return re.search(r"如果|假如|要是|改成|换成", text) is not None


def _topic(tracker: Tracker) -> str | None:
    return talk.slot(tracker, "last_topic")
