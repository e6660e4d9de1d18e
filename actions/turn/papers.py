"""The plan of a turn that tells of a paper, or asks what one in hand says.

These go before everything that competes: a paper that was sent is a fact and no wording, and what it
says itself goes before the shelf.  A certain command still does what it says.
"""

from __future__ import annotations

from actions.paper import FACT, GIVES_WAY, NO_DISPUTE, READ, is_further_page, sent_paper
from actions.paper_facts import fact_asked
from actions.turn.evidence import Evidence
from actions.turn.plan import AGAIN, Plan
from actions.turn.printed import SLOT
from desk import papers
from desk.engine import reading
from desk.errors import NotFoundError


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
    if seen.is_certain or seen.is_paper:
        return None
    fact = fact_asked(seen.services, seen.tracker)
    if fact is None:
        return None
    acts = (FACT,) if seen.form is None else (FACT, f"{AGAIN}{seen.form}")
    return Plan(acts, "paper says", fact=fact.to_json())


def _kind_of(seen: Evidence, uid: str) -> str | None:
    """What the paper is; None when it is gone."""
    try:
        with reading(seen.services.engine) as conn:
            paper = papers.get(conn, uid, sender=seen.tracker.sender_id)
    except NotFoundError:  # erased in this moment
        return None
    return None if paper.reading is None else str(paper.reading.get("kind"))
