"""A fresh, migrated casework database for each test, and a throwaway PostgreSQL where one is found."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from desk.engine import open_engine
from desk.leads import Lead
from desk.migrations import migrate
from tests.fresh_database import fresh_database


@pytest.fixture
def fresh_db(tmp_path: Path) -> Iterator[Engine]:
    engine = fresh_database(tmp_path / "desk.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def lead() -> Callable[..., Lead]:
    def make(**changes: object) -> Lead:
        values = {
            "company": "广州测试灯具有限公司",
            "contact": "张三",
            "phone": "13800138000",
            "consent_version": "2026-1",
            "sender": "visitor-1",
            "country": "US",
            "right": "patent",
            "procedure": "section-337",
        }
        return Lead(**{**values, **changes})  # type: ignore[arg-type]

    return make


def _postgres_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return found[0].parent if found else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a throwaway cluster on loopback."""
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("没有找到 PostgreSQL 程序（Debian 软件包 postgresql），跳过")
    as_user: dict[str, object] = {}
    folder = Path(tmp_path_factory.mktemp("postgres"))
    if os.geteuid() == 0:
        # The server refuses to run as root; any other account will do.
        import pwd
        import tempfile

        account = pwd.getpwnam("nobody")
        folder = Path(tempfile.mkdtemp(prefix="huhang-postgres-"))
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data, port = folder / "data", _free_port()

    def run(*command: str) -> None:
        subprocess.run(
            command,
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **as_user,  # type: ignore[call-overload]
        )

    try:
        run(str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "desk", "-E", "UTF8",
            "--locale=C", "--no-sync")  # fmt: skip
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        run(str(binaries / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options,
            "start")  # fmt: skip
        try:
            yield f"postgresql+psycopg2://desk@127.0.0.1:{port}/postgres"
        finally:
            run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_db(postgres_url: str) -> Iterator[Engine]:
    """A migrated, empty database on the throwaway cluster."""
    engine = open_engine(postgres_url)
    with engine.begin() as conn:
        conn.exec_driver_sql("DROP SCHEMA public CASCADE")
        conn.exec_driver_sql("CREATE SCHEMA public")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_db(request: pytest.FixtureRequest) -> Engine:
    """The test runs once on SQLite and once on PostgreSQL."""
    name = "fresh_db" if request.param == "sqlite" else "postgres_db"
    engine: Engine = request.getfixturevalue(name)
    return engine
