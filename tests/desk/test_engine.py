from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import conversations, lead_intake, leads, recording, transcripts
from desk.engine import open_engine, reading, writing
from desk.migrations import migrate
from knowledge.errors import DeskError
from tests.exchange import record_exchange
from tests.fresh_database import engine_as_served


def test_sqlite_runs_in_wal_with_foreign_keys(tmp_path: Path) -> None:
    engine = engine_as_served(tmp_path / "desk.sqlite")
    with reading(engine) as conn:
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert conn.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "said"),
    [("nonsense", "无法识别"), ("sqlite://", "文件路径"), ("mysql://h/x", "不支持")],
)
def test_unusable_address_is_refused_in_chinese(url: str, said: str) -> None:
    with pytest.raises(DeskError, match=said):
        open_engine(url)


def test_exception_in_a_transaction_leaves_nothing(fresh_db: Engine) -> None:
    def fail() -> None:
        with writing(fresh_db) as conn:
            recording.add_message(conn, "a", "in", "text", "你好")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with reading(fresh_db) as conn:
        assert conversations.find(conn, "a") is None


def test_reader_is_not_held_up_by_a_writer_and_does_not_see_its_work(fresh_db: Engine) -> None:
    with writing(fresh_db) as writer:
        conversations.ensure(writer, "a", "web")
        with reading(fresh_db) as reader:
            assert conversations.find(reader, "a") is None


def test_locked_database_is_said_in_chinese_and_nothing_is_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    engine = open_engine(url, busy_timeout_ms=50)
    migrate(engine)
    other = sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(DeskError, match="正忙"), writing(engine) as conn:
            conversations.ensure(conn, "a", "web")
    finally:
        other.execute("ROLLBACK")
        other.close()
    with reading(engine) as conn:
        assert conversations.find(conn, "a") is None
    engine.dispose()


def test_full_disk_is_said_in_chinese_and_nothing_is_half_written(fresh_db: Engine, lead) -> None:
    def limit(dbapi_connection: sqlite3.Connection, _record: object) -> None:
        pages = dbapi_connection.execute("PRAGMA page_count").fetchone()[0]
        dbapi_connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    fresh_db.dispose()
    sa.event.listen(fresh_db, "connect", limit)

    def fill() -> None:
        with writing(fresh_db) as conn:
            lead_intake.upsert(conn, lead())
            for _ in range(200):
                recording.add_message(conn, "a", "in", "text", "很长" * 500)

    with pytest.raises(DeskError, match="磁盘空间不足"):
        fill()
    sa.event.remove(fresh_db, "connect", limit)
    fresh_db.dispose()
    with writing(fresh_db) as conn:
        assert leads.listing(conn) == ()
        assert transcripts.history(conn, "a") == ()
        assert lead_intake.upsert(conn, lead())[1]


def test_missing_tables_are_said_in_chinese(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    with pytest.raises(DeskError, match="尚未升级"), reading(engine) as conn:
        conversations.find(conn, "a")
    engine.dispose()


def test_damaged_file_is_said_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite").write_bytes(b"not a database at all" * 100)
    engine = open_engine(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    with pytest.raises(DeskError, match="损坏"):
        migrate(engine)
    engine.dispose()


def _writes_side_by_side(engine: Engine) -> None:
    def say(who: str) -> None:
        for number in range(10):
            with writing(engine) as conn:
                recording.add_message(conn, "shared", "in", "text", f"{who}{number}")

    threads = [threading.Thread(target=say, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as conn:
        said = transcripts.history(conn, "shared", 100)
    assert [message.seq for message in said] == list(range(1, 41))
    for name in "abcd":
        assert [m.text for m in said if m.text[0] == name] == [f"{name}{n}" for n in range(10)]


def test_threads_write_side_by_side_without_loss(fresh_db: Engine) -> None:
    _writes_side_by_side(fresh_db)


@pytest.mark.postgres
def test_threads_write_side_by_side_without_loss_on_postgresql(postgres_db: Engine) -> None:
    _writes_side_by_side(postgres_db)


def test_the_file_and_its_log_belong_to_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    path.touch(0o644)
    path.chmod(0o644)
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()}
    engine.dispose()
    assert modes == {
        "desk.sqlite": "0o600",
        "desk.sqlite-wal": "0o600",
        "desk.sqlite-shm": "0o600",
        "desk.sqlite.starting": "0o600",
    }


def test_opening_the_database_twice_keeps_the_log_from_being_removed_by_another_process(
    tmp_path: Path,
) -> None:
    path = tmp_path / "desk.sqlite"
    first = open_engine(f"sqlite:///{path}")
    migrate(first)
    with reading(first) as held:
        conversations.find(held, "a")
        open_engine(f"sqlite:///{path}").dispose()
        # The last connection of all removes the log when it closes; this one is not the last.
        script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM leads'); c.close()"
        subprocess.run([sys.executable, "-c", script, str(path)], check=True)
        assert path.with_name("desk.sqlite-wal").exists()
    with writing(first) as conn:
        record_exchange(conn, "a", "web", "问", [{"text": "答"}])
    script = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM messages').fetchone()[0])"
    seen = subprocess.run(
        [sys.executable, "-c", script, str(path)], check=True, capture_output=True, text=True
    )
    first.dispose()
    assert seen.stdout.strip() == "2"
