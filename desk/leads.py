"""Requests for assistance or funding: one per company and dispute, however often it is sent.

The pair (company, dispute) is unique in the database, so two sessions that send the same request at
once end in one lead.  A lead says 「线索已登记，待受理机关审核」; nothing here decides on money.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables
from desk.contacts import last_four
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.lead_types import STAGES, Lead, LeadEvent, Stage
from desk.references import canonical_reference
from desk.times import or_now

__all__ = [
    "STAGES",
    "Lead",
    "LeadEvent",
    "Stage",
    "assign",
    "change",
    "find",
    "get",
    "history",
    "lead_of",
    "listing",
    "move",
    "record_event",
    "replace_contact",
    "row_of",
]


def find(conn: Connection, reference: str, phone_last4: str) -> Lead | None:
    """A lead by reference and the last four digits of a phone left with it; None for any mismatch."""
    table = lead_tables.leads
    query = sa.select(table).where(table.c.reference == canonical_reference(reference))
    row = conn.execute(query).first()
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone_last4))
    if row is None or len(digits) != 4:
        return None
    phones = [row.phone, *(item.get("phone", "") for item in row.other_contacts)]
    return lead_of(row) if digits in {last_four(phone) for phone in phones} else None


def get(conn: Connection, reference: str) -> Lead:
    """A lead for staff.

    :raises NotFoundError: when there is none.
    """
    return lead_of(row_of(conn, reference))


def listing(
    conn: Connection,
    *,
    stage: Stage | None = None,
    sender: str | None = None,
    center: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> tuple[Lead, ...]:
    """Leads, newest first."""
    table = lead_tables.leads
    query = sa.select(table)
    if stage is not None:
        query = query.where(table.c.stage == stage.value)
    if sender is not None:
        query = query.where(table.c.sender == sender)
    if center is not None:
        query = query.where(table.c.center == center)
    if since is not None:
        query = query.where(table.c.created_at >= since)
    if until is not None:
        query = query.where(table.c.created_at < until)
    query = query.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit)
    return tuple(lead_of(row) for row in conn.execute(query))


def move(
    conn: Connection,
    reference: str,
    stage: Stage,
    actor: str,
    note: str | None = None,
    *,
    now: datetime | None = None,
) -> Lead:
    """Take a lead to another stage, with the step recorded.

    :raises TransitionError: when the stage cannot follow the present one.
    """
    row = row_of(conn, reference, lock=True)
    source = Stage(row.stage)
    if stage not in STAGES[source]:
        raise TransitionError(
            f"线索 {row.reference} 现在是「{source.label}」，不能改为「{stage.label}」"
        )
    if stage is Stage.SUPPLEMENT and not (note or "").strip():
        raise InvalidRecordError("补正要一次写明还缺什么材料")
    moment = or_now(now)
    change(conn, row, {"stage": stage.value, "updated_at": moment})
    record_event(conn, row, moment, actor, "stage", note, target=stage)
    return get(conn, row.reference)


def assign(
    conn: Connection,
    reference: str,
    actor: str,
    *,
    assignee: str | None = None,
    center: str | None = None,
    due_on: date | None = None,
    follow_up_on: date | None = None,
    now: datetime | None = None,
) -> Lead:
    """Set who works on a lead, where, and by when; what is None stays."""
    row = row_of(conn, reference, lock=True)
    given = {
        "assignee": assignee,
        "center": center,
        "due_on": due_on,
        "follow_up_on": follow_up_on,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    moment = or_now(now)
    change(conn, row, {**changes, "updated_at": moment})
    detail = {name: str(value) for name, value in changes.items()}
    record_event(conn, row, moment, actor, "assign", detail=detail)
    return get(conn, row.reference)


def history(conn: Connection, reference: str) -> tuple[LeadEvent, ...]:
    """What happened to a lead, oldest first."""
    row = row_of(conn, reference)
    table = lead_tables.lead_events
    query = sa.select(table).where(table.c.lead_id == row.id).order_by(table.c.id)
    return tuple(
        LeadEvent(e.at, e.actor, e.action, e.from_stage, e.to_stage, e.note, e.detail)
        for e in conn.execute(query)
    )


def row_of(conn: Connection, reference: str, *, lock: bool = False) -> Any:
    """The stored row, for the desk's own modules; locked until the transaction ends if asked.

    :raises NotFoundError: when there is none.
    """
    table = lead_tables.leads
    query = sa.select(table).where(table.c.reference == canonical_reference(reference))
    row = conn.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFoundError(f"没有编号为 {reference} 的线索")
    return row


def change(conn: Connection, row: Any, changes: Mapping[str, Any]) -> None:
    """Change fields of a lead; the caller records the step."""
    conn.execute(
        sa.update(lead_tables.leads).where(lead_tables.leads.c.id == row.id).values(**changes)
    )


def replace_contact(conn: Connection, sender: str, other: str | None) -> None:
    """Have somebody else stand where a person is a further contact of leads that colleagues registered.

    :param other: None takes the contact out.
    """
    table = lead_tables.leads
    written = json.dumps(sender, ensure_ascii=False)
    query = sa.select(table.c.id, table.c.other_contacts).where(
        sa.cast(table.c.other_contacts, sa.Text).contains(written, autoescape=True)
    )
    for row in conn.execute(query.with_for_update()).all():
        contacts = [
            item if item.get("sender") != sender else {**item, "sender": other}
            for item in row.other_contacts
            if other is not None or item.get("sender") != sender
        ]
        conn.execute(sa.update(table).where(table.c.id == row.id).values(other_contacts=contacts))


def record_event(
    conn: Connection,
    row: Any,
    moment: datetime,
    actor: str,
    action: str,
    note: str | None = None,
    *,
    target: Stage | None = None,
    is_new: bool = False,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a step to a lead's history.

    :param row: the lead as it was before.
    :param target: the stage it has come to; by default the one it was in.
    :param is_new: it was in none before.
    """
    conn.execute(
        sa.insert(lead_tables.lead_events).values(
            lead_id=row.id,
            at=moment,
            actor=actor,
            action=action,
            from_stage=None if is_new else row.stage,
            to_stage=row.stage if target is None else target.value,
            note=note,
            detail=dict(detail or {}),
        )
    )


_LEAD_COLUMNS: Sequence[str] = tuple(
    item.name for item in fields(Lead) if item.name not in ("stage", "other_contacts")
)


def lead_of(row: Any) -> Lead:
    """The lead in a row of the table."""
    values = {name: getattr(row, name) for name in _LEAD_COLUMNS}
    return Lead(**values, stage=Stage(row.stage), other_contacts=tuple(row.other_contacts))
