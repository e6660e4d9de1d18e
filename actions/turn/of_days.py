"""The plan of a message that asks or tells something of a day: of one country's, of each country's, of the day
that was computed before.
"""

from __future__ import annotations

from dataclasses import replace

from actions.deadline_asking import asks_a_period, asks_for_a_day, asks_for_more
from actions.turn.about_day import ACT as ABOUT_DAY
from actions.turn.about_day import EXTENSION, MISSED, STEP, AboutDay
from actions.turn.evidence import Evidence
from actions.turn.held_rules import Dating
from actions.turn.own_days import DAY_AGAIN
from actions.turn.plan import AGAIN, ANSWER, DAY, EACH_PLACE, LEAVE_QUIETLY, LIGHT, Plan
from actions.turn.purpose import TO_THE_SHELF
from actions.turn.several import asks_more
from indexer.jurisdictions import scope
from knowledge.deadline_types import DeadlineRule
from knowledge.types import Passage

_BARE = 6  # what is no longer than this asks for the day again
# Intents under which a day may be told or asked for, and from where on it is one of the others.
_OF_A_DAY = frozenset(
    (
        "deadline", "inform", "correct", "triage", "notice", "not_helpful", "repeat", "affirm", "deny",
        "checklist",
    )
)  # fmt: skip
_PLAINLY = 0.8
_A_QUESTION = 60  # what is longer is a letter or a story
# From this chance on it is a question to the shelf.
_ASKED = 0.5


def of_days(seen: Evidence) -> Plan | None:
    """What is said of days and periods: of each country of the message, or of the one that is meant."""
    if not seen.each_place and (about := _about_day(seen)) is not None:
        return about
    if _wants_something_else(seen):
        return None
    if seen.each_place:
        return _of_each(seen)
    dating = seen.dating
    if dating is None or _says_again(seen, dating):
        return None
    if (extended := _extended(seen, dating)) is not None:
        return extended
    return None if _asks_no_day(seen, dating) else _dated(seen, dating)


def of_days_in_form(seen: Evidence, form: str) -> Plan | None:
    """The day that a message in a form asks for or tells; a form that is begun anew easily is let go."""
    if form in LIGHT and seen.each_place:
        return replace(_of_each(seen), acts=(EACH_PLACE, LEAVE_QUIETLY))
    if form in LIGHT and (about := _about_day(seen)) is not None:
        return replace(about, acts=(*about.acts, LEAVE_QUIETLY))
    dating = seen.dating
    has_day = dating is not None and (dating.day is not None or dating.printed is not None)
    is_asked = asks_for_a_day(seen.text) or ("date" in seen.names and asks_a_period(seen.text))
    if dating is None or not has_day or not (form in LIGHT or is_asked):
        return None
    plan = _dated(seen, dating)
    return replace(plan, acts=(*plan.acts, LEAVE_QUIETLY if form in LIGHT else f"{AGAIN}{form}"))


def _about_day(seen: Evidence) -> Plan | None:
    """What the rule of the day says; what happens when it is missed the shelf may tell at more length."""
    about = seen.about_day
    if about is None:
        return None
    hits = seen.best.found.hits[:1]
    rests = any(_is_beside(about.rule, hit.passage) for hit in hits)
    acts = (
        (ABOUT_DAY, ANSWER)
        if about.aspect in (MISSED, STEP) and rests and seen.is_answered
        else (ABOUT_DAY,)
    )
    return _about(seen, about, acts)


def _is_beside(rule: DeadlineRule, passage: Passage) -> bool:
    """Whether a passage rests on a rule, or tells of the same procedure of its place."""
    if rule.fact in passage.facts:
        return True
    return rule.jurisdiction in passage.jurisdiction and rule.procedure in passage.procedures


def _about(seen: Evidence, about: AboutDay, acts: tuple[str, ...] = (ABOUT_DAY,)) -> Plan:
    day = about.day.isoformat() if about.day else None
    return Plan(
        acts, "about day", seen=seen.decided, rule=about.rule.id, day=day, aspect=about.aspect
    )


