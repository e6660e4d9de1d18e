from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import (
    conversations,
    handoffs,
    recording,
    staff_moves,
    tables,
    transcripts,
)
from desk.conversations import Owner
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, OwnershipError
from knowledge.types import Citation
from tests.exchange import record_exchange

CITATION = Citation(
    document="us-337-response",
    title="337调查答辩",
    heading=("几天内要答辩",),
    jurisdiction="US",
    basis="19 CFR § 210.13(a)",
    as_of="2026",
    url=None,
    quote="送达后20天内答辩。",
    snapshot="s1",
    passage="us-337-response#1",
    version="abc",
)
ANSWER = {
    "id": "m-1",
    "kind": "answer",
    "text": "20天内答辩。",
    "citations": [CITATION.to_json()],
    "buttons": [{"title": "算日期", "payload": "算一下期限"}],
    "data": {"related": ["怎么延期"]},
}


def test_exchange_keeps_order_and_everything_that_was_shown(either_db: Engine) -> None:
    with writing(either_db) as conn:
        record_exchange(conn, "a", "web", "几天内答辩？", [ANSWER])
    with reading(either_db) as conn:
        asked, answered = transcripts.history(conn, "a")
    assert (asked.seq, asked.direction, asked.author) == (1, "in", "user")
    assert (answered.seq, answered.direction, answered.author) == (2, "out", "bot")
    assert answered.citations == (CITATION,)
    shown = answered.to_json()
    assert {name: shown[name] for name in ANSWER} == ANSWER
    assert answered.reply_to == asked.id


def test_citations_are_rows_of_their_own(either_db: Engine) -> None:
    with writing(either_db) as conn:
        record_exchange(conn, "a", "web", "几天？", [ANSWER])
        row = conn.execute(sa.select(tables.citations)).one()
    assert (row.document, row.basis, row.quote, row.snapshot, row.version) == (
        "us-337-response",
        "19 CFR § 210.13(a)",
        "送达后20天内答辩。",
        "s1",
        "abc",
    )


def test_repeated_client_message_is_answered_with_the_first_replies(either_db: Engine) -> None:
    with writing(either_db) as conn:
        first = record_exchange(conn, "a", "web", "你好", [ANSWER], client_id="c1")
    with writing(either_db) as conn:
        again = record_exchange(
            conn, "a", "web", "你好", [{**ANSWER, "text": "另一个"}], client_id="c1"
        )
        assert again.is_repeat
        assert again.replies == first.replies
        assert len(transcripts.history(conn, "a")) == 2


def test_message_left_without_answer_by_a_crash_is_answered_on_repeat(either_db: Engine) -> None:
    with writing(either_db) as conn:
        recording.receive(conn, "a", "web", "你好", client_id="c1")
    with writing(either_db) as conn:
        again = record_exchange(conn, "a", "web", "你好", [ANSWER], client_id="c1")
        assert again.is_repeat
        assert [message.text for message in transcripts.history(conn, "a")] == [
            "你好",
            "20天内答辩。",
        ]


def test_same_client_id_from_two_threads_is_stored_once(either_db: Engine) -> None:
    results: list[bool] = []

    def send() -> None:
        with writing(either_db) as conn:
            results.append(recording.receive(conn, "a", "web", "你好", client_id="c1").is_repeat)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True, True, True, True, True]


def test_same_client_id_of_two_people_are_two_messages(either_db: Engine) -> None:
    with writing(either_db) as conn:
        assert not recording.receive(conn, "a", "web", "你好", client_id="c1").is_repeat
        assert not recording.receive(conn, "b", "web", "你好", client_id="c1").is_repeat


def test_history_pages_backwards_and_catches_up_forwards(either_db: Engine) -> None:
    with writing(either_db) as conn:
        for number in range(1, 8):
            recording.add_message(conn, "a", "in", "text", str(number))
        texts = lambda **limits: [m.text for m in transcripts.history(conn, "a", 3, **limits)]  # noqa: E731
        assert texts() == ["5", "6", "7"]
        assert texts(before_seq=5) == ["2", "3", "4"]
        assert texts(after_seq=2) == ["3", "4", "5"]
        assert transcripts.history(conn, "nobody") == ()


def test_bot_cannot_speak_while_a_human_owns_the_conversation(either_db: Engine) -> None:
    with writing(either_db) as conn:
        ticket = handoffs.open_ticket(conn, "a")
        staff_moves.claim(conn, ticket.reference, "li")
        assert conversations.owner(conn, "a") is Owner.HUMAN
        assert recording.record_replies(conn, "a", [ANSWER]) == ()
        with pytest.raises(OwnershipError, match="人工"):
            recording.add_message(conn, "a", "out", "text", "我是机器人")
        assert transcripts.history(conn, "a") == ()
        recording.add_message(conn, "a", "out", "notice", "李老师已接待", author="system")


def test_unknown_sender_belongs_to_the_bot(either_db: Engine) -> None:
    with reading(either_db) as conn:
        assert conversations.owner(conn, "nobody") is Owner.BOT


@pytest.mark.parametrize("sender", ["", "x" * 65, "a\x00b"])
def test_impossible_sender_is_refused(either_db: Engine, sender: str) -> None:
    with pytest.raises(InvalidRecordError, match="会话标识"), writing(either_db) as conn:
        conversations.ensure(conn, sender, "web")


def test_characters_no_database_takes_are_left_out(either_db: Engine) -> None:
    with writing(either_db) as conn:
        message = recording.add_message(conn, "a", "in", "text", "你\x00好\ud800")
        assert message.text == "你好?"
        assert transcripts.history(conn, "a")[0].text == "你好?"


def test_message_id_that_is_taken_is_replaced(either_db: Engine) -> None:
    with writing(either_db) as conn:
        first = record_exchange(conn, "a", "web", "一", [ANSWER])
        second = record_exchange(conn, "a", "web", "二", [ANSWER])
    assert first.replies[0].id == "m-1"
    assert second.replies[0].id not in ("", "m-1")


def test_undelivered_messages_wait_until_marked(either_db: Engine) -> None:
    with writing(either_db) as conn:
        stored = record_exchange(conn, "a", "web", "一", [ANSWER, {"text": "二"}])
        uids = [message.id for message in stored.replies]
        assert [m.id for m in transcripts.undelivered(conn, "a")] == uids
        assert transcripts.mark_delivered(conn, uids[:1]) == 1
        assert transcripts.mark_delivered(conn, uids[:1]) == 0
        assert [m.id for m in transcripts.undelivered(conn, "a")] == uids[1:]
