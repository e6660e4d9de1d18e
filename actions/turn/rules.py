"""Which deadline rule a message means within its conversation, and which day was told for it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.deadline_alternatives import takes_way
from actions.deadline_asking import asks_a_period, asks_for_a_day
from actions.deadline_choice import (
    CLEAR,
    SURE_RULE,
    binds,
    clear_rule,
    rights_of,
    rule_candidates,
    rules_in,
    situation_of,
)
from actions.deadline_fit import fits
from actions.deadline_order import Meant
from actions.deadline_search import candidates, said_of
from actions.turn.asking import asks, clauses, turned_to
from actions.turn.counted_days import day_before, told_before
from actions.turn.places import NOT_THERE, places_of, said_of_place
from actions.turn.readings import Reading
from indexer.jurisdictions import scope
from knowledge.deadline_types import RIGHTS, DeadlineRule
from knowledge.types import GENERAL

# From this chance on the shelf answers without a period, and from this on its rule is taken at its word.
_SURE, _RIGHT = 0.5, 0.7
# Below this chance the open rule is hardly meant.
_UNLIKELY = 0.1
# A rule that is so many times as likely as the open one is meant instead of it.
_BY_FAR = 5
# Who tells a day informs, corrects or asks for what follows from it.
TELLING_INTENTS = (
    "inform",
    "correct",
    "deadline",
    "affirm",
    "deny",
    "follow_up",
    "triage",
    "notice",
    "repeat",
)
# What is no longer than this names a paper or a step and says nothing else.
_NAMING = 8
# The wish to have it counted (还是算吧).
COUNTS = re.compile(r"算(?:吧|一下|下|算|出)|帮.{0,4}算")
# Said of a day that stays as it was told (公告日还是11月10日); a choice of two would name the other first.
_STILL = re.compile(r"(?<!\d[日号])(?<!\d)还是(?=[^，,。]{0,6}\d)")


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
    counts = COUNTS.search(talk.text(tracker)) is not None
    if not rests and best.band == "answer" and best.right >= _SURE and not (is_told or counts):
        return None  # the shelf answers, and with no period
    if not rests and talk.intent(tracker) != "deadline" and not is_told:
        return None  # words alone name many rules by chance
    situation = situation_of(tracker)
    linked = next((rule for rule in rests if fits(rule, situation) is None), None)
    rested = linked or next(iter(rests), None)
    # Of two rules that may be meant neither is computed; what the shelf says is said, and which it is asked.
    is_first = bool(found) and found[0].is_placed and rested == found[0].rule
    # A court or an office known by its own words needs no country.
    is_known = rested is not None and _is_likely(found, rested) and best.right >= _RIGHT
    meant = named or (rested if is_known or is_first else None)
    asking = [clause for clause in clauses(talk.text(tracker)) if asks_for_a_day(clause)]
    # What is asked for is named where it is asked, whatever paper the message tells of before.
    return (named_beside(services, tracker, meant, asking[-1]) if asking else None) or meant


def meant_with_before(services: Services, tracker: Tracker) -> DeadlineRule | None:
    """The rule that a message and the one before it mean together, where neither says it alone (答辩截止日)."""
    country = talk.entity(tracker, "country") or talk.slot(tracker, "country")
    text, _ = next(said_of_place(services, tracker, country), ("", ()))
    if not text or country is None or names_of(tracker):
        return None
    before = {item.rule.id: item.chance for item in rules_in(services, tracker, text, country)}
    both = [
        (item.chance * before.get(item.rule.id, 0.0), item.rule)
        for item in rule_candidates(services, tracker)
    ]
    total = sum(chance for chance, _ in both)
    chance, rule = max(both, key=lambda pair: pair[0], default=(0.0, None))
    return rule if rule is not None and chance >= CLEAR * total > 0 else None


def _is_likely(found: Sequence[Meant], rule: DeadlineRule) -> bool:
    return bool(found) and found[0].rule == rule and found[0].chance >= CLEAR


def resting(services: Services, tracker: Tracker, reading: Reading) -> DeadlineRule | None:
    """The rule that the first hit rests on, if the reading is an answer and the rule binds the person."""
    if reading.found.band != "answer" or not reading.found.hits:
        return None
    rule = services.deadlines.resting(reading.found.hits[0].passage.facts)
    party = talk.entity(tracker, "party") or talk.slot(tracker, "party")
    return rule if rule is not None and binds(rule, party) else None


def told_of(
    services: Services,
    tracker: Tracker,
    open_rule: DeadlineRule | None,
    *,
    is_asked: bool = False,
) -> DeadlineRule | None:
    """The rule that a day belongs to: the open one, unless the message or the conversation hardly means it.

    :param is_asked: the message asks for a day in words of its own, which may name another rule.
    """
    found = rule_candidates(services, tracker)
    if clear_rule(found) is None or found[0].rule == open_rule:
        return open_rule
    best = found[0]
    if open_rule is None:
        asked = talk.slot(tracker, "last_question") or ""
        return best.rule if asks_a_period(asked) else None
    open_chance = next((item.chance for item in found if item.rule == open_rule), 0.0)
    country = talk.entity(tracker, "country")
    is_elsewhere = country is not None and not holds_in(open_rule, country)
    is_sure = best.chance >= SURE_RULE or is_elsewhere
    is_other = is_sure and open_chance < _UNLIKELY
    is_by_far = is_asked and best.chance >= _BY_FAR * open_chance
    return best.rule if is_other or is_by_far else open_rule


def named_beside(
    services: Services, tracker: Tracker, open_rule: DeadlineRule | None, text: str
) -> DeadlineRule | None:
    """Another rule of the open one's place that the words name, where they name nothing of the open one's."""
    if open_rule is None:
        return None
    understood = services.index.current().understand(text).text  # foreign words in Chinese ones
    words = said_of(f"{text} {understood}", services.deadlines)
    if words[open_rule.id][0]:
        return None
    named = clear_rule(rule_candidates(services, tracker))
    if named is None or named.id == open_rule.id:
        said = situation_of(tracker).said or ()
        rules = {i: r for i, r in services.deadlines.rules.items() if takes_way(r, said)}
        named = _named_in_words(words, {**rules, open_rule.id: open_rule}, open_rule)
        is_told = talk.entity(tracker, "date") is not None
        is_new = named is not None and named.id not in talk.held(tracker, "last_rule")
        if is_told and named and is_new and chance_of_rule(services, tracker, named) < _UNLIKELY:
            named = None  # a word by chance: the day is that of what was asked before
    if named is None:
        return None
    is_beside = named.jurisdiction == open_rule.jurisdiction and words[named.id][0] > 0
    return named if is_beside else None


def _named_in_words(
    words: Mapping[str, tuple[float, float, float]],
    rules: Mapping[str, DeadlineRule],
    open_rule: DeadlineRule,
) -> DeadlineRule | None:
    """The one rule of the open one's procedure and place that the words alone name best; None where several are."""
    own = (open_rule.jurisdiction, open_rule.procedure)
    here = sorted(
        (words[id_][0], id_)
        for id_, rule in rules.items()
        if (rule.jurisdiction, rule.procedure) == own
    )
    best, id_ = here[-1]
    second = here[-2][0] if len(here) > 1 else 0.0
    return rules[id_] if best > second else None


