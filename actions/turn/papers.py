"""The plan of a turn that tells of a paper, or asks what one in hand says.

These go before everything that competes: a paper that was sent is a fact and no wording, and what it
says itself goes before the shelf.  A certain command still does what it says.
"""

from __future__ import annotations

import re

from actions import conversation as talk
from actions.paper import (
    FACT,
    GIVES_WAY,
    IS_NONE,
    IS_ONE,
    NO_DISPUTE,
    OPEN,
    READ,
    is_further_page,
    sent_paper,
)
from actions.paper_due import IS_IT_A_NOTICE
from actions.paper_facts import fact_asked
from actions.turn.evidence import Evidence
from actions.turn.plan import AGAIN, Plan
from actions.turn.printed import SLOT
from desk import papers
from desk.engine import reading
from desk.errors import NotFoundError

_YES = re.compile(r"(?:是|对|嗯+)[的啊呀]?[。.!！]?|是通知|要处理")
_NO = re.compile(r"(?:不是?|没有)[的啊呀]?[。.!！]?|不是通知|不用处理")


def paper_plan(seen: Evidence) -> Plan | None:
    """What a message gets because of a paper; None where no paper decides."""
    sent = sent_paper(seen.tracker)
    if sent is not None:
        kind = _kind_of(seen, sent)
        goes_on = seen.form is not None and seen.form not in GIVES_WAY
        if goes_on or is_further_page(seen.form, seen.tracker.get_slot(SLOT), kind):
            return Plan((READ, f"{AGAIN}{seen.form}"), "sent paper")
        # A form that asks what the paper tells begins anew with it; a contract tells of no dispute.
        more = () if kind in NO_DISPUTE else ("triage_form",)
        return Plan((READ, *more), "sent paper")
    if (answered := _answered(seen)) is not None:
        return answered
    if seen.is_certain or seen.is_paper:
        return None
    fact = fact_asked(seen.services, seen.tracker)
    if fact is None:
        return None
    acts = (FACT,) if seen.form is None else (FACT, f"{AGAIN}{seen.form}")
    return Plan(acts, "paper says", fact=fact.to_json())


def _answered(seen: Evidence) -> Plan | None:
    """What follows when a person says whether the paper in hand is a notice; None for every other message."""
    kept = seen.tracker.get_slot(SLOT)
    if seen.form is not None or not isinstance(kept, dict) or not kept.get("is_open"):
        return None
    was_asked = any(IS_IT_A_NOTICE in said for said in talk.said_before(seen.tracker))
    if seen.text == IS_ONE or (was_asked and _YES.fullmatch(seen.text)):
        return Plan(("triage_form",), "a notice")
    if seen.text == IS_NONE or (was_asked and _NO.fullmatch(seen.text)):
        return Plan(("utter_no_problem",), "no notice")
    return None


def _kind_of(seen: Evidence, uid: str) -> str | None:
    """What the paper is, ``OPEN`` where it may be no notice at all; None when it is gone."""
    try:
        with reading(seen.services.engine) as conn:
            paper = papers.get(conn, uid, sender=seen.tracker.sender_id)
    except NotFoundError:  # erased in this moment
        return None
    if paper.reading is None:
        return None
    return OPEN if paper.reading.get("is_open") else str(paper.reading.get("kind"))
