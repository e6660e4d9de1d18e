"""Who is given a ticket: the center first, then whoever is here and has least to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from desk import assignment, handoffs, staff, staff_moves, tables
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, TransitionError
from desk.permissions import Role
from desk.tickets import Status
from desk.times import utc_now

NOW = utc_now()


@pytest.fixture
def desk(fresh_db: Any) -> Any:
    """Two of the center (li here, zhao away), one national (wang here), one of another center (here)."""
    people = (
        ("li", Role.AGENT, "gz-aid", 1), ("zhao", Role.AGENT, "gz-aid", 120),
        ("wang", Role.AGENT, None, 1), ("sun", Role.AGENT, "gd-ippc", 1),
        ("xu", Role.TRAINER, "gz-aid", 1),
    )  # fmt: skip
    with writing(fresh_db) as conn:
        for login, role, center, minutes in people:
            staff.add(conn, login, login, role, center, "test")
            conn.execute(
                sa.update(tables.staff)
                .where(tables.staff.c.login == login)
                .values(last_seen_at=NOW - timedelta(minutes=minutes), password_hash="x")
            )
    return fresh_db


def waiting(engine: Any, sender: str, center: str | None = "gz-aid") -> str:
    with writing(engine) as conn:
        return handoffs.open_ticket(conn, sender, center=center).reference


def test_those_of_the_center_who_are_here_come_first(desk):
    with reading(desk) as conn:
        assert [one.person.login for one in assignment.fit(conn, "gz-aid", now=NOW)] == [
            "li", "wang", "zhao",
        ]  # fmt: skip
        assert [one.person.login for one in assignment.fit(conn, None, now=NOW)] == ["wang"]


def test_less_to_do_counts_more_than_the_center(desk):
    busy = waiting(desk, "a")
    with writing(desk) as conn:
        staff_moves.claim(conn, busy, "li")
    given = waiting(desk, "b")
    with writing(desk) as conn:
        ticket = assignment.assign(conn, given, None, "zhao", now=NOW)
    assert (ticket.assignee, ticket.status) == ("wang", Status.WAITING)


def test_spreading_is_even_and_leaves_centers_where_nobody_is(desk):
    for number in range(4):
        waiting(desk, f"p{number}")
    with writing(desk) as conn:
        person = staff.get(conn, "wang")
        given = assignment.spread(conn, person, "wang", now=NOW)
        assert sorted(ticket.assignee or "" for ticket in given) == ["li", "li", "wang", "wang"]
        assert assignment.spread(conn, person, "wang", now=NOW) == ()


def test_place_in_the_queue_stays_and_anybody_may_still_take_it(desk):
    first = waiting(desk, "a")
    with writing(desk) as conn:
        before = handoffs.find(conn, first)
        after = assignment.assign(conn, first, "zhao", "li", now=NOW)
        assert before is not None
        assert (after.queued_at, after.position) == (before.queued_at, 1)
        assert staff_moves.claim(conn, first, "li").assignee == "li"


@pytest.mark.parametrize("to", ["sun", "xu", "nobody"])
def test_nobody_is_given_what_they_may_not_see(desk, to):
    reference = waiting(desk, "a")
    with writing(desk) as conn, pytest.raises(InvalidRecordError, match="没有能接待"):
        assignment.assign(conn, reference, to, "li", now=NOW)


def test_what_somebody_serves_is_not_given_away(desk):
    reference = waiting(desk, "a")
    with writing(desk) as conn:
        staff_moves.claim(conn, reference, "li")
        with pytest.raises(TransitionError, match="不能再分派"):
            assignment.assign(conn, reference, "wang", "zhao", now=NOW)
