"""Messages in doubt: listed together, labelled, learnt from, erased."""

import pytest

from desk import misunderstood, privacy
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, NotFoundError


def note(engine, text, predicted="ask", confidence=0.2, sender="v1"):
    with writing(engine) as conn:
        misunderstood.record(
            conn,
            sender,
            text,
            predicted,
            confidence,
            [{"name": predicted, "confidence": confidence}],
        )


def listing(engine):
    with reading(engine) as conn:
        return misunderstood.listing(conn)


def test_equal_messages_are_listed_once_without_phone_numbers(either_db):
    note(either_db, "别烦我了，电话13800138000")
    note(either_db, "别烦我了， 电话13800138000。", confidence=0.4)
    note(either_db, "嗯哼", confidence=0.1)
    first, second = listing(either_db)
    assert (first.count, first.confidence) == (2, 0.4)
    assert "13800138000" not in first.text
    assert second.text == "嗯哼"


def test_a_labelled_message_leaves_the_list_for_good_and_is_an_example_once(either_db):
    note(either_db, "找个活人")
    note(either_db, "找个活人")
    key = listing(either_db)[0].key
    with writing(either_db) as conn:
        misunderstood.label(conn, key, "handoff", by="li")
    note(either_db, "找个活人")
    assert listing(either_db) == ()
    with reading(either_db) as conn:
        (example,) = misunderstood.labelled(conn)
    assert (example.text, example.label, example.predicted, example.by) == (
        "找个活人",
        "handoff",
        "ask",
        "li",
    )


def test_a_dismissed_message_is_not_learnt_from(either_db):
    note(either_db, "啊啊啊")
    key = listing(either_db)[0].key
    with writing(either_db) as conn:
        misunderstood.label(conn, key, "affirm", by="li")
        misunderstood.dismiss(conn, key, by="li")
        assert misunderstood.labelled(conn) == ()
        with pytest.raises(NotFoundError):
            misunderstood.label(conn, "nothing", "affirm", by="li")


def test_staff_teach_a_sentence_that_the_bot_was_sure_about(either_db):
    with writing(either_db) as conn:
        misunderstood.add(conn, "给我接个真人", "handoff", by="li")
        misunderstood.add(conn, "给我接个真人", "handoff", by="li")
        assert len(misunderstood.labelled(conn)) == 1
        with pytest.raises(InvalidRecordError):
            misunderstood.add(conn, "  ", "handoff", by="li")


def test_a_persons_messages_go_with_the_rest_of_their_data(either_db):
    note(either_db, "嗯哼", sender="v1")
    note(either_db, "啊哈", sender="v2")
    with writing(either_db) as conn:
        privacy.erase(conn, "v1")
    assert [item.text for item in listing(either_db)] == ["啊哈"]