def open_rule_of(services: Services, tracker: Tracker) -> DeadlineRule | None:
    """The rule that the conversation is about; none where the message turns to something else.

    That is the one whose day is being asked, else the one that was spoken of last.
    """
    if turned_to(talk.text(tracker)) is not None:
        return None
    return services.deadlines.rules.get(
        asked_rule(tracker) or talk.slot(tracker, "last_rule") or ""
    )


def asked_rule(tracker: Tracker) -> str | None:
    """The rule whose day is being asked."""
    is_asking = (tracker.active_loop or {}).get("name") == "deadline_form"
    return talk.slot(tracker, "deadline_rule") if is_asking else None


def like_rule(services: Services, tracker: Tracker, rule: DeadlineRule) -> DeadlineRule | None:
    """The like rule of the country that is named now."""
    found = candidates(
        table=services.deadlines, jurisdiction=talk.entity(tracker, "country"),
        procedure=rule.procedure, bound=rule.bound.value,
    )  # fmt: skip
    place = talk.entity(tracker, "country")
    own = [item.rule for item in found if item.rule.jurisdiction == place != rule.jurisdiction]
    rights = rights_of(tracker) or frozenset(r for r in RIGHTS if rule.is_about({r}))
    own = [
        other
        for other in own
        if other.event is rule.event and other.is_about(rights) and other.special is None
    ]
    # Offices name like periods alike.
    return max(own, key=lambda other: _alike(other.title, rule.title), default=None)


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def known_day(services: Services, tracker: Tracker) -> date | None:
    """The day from which the open rule was counted, else the one that was told before it was asked for."""
    return told_day(tracker) or day_before(services, tracker)


