from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import (
    audit,
    conversations,
    feedback,
    handoffs,
    lead_intake,
    leads,
    privacy,
    recording,
    staff_moves,
    tables,
    transcripts,
    unanswered,
)
from desk.conversations import Owner
from desk.engine import reading, writing
from tests.exchange import record_exchange

SECRET = "绝密商业计划甲乙丙"


def _fill(engine: Engine, lead, sender: str) -> str:
    with writing(engine) as conn:
        answer = {
            "kind": "answer",
            "text": f"答{SECRET}",
            "citations": [{"document": "d", "title": "t", "quote": SECRET, "snapshot": "s"}],
        }
        stored = record_exchange(conn, sender, "web", f"问{SECRET}", [answer])
        feedback.record(conn, stored.replies[0].id, "down", f"因{SECRET}")
        unanswered.record(conn, sender, f"难{SECRET}", "refuse", confidence=0.1)
        lead_intake.upsert(conn, lead(sender=sender, company=f"{sender}{SECRET}", brief=SECRET))
        reference = handoffs.open_ticket(conn, sender, SECRET, facts={"x": SECRET}).reference
        handoffs.set_callback(conn, sender, phone="13800138000", time=SECRET)
        staff_moves.claim(conn, reference, "li")
        staff_moves.transfer(conn, reference, "li", SECRET, to_staff="wang")
    return reference


def _everything(engine: Engine) -> str:
    with reading(engine) as conn:
        return "\n".join(
            str(tuple(row))
            for table in tables.metadata.sorted_tables
            for row in conn.execute(sa.select(table))
        )


def _erases_everything(engine: Engine, lead) -> None:
    reference = _fill(engine, lead, "a")
    with writing(engine) as conn:
        erased = privacy.erase(conn, "a")
    assert (erased.messages, erased.leads, erased.tickets, erased.questions) == (2, 1, 1, 1)
    left = _everything(engine)
    assert SECRET not in left
    assert "13800138000" not in left
    with reading(engine) as conn:
        assert transcripts.history(conn, "a") == ()
        assert conversations.owner(conn, "a") is Owner.BOT
        assert [e.action for e in handoffs.events(conn, reference)][-1] == "erase"


def test_erasing_leaves_no_content_anywhere(fresh_db: Engine, lead) -> None:
    _erases_everything(fresh_db, lead)


@pytest.mark.postgres
def test_erasing_leaves_no_content_anywhere_on_postgresql(postgres_db: Engine, lead) -> None:
    _erases_everything(postgres_db, lead)


def test_erased_text_is_gone_from_the_file_too(fresh_db: Engine, lead, tmp_path: Path) -> None:
    _fill(fresh_db, lead, "a")
    with writing(fresh_db) as conn:
        privacy.erase(conn, "a")
    fresh_db.dispose()
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert SECRET.encode() not in (tmp_path / "desk.sqlite").read_bytes()


def test_audit_row_says_that_it_happened_without_content(fresh_db: Engine, lead) -> None:
    _fill(fresh_db, lead, "visitor-name-1")
    with writing(fresh_db) as conn:
        privacy.erase(conn, "visitor-name-1")
        (entry,) = audit.search(conn, action="erase")
    assert entry.detail == {
            "messages": 2, "leads": 1, "tickets": 1, "questions": 1, "files": 0, "matters": 0,
            "papers": 0,
        }  # fmt: skip
    assert entry.subject == audit.sender_subject("visitor-name-1")
    assert "visitor-name-1" not in str(entry)


def test_erasing_one_person_keeps_the_others(fresh_db: Engine, lead) -> None:
    _fill(fresh_db, lead, "a")
    _fill(fresh_db, lead, "b")
    with writing(fresh_db) as conn:
        privacy.erase(conn, "a")
        assert len(transcripts.history(conn, "b")) == 2
        assert [item.sender for item in leads.listing(conn)] == ["b"]
        assert handoffs.current(conn, "b").callback_phone == "13800138000"


@pytest.mark.parametrize("sender", ["b", 'quote"back\\slash', "百%分_号"])
def test_erased_person_disappears_from_a_colleagues_lead(
    fresh_db: Engine, lead, sender: str
) -> None:
    with writing(fresh_db) as conn:
        reference, _ = lead_intake.upsert(conn, lead())
        lead_intake.upsert(conn, lead(sender=sender, contact="李四", phone="13900139000"))
        assert leads.get(conn, reference).other_contacts
        privacy.erase(conn, sender)
        assert leads.get(conn, reference).other_contacts == ()
        assert {event.actor for event in leads.history(conn, reference)} == {"visitor-1", "erased"}


def test_erasing_twice_or_for_a_stranger_removes_nothing_more(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        assert privacy.erase(conn, "stranger") == privacy.Erased(0, 0, 0, 0)
        assert privacy.erase(conn, "stranger") == privacy.Erased(0, 0, 0, 0)


def test_conversation_goes_on_in_order_after_erasing(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        record_exchange(conn, "a", "web", "你好", [{"text": "您好"}])
        privacy.erase(conn, "a")
        stored = recording.record_replies(conn, "a", [{"kind": "notice", "text": "已删除"}])
        assert [message.text for message in transcripts.history(conn, "a")] == ["已删除"]
        assert stored[0].seq == 3
