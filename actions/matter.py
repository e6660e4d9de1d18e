"""The matter as the conversation knows it, and the body it is routed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.routing import Routing
from desk import center_contacts, matters
from desk.engine import reading

# How the page words a change of the record, and the return to an earlier one.
CORRECTS, RETURNS = "更正这件事", "回到这件事"

# What is talked about beside a dispute; the dispute goes on under its own procedure.
_NO_DISPUTE = frozenset(("funding", "insurance", "outreach", "policy"))


def is_dispute(procedure: str | None) -> bool:
    """Whether a procedure can be that of a dispute, and not merely what is asked for beside it."""
    return bool(procedure) and procedure not in _NO_DISPUTE


def dispute_procedure(tracker: Tracker) -> str | None:
    """The procedure of the dispute: asking for funding in between, or a button that names it, changes none."""
    named = talk.slot(tracker, "procedure")
    if is_dispute(named):
        return named
    for event in reversed(tracker.events):
        if event.get("event") in ("restart", "reset_slots"):
            return None
        if event.get("event") == "slot" and event.get("name") == "procedure":
            value = event.get("value")
            if isinstance(value, str) and is_dispute(value):
                return value
    return None


def route(services: Services, tracker: Tracker, region: str | None) -> Routing:
    """Route with every fact the conversation holds, and with what centers entered of themselves.

    The body that the person chose for the matter comes first, whatever the facts lead to.
    """
    with reading(services.engine) as conn:
        entered = center_contacts.listing(conn)
        matter = matters.current(conn, tracker.sender_id)
    chosen = None if matter is None else services.router.body(matter.text("center_given"))
    found = services.router.route(
        region=region,
        industry=talk.slot(tracker, "industry"),
        country=talk.slot(tracker, "country"),
        ip_type=talk.slot(tracker, "right"),
        role=talk.slot(tracker, "party"),
        matter=talk.slot(tracker, "procedure"),
    )
    return (found if chosen is None else found.led_by(chosen)).with_contacts(entered)


def told(services: Services, sender: str) -> Mapping[str, Any]:
    """The facts on record of the matter that is spoken of; empty when nothing was told yet."""
    with reading(services.engine) as conn:
        matter = matters.current(conn, sender)
    return {} if matter is None else matter.facts
