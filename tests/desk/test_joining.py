"""Two conversations of one person become one: messages in order of time, and everything that was left."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from desk import binding, handoffs, joining, matters, reach, recording, transcripts
from desk.engine import reading, writing
from desk.errors import TransitionError
from desk.matters import Matter

NOW = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)
WEB, WECHAT = "web~a", "wechat~b"


def says(conn, sender: str, text: str, minute: int, client_id: str | None = None) -> None:
    recording.receive(
        conn, sender, "web", text, client_id=client_id, now=NOW + timedelta(minutes=minute)
    )


def test_messages_of_both_stand_in_the_order_of_time(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        says(conn, WEB, "一", 0, "x")
        says(conn, WECHAT, "二", 1, "x")
        says(conn, WEB, "三", 2)
        says(conn, WECHAT, "四", 3)
        joining.join(conn, WECHAT, WEB, now=NOW)
        says(conn, WEB, "五", 4)
    with reading(fresh_db) as conn:
        said = transcripts.history(conn, WEB)
        assert [item.text for item in said] == ["一", "二", "三", "四", "五"]
        assert [item.seq for item in said] == [1, 2, 3, 4, 5]
        assert transcripts.history(conn, WECHAT) == ()


def test_what_was_told_and_left_goes_along(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        person = reach.meet(conn, reach.Address("wechat", "gh", "openid"), now=NOW)
        matters.save(conn, Matter(WEB, 0, facts={"country": "US"}))
        matters.save(conn, Matter(person.sender, 0, facts={"country": "DE"}))
        handoffs.open_ticket(conn, person.sender, "等回电", now=NOW)
        handoffs.take_back(conn, person.sender, now=NOW)
        joining.join(conn, person.sender, WEB, now=NOW)
        assert reach.get(conn, person.id).sender == WEB
        assert [item.facts["country"] for item in matters.listing(conn, WEB)] == ["US", "DE"]
        assert [item.is_current for item in matters.listing(conn, WEB)] == [True, False]
        assert handoffs.current(conn, WEB).reason == "等回电"


def test_nothing_is_joined_while_somebody_serves(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        says(conn, WEB, "一", 0)
        says(conn, WECHAT, "二", 0)
        handoffs.open_ticket(conn, WECHAT, "", now=NOW)
        with pytest.raises(TransitionError):
            joining.join(conn, WECHAT, WEB, now=NOW)
        assert len(transcripts.history(conn, WECHAT)) == 1


def test_a_code_works_once_and_not_for_long(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        old = binding.new_code(conn, WECHAT, now=NOW)
        code = binding.new_code(conn, WECHAT, now=NOW)
        assert len(code) == 8
        assert binding.use(conn, old, now=NOW) is None
        assert binding.use(conn, code, now=NOW + timedelta(minutes=11)) is None
        assert binding.use(conn, code, now=NOW) == WECHAT
        assert binding.use(conn, code, now=NOW) is None
        rows = conn.exec_driver_sql("SELECT digest FROM binding_codes").all()
        assert code not in str(rows)
