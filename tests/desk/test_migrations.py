from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import migrations, tables
from desk.engine import open_engine, reading
from desk.migrations import MIGRATIONS, migrate, pending

ROOT = Path(__file__).resolve().parents[2]


def test_migrating_again_changes_nothing(fresh_db: Engine) -> None:
    assert pending(fresh_db) == []
    assert migrate(fresh_db) == []


def test_asking_what_is_pending_creates_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    assert pending(engine) == [migration.__name__ for migration in MIGRATIONS]
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


def _shape(engine: Engine) -> dict[str, set[str]]:
    inspector = sa.inspect(engine)
    return {
        name: {column["name"] for column in inspector.get_columns(name)}
        for name in inspector.get_table_names()
    }


def test_migrated_database_has_exactly_the_declared_tables(fresh_db: Engine) -> None:
    declared = {
        table.name: {column.name for column in table.columns}
        for table in tables.metadata.tables.values()
    }
    assert _shape(fresh_db) == declared


def test_failing_migration_leaves_neither_table_nor_record(tmp_path: Path, monkeypatch) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    migrate(engine)

    def half_done(conn: sa.engine.Connection) -> None:
        conn.exec_driver_sql("CREATE TABLE half (id INTEGER)")
        raise RuntimeError("power cut")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, half_done))
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(engine)
    assert "half" not in sa.inspect(engine).get_table_names()
    assert pending(engine) == ["half_done"]
    engine.dispose()


def _start_together(url: str) -> list[str]:
    code = (
        "import sys; from desk.engine import open_engine; from desk.migrations import migrate;"
        "print(len(migrate(open_engine(sys.argv[1]))))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, url], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    printed = [process.communicate(timeout=120)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0]
    return printed


@pytest.mark.slow  # starts processes
def test_processes_starting_at_once_share_the_work(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    printed = _start_together(url)
    assert sum(int(number) for number in printed) == len(MIGRATIONS)
    engine = open_engine(url)
    with reading(engine) as conn:
        names = list(conn.execute(sa.select(tables.migrations.c.name)).scalars())
    assert sorted(names) == sorted(migration.__name__ for migration in MIGRATIONS)
    engine.dispose()


@pytest.mark.postgres
def test_processes_starting_at_once_share_the_work_on_postgresql(
    postgres_db: Engine, postgres_url: str
) -> None:
    with postgres_db.begin() as conn:
        conn.exec_driver_sql("DROP SCHEMA public CASCADE")
        conn.exec_driver_sql("CREATE SCHEMA public")
    assert sum(int(number) for number in _start_together(postgres_url)) == len(MIGRATIONS)
    assert pending(postgres_db) == []