def known_day_there(services: Services, tracker: Tracker) -> date | None:
    """The day that was told of the country named now, else the one from which the open rule was counted."""
    before = told_before(services, tracker)
    return before.day if before else told_day(tracker)


def rule_told_there(services: Services, tracker: Tracker, place: str) -> DeadlineRule | None:
    """The rule that was clearly meant where the conversation told of a country before."""
    for text, rows in said_of_place(services, tracker, place):
        if place in places_of(rows):
            return clear_rule(rules_in(services, tracker, text, place))
    return None


def holds_in(rule: DeadlineRule, country: str) -> bool:
    """Whether a rule is one of this country's, its unions' or of every country."""
    return rule.jurisdiction in (GENERAL, *scope((country,)))


def told_day(tracker: Tracker) -> date | None:
    """The day from which the open rule was counted."""
    value = talk.slot(tracker, "last_day")
    return date.fromisoformat(value) if value else None


def names_of(tracker: Tracker, besides: DeadlineRule | None = None) -> frozenset[str]:
    """The kinds of names in the message; those of the rule's own matter left out."""
    rows = tracker.latest_message.get("entities") or ()
    kinds = {"country", "platform", "procedure", "right"}
    own = {besides.jurisdiction, besides.procedure} if besides else set()
    return frozenset(
        r["entity"]
        for r in rows
        if r["entity"] in kinds and r.get("role") not in NOT_THERE and r.get("value") not in own
    )


def corrects_place(tracker: Tracker) -> bool:
    """Whether a message puts one country in the place of another."""
    rows = tracker.latest_message.get("entities") or ()
    roles = {row.get("role") for row in rows if row["entity"] == "country"}
    return {"main", "denied"} <= roles and not asks(_STILL.sub("", talk.text(tracker)))


def corrects_side(tracker: Tracker, text: str) -> bool:
    """Whether a message after a computed day says on which side the person stands."""
    is_told = talk.entity(tracker, "party") is not None and not asks(text)
    return is_told and topic(tracker) == "deadline"


def chance_of_rule(services: Services, tracker: Tracker, rule: DeadlineRule) -> float:
    """The chance that the message means a rule."""
    found = rule_candidates(services, tracker)
    return next((item.chance for item in found if item.rule == rule), 0.0)


def likely(tracker: Tracker, *intents: str) -> float:
    """The classifier's chance of any of these; 1 where it ranked none, as in stories."""
    rows = tracker.latest_message.get("intent_ranking") or ()
    if not rows:
        return float(talk.intent(tracker) in intents)
    return sum(float(row["confidence"]) for row in rows if row["name"] in intents)


def topic(tracker: Tracker) -> str | None:
    return talk.slot(tracker, "last_topic")


def asks_of_another(tracker: Tracker, text: str) -> bool:
    """Whether, after a day was computed, another paper or step is named and nothing else said (答辩状呢)."""
    is_bare = len(text) <= _NAMING and likely(tracker, "follow_up") >= _SURE
    return topic(tracker) == "deadline" and told_day(tracker) is not None and is_bare


def only_tells(tracker: Tracker, text: str) -> bool:
    """Whether a message that names a day asks nothing but the same of another place (美国那边呢，11月10日公告的)."""
    goes_on = topic(tracker) == "deadline" and names_of(tracker) == {"country"}
    return not asks(text) or (goes_on and likely(tracker, "follow_up", *TELLING_INTENTS) >= _SURE)
