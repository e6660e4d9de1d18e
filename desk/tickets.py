"""A handoff ticket as a value, its place in the queue and the time one can expect to wait."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.permissions import Permission, Role, may
from desk.times import or_now

# What is said while there is nothing to average: a center with one person at the desk.
DEFAULT_WAIT_MINUTES = 30
_AVERAGE_OVER = 50
_AVERAGE_DAYS = 30
_FEWEST = 3
_ONLINE_WITHIN = timedelta(minutes=2)


class Status(str, Enum):
    """Where a ticket stands."""

    WAITING = "waiting"
    ACTIVE = "active"
    CALLBACK = "callback"
    RATING = "rating"
    CLOSED = "closed"
    ABANDONED = "abandoned"

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes the person something."""
        return self.value in tables.OPEN_STATUSES

    @property
    def label(self) -> str:
        """The word staff and people read."""
        return _LABELS[self.value]


_LABELS = {
    "waiting": "排队中",
    "active": "服务中",
    "callback": "待回电",
    "rating": "待评价",
    "closed": "已结束",
    "abandoned": "已离开",
}


@dataclass(frozen=True)
class Expectation:
    """How long until a person answers; ``measured`` is False while it is only the stated default."""

    minutes: int
    measured: bool
    sample: int


@dataclass(frozen=True)
class Filed:
    """What is kept of a request for a human and shown wherever it is."""

    id: int
    reference: str
    sender: str
    channel: str
    status: Status
    reason: str
    center: str | None
    assignee: str | None
    facts: dict[str, Any]
    deadline_on: date | None
    created_at: datetime
    queued_at: datetime
    first_reply_at: datetime | None
    closed_at: datetime | None
    follow_up_on: date | None
    outcome: str | None
    rating: int | None

    @staticmethod
    def of(row: Any) -> dict[str, Any]:
        """The fields as the row has them, by their names."""
        kept = {field.name: getattr(row, field.name) for field in fields(Filed)}
        return {**kept, "status": Status(row.status)}


@dataclass(frozen=True)
class Ticket(Filed):
    """A request for a human; ``position`` counts from 1 and is None when not waiting."""

    claimed_at: datetime | None
    callback_phone: str | None
    callback_time: str | None
    note: str | None
    rating_reason: str | None
    position: int | None = None
    expected: Expectation | None = None
    staff_online: bool = False
    created: bool = field(default=False)

    def to_json(self) -> dict[str, Any]:
        """``data`` of a handoff message; no personal data."""
        return {
            "ticket": self.reference,
            "status": self.status.value,
            "position": self.position,
            "staff_online": self.staff_online,
            "has_callback_phone": self.callback_phone is not None,
        }


def ticket_from_row(
    conn: Connection, row: Any, *, now: datetime | None = None, created: bool = False
) -> Ticket:
    """The row as a value, with its place in the queue while it waits."""
    status = Status(row.status)
    is_waiting = status is Status.WAITING
    return Ticket(
        **Filed.of(row),
        claimed_at=row.claimed_at,
        callback_phone=row.callback_phone,
        callback_time=row.callback_time,
        note=row.note,
        rating_reason=row.rating_reason,
        position=_position(conn, row) if is_waiting else None,
        expected=expected_wait(conn, row.center, now=now) if is_waiting else None,
        staff_online=staff_online(conn, row.center, now=now) if status.is_open else False,
        created=created,
    )


def expected_wait(
    conn: Connection, center: str | None = None, *, now: datetime | None = None
) -> Expectation:
    """The mean wait of tickets claimed lately at this center, or the default when too few were."""
    events, table = tables.ticket_events, tables.tickets
    query = (
        sa.select(events.c.waited_s)
        .join(table, events.c.ticket_id == table.c.id)
        .where(
            events.c.action == "claim",
            events.c.waited_s.is_not(None),
            events.c.at >= or_now(now) - timedelta(days=_AVERAGE_DAYS),
            table.c.center.is_(None) if center is None else table.c.center == center,
        )
        .order_by(events.c.id.desc())
        .limit(_AVERAGE_OVER)
    )
    waits = list(conn.execute(query).scalars())
    if len(waits) < _FEWEST:
        return Expectation(DEFAULT_WAIT_MINUTES, measured=False, sample=len(waits))
    minutes = round(sum(waits) / len(waits) / 60)
    return Expectation(max(1, minutes), measured=True, sample=len(waits))


def staff_online(
    conn: Connection, center: str | None = None, *, now: datetime | None = None
) -> bool:
    """Whether somebody who may claim this center's tickets was at the console just now."""
    table = tables.staff
    serving = [role.value for role in Role if may(role, Permission.SERVE)]
    query = sa.select(table.c.id).where(
        table.c.is_active.is_(True),
        table.c.role.in_(serving),
        table.c.last_seen_at >= or_now(now) - _ONLINE_WITHIN,
    )
    if center is not None:
        query = query.where(sa.or_(table.c.center == center, table.c.center.is_(None)))
    return conn.execute(query.limit(1)).first() is not None


def _position(conn: Connection, row: Any) -> int:
    table = tables.tickets
    ahead = sa.or_(
        table.c.queued_at < row.queued_at,
        sa.and_(table.c.queued_at == row.queued_at, table.c.id < row.id),
    )
    same_queue = table.c.center.is_(None) if row.center is None else table.c.center == row.center
    query = sa.select(sa.func.count()).where(
        table.c.status == Status.WAITING.value, same_queue, ahead
    )
    return int(conn.execute(query).scalar_one()) + 1
