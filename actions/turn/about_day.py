"""Whether a message asks something of the day that was computed, or of the period that was answered.

「能延吗」「那天赶不上呢」「周末算不算」 name nothing; a search finds them in a hundred passages.  After a computed
day they are about its rule, which says what happens when it is missed, whether it can be extended and how it
was counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.shelf import Shelf
from actions.turn.asking import asks
from actions.turn.plan import plan_in
from actions.turn.rules import named_beside, names_of, open_rule_of, told_day, topic
from knowledge.deadline_types import Bound, DeadlineRule
from knowledge.text import normalise
from knowledge.types import Passage

ACT = "action_about_day"
MISSED, EXTENSION, COUNT = ASPECTS = ("missed", "extension", "count")
STEP = "step"
# From this chance on a message is about the day; where the shelf answers, or no day was computed, from this.
_LIKELY, _PLAINLY, _SURELY = 0.5, 0.85, 0.91
_OF_REST = re.compile(r"周末|双休日?|周六日?|周日|节假日|星期[六日天]|礼拜[六日天]")
# The other side's delay, which the rule says nothing of (对方收到异议不答复会怎样).
_OF_OTHERS = re.compile(
    r"(?:对方|对家|他们?|人家|[那对]边|[那对]头|品牌方|权利人|原告|申请人|异议人)[^，,。；;？?]{0,12}?(?:不|没|逾|超|错过|迟)"
)
_BARE = 6
# A message about a later step of the day hangs on it and is no longer than this.
_HANGING = 30
# What the name of a step says of its day and not of itself (付费延期后的最后一日).
_OF_STEP = re.compile(r"后?的?(?:最后一日|截止日).*$")
# A passage tells periods, no day of this matter (延到几号).
_WHICH_DAY = re.compile(r"哪一?天|哪日|几号|几月")
_COMPUTED = ("action_day", "deadline_form", ACT)


@dataclass(frozen=True)
class AboutDay:
    """What is asked of a rule: ``day`` is the one it was counted from, None where none was computed."""

    aspect: str
    rule: DeadlineRule
    day: date | None

    @property
    def is_said(self) -> bool:
        """Whether the rule says anything of it."""
        said = {
            MISSED: self.rule.consequence,
            EXTENSION: self.rule.extension,
            COUNT: self.day,
            STEP: self.day,
        }
        return bool(said[self.aspect])


def about_day(
    services: Services, tracker: Tracker, *, is_answered: bool, passage: Passage | None = None
) -> AboutDay | None:
    """What a message asks of the rule that was spoken of; None where it asks or names anything else.

    :param is_answered: the shelf answers it, and more likely rightly than not.
    :param passage: what the shelf would answer with first.
    """
    heard = tracker.latest_message.get("day_aspect") or {}
    aspect, chance = heard.get("name"), float(heard.get("confidence") or 0.0)
    is_of_day = aspect in ASPECTS and chance >= _PLAINLY
    if not is_of_day and (step := _of_step(services, tracker)) is not None:
        return step
    if aspect not in ASPECTS or chance < _LIKELY or _tells_a_day(tracker):
        return None
    if aspect == MISSED and _OF_OTHERS.search(talk.text(tracker)):
        return None
    is_computed = topic(tracker) in ("deadline", "triage") or any(
        act in _COMPUTED for act in plan_in(tracker).get("acts", ())
    )
    day = told_day(tracker) if is_computed else None
    rule = open_rule_of(services, tracker) if is_computed else None
    if rule is None or day is None:
        if chance < _PLAINLY:
            return None
        rule = _answered(services, tracker)
        is_others = aspect == EXTENSION and _is_of_others(services, rule, passage)
        if is_answered and not is_others:
            return None
    elif chance < _SURELY and is_answered and not _is_of_the_day(talk.text(tracker)):
        return None
    if rule is None or names_of(tracker, besides=rule):
        return None
    if named_beside(services, tracker, rule, talk.text(tracker)) is not None:
        return None  # the day of another rule is asked (那初步异议呢，同一天起算吧)
    about = AboutDay(str(aspect), rule, day)
    is_again = is_answered and _was_said(tracker, about)  # what follows asks for more than it says
    return about if about.is_said and not is_again else None


def _of_step(services: Services, tracker: Tracker) -> AboutDay | None:
    """A later step of the computed day that a message names and the rule itself does not (理由书来不及写完呢)."""
    rule, day, text = open_rule_of(services, tracker), told_day(tracker), talk.text(tracker)
    if topic(tracker) != "deadline" or rule is None or day is None or len(text) > _HANGING:
        return None
    if names_of(tracker, besides=rule) or _tells_a_day(tracker) or not asks(text):
        return None
    telling = services.index.current().tokenizer.telling
    words = (telling(normalise(_OF_STEP.sub("", step.label)))[-1:] for step in rule.also)
    own = normalise(f"{rule.title}{rule.trigger}").lower()
    is_named = any(word in text.lower() and word not in own for last in words for word in last)
    return AboutDay(STEP, rule, day) if is_named else None


def _is_of_others(services: Services, rule: DeadlineRule | None, passage: Passage | None) -> bool:
    """Whether a passage tells the other side's period of the procedure whose period was answered."""
    told = services.deadlines.resting(passage.facts) if passage is not None else None
    if rule is None or told is None or told.bound in (rule.bound, Bound.EITHER, Bound.AUTHORITY):
        return False
    return (told.jurisdiction, told.procedure) == (rule.jurisdiction, rule.procedure)


def _is_of_the_day(text: str) -> bool:
    """Whether a message asks which day, or so little that it hangs on the day just said (没赶上呢)."""
    return len(text) <= _BARE or _WHICH_DAY.search(text) is not None


def _was_said(tracker: Tracker, about: AboutDay) -> bool:
    """Whether the turn before was about the same of the same rule."""
    before = plan_in(tracker)
    is_about = ACT in before.get("acts", ())
    return is_about and (before.get("rule"), before.get("aspect")) == (about.rule.id, about.aspect)


def _tells_a_day(tracker: Tracker) -> bool:
    """Whether a message names a day; days of rest are asked about (周末算不算)."""
    return any(_OF_REST.fullmatch(named) is None for named in talk.entities(tracker, "date"))


def _answered(services: Services, tracker: Tracker) -> DeadlineRule | None:
    """The rule that the conversation's last answer rests on."""
    if topic(tracker) != "answer":
        return None
    passage = Shelf.of(services.index.current()).find(talk.slot(tracker, "last_answer"))
    return services.deadlines.resting(passage.facts) if passage is not None else None
