"""Plans of messages: masked, found by message and by question, gone with the message."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from desk import misunderstood, plans, privacy, recording, retention, unanswered
from desk.engine import reading, writing
from desk.times import utc_now
from desk.workbench_tables import message_plans

SAID = "我的电话13800138000，337几天答辩"


def plan(question, reason="weighed"):
    return {"acts": ["action_answer"], "reason": reason, "seen": {"question": question}}


def said(engine, text=SAID, sender="a", now=None):
    with writing(engine) as conn:
        return recording.receive(conn, sender, "web", text, now=now).inbound


def kept(engine):
    with reading(engine) as conn:
        return conn.execute(sa.select(sa.func.count()).select_from(message_plans)).scalar_one()


def test_a_plan_is_masked_found_by_its_message_and_replaced(fresh_db):
    message = said(fresh_db)
    with writing(fresh_db) as conn:
        assert plans.keep(conn, message.id, plan("x"))
        assert plans.keep(conn, message.id, plan(f"美国 {SAID}"))
        found = plans.of_messages(conn, [message.id, "none"])
    assert list(found) == [message.id]
    assert "13800138000" not in str(found)
    assert found[message.id]["seen"]["question"].endswith("，337几天答辩")
    assert kept(fresh_db) == 1


def test_refused_and_misheard_questions_lead_to_their_last_plan(fresh_db):
    first, last = said(fresh_db), said(fresh_db)
    long = "关税" * 150
    with writing(fresh_db) as conn:
        plans.keep(conn, first.id, plan(f"美国 {SAID}", "dated"))
        plans.keep(conn, last.id, plan(f"美国 {SAID}"))
        plans.keep(conn, said_in(conn, long), plan(long))
        unanswered.record(conn, "a", f"美国 {SAID}", "refuse")
        misunderstood.record(conn, "a", SAID, "ask", 0.2)
        misunderstood.record(conn, "a", long, "ask", 0.2)
        refused = unanswered.listing(conn)[0].question
        doubts = [item.text for item in misunderstood.listing(conn)]
        found = plans.of_questions(conn, [refused, *doubts, "没有问过的"])
    assert set(found) == {refused, *doubts}
    assert found[refused]["reason"] == "weighed"


def said_in(conn, text):
    return recording.receive(conn, "b", "web", text).inbound.id


def test_a_plan_is_erased_and_purged_with_its_message_and_none_is_kept_without(fresh_db):
    now = utc_now()
    mine, old = said(fresh_db), said(fresh_db, sender="b", now=now - timedelta(days=99))
    with writing(fresh_db) as conn:
        plans.keep(conn, mine.id, plan("x"))
        plans.keep(conn, old.id, plan("x"))
    with writing(fresh_db) as conn:
        privacy.erase(conn, "a")
        assert not plans.keep(conn, mine.id, plan("x"))
    assert kept(fresh_db) == 1
    with writing(fresh_db) as conn:
        retention.purge(conn, now - timedelta(days=30), "test")
    assert kept(fresh_db) == 0


def test_what_is_said_to_a_person_has_no_plan(fresh_db):
    message = said(fresh_db)
    with writing(fresh_db) as conn:
        reply = recording.record_replies(conn, "a", [{"text": "好"}], reply_to=message.id)[0]
        assert not plans.keep(conn, reply.id, plan("x"))
