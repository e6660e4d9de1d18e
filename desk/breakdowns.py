"""A period seen from several sides: where disputes are, how people came, when, who worked, what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables, tables
from desk.lead_types import Stage
from desk.matter_tables import matters
from desk.measures import (
    ANSWER_KINDS,
    NOT_SAID,
    Measure,
    Period,
    answers_in,
    between,
    incoming_in,
    leads_in,
    tickets_in,
)
from desk.service_clock import CHINA

HOURS = 24


@dataclass(frozen=True)
class Work:
    """What one colleague did in a period; ``open_now`` is what they have in hand today."""

    login: str
    taken: int
    closed: int
    open_now: int


@dataclass(frozen=True)
class Funnel:
    """People of a period, each step a part of the one before it except where somebody skipped it."""

    came: int
    answered: int
    handed_off: int
    registered: int
    accepted: int


@dataclass(frozen=True)
class Breakdowns:
    """Everything beside the plain numbers; each mapping has the most frequent first."""

    countries: Mapping[str, int]
    procedures: Mapping[str, int]
    channels: Mapping[str, int]
    hours: tuple[int, ...]
    work: tuple[Work, ...]
    funnel: Funnel
    # People who came by a partner's site, by the partner's code.
    partners: Mapping[str, int]


def breakdowns(conn: Connection, period: Period) -> Breakdowns:
    """Look at a period from every side.

    Countries and procedures are codes as people told them; whoever told none counts as not said.
    """
    said, people = tables.messages, tables.conversations
    rows = conn.execute(
        sa.select(said.c.created_at, said.c.payload, people.c.sender, people.c.channel)
        .join(people, people.c.id == said.c.conversation_id)
        .where(incoming_in(period))
    ).all()
    channels = {row.sender: row.channel for row in rows}
    partners = {(row.sender, code) for row in rows if (code := _partner(row.payload))}
    hours = Counter(row.created_at.astimezone(CHINA).hour for row in rows)
    told = _told(conn, channels)
    return Breakdowns(
        countries=_most(told[sender].get("country") or NOT_SAID for sender in channels),
        procedures=_most(told[sender].get("procedure") or NOT_SAID for sender in channels),
        channels=_most(channels.values()),
        hours=tuple(hours[hour] for hour in range(HOURS)),
        work=_work(conn, period),
        funnel=_funnel(conn, period, set(channels)),
        partners=_most(code for _sender, code in partners),
    )


def _partner(payload: Mapping[str, Any] | None) -> str:
    """The code that a frame on a partner's site puts on each message; empty for other messages."""
    return str(((payload or {}).get("metadata") or {}).get("partner") or "")


def _most(values: Iterable[str]) -> dict[str, int]:
    counted = Counter(values).items()
    return dict(sorted(counted, key=lambda item: (item[0] == NOT_SAID, -item[1], item[0])))


def _told(conn: Connection, senders: Iterable[str]) -> dict[str, Mapping[str, str]]:
    """What each of these people told of their last matter."""
    wanted = set(senders)
    found: dict[str, Mapping[str, str]] = {sender: {} for sender in wanted}
    query = sa.select(matters.c.sender, matters.c.facts).order_by(matters.c.number)
    for row in conn.execute(query):
        if row.sender in wanted:
            found[row.sender] = row.facts
    return found


def _work(conn: Connection, period: Period) -> tuple[Work, ...]:
    table, events = tables.tickets, tables.ticket_events
    of_center = sa.true() if period.center is None else table.c.center == period.center
    done = conn.execute(
        sa.select(events.c.actor, events.c.action, sa.func.count().label("number"))
        .join(table, table.c.id == events.c.ticket_id)
        .where(
            between(events.c.at, period),
            events.c.action.in_(["claim", "register", "close"]),
            events.c.actor.startswith("staff:"),
            of_center,
        )
        .group_by(events.c.actor, events.c.action)
    ).all()
    held = conn.execute(
        sa.select(table.c.assignee, sa.func.count().label("number"))
        .where(table.c.status.in_(tables.OPEN_STATUSES), table.c.assignee.is_not(None), of_center)
        .group_by(table.c.assignee)
    ).all()
    taken: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    for row in done:
        (closed if row.action == "close" else taken)[row.actor.partition(":")[2]] += row.number
    now = {row.assignee: int(row.number) for row in held}
    logins = {*taken, *closed, *now}
    found = [Work(login, taken[login], closed[login], now.get(login, 0)) for login in logins]
    return tuple(sorted(found, key=lambda work: (-work.taken - work.closed, work.login)))


def _funnel(conn: Connection, period: Period, came: set[str]) -> Funnel:
    said, people = tables.messages, tables.conversations
    tickets, leads = tables.tickets, lead_tables.leads
    answered = set(
        conn.execute(
            sa.select(people.c.sender)
            .join(said, said.c.conversation_id == people.c.id)
            .where(answers_in(period), said.c.kind.in_(ANSWER_KINDS))
            .distinct()
        ).scalars()
    )
    asked = set(
        conn.execute(
            sa.select(tickets.c.sender).where(tickets_in(Measure.HANDED_OFF, period)).distinct()
        ).scalars()
    )
    registered = conn.execute(sa.select(leads.c.stage).where(leads_in(period))).scalars().all()
    accepted = [stage for stage in registered if stage in (Stage.ACCEPTED, Stage.FUNDED)]
    return Funnel(
        len(came), len(answered & came), len(asked & came), len(registered), len(accepted)
    )
