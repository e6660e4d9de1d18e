"""What is due at the desk, for whom, and when it reminds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from desk import due, handoffs, lead_intake, lead_work, recording, staff, staff_moves
from desk.due import Due, What
from desk.engine import reading, writing
from desk.permissions import Role
from desk.service_clock import CHINA, ServiceHours
from tests.desk.test_service_clock import OFFICE

HOURS = {"default": OFFICE}
# A Monday at ten.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)
TODAY = NOW.date()


def listed(engine: Engine, now: datetime = NOW, hours: ServiceHours = OFFICE) -> list[Due]:
    with reading(engine) as conn:
        return list(due.listing(conn, {"default": hours}, now.date(), now))


def queue(engine: Engine, sender: str = "a", **known: Any) -> str:
    """Somebody who has asked for a human at nine."""
    with writing(engine) as conn:
        asked = NOW - timedelta(hours=1)
        recording.receive(conn, sender, "web", "我想找真人", now=asked)
        return handoffs.open_ticket(conn, sender, "想问问", now=asked, **known).reference


def hire(engine: Engine, login: str, role: Role = Role.AGENT, center: str | None = None) -> None:
    with writing(engine) as conn:
        staff.add(conn, login, login, role, center, "test")


@pytest.mark.parametrize(
    ("days", "cause"),
    [
        pytest.param(4, None, id="too early"),
        pytest.param(3, "soon", id="three days before"),
        pytest.param(1, "soon", id="the day before"),
        pytest.param(0, "day", id="the day itself"),
        pytest.param(-2, "day", id="when it has passed"),
    ],
)
def test_a_day_reminds_three_days_before_and_on_the_day(days: int, cause: str | None) -> None:
    item = Due(What.DEADLINE, "R-1", TODAY + timedelta(days=days), None, None)
    found = item.cause(TODAY)
    assert (found and found.rpartition(":")[2]) == cause


def test_only_open_tickets_have_a_deadline(either_db: Engine) -> None:
    near = TODAY + timedelta(days=2)
    reference = queue(either_db, deadline_on=near)
    queue(either_db, "b", deadline_on=TODAY + timedelta(days=30))
    assert [(item.what, item.reference, item.on) for item in listed(either_db)] == [
        (What.DEADLINE, reference, near)
    ]
    with writing(either_db) as conn:
        handoffs.abandon(conn, "a")
    assert listed(either_db) == []


def test_waiting_counts_opening_hours_and_ends_with_the_answer(either_db: Engine) -> None:
    reference = queue(either_db)
    hire(either_db, "wang")
    assert listed(either_db, NOW) == []
    late = NOW + timedelta(minutes=5)
    [item] = listed(either_db, late)
    assert (item.what, item.reference) == (What.WAITING, reference)
    assert item.late == timedelta(minutes=5)
    with writing(either_db) as conn:
        staff_moves.claim(conn, reference, "wang", now=late)
        staff_moves.reply(conn, reference, "wang", "您好", now=late)
    assert listed(either_db, NOW + timedelta(hours=5)) == []


def test_whoever_writes_again_waits_since_the_first_word_without_answer(either_db: Engine) -> None:
    reference = queue(either_db)
    hire(either_db, "wang")
    with writing(either_db) as conn:
        staff_moves.claim(conn, reference, "wang", now=NOW)
        staff_moves.reply(conn, reference, "wang", "您好", now=NOW)
        for minutes in (10, 50, 70):
            moment = NOW + timedelta(minutes=minutes)
            recording.receive(conn, "a", "web", f"在吗{minutes}", now=moment)
    [item] = listed(either_db, NOW + timedelta(minutes=75))
    assert item.since == NOW + timedelta(minutes=10)
    assert item.assignee == "wang"


def test_leads_remind_of_their_day_and_of_the_call_back(either_db: Engine, lead: Any) -> None:
    with writing(either_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        lead_work.plan(
            conn, reference, "test", assignee=None,
            due_on=date(2026, 11, 25), follow_up_on=date(2026, 11, 24),
        )  # fmt: skip
    assert [(item.what, item.on) for item in listed(either_db)] == [
        (What.LEAD_CALL, date(2026, 11, 24)),
        (What.LEAD, date(2026, 11, 25)),
    ]


def test_whoever_holds_it_is_reminded_alone_else_the_center_else_the_national_desk(
    either_db: Engine,
) -> None:
    hire(either_db, "gz", center="gz-aid")
    hire(either_db, "gz2", center="gz-aid")
    hire(either_db, "trainer", Role.TRAINER, center="gz-aid")
    hire(either_db, "officer", Role.LEAD_OFFICER, center="gz-aid")
    hire(either_db, "national")
    with reading(either_db) as conn:
        people = staff.listing(conn)

    def told(what: What, center: str | None, holder: str | None) -> set[str]:
        item = Due(what, "R", TODAY, center, holder)
        return {person.login for person in due.receivers(item, people)}

    assert told(What.DEADLINE, "gz-aid", "gz2") == {"gz2"}
    assert told(What.DEADLINE, "gz-aid", None) == {"gz", "gz2", "officer"}
    assert told(What.DEADLINE, "gz-aid", "left-us") == {"gz", "gz2", "officer"}
    assert told(What.LEAD, "gz-aid", None) == {"officer"}
    assert told(What.DEADLINE, "sz-aid", None) == {"national"}
    assert told(What.DEADLINE, None, None) == {"national"}
