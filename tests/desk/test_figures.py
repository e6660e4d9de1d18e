from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.engine import Engine

from desk import feedback, handoffs, lead_intake, leads, staff_moves
from desk.engine import writing
from desk.figures import Durations, Period, digest, figures
from desk.leads import Stage
from desk.service_clock import CHINA, ServiceHours
from tests.exchange import record_exchange

HOURS = ServiceHours(week=(((time(9), time(12)), (time(14), time(17))),) * 5 + ((),) * 2)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
WEEK = Period(MONDAY, MONDAY + timedelta(days=7))
ANSWER = {
    "kind": "answer",
    "text": "20天",
    "citations": [{"document": "us-337", "title": "t", "quote": "q", "snapshot": "s"}],
}


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return MONDAY.replace(hour=hour, minute=minute) + timedelta(days=day)


def _counts(engine: Engine, lead) -> None:
    with writing(engine) as conn:
        said = record_exchange(conn, "a", "web", "几天答辩？", [ANSWER], now=at(9))
        feedback.record(conn, said.replies[0].id, "up", now=at(9))
        record_exchange(conn, "b", "web", "几天答辩", [ANSWER, ANSWER], now=at(10))
        refusal = {"kind": "refusal", "text": "不知道"}
        phone = "打13800138000"
        record_exchange(conn, "b", "web", phone, [refusal], now=at(10))
        record_exchange(conn, "c", "web", "早", [ANSWER], now=at(9, day=-1))
        first = handoffs.open_ticket(conn, "a", center="gz", now=at(11, 30)).reference
        staff_moves.claim(conn, first, "li", now=at(14, 10))
        staff_moves.reply(conn, first, "li", "您好", now=at(14, 30))
        staff_moves.close(conn, first, "li", "已解答", now=at(15, 30))
        handoffs.rate(conn, "a", 5)
        handoffs.open_ticket(conn, "b", now=at(11))
        handoffs.abandon(conn, "b", now=at(11, 5))
        made, _ = lead_intake.upsert(conn, lead(district="花都区"), now=at(9))
        lead_intake.upsert(conn, lead(company="乙", country=None), now=at(9))
        leads.move(conn, made, Stage.SCREENING, "staff:li")
        found = figures(conn, WEEK, HOURS)
        assert (found.conversations, found.messages_in) == (2, 3)
        assert (found.answered, found.refused) == (3, 1)
        assert (found.rated_up, found.rated_down) == (1, 0)
        assert (found.handed_off, found.abandoned, found.closed) == (2, 1, 1)
        assert found.service_ratings == {5: 1}
        # 11:30 to 14:30 and to 15:30, the lunch break not counted.
        assert found.first_response == Durations(1, 60.0, 60.0)
        assert found.resolution == Durations(1, 120.0, 120.0)
        assert found.leads == 2
        assert found.leads_by["stage"] == {"new": 1, "screening": 1}
        assert found.leads_by["country"] == {"US": 1, "未填": 1}
        assert found.top_questions == (("t", 2), ("没有答到的问题", 1))
        assert found.top_documents == (("us-337", 3),)
        of_center = figures(conn, Period(WEEK.since, WEEK.until, "gz"), HOURS)
        assert (of_center.handed_off, of_center.leads) == (1, 0)


def test_figures_count_the_period(either_db: Engine, lead) -> None:
    _counts(either_db, lead)


@pytest.mark.postgres
def test_figures_count_the_period_on_postgresql(postgres_db: Engine, lead) -> None:
    _counts(postgres_db, lead)


def test_empty_period_has_zeros_and_no_durations(either_db: Engine) -> None:
    with writing(either_db) as conn:
        found = figures(conn, WEEK, HOURS)
    assert (found.conversations, found.leads, found.top_questions) == (0, 0, ())
    assert found.first_response == Durations(0, None, None)


def _companies(conn, lead, number: int, **dispute: str) -> None:
    for index in range(number):
        made = lead(company=f"公司{index}{sorted(dispute.items())}", **dispute)
        lead_intake.upsert(conn, made, now=MONDAY)


def test_digest_suppresses_small_cells(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        _companies(conn, lead, 5, country="US")
        _companies(conn, lead, 2, country="DE")
        _companies(conn, lead, 1, country="JP", industry="灯具")
        rows = digest(conn, WEEK)
    assert [(row.country, row.industry, row.count) for row in rows] == [
        ("US", "未填", 5),
        ("DE", "未填", None),
        ("JP", "灯具", None),
    ]


def test_single_small_cell_takes_the_next_with_it(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        _companies(conn, lead, 6, country="US")
        _companies(conn, lead, 4, country="DE")
        _companies(conn, lead, 1, country="JP")
        rows = digest(conn, WEEK)
    assert [(row.country, row.count) for row in rows] == [("US", 6), ("DE", None), ("JP", None)]


def test_period_ends_before_its_last_moment(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        lead_intake.upsert(conn, lead(service_date=date(2026, 11, 1)), now=WEEK.until)
        assert digest(conn, WEEK) == ()
        lead_intake.upsert(conn, lead(company="乙"), now=WEEK.since)
        assert len(digest(conn, WEEK)) == 1
