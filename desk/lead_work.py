"""Working on a lead: who, by when, notes, calls back, funding checks; each step in its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables, staff
from desk.conversations import storable
from desk.errors import InvalidRecordError
from desk.leads import Lead, change, get, record_event, row_of
from desk.permissions import Permission
from desk.times import or_now

MAX_NOTE = 2000


class FollowUpResult(str, Enum):
    """How a call back (回访) ended; :attr:`label` is shown."""

    SETTLED = "settled"
    PROGRESS = "progress"
    NEEDS_HELP = "needs-help"
    UNREACHABLE = "unreachable"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _RESULTS[self.value]

    @classmethod
    def parse(cls, text: str) -> FollowUpResult:
        """A result by code.

        :raises InvalidRecordError: listing the results.
        """
        for result in cls:
            if text == result.value:
                return result
        raise InvalidRecordError("请选择回访结果：" + "、".join(item.label for item in cls))


_RESULTS = {
    "settled": "纠纷已解决",
    "progress": "仍在处理，进展正常",
    "needs-help": "需要进一步援助",
    "unreachable": "没有联系上",
    "declined": "不再需要援助",
}


@dataclass(frozen=True)
class FollowUp:
    """One call back."""

    result: FollowUpResult
    note: str | None
    actor: str
    at: datetime


@dataclass(frozen=True)
class LeadCheck:
    """A comparison with funding programs, as it was made then, each program with its source."""

    facts: Mapping[str, Any]
    programs: tuple[Mapping[str, Any], ...]
    actor: str
    at: datetime


def plan(
    conn: Connection,
    reference: str,
    actor: str,
    *,
    assignee: str | None,
    due_on: date | None,
    follow_up_on: date | None,
    now: datetime | None = None,
) -> Lead:
    """Set who works on a lead and by when, exactly as given; None clears.

    :raises InvalidRecordError: when the assignee may not work on this lead.
    """
    row = row_of(conn, reference, lock=True)
    if assignee is not None and assignee != row.assignee:
        person = staff.get(conn, assignee)
        if not person.may(Permission.LEADS, row.center):
            raise InvalidRecordError(f"{person.name} 不能办理这条线索：角色或所属中心不符")
    given = {"assignee": assignee, "due_on": due_on, "follow_up_on": follow_up_on}
    changes = {name: value for name, value in given.items() if value != getattr(row, name)}
    if changes:
        moment = or_now(now)
        change(conn, row, {**changes, "updated_at": moment})
        detail = {name: "" if value is None else str(value) for name, value in changes.items()}
        record_event(conn, row, moment, actor, "assign", detail=detail)
    return get(conn, row.reference)


def transfer(
    conn: Connection,
    reference: str,
    actor: str,
    center: str,
    reason: str,
    *,
    now: datetime | None = None,
) -> Lead:
    """Give a lead to another center; nobody is assigned there yet."""
    row = row_of(conn, reference, lock=True)
    if row.center == center:
        raise InvalidRecordError("线索已经在这个中心")
    moment = or_now(now)
    change(conn, row, {"center": center, "assignee": None, "updated_at": moment})
    record_event(conn, row, moment, actor, "assign", storable(reason), detail={"center": center})
    return get(conn, row.reference)


def add_note(
    conn: Connection, reference: str, actor: str, text: str, *, now: datetime | None = None
) -> None:
    """Add an internal note; the person never sees it."""
    row = row_of(conn, reference, lock=True)
    note = _note(text)
    if note is None:
        raise InvalidRecordError("备注是空的")
    record_event(conn, row, or_now(now), actor, "note", note)


def follow_up(
    conn: Connection,
    reference: str,
    actor: str,
    result: FollowUpResult,
    note: str | None,
    *,
    next_on: date | None,
    now: datetime | None = None,
) -> FollowUp:
    """Note how a call back ended and when the next one is; none when ``next_on`` is None."""
    row = row_of(conn, reference, lock=True)
    moment, words = or_now(now), _note(note or "")
    conn.execute(
        sa.insert(lead_tables.lead_follow_ups).values(
            lead_id=row.id, result=result.value, note=words, actor=actor, at=moment
        )
    )
    change(conn, row, {"follow_up_on": next_on, "updated_at": moment})
    detail = {"result": result.value, "next": "" if next_on is None else next_on.isoformat()}
    record_event(conn, row, moment, actor, "follow-up", words, detail=detail)
    return FollowUp(result, words, actor, moment)


def follow_ups(conn: Connection, reference: str) -> tuple[FollowUp, ...]:
    """The calls back of a lead, oldest first."""
    table = lead_tables.lead_follow_ups
    query = sa.select(table).where(table.c.lead_id == row_of(conn, reference).id)
    return tuple(
        FollowUp(FollowUpResult(row.result), row.note, row.actor, row.at)
        for row in conn.execute(query.order_by(table.c.id))
    )


def record_check(
    conn: Connection,
    reference: str,
    actor: str,
    facts: Mapping[str, Any],
    programs: Sequence[Mapping[str, Any]],
    *,
    now: datetime | None = None,
) -> LeadCheck:
    """Keep a comparison with funding programs: what it was told and what it said."""
    row = row_of(conn, reference, lock=True)
    moment = or_now(now)
    conn.execute(
        sa.insert(lead_tables.lead_checks).values(
            lead_id=row.id,
            facts=dict(facts),
            programs=[dict(item) for item in programs],
            actor=actor,
            at=moment,
        )
    )
    record_event(conn, row, moment, actor, "check", detail={"programs": len(programs)})
    return LeadCheck(dict(facts), tuple(programs), actor, moment)


def latest_check(conn: Connection, reference: str) -> LeadCheck | None:
    """The last comparison, if one was made."""
    table = lead_tables.lead_checks
    query = sa.select(table).where(table.c.lead_id == row_of(conn, reference).id)
    row = conn.execute(query.order_by(table.c.id.desc()).limit(1)).first()
    return None if row is None else LeadCheck(row.facts, tuple(row.programs), row.actor, row.at)


def _note(text: str) -> str | None:
    words = storable(text).strip()
    if len(words) > MAX_NOTE:
        raise InvalidRecordError(f"备注最多 {MAX_NOTE} 字")
    return words or None
