"""Files are not put back under copies of the service that share a database elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from channels.cli import main
from desk import copies
from desk.engine import open_engine, writing

pytestmark = pytest.mark.postgres


@pytest.fixture
def backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> Path:
    """A backup of a data folder whose records are in PostgreSQL."""
    data = tmp_path / "data"
    (data / "draft").mkdir(parents=True)
    (data / "draft" / "one.json").write_text("{}")
    monkeypatch.setenv("HUHANG_DATA_DIR", str(data))
    monkeypatch.setenv("HUHANG_DATABASE_URL", postgres_url)
    assert main(["backup", str(tmp_path / "b.tar.gz")]) == 0
    return tmp_path / "b.tar.gz"


def test_restore_refuses_while_a_copy_is_there(
    backup: Path, postgres_db: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing(postgres_db) as conn:
        copies.enter(conn, "one")
    assert main(["restore", str(backup), "--force"]) == 1
    assert "请先全部停止" in capsys.readouterr().err
    with writing(postgres_db) as conn:
        copies.leave(conn, "one")
    assert main(["restore", str(backup), "--force"]) == 0


def test_restore_goes_on_where_the_database_is_still_empty(
    backup: Path, postgres_url: str, postgres_db: Engine
) -> None:
    engine = open_engine(postgres_url)
    with engine.begin() as conn:
        conn.exec_driver_sql("DROP SCHEMA public CASCADE")
        conn.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    assert main(["restore", str(backup), "--force"]) == 0


def test_restore_says_when_it_cannot_be_seen_whether_copies_are_there(
    backup: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUHANG_DATABASE_URL", "postgresql+psycopg2://a:b@127.0.0.1:1/none")
    assert main(["restore", str(backup), "--force"]) == 1
    assert "连不上办件数据库" in capsys.readouterr().err
