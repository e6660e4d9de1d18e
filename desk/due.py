"""What is due at the desk: days of leads and tickets that come near, people who wait too long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.lead_search import ENDED
from desk.lead_tables import leads
from desk.permissions import Permission
from desk.service_clock import CHINA, ServiceHours, hours_of
from desk.staff import Staff
from desk.tickets import Status

# From so many days before on, a day that comes near reminds; on the day itself it does once more.
SOON_DAYS = 3
# As far ahead the list of what is due looks.
LIST_DAYS = 7


class What(str, Enum):
    """Why something is due; :attr:`label` is shown."""

    WAITING = "waiting"
    DEADLINE = "deadline"
    LEAD = "lead"
    TICKET_CALL = "ticket-call"
    LEAD_CALL = "lead-call"
    APPROVAL = "approval"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self.value]

    @property
    def is_of_lead(self) -> bool:
        """Whether the reference is a lead's; else it is a ticket's."""
        return self in (What.LEAD, What.LEAD_CALL)

    @property
    def is_listed(self) -> bool:
        """Whether it stands in the list of what is due; a release stands on the page of releases."""
        return self is not What.APPROVAL


_LABELS = {
    "waiting": "等人回复",
    "deadline": "当事人的期限",
    "lead": "线索办理期限",
    "ticket-call": "回访",
    "lead-call": "线索回访",
    "approval": "等您批准",
}


@dataclass(frozen=True)
class Due:
    """One thing that is due on a day.

    ``since`` is when the person began to wait, ``late`` the opening time since they should have been
    answered; both only for :attr:`What.WAITING`.  ``words`` is what it is about: a company, or why a person asked.
    """

    what: What
    reference: str
    on: date
    center: str | None
    assignee: str | None
    words: str = ""
    sender: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    late: timedelta | None = None

    @property
    def permission(self) -> Permission:
        """What whoever works on it must be allowed to do."""
        return Permission.LEADS if self.what.is_of_lead else Permission.SERVE

    def left(self, today: date) -> int:
        """Days left; negative once it has passed."""
        return (self.on - today).days

    def cause(self, today: date) -> str | None:
        """The name of what reminds now: the same cause reminds a person once; None when it is too early."""
        if self.since is not None:
            return f"{self.what.value}:{self.reference}:{self.since:%Y%m%d%H%M%S}"
        left = self.left(today)
        if left > SOON_DAYS:
            return None
        step = "soon" if left > 0 else "day"
        return f"{self.what.value}:{self.reference}:{self.on}:{step}"


def listing(
    conn: Connection, table: Mapping[str, ServiceHours], today: date, now: datetime
) -> tuple[Due, ...]:
    """Everything that is due within :data:`LIST_DAYS`, the most pressing first."""
    until = today + timedelta(days=LIST_DAYS)
    found = [*_of_tickets(conn, table, until, now), *_of_leads(conn, until)]
    return tuple(
        sorted(found, key=lambda due: (due.what is not What.WAITING, due.on, due.reference))
    )


def receivers(due: Due, people: Sequence[Staff]) -> tuple[Staff, ...]:
    """Who is to be reminded: whoever has it, else who could take it at its center, else the national desk."""
    able = [person for person in people if person.may(due.permission, anywhere=True)]
    holder = tuple(person for person in able if person.login == due.assignee)
    own = tuple(person for person in able if person.center == due.center)
    return holder or own or tuple(person for person in able if person.center is None)


def may_see(person: Staff, due: Due) -> bool:
    """Whether it may stand in this person's list."""
    held = due.assignee == person.login and person.may(due.permission, anywhere=True)
    return held or person.may(due.permission, due.center)


def _of_tickets(
    conn: Connection, table: Mapping[str, ServiceHours], until: date, now: datetime
) -> Iterator[Due]:
    for row in conn.execute(_tickets(until)):
        known = {
            "reference": row.reference, "center": row.center, "assignee": row.assignee,
            "words": row.reason, "sender": row.sender, "facts": row.facts,
        }  # fmt: skip
        status = Status(row.status)
        if status.is_open and row.deadline_on is not None and row.deadline_on <= until:
            yield Due(What.DEADLINE, on=row.deadline_on, **known)
        if row.follow_up_on is not None and row.follow_up_on <= until:
            yield Due(What.TICKET_CALL, on=row.follow_up_on, **known)
        since = _waits_since(row, status)
        if since is not None:
            hours = hours_of(table, row.center)
            by = hours.add(since, hours.first_response)
            if by < now:
                on = by.astimezone(CHINA).date()
                late = hours.between(by, now)
                yield Due(What.WAITING, on=on, since=since, late=late, **known)


def _waits_since(row: Any, status: Status) -> datetime | None:
    """Since when the person waits for somebody; None when nobody has to answer."""
    if status is Status.WAITING or (status is Status.CALLBACK and row.assignee is None):
        return row.queued_at  # type: ignore[no-any-return]
    if status is Status.ACTIVE:
        return row.unanswered_since  # type: ignore[no-any-return]
    return None


def _tickets(until: date) -> Any:
    """Open tickets and those to follow up, with when the first word was said that nobody answered."""
    table, people = tables.tickets, tables.conversations
    said, answered = tables.messages.alias(), tables.messages.alias()
    last_answer = (
        sa.select(sa.func.coalesce(sa.func.max(answered.c.seq), 0))
        .where(answered.c.conversation_id == people.c.id, answered.c.direction == "out")
        .correlate(people)
        .scalar_subquery()
    )
    unanswered_since = (
        sa.select(sa.func.min(said.c.created_at))
        .join(people, people.c.id == said.c.conversation_id)
        .where(
            people.c.sender == table.c.sender, said.c.direction == "in", said.c.seq > last_answer
        )
        .correlate(table)
        .scalar_subquery()
    )
    return sa.select(table, unanswered_since.label("unanswered_since")).where(
        sa.or_(table.c.status.in_(tables.OPEN_STATUSES), table.c.follow_up_on <= until)
    )


def _of_leads(conn: Connection, until: date) -> Iterator[Due]:
    is_running = leads.c.stage.not_in([stage.value for stage in ENDED])
    query = sa.select(leads).where(
        sa.or_(sa.and_(is_running, leads.c.due_on <= until), leads.c.follow_up_on <= until)
    )
    ended = {stage.value for stage in ENDED}
    for row in conn.execute(query):
        known = {
            "reference": row.reference, "center": row.center, "assignee": row.assignee,
            "words": row.company,
        }  # fmt: skip
        if row.stage not in ended and row.due_on is not None and row.due_on <= until:
            yield Due(What.LEAD, on=row.due_on, **known)
        if row.follow_up_on is not None and row.follow_up_on <= until:
            yield Due(What.LEAD_CALL, on=row.follow_up_on, **known)
