"""Matters of a person: numbered, one current, opened by a link that ends and is erased with them."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from desk import handoffs, matters, privacy, recording
from desk.engine import reading, writing
from desk.errors import NotFoundError
from desk.matter_tables import matter_links
from desk.matters import Matter

NOW = datetime(2026, 11, 28, 8, tzinfo=timezone.utc)
FACTS = {"country": "DE", "steps": ["存好信封", "找律师"]}


def test_a_second_matter_is_kept_beside_the_first_and_one_is_current(either_db):
    with writing(either_db) as conn:
        first = matters.save(conn, Matter("a", 0, facts=FACTS))
        second = matters.save(conn, Matter("a", 0, facts={"country": "US"}))
        matters.save(conn, Matter("b", 0, facts={}))
        assert (first.number, second.number) == (1, 2)
        assert matters.current(conn, "a").facts == {"country": "US"}
        matters.save(conn, first)
        assert [item.is_current for item in matters.listing(conn, "a")] == [True, False]
        matters.leave(conn, "a")
        assert matters.current(conn, "a") is None
        assert len(matters.listing(conn, "a")) == 2


def test_a_step_is_ticked_and_unticked_but_none_is_made_up(either_db):
    with writing(either_db) as conn:
        matters.save(conn, Matter("a", 0, facts=FACTS))
        matters.tick(conn, "a", 1, "找律师", done=True)
        matters.tick(conn, "a", 1, "找律师", done=True)
        assert matters.current(conn, "a").items("done") == ["找律师"]
        matters.tick(conn, "a", 1, "找律师", done=False)
        assert matters.current(conn, "a").items("done") == []
        for sender, number, step in (("a", 1, "别的"), ("a", 2, "找律师"), ("b", 1, "找律师")):
            with pytest.raises(NotFoundError):
                matters.tick(conn, sender, number, step, done=True)


def test_two_windows_that_change_a_matter_at_once_lose_neither_change(either_db):
    with writing(either_db) as conn:
        matters.save(conn, Matter("a", 0, facts=FACTS))
    begun = threading.Event()

    def other_window() -> None:
        begun.set()
        with writing(either_db) as conn:
            matters.give_due(conn, "a", 1, date(2026, 12, 3))

    second = threading.Thread(target=other_window)
    with writing(either_db) as conn:
        matters.tick(conn, "a", 1, "找律师", done=True)
        second.start()
        begun.wait()
        second.join(0.3)
    second.join()
    with reading(either_db) as conn:
        kept = matters.current(conn, "a")
    assert (kept.items("done"), kept.given_due) == (["找律师"], date(2026, 12, 3))


def test_a_link_opens_for_a_week_and_more_and_then_ends(either_db):
    with writing(either_db) as conn:
        token, ends = matters.new_link(conn, "a", now=NOW)
        assert matters.sender_by_link(conn, token, now=NOW + timedelta(days=8)) == "a"
        assert matters.sender_by_link(conn, token, now=ends) is None
        assert matters.sender_by_link(conn, token[:-1], now=NOW) is None
        stored = conn.execute(sa.select(matter_links.c.token_hash)).scalar_one()
        assert token not in stored


def test_of_many_links_the_oldest_stop_working(either_db):
    with writing(either_db) as conn:
        tokens = [matters.new_link(conn, "a", now=NOW)[0] for _ in range(matters.MOST_LINKS + 1)]
        opened = [matters.sender_by_link(conn, token, now=NOW) for token in tokens]
    assert opened == [None, *["a"] * matters.MOST_LINKS]


def test_erasing_a_person_removes_matters_and_links_of_nobody_else(either_db):
    with writing(either_db) as conn:
        matters.save(conn, Matter("a", 0, facts=FACTS))
        matters.save(conn, Matter("b", 0, facts=FACTS))
        token, _ = matters.new_link(conn, "a")
        kept, _ = matters.new_link(conn, "b")
        assert privacy.erase(conn, "a").matters == 1
    with reading(either_db) as conn:
        assert matters.listing(conn, "a") == ()
        assert matters.sender_by_link(conn, token) is None
        assert matters.sender_by_link(conn, kept) == "b"


def test_old_matters_and_ended_links_are_let_go(either_db):
    with writing(either_db) as conn:
        matters.save(conn, Matter("a", 0, facts=FACTS), now=NOW - timedelta(days=400))
        matters.save(conn, Matter("b", 0, facts=FACTS), now=NOW)
        matters.new_link(conn, "a", now=NOW - timedelta(days=400))
        assert matters.purge(conn, NOW - timedelta(days=365), now=NOW) == 1
        assert conn.execute(sa.select(sa.func.count()).select_from(matter_links)).scalar() == 0
        assert len(matters.listing(conn, "b")) == 1


def test_a_script_that_tells_of_new_disputes_fills_no_table(either_db):
    with writing(either_db) as conn:
        for _ in range(matters.MOST_MATTERS + 5):
            matters.save(conn, Matter("a", 0, facts=FACTS))
        kept = matters.listing(conn, "a")
    assert len(kept) == matters.MOST_MATTERS
    assert kept[-1].number == matters.MOST_MATTERS + 5


def test_corrected_date_is_the_one_that_staff_see(either_db):
    def told(day: str) -> Matter:
        return Matter("a", 1, facts={"deadline": {"due_date": day}})

    with writing(either_db) as conn:
        recording.receive(conn, "a", "web", "最晚哪天？")
        said = {"kind": "deadline", "text": "", "data": {"due_date": "2026-12-09"}}
        recording.record_replies(conn, "a", [said])
        matters.save(conn, told("2026-12-10"))
        ticket = handoffs.open_ticket(conn, "a", "转人工")
        assert ticket.deadline_on == date(2026, 12, 10)
        matters.save(conn, told("2026-12-11"))
        found = handoffs.find(conn, ticket.reference)
        assert found is not None
        assert found.deadline_on == date(2026, 12, 11)
