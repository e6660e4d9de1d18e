"""The matter as the conversation knows it, and the body it is routed to."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.routing import Routing


def route(services: Services, tracker: Tracker, region: str | None) -> Routing:
    """Route with every fact the conversation holds."""
    return services.router.route(
        region=region,
        industry=talk.slot(tracker, "industry"),
        country=talk.slot(tracker, "country"),
        ip_type=talk.slot(tracker, "right"),
        role=talk.slot(tracker, "party"),
        matter=talk.slot(tracker, "procedure"),
    )
