"""Unread marks, tags, and the lists they narrow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from desk import handoffs, inbox, marks, privacy, recording, staff, staff_moves
from desk.engine import reading, writing
from desk.errors import InvalidRecordError
from desk.inbox_filters import NOBODY, Sought, Tab
from desk.permissions import Role
from desk.tickets import Status

TODAY = date(2026, 11, 28)


@pytest.fixture
def ticket(fresh_db: Any) -> Any:
    with writing(fresh_db) as conn:
        for login in ("wang", "li"):
            staff.add(conn, login, login, Role.AGENT, None, "test")
        recording.receive(conn, "a", "web", "在吗")
        return handoffs.open_ticket(conn, "a", deadline_on=TODAY + timedelta(days=3))


def unread(engine: Any, login: str) -> list[str]:
    with reading(engine) as conn:
        person = staff.get(conn, login)
        shown = inbox.lines(conn, person, Tab.ALL, Sought(is_unread=True), today=TODAY)
        marked = [item for item in inbox.lines(conn, person, Tab.ALL) if item.is_unread]
        assert [item.reference for item in shown] == [item.reference for item in marked]
        assert inbox.pressing(conn, person, TODAY).unread == len(shown)
        return [item.last_text for item in shown]


def test_message_is_unread_until_it_was_seen_by_this_person(fresh_db, ticket):
    with writing(fresh_db) as conn:
        marks.read_up_to(conn, ticket.id, "wang", 1)
    assert unread(fresh_db, "wang") == []
    assert unread(fresh_db, "li") == ["在吗"]
    with writing(fresh_db) as conn:
        recording.receive(conn, "a", "web", "还在吗")
    assert unread(fresh_db, "wang") == ["还在吗"]


def test_what_a_colleague_serves_is_not_my_unread(fresh_db, ticket):
    with writing(fresh_db) as conn:
        staff_moves.claim(conn, ticket.reference, "li")
    assert unread(fresh_db, "wang") == []
    assert unread(fresh_db, "li") == ["在吗"]


def test_seeing_an_older_part_again_takes_nothing_back(fresh_db, ticket):
    with writing(fresh_db) as conn:
        marks.read_up_to(conn, ticket.id, "wang", 5)
        marks.read_up_to(conn, ticket.id, "wang", 2)
        assert marks.is_read(conn, ticket.id, "wang", 5)


def test_tags_are_kept_once_and_narrow_the_list(fresh_db, ticket):
    with writing(fresh_db) as conn:
        assert marks.set_tags(conn, ticket.id, ["#展会", "急件", "展会", " "]) == ("展会", "急件")
        person = staff.get(conn, "wang")
        assert inbox.count(conn, person, Tab.ALL, Sought(tag="急件")) == 1
        assert inbox.count(conn, person, Tab.ALL, Sought(tag="普通")) == 0
        assert inbox.lines(conn, person, Tab.ALL)[0].tags == ("展会", "急件")
        assert marks.used_tags(conn, None) == ("展会", "急件")
        assert marks.used_tags(conn, "gz-aid") == ()
        with pytest.raises(InvalidRecordError, match="标签最长"):
            marks.set_tags(conn, ticket.id, ["很" * 21])
        with pytest.raises(InvalidRecordError, match="最多8个"):
            marks.set_tags(conn, ticket.id, [str(number) for number in range(9)])
        assert marks.tags_of(conn, [ticket.id]) == {ticket.id: ("展会", "急件")}


@pytest.mark.parametrize(
    ("sought", "number"),
    [
        (Sought(within=3), 1),
        (Sought(within=2), 0),
        (Sought(holder=NOBODY), 1),
        (Sought(holder="li"), 0),
        (Sought(statuses=(Status.WAITING, Status.ACTIVE)), 1),
        (Sought(statuses=(Status.CLOSED,)), 0),
        (Sought(is_due_for_follow_up=True), 0),
    ],
)
def test_filters_narrow_the_list(fresh_db, ticket, sought, number):
    with reading(fresh_db) as conn:
        person = staff.get(conn, "wang")
        assert inbox.count(conn, person, Tab.ALL, sought, today=TODAY) == number
        assert len(inbox.lines(conn, person, Tab.ALL, sought, today=TODAY)) == number


def test_erasing_takes_marks_along(fresh_db, ticket):
    with writing(fresh_db) as conn:
        marks.set_tags(conn, ticket.id, ["张三"])
        marks.read_up_to(conn, ticket.id, "wang", 1)
        privacy.erase(conn, "a")
        assert marks.tags_of(conn, [ticket.id]) == {}
        assert not marks.is_read(conn, ticket.id, "wang", 1)
