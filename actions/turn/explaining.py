"""A plan with everything that its explanation shows, what came second included."""

from __future__ import annotations

from typing import Any

from actions.turn.evidence import Evidence
from actions.turn.plan import Plan
from knowledge.types import Passage

_SHOWN = 3


def explained_plan(seen: Evidence, plan: Plan, *, always: bool = False) -> dict[str, Any]:
    """The plan as it is kept with the message.

    :param always: look at the readings even where the plan was made without them, which searches the shelf.
    """
    kept = plan.to_json()
    if kept["seen"] or always:
        kept["seen"] = {**kept["seen"], **_summary(seen)}
    return kept


def _summary(seen: Evidence) -> dict[str, Any]:
    best, *others = seen.readings
    return {
        **best.to_json(),
        "others": [reading.to_json() for reading in others],
        "titles": [_title(hit.passage) for hit in best.found.hits[:_SHOWN]],
        "ranking": {name: round(value, 3) for name, value in seen.ranking.items()},
        "names": sorted(seen.names),
    }


def _title(passage: Passage) -> str:
    """Where a passage stands, for people."""
    return " › ".join((passage.title, *([passage.article] if passage.article else passage.heading)))