def _of_each(seen: Evidence) -> Plan:
    """Each country of the message for itself."""
    each = tuple(one.to_json() for one in seen.each_place)
    return Plan((EACH_PLACE,), "each place", seen=seen.decided, each=each)


def _is_of_same_day(seen: Evidence, dating: Dating) -> bool:
    """Whether the day that was just computed would be said again, and the message tells no day itself."""
    if dating.day is None or dating.rule is None or "date" in seen.names:
        return False
    return (dating.rule.id, dating.day) == seen.computed


def _says_again(seen: Evidence, dating: Dating) -> bool:
    """Whether only the day just computed would be said again, and the shelf answers something else."""
    if not _is_of_same_day(seen, dating) or dating.rule is None:
        return False
    is_one_of_several = EACH_PLACE in seen.acts_before
    is_bare = len(seen.besides_names) <= _BARE  # 还剩几天，新加坡是哪天来着
    is_wanted = not seen.asks and seen.likely("deadline") >= _PLAINLY  # 算日期，先不延
    if seen.tells_length or is_one_of_several or is_bare or is_wanted or not seen.is_answered:
        return False
    return dating.rule.fact not in seen.best.found.hits[0].passage.facts[:1]


def _asks_no_day(seen: Evidence, dating: Dating) -> bool:
    """Whether the day just computed would be said again to who asks about something else (理由来不及写完整怎么办)."""
    if not _is_of_same_day(seen, dating) or seen.tells_length or len(seen.besides_names) <= _BARE:
        return False
    return seen.asks and seen.is_answered and DAY_AGAIN.search(seen.text) is None


def _extended(seen: Evidence, dating: Dating) -> Plan | None:
    """What the rule of the day says of more time, where more is asked for and the same day would be said again."""
    rule, day = dating.rule, dating.day
    if rule is None or day is None or not _is_of_same_day(seen, dating):
        return None
    if not asks_for_more(seen.text) or not rule.extension:
        return None
    return _about(seen, AboutDay(EXTENSION, rule, day))


def _wants_something_else(seen: Evidence) -> bool:
    """Whether a message that names a day is plainly about another thing than a day that runs."""
    if seen.tells_length:
        return False
    is_heard = seen.likely(*(set(seen.ranking) - _OF_A_DAY - {*TO_THE_SHELF})) >= _PLAINLY
    return is_heard and seen.purpose.shelf < _ASKED


def _is_of_the_matter(seen: Evidence) -> bool:
    """Whether the shelf answers for the country that the message means, and about no other procedure."""
    info, passage = seen.best.found.info, seen.best.found.hits[0].passage
    places = info.countries or filter(None, (seen.place,))
    is_there = not scope(places).isdisjoint(passage.jurisdiction)
    is_same = not info.procedures or not passage.procedures
    is_same = is_same or not set(info.procedures).isdisjoint(passage.procedures)
    return is_there and is_same and len(seen.text) <= _A_QUESTION


def _dated(seen: Evidence, dating: Dating) -> Plan:
    """The day itself; where the day it counts from is not known, the answer first, then the question."""
    if dating.printed is not None:
        return Plan((DAY,), "printed", seen=seen.decided, printed=dating.printed.to_json())
    day = dating.day.isoformat() if dating.day else None
    if dating.misfit is not None:
        says = dating.is_said or (seen.is_answered and _is_of_the_matter(seen))
        acts: tuple[str, ...] = (ANSWER, DAY) if says else (DAY,)
    elif day is not None:
        says = (
            dating.is_said and seen.best.found.band == "answer"
        )  # choices say the period less well
        acts = (ANSWER, DAY) if says else (DAY, ANSWER) if asks_more(seen.text) else (DAY,)
    elif seen.best.found.band == "answer":
        acts = (ANSWER, "deadline_form")
    else:
        acts = ("deadline_form",)
    return Plan(
        acts,
        "dated",
        seen=seen.decided,
        rule=dating.rule.id if dating.rule else None,
        day=day,
        misfit=dating.misfit,
    )
