"""Answers drawn to be judged: what may be drawn, what colleagues hold of one, and how it is settled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk import privacy, recording, samples
from desk.engine import reading, writing
from desk.errors import NotFoundError, TransitionError
from desk.samples import Taken, Verdict
from desk.times import utc_now

ANSWER = {
    "kind": "answer",
    "text": "20天。",
    "citations": [
        {"document": "us", "title": "美国337答辩", "heading": ["几天内答辩"], "jurisdiction": "US", "basis": None,
         "as_of": "2026", "url": None, "quote": "20天。", "snapshot": "s", "passage": "us#s-1"}
    ],
    "data": {"confidence": 0.9},
}  # fmt: skip


@pytest.fixture
def drawn(either_db):
    """One answer of yesterday, drawn; an older one and a refusal are none to be drawn."""
    for sender, reply, days in (("a", ANSWER, 1), ("b", ANSWER, 60), ("c", {"kind": "refusal", "text": "答不了"}, 1)):  # fmt: skip
        at = utc_now() - timedelta(days=days)
        with writing(either_db) as conn:
            said = recording.receive(conn, sender, "web", "电话13800138000，几天内答辩", now=at)
            recording.record_replies(conn, sender, [reply], reply_to=said.inbound.id, now=at)
    with writing(either_db) as conn:
        found = samples.answered(conn, since=utc_now() - timedelta(days=30))
        assert [item.passage for item in found] == ["us#s-1"]
        samples.draw(conn, [(found[0], "section-337", 2.5)], by="chen")
    with reading(either_db) as conn:
        (sample,) = samples.listing(conn)
    return sample


def test_what_is_drawn_is_masked_and_drawn_once(either_db, drawn):
    assert "13800138000" not in drawn.question
    assert (drawn.place, drawn.procedure, drawn.certainty, drawn.weight) == ("US", "section-337", "high", 2.5)  # fmt: skip
    with reading(either_db) as conn:
        assert samples.answered(conn, since=utc_now() - timedelta(days=30)) == []


def test_a_second_judgement_of_ones_own_replaces_the_first(either_db, drawn):
    with writing(either_db) as conn:
        samples.judge(conn, drawn.id, "wrong", "", by="chen")
    with writing(either_db) as conn:
        again = samples.judge(conn, drawn.id, "right", "看过原文", by="chen")
    assert [(item.by, item.verdict, item.note) for item in again.judged] == [
        ("chen", Verdict.RIGHT, "看过原文")
    ]


def test_it_is_settled_once_and_by_somebody_else(either_db, drawn):
    with writing(either_db) as conn:
        samples.judge(conn, drawn.id, "right", "", by="chen")
    for by, told in (("chen", "另一位同事"), ("lin", None), ("wu", "刚刚被别的同事")):
        if told is None:
            with writing(either_db) as conn:
                assert samples.take(conn, drawn.id, Taken.ANSWER, by=by).taken_as is Taken.ANSWER
            continue
        with pytest.raises(TransitionError, match=told), writing(either_db) as conn:
            samples.take(conn, drawn.id, Taken.ANSWER, by=by)


def test_it_goes_with_the_conversation_it_came_from(either_db, drawn):
    with writing(either_db) as conn:
        samples.judge(conn, drawn.id, "right", "", by="chen")
        privacy.erase(conn, "a")
    with pytest.raises(NotFoundError), reading(either_db) as conn:
        samples.find(conn, drawn.id)
