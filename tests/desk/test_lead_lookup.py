"""Guessing the end of a phone is slow, and the person who registered is never locked out by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.engine import Engine

from desk import lead_intake
from desk.engine import writing
from desk.errors import InvalidRecordError
from desk.lead_lookup import LOCKED_FOR, MOST_TRIES, TooManyTriesError, look_up
from desk.times import utc_now


def _registered(engine: Engine, lead) -> str:
    with writing(engine) as conn:
        return lead_intake.upsert(conn, lead(sender="owner", phone="13800138000"))[0]


def _guess(engine: Engine, reference: str, digits: str, sender: str, now=None):
    with writing(engine) as conn:
        return look_up(conn, reference, digits, sender, now=now)


def test_a_number_takes_few_guesses_from_whoever_guesses(fresh_db: Engine, lead) -> None:
    reference, now = _registered(fresh_db, lead), utc_now()
    for number in range(MOST_TRIES):
        assert _guess(fresh_db, reference, f"{number:04}", f"stranger-{number}", now) is None
    with pytest.raises(TooManyTriesError) as locked:
        _guess(fresh_db, reference, "8000", "stranger-9", now)
    assert locked.value.minutes == LOCKED_FOR.total_seconds() // 60
    own = _guess(fresh_db, reference, "8000", "owner", now)
    assert own is not None
    later = now + LOCKED_FOR + timedelta(minutes=1)
    assert _guess(fresh_db, reference, "8000", "stranger-9", later) is not None


def test_a_person_takes_few_guesses_at_any_number(fresh_db: Engine, lead) -> None:
    reference, now = _registered(fresh_db, lead), utc_now()
    for number in range(MOST_TRIES):
        assert _guess(fresh_db, f"XS-AAAA-AAA{'3479A'[number]}", "8000", "stranger", now) is None
    with pytest.raises(TooManyTriesError):
        _guess(fresh_db, reference, "8000", "stranger", now)
    assert _guess(fresh_db, reference, "8000", "somebody-else", now) is not None


def test_a_right_look_up_costs_no_tries(fresh_db: Engine, lead) -> None:
    reference, now = _registered(fresh_db, lead), utc_now()
    for _ in range(3 * MOST_TRIES):
        assert _guess(fresh_db, reference, "8000", "colleague", now) is not None


def test_one_conversation_cannot_flood_the_leads(fresh_db: Engine, lead) -> None:
    made = lead(sender="flood")
    with writing(fresh_db) as conn:
        for number in range(3):
            lead_intake.upsert(conn, replace(made, company=f"广州第{number}公司"), most_a_day=3)
        with pytest.raises(InvalidRecordError, match="转人工"):
            lead_intake.upsert(conn, replace(made, company="广州又一公司"), most_a_day=3)
        # The same request again is none more.
        lead_intake.upsert(conn, replace(made, company="广州第0公司"), most_a_day=3)
        tomorrow = utc_now() + timedelta(days=1, minutes=1)
        lead_intake.upsert(conn, replace(made, company="广州又一公司"), most_a_day=3, now=tomorrow)
