"""Who is reminded of a release that waits for approval: everybody who may approve it, once a submission."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.engine import Connection, Engine

from desk import approvals, preferences, releases, reminders, staff
from desk.due import What
from desk.engine import writing
from desk.permissions import Role
from desk.service_clock import CHINA

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)
PEOPLE = (
    ("chen", Role.TRAINER, None),
    ("lin", Role.TRAINER, "gz-aid"),
    ("xu", Role.TRAINER, None),
    ("zhao", Role.CENTER_ADMIN, "gz-aid"),
    ("li", Role.AGENT, "gz-aid"),
    ("gone", Role.TRAINER, None),
)


@pytest.fixture
def submitted(either_db: Engine) -> int:
    """Built by chen with an edit by xu, submitted by chen."""
    with writing(either_db) as conn:
        for login, role, center in PEOPLE:
            staff.add(conn, login, login, role, center, "test")
        staff.disable(conn, "gone", "test")
        made = releases.create(conn, "s2", "s1", {}, by="chen", contributors=["xu"], now=NOW)
        releases.submit(conn, made.id, by="chen", now=NOW)
        return made.id


def logins(conn: Connection) -> list[str]:
    return sorted(item.login for item in approvals.present(conn, staff.listing(conn)))


def test_all_who_may_approve_are_reminded_and_nobody_who_had_a_part(
    either_db: Engine, submitted: int
) -> None:
    with writing(either_db) as conn:
        assert logins(conn) == ["lin", "zhao"]
        (one, _) = approvals.present(conn, staff.listing(conn))
        assert (one.what, one.reference) == (What.APPROVAL, f"第{submitted}次发布")
        assert one.due_on == NOW.date()


def test_where_one_person_is_enough_the_others_are_told_but_never_the_submitter(
    either_db: Engine, submitted: int
) -> None:
    with writing(either_db) as conn:
        preferences.set_four_eyes(conn, False, "admin")
        assert logins(conn) == ["lin", "xu", "zhao"]


def test_each_submission_reminds_once_and_its_end_ends_it(
    either_db: Engine, submitted: int
) -> None:
    def found(conn: Connection, at: datetime) -> int:
        return reminders.find(conn, approvals.present(conn, staff.listing(conn)), now=at)

    with writing(either_db) as conn:
        assert found(conn, NOW) == 2
        assert found(conn, NOW) == 0
        releases.send_back(conn, submitted, by="lin", comment="第二条写错了", now=NOW)
        assert found(conn, NOW) == 0
        assert reminders.unseen(conn, "lin", (What.APPROVAL,)) == frozenset()
        later = NOW + timedelta(hours=1)
        releases.submit(conn, submitted, by="chen", now=later)
        assert found(conn, later) == 2
        releases.approve(conn, submitted, by="zhao", now=later)
        assert found(conn, later) == 0
        assert reminders.take_to_show(conn, "lin", now=later) == ()


def test_looking_at_what_is_due_leaves_the_release_unseen(
    either_db: Engine, submitted: int
) -> None:
    with writing(either_db) as conn:
        reminders.find(conn, approvals.present(conn, staff.listing(conn)), now=NOW)
        assert reminders.unseen(conn, "zhao") == frozenset()
        reminders.see(conn, "zhao", now=NOW)
        assert len(reminders.unseen(conn, "zhao", (What.APPROVAL,))) == 1
        reminders.see(conn, "zhao", (What.APPROVAL,), now=NOW)
        assert reminders.take_to_show(conn, "zhao", now=NOW) == ()
