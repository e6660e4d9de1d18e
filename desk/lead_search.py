"""Finding leads on the board: filters, one page at a time, and how many stand in each stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables
from desk.lead_intake import company_key
from desk.leads import Lead, Stage, lead_of
from desk.references import canonical_reference

ENDED = (Stage.FUNDED, Stage.REJECTED, Stage.WITHDRAWN)
NOBODY = "-"
_EQUAL = ("center", "country", "right", "procedure", "district")


@dataclass(frozen=True)
class LeadFilter:
    """Which leads; what is None or empty does not restrict.

    ``center`` is whose leads may be seen at all.  ``text`` is part of a company's name or a reference;
    ``assignee`` a login, or ``-`` for nobody; ``due_by`` leaves out what has ended.
    """

    center: str | None = None
    stage: Stage | None = None
    assignee: str | None = None
    country: str | None = None
    right: str | None = None
    procedure: str | None = None
    district: str | None = None
    text: str = ""
    due_by: date | None = None
    follow_up_by: date | None = None
    since: datetime | None = None
    until: datetime | None = None


def find_leads(
    conn: Connection, wanted: LeadFilter, *, limit: int | None = None, offset: int = 0
) -> tuple[Lead, ...]:
    """Leads of a filter, newest first."""
    table = lead_tables.leads
    query = (
        sa.select(table)
        .where(*_conditions(wanted))
        .order_by(table.c.created_at.desc(), table.c.id.desc())
    )
    return tuple(lead_of(row) for row in conn.execute(query.limit(limit).offset(offset)))


def count_leads(conn: Connection, wanted: LeadFilter) -> dict[Stage, int]:
    """How many leads of a filter stand in each stage; every stage has a number."""
    table = lead_tables.leads
    query = (
        sa.select(table.c.stage, sa.func.count())
        .where(*_conditions(wanted))
        .group_by(table.c.stage)
    )
    counted = {Stage(name): int(number) for name, number in conn.execute(query)}
    return {stage: counted.get(stage, 0) for stage in Stage}


def values_of(conn: Connection, name: str, center: str | None) -> tuple[str, ...]:
    """What occurs in a field of the leads that may be seen, most frequent first, for a choice."""
    column = lead_tables.leads.c[name]
    count = sa.func.count().label("count")
    query = (
        sa.select(column, count)
        .where(column.is_not(None), *_conditions(LeadFilter(center=center)))
        .group_by(column)
        .order_by(count.desc(), column)
        .limit(50)
    )
    return tuple(value for value, _count in conn.execute(query))


def _conditions(wanted: LeadFilter) -> list[Any]:
    table = lead_tables.leads
    stage = wanted.stage.value if wanted.stage is not None else None
    equal = {name: getattr(wanted, name) for name in _EQUAL} | {"stage": stage}
    found: list[Any] = [table.c[name] == value for name, value in equal.items() if value]
    if wanted.assignee:
        nobody = wanted.assignee == NOBODY
        found.append(table.c.assignee.is_(None) if nobody else table.c.assignee == wanted.assignee)
    if wanted.text.strip():
        found.append(_named(wanted.text.strip()))
    if wanted.due_by is not None:
        found.append(table.c.due_on <= wanted.due_by)
        found.append(table.c.stage.not_in([stage.value for stage in ENDED]))
    if wanted.follow_up_by is not None:
        found.append(table.c.follow_up_on <= wanted.follow_up_by)
    if wanted.since is not None:
        found.append(table.c.created_at >= wanted.since)
    if wanted.until is not None:
        found.append(table.c.created_at < wanted.until)
    return found


def _named(text: str) -> Any:
    table = lead_tables.leads
    reference = table.c.reference == canonical_reference(text)
    key = company_key(text)
    if not key:
        return reference
    return sa.or_(reference, table.c.company_key.contains(key, autoescape=True))
