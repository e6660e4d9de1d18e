from __future__ import annotations

import ast
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError

from desk import audit, tables
from desk.engine import reading, writing
from knowledge.errors import DeskError

ROOT = Path(__file__).resolve().parents[2]


def test_entry_stands_with_the_deed_and_falls_with_it(either_db: Engine) -> None:
    def fail() -> None:
        with writing(either_db) as conn:
            audit.record(conn, "staff:li", "view", "XS-1")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with writing(either_db) as conn:
        assert audit.search(conn) == ()
        audit.record(conn, "staff:li", "view", "XS-1")
    with reading(either_db) as conn:
        assert [entry.action for entry in audit.search(conn)] == ["view"]


def test_contact_details_do_not_enter_the_log(either_db: Engine) -> None:
    with writing(either_db) as conn:
        audit.record(
            conn, "staff:li", "view", "XS-1", detail={"note": ["电话13800138000", {"n": 1}]}
        )
        entry = audit.search(conn)[0]
    assert entry.detail == {"note": ["电话138****8000", {"n": 1}]}


def test_people_are_named_by_a_digest() -> None:
    subject = audit.sender_subject("wx-openid-123")
    assert subject == audit.sender_subject("wx-openid-123")
    assert "openid" not in subject


def test_log_is_searched_by_actor_action_subject_and_time(either_db: Engine) -> None:
    start = datetime(2026, 11, 1, tzinfo=timezone.utc)
    with writing(either_db) as conn:
        for number, (actor, action) in enumerate([("a", "view"), ("b", "view"), ("a", "export")]):
            audit.record(conn, actor, action, "s", now=start + timedelta(days=number))
        found = lambda **by: [(e.actor, e.action) for e in audit.search(conn, **by)]  # noqa: E731
        assert found(actor="a") == [("a", "export"), ("a", "view")]
        assert found(action="view", actor="b") == [("b", "view")]
        assert found(since=start + timedelta(days=1), until=start + timedelta(days=2)) == [
            ("b", "view")
        ]
        assert found(before_id=2) == [("a", "view")]


def _refuses_change(engine: Engine) -> None:
    table = tables.audit_log
    with writing(engine) as conn:
        audit.record(conn, "a", "view", "s")
    for statement in (
        sa.update(table).values(actor="x"),
        sa.delete(table),
        sa.delete(table).where(table.c.id == 1),
    ):
        with (
            pytest.raises((DeskError, DatabaseError), match=r"append-only|只能追加"),
            writing(engine) as conn,
        ):
            conn.execute(statement)
    with reading(engine) as conn:
        assert [entry.actor for entry in audit.search(conn)] == ["a"]


def test_database_refuses_to_change_or_delete_entries(either_db: Engine) -> None:
    _refuses_change(either_db)


@pytest.mark.postgres
def test_postgresql_refuses_to_change_or_delete_entries(postgres_db: Engine) -> None:
    _refuses_change(postgres_db)
    with pytest.raises(DeskError, match="只能追加"), writing(postgres_db) as conn:
        conn.exec_driver_sql("TRUNCATE audit_log")


def test_no_code_path_updates_or_deletes_entries() -> None:
    offenders = []
    for folder in ("desk", "actions", "bot", "channels"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in ("update", "delete") and "audit_log" in ast.unparse(node):
                    offenders.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert offenders == []
