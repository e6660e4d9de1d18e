"""Replays: which messages are asked again, how far one is, and that it holds nothing that was erased."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk import privacy, recording, replays
from desk.engine import reading, writing
from desk.replays import Change, Changed
from desk.times import utc_now


@pytest.fixture
def spoken(either_db):
    """Two people of this week and one of long ago."""
    for sender, text, days in (("a", "一", 1), ("a", "二", 1), ("b", "三", 2), ("c", "旧", 90)):
        with writing(either_db) as conn:
            recording.receive(conn, sender, "web", text, now=utc_now() - timedelta(days=days))
    with writing(either_db) as conn:
        return replays.begin(conn, "d1", since=utc_now() - timedelta(days=30), by="chen")


def test_replay_goes_on_after_the_last_conversation_asked(either_db, spoken):
    with reading(either_db) as conn:
        assert replays.count(conn, spoken) == 3
        (first, messages), (second, _) = replays.left(conn, spoken)
    assert [text for _, text in messages] == ["一", "二"]
    lost = Changed(messages[0][0], Change.LOST, "电话13800138000", "旧答", "新答")
    with writing(either_db) as conn:
        assert replays.keep(conn, spoken.id, first, 2, [lost]) == "running"
    with reading(either_db) as conn:
        again = replays.last(conn)
        assert again.asked == 2
        assert [key for key, _ in replays.left(conn, again)] == [second]
        assert replays.counts(conn, again.id)[Change.LOST] == 1
        (kept,) = replays.changes(conn, again.id, Change.LOST)
    assert "13800138000" not in kept.question
    assert (kept.before, kept.after) == ("旧答", "新答")


def test_whoever_works_sees_that_it_is_to_stop_or_was_replaced(either_db, spoken):
    with writing(either_db) as conn:
        replays.set_state(conn, spoken.id, "stopping")
        assert replays.keep(conn, spoken.id, 1, 2, []) == "stopping"
        newer = replays.begin(conn, "d2", since=utc_now(), by="lin")
        assert newer.draft == "d2"
    with reading(either_db) as conn:
        assert replays.last(conn) == newer


def test_erased_message_takes_its_change_along(either_db, spoken):
    with reading(either_db) as conn:
        (first, messages), _ = replays.left(conn, spoken)
    found = [Changed(messages[0][0], Change.TEXT, "一", "x", "y")]
    with writing(either_db) as conn:
        replays.keep(conn, spoken.id, first, 2, found)
        privacy.erase(conn, "a")
    with writing(either_db) as conn:
        assert replays.counts(conn, spoken.id)[Change.TEXT] == 0
        assert replays.keep(conn, spoken.id, first, 0, found) == "running"
        assert replays.changes(conn, spoken.id, Change.TEXT) == []
