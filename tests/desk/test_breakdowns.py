"""A period from every side: each number is what the rows say, and a center counts its own people only."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from desk import handoffs, lead_intake, leads, matters, recording, staff_moves
from desk.breakdowns import Funnel, Work, breakdowns
from desk.engine import reading, writing
from desk.lead_types import Stage
from desk.matters import Matter
from desk.measures import NOT_SAID, Period

# 09:30 in China.
AT = datetime(2026, 11, 20, 1, 30, tzinfo=timezone.utc)
WEEK = (AT - timedelta(days=3), AT + timedelta(days=3))
ANSWER = {"kind": "answer", "text": "20天", "citations": [{"document": "d", "title": "t", "quote": "q", "snapshot": "s"}]}  # fmt: skip


@pytest.fixture
def week(fresh_db: Any, lead: Any) -> Any:
    with writing(fresh_db) as conn:
        for sender, channel, country in (
            ("a", "web", "US"), ("b", "web", "US"), ("c", "wechat", "DE"), ("d", "web", None),
        ):  # fmt: skip
            said = recording.receive(conn, sender, channel, "怎么办", now=AT)
            if sender != "d":
                recording.record_replies(conn, sender, [ANSWER], reply_to=said.inbound.id, now=AT)
                facts = {"country": country, "procedure": "tro"}
                matters.save(conn, Matter(sender, 0, facts=facts), now=AT)
        late = AT + timedelta(hours=8)
        recording.receive(conn, "a", "web", "还有呢", now=late)
        recording.receive(conn, "old", "web", "上个月", now=AT - timedelta(days=30))
        ticket = handoffs.open_ticket(conn, "a", center="gz-aid", now=AT)
        staff_moves.claim(conn, ticket.reference, "wang", now=late)
        staff_moves.close(conn, ticket.reference, "wang", "已解答", now=late)
        other = handoffs.open_ticket(conn, "b", now=AT)
        staff_moves.claim(conn, other.reference, "li", now=late)
        reference, _ = lead_intake.upsert(conn, lead(sender="a", center="gz-aid"), now=late)
        leads.move(conn, reference, Stage.SCREENING, "staff:wang", now=late)
        leads.move(conn, reference, Stage.ACCEPTED, "staff:wang", now=late)
    return fresh_db


def test_every_side_counts_people_of_the_period(week):
    with reading(week) as conn:
        found = breakdowns(conn, Period(*WEEK))
    assert list(found.countries.items()) == [("US", 2), ("DE", 1), (NOT_SAID, 1)]
    assert found.procedures == {"tro": 3, NOT_SAID: 1}
    assert found.channels == {"web": 3, "wechat": 1}
    assert {hour: n for hour, n in enumerate(found.hours) if n} == {9: 4, 17: 1}
    assert found.funnel == Funnel(came=4, answered=3, handed_off=2, registered=1, accepted=1)
    assert found.work == (Work("wang", 1, 1, 0), Work("li", 1, 0, 1))


def test_who_came_by_a_partners_site_counts_once_under_its_code(fresh_db):
    with writing(fresh_db) as conn:
        for sender, code in (
            ("a", "park"),
            ("a", "park"),
            ("b", "park"),
            ("c", "bureau"),
            ("d", ""),
        ):
            payload = {"metadata": {"partner": code}} if code else None
            recording.receive(conn, sender, "widget", "怎么办", payload=payload, now=AT)
    with reading(fresh_db) as conn:
        found = breakdowns(conn, Period(*WEEK))
    assert list(found.partners.items()) == [("park", 2), ("bureau", 1)]
    assert found.channels == {"widget": 4}


def test_center_counts_only_people_who_have_to_do_with_it(week):
    with reading(week) as conn:
        found = breakdowns(conn, Period(*WEEK, center="gz-aid"))
    assert found.countries == {"US": 1}
    assert found.funnel == Funnel(came=1, answered=1, handed_off=1, registered=1, accepted=1)
    assert found.work == (Work("wang", 1, 1, 0),)


def test_empty_period_has_zeros(fresh_db):
    with reading(fresh_db) as conn:
        found = breakdowns(conn, Period(*WEEK))
    assert found.countries == {}
    assert sum(found.hours) == 0
    assert found.funnel == Funnel(0, 0, 0, 0, 0)
