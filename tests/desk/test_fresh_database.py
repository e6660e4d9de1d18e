"""A database that is emptied for each test is as the migrations left it, whatever a test did to it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import audit, lead_intake
from desk.engine import writing
from tests.fresh_database import MigratedPostgres

pytestmark = pytest.mark.postgres


def content(engine: Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    with engine.connect() as conn:
        names = sa.inspect(conn).get_table_names()
        return {name: conn.exec_driver_sql(f'TABLE "{name}"').all() for name in sorted(names)}


@pytest.fixture
def database(migrated_postgres: MigratedPostgres) -> Any:
    opened = []

    def fresh() -> Engine:
        opened.append(migrated_postgres.fresh())
        return opened[-1]

    yield fresh
    for engine in opened:
        engine.dispose()


def test_rows_are_gone_and_those_of_the_migrations_are_there(database: Any, lead: Any) -> None:
    engine = database()
    before = content(engine)
    assert before["migrations"]
    with writing(engine) as conn:
        lead_intake.upsert(conn, lead())
        audit.record(conn, "test", "lead.read", "XS-1")
        conn.exec_driver_sql("DELETE FROM migrations")
    assert len(content(engine)["leads"]) == 1
    assert content(database()) == before


def test_numbers_begin_anew(database: Any, lead: Any) -> None:
    def numbers() -> list[int]:
        engine = database()
        with writing(engine) as conn:
            audit.record(conn, "test", "lead.read", "XS-1")
        return [row.id for row in content(engine)["audit_log"]]

    assert numbers() == numbers()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE leads ALTER COLUMN company DROP NOT NULL",
        "ALTER TABLE audit_log DISABLE TRIGGER audit_log_no_change",
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
    ],
)
def test_a_change_of_the_tables_is_undone(database: Any, change: str) -> None:
    engine = database()
    before, columns = content(engine), sa.inspect(engine).get_columns("leads")
    with engine.begin() as conn:
        conn.exec_driver_sql(change)
    fresh = database()
    assert set(content(fresh)) == set(before)
    assert str(sa.inspect(fresh).get_columns("leads")) == str(columns)
    with fresh.connect() as conn:
        enabled = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'audit_log_no_change'"
        assert conn.exec_driver_sql(enabled).scalars().all() == ["O"]
