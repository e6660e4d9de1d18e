"""How pressing a ticket is, in words with a tone; the tone only underlines what the words say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from desk.inbox import URGENT_DAYS, Line
from desk.service_clock import ServiceHours, Target, Urgency, hours_of
from desk.tickets import Status, Ticket
from server.template_filters import clock, span

_SOON_DAYS = 14


@dataclass(frozen=True)
class Sign:
    """A word and its tone (a class of the badges)."""

    text: str
    tone: str


def deadline_sign(deadline: date | None, today: date) -> Sign | None:
    """How many days are left."""
    if deadline is None:
        return None
    left = (deadline - today).days
    if left < 0:
        return Sign(f"期限已过{-left}天", "red")
    if left == 0:
        return Sign("期限就在今天", "red")
    tone = "red" if left <= URGENT_DAYS else "amber" if left <= _SOON_DAYS else "plain"
    return Sign(f"距期限{left}天", tone)


def service_sign(
    ticket: Ticket | Line, table: Mapping[str, ServiceHours], now: datetime
) -> Sign | None:
    """How the promise to answer, or after that to settle, stands; None once it is settled."""
    hours = hours_of(table, ticket.center)
    if not ticket.status.is_open:
        return None
    if ticket.status is not Status.CALLBACK and ticket.first_reply_at is None:
        target = hours.first_response_target(ticket.queued_at, None, None, now)
        return _sign(target, "首次回复", hours, now)
    target = hours.resolution_target(ticket.created_at, None, now)
    return _sign(target, "办结", hours, now)


def _sign(target: Target, what: str, hours: ServiceHours, now: datetime) -> Sign:
    if target.urgency is Urgency.OVERDUE:
        return Sign(f"{what}超时{span(hours.between(target.due, now))}", "red")
    if not hours.is_open(now):
        return Sign(f"{what}应在{clock(target.due)}前（现在是非服务时间）", "plain")
    left = span(hours.between(now, target.due))
    tone = "amber" if target.urgency is Urgency.SOON else "green"
    return Sign(f"{what}剩{left}" + ("，快到时限" if tone == "amber" else ""), tone)
