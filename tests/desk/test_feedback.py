from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from desk import feedback, unanswered
from desk.engine import writing
from desk.errors import NotFoundError
from desk.feedback import Rating
from desk.unanswered import Progress
from tests.exchange import record_exchange

ANSWER = {
    "kind": "answer",
    "text": "20天。",
    "citations": [
        {
            "document": "d",
            "title": "t",
            "quote": "q",
            "snapshot": "s1",
            "passage": "d#1",
            "version": "v1",
        }
    ],
}


def test_rating_is_stored_with_question_and_passages(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        uid = record_exchange(conn, "a", "web", "几天？", [ANSWER]).replies[0].id
        feedback.record(conn, uid, "down", " 没说节假日 ", sender="a")
        (stored,) = feedback.listing(conn)
    assert (stored.rating, stored.reason, stored.question) == (Rating.DOWN, "没说节假日", "几天？")
    assert stored.passages == (
        {"document": "d", "passage": "d#1", "version": "v1", "snapshot": "s1"},
    )


def test_second_opinion_replaces_the_first(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        uid = record_exchange(conn, "a", "web", "几天？", [ANSWER]).replies[0].id
        feedback.record(conn, uid, "down", "没用")
        feedback.record(conn, uid, "up")
        assert [(item.rating, item.reason) for item in feedback.listing(conn)] == [
            (Rating.UP, None)
        ]
        assert feedback.listing(conn, rating=Rating.DOWN) == ()


def test_only_own_outgoing_messages_can_be_rated(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        exchange = record_exchange(conn, "a", "web", "几天？", [ANSWER])
        for uid, sender in ((exchange.replies[0].id, "b"), (exchange.inbound.id, "a"), ("?", "a")):
            with pytest.raises(NotFoundError, match="没有找到"):
                feedback.record(conn, uid, "up", sender=sender)
        with pytest.raises(ValueError, match="great"):
            feedback.record(conn, exchange.replies[0].id, "great")


def test_typed_rating_means_the_last_answer(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        assert feedback.latest_answer(conn, "a") is None
        record_exchange(conn, "a", "web", "一", [ANSWER])
        second = record_exchange(conn, "a", "web", "二", [ANSWER])
        record_exchange(conn, "a", "web", "谢谢", [{"kind": "text", "text": "不客气"}])
        assert feedback.latest_answer(conn, "a") == second.replies[0].id


def test_unanswered_questions_are_grouped_and_counted(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        unanswered.record(conn, "a", "越南怎么查商标？", "refuse", confidence=0.2)
        unanswered.record(conn, "b", "越南怎么查商标", "refuse", nearest=[{"document": "x"}])
        unanswered.record(conn, "a", "我电话13800138000，冰岛呢", "refuse")
        unanswered.record(conn, "a", "  ", "refuse")
        first, second = unanswered.listing(conn)
    assert (first.question, first.count, first.nearest) == (
        "越南怎么查商标",
        2,
        ({"document": "x"},),
    )
    assert second.question == "我电话138****8000，冰岛呢"


def test_settled_question_leaves_the_list(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        unanswered.record(conn, "a", "越南怎么查商标？", "refuse")
        key = unanswered.listing(conn)[0].key
        assert unanswered.settle(conn, key, Progress.ADDED) == 1
        assert unanswered.listing(conn) == ()
        assert len(unanswered.listing(conn, progress=Progress.ADDED)) == 1
        with pytest.raises(NotFoundError):
            unanswered.settle(conn, "nothing", Progress.ADDED)
