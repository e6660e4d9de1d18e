"""Questions asked in vain, taken up as topics, and seen when they come back."""

from datetime import datetime, timedelta, timezone

import pytest

from desk import audit, feedback, recording, topics, unanswered
from desk.engine import reading, writing
from desk.errors import InvalidRecordError
from desk.topics import TopicState

NOW = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)


def ask(engine, question, days_ago=0, sender="v1"):
    with writing(engine) as conn:
        unanswered.record(conn, sender, question, "refuse", now=NOW - timedelta(days=days_ago))


def heard(engine):
    with reading(engine) as conn:
        return topics.heard(conn, now=NOW)


def test_equal_questions_are_counted_with_their_trend(either_db):
    for days in (0, 1, 8, 9, 30):
        ask(either_db, "1688店铺被投诉怎么办？", days)
    ask(either_db, "1688 店铺被投诉怎么办", 2)
    (found,) = heard(either_db)
    assert (found.count, found.refused, found.recent, found.before) == (6, 6, 3, 2)


def test_a_badly_rated_answer_is_heard_masked_until_it_is_settled(either_db):
    question = "我电话13800138000，海关扣货怎么办"
    with writing(either_db) as conn:
        asked = recording.receive(conn, "v1", "web", question, now=NOW)
        uid = answer_to(conn, asked)
        feedback.record(conn, uid, "down", now=NOW)
    (found,) = heard(either_db)
    assert (found.disliked, found.refused) == (1, 0)
    assert "13800138000" not in found.question
    with writing(either_db) as conn:
        topics.take_up(conn, [found.question], TopicState.ANSWERED, by="li", now=NOW)
    assert heard(either_db) == ()


def answer_to(conn, exchange):
    from desk.tables import messages

    conn.execute(
        messages.insert().values(
            uid="m2", conversation_id=1, seq=2, direction="out", author="bot",
            reply_to=exchange.inbound.id, kind="answer", text="…", payload={}, created_at=NOW,
        )
    )  # fmt: skip
    return "m2"


def test_a_settled_question_leaves_the_list_and_is_heard_when_it_comes_back(either_db):
    ask(either_db, "1688店铺被投诉怎么办", 3)
    with writing(either_db) as conn:
        topic = topics.take_up(
            conn, ["1688店铺被投诉怎么办"], TopicState.ATTACHED, by="li", passage="p", now=NOW
        )
        assert unanswered.listing(conn) == ()
        assert unanswered.listing(conn, progress=unanswered.Progress.ADDED)[0].count == 1
    assert heard(either_db) == ()
    ask(either_db, "1688店铺被投诉怎么办")
    (found,) = heard(either_db)
    assert found.key in topic.keys
    assert topic.resolved_by == "li"


def test_an_assigned_topic_stays_open_and_is_settled_later(either_db):
    ask(either_db, "问题甲")
    with writing(either_db) as conn:
        first = topics.take_up(
            conn, ["问题甲"], TopicState.ASSIGNED, by="li", assignee="wang", now=NOW
        )
        assert (first.assignee, first.resolved_at) == ("wang", None)
    assert len(heard(either_db)) == 1
    with writing(either_db) as conn:
        topics.take_up(conn, ["问题甲"], TopicState.OUT_OF_SCOPE, by="wang", now=NOW)
        assert [topic.state for topic in topics.listing(conn)] == [TopicState.OUT_OF_SCOPE]
        entries = audit.search(conn, action="topic")
    assert heard(either_db) == ()
    assert [entry.actor for entry in entries] == ["wang", "li"]


def test_nothing_chosen_or_nobody_named_is_refused(either_db):
    with writing(either_db) as conn:
        with pytest.raises(InvalidRecordError, match="至少勾选"):
            topics.take_up(conn, [" "], TopicState.ANSWERED, by="li")
        with pytest.raises(InvalidRecordError, match="分派给谁"):
            topics.take_up(conn, ["问题"], TopicState.ASSIGNED, by="li")
