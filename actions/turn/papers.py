"""The plan of a turn that tells of a paper, or asks what one in hand says.

These go before everything that competes: a paper that was sent is a fact and no wording, and what it
says itself goes before the shelf.  A certain command still does what it says.
"""

from __future__ import annotations

from actions.paper import FACT, GIVES_WAY, READ, sent_paper
from actions.paper_facts import fact_asked
from actions.turn.evidence import Evidence
from actions.turn.plan import AGAIN, Plan


def paper_plan(seen: Evidence) -> Plan | None:
    """What a message gets because of a paper; None where no paper decides."""
    if sent_paper(seen.tracker) is not None:
        # A form that asks what the paper tells begins anew with it; any other asks again.
        gives_way = seen.form is None or seen.form in GIVES_WAY
        return Plan((READ, "triage_form" if gives_way else f"{AGAIN}{seen.form}"), "sent paper")
    if seen.is_certain or seen.is_paper:
        return None
    fact = fact_asked(seen.services, seen.tracker)
    if fact is None:
        return None
    acts = (FACT,) if seen.form is None else (FACT, f"{AGAIN}{seen.form}")
    return Plan(acts, "paper says", fact=fact.to_json())
