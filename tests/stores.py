"""PostgreSQL and Redis from Debian's packages, on loopback in folders of their own, for tests and benchmarks.

Each can be ended, also hard, and started again on the same port with what it had kept.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

_STARTING_S = 60.0


def free_port() -> int:
    """:return: a port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """A throwaway cluster."""

    def __init__(self, *, durable: bool = False) -> None:
        """Make its files.

        :param durable: whether a commit is on the disk before it is acknowledged.
        """
        self.port = free_port()
        self.url = f"postgresql+psycopg2://desk@127.0.0.1:{self.port}/postgres"
        self._binaries = self.binaries()
        self._fsync = "on" if durable else "off"
        self._folder = Path(tempfile.mkdtemp(prefix="huhang-postgres-"))
        self._as_user: dict[str, object] = {}
        if os.geteuid() == 0:  # the server refuses to run as root; any other account will do
            account = pwd.getpwnam("nobody")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
            self._as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self._run("initdb", "-A", "trust", "-U", "desk", "-E", "UTF8", "--locale=C", "--no-sync")

    @staticmethod
    def binaries() -> Path | None:
        """Where Debian's package puts the programs."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
        return found[0].parent if found else None

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
            f" -c fsync={self._fsync} -c max_connections=300"
        )
        self._run("pg_ctl", "-l", str(self._folder / "log"), "-w", "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """End it; ``immediate`` is what a crash is like, ``fast`` what an upgrade is like."""
        self._run("pg_ctl", "-m", mode, "-w", "stop")

    def is_running(self) -> bool:
        """Whether somebody answers at its port."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def empty(self, database: str) -> None:
        """End what is connected to a database, and remove all that is in it, which is quicker than making one."""
        self.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        )
        self.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public", database)

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside of a transaction."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="desk", dbname=database
        )
        connection.autocommit = True
        try:
            connection.cursor().execute(statement)
        finally:
            connection.close()

    def backends(self) -> list[int]:
        """:return: the processes that serve connections."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="desk", dbname="postgres"
        )
        try:
            cursor = connection.cursor()
            cursor.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return [int(row[0]) for row in cursor.fetchall()]
        finally:
            connection.close()

    def remove(self) -> None:
        """Delete its files."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        assert self._binaries is not None
        subprocess.run(
            (str(self._binaries / program), "-D", str(self._folder / "data"), *arguments),
            check=True,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            **self._as_user,  # type: ignore[call-overload]
        )


class Redis:
    """A throwaway Redis that keeps nothing on the disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = Path(tempfile.mkdtemp(prefix="huhang-redis-"))
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def program() -> str | None:
        """Where Debian's package puts it."""
        return shutil.which("redis-server")

    def start(self) -> None:
        """Start, and wait until it answers."""
        program = self.program()
        assert program is not None
        self._process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no", "--dir", str(self._folder), "--loglevel", "warning"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + _STARTING_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < until, "redis-server did not start"
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it hard."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Delete its folder."""
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running cluster."""
    if Postgres.binaries() is None:
        pytest.skip("没有找到 PostgreSQL 程序（Debian 软件包 postgresql），跳过")
    cluster = Postgres()
    try:
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        cluster.remove()


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """The address of a throwaway cluster on loopback."""
    return postgres.url


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A running Redis, empty."""
    if Redis.program() is None:
        pytest.skip("没有找到 redis-server（Debian 软件包 redis-server），跳过")
    store = Redis()
    try:
        store.start()
        yield store
    finally:
        store.stop()
        store.remove()


@pytest.fixture(scope="session")
def empty_databases(postgres: Postgres) -> list[str]:
    """Names of databases of the cluster that are empty and that nobody uses."""
    return []


@pytest.fixture
def fresh_postgres(postgres: Postgres, empty_databases: list[str]) -> Iterator[str]:
    """The address of an empty database of its own."""
    if not empty_databases:
        empty_databases.append(f"fresh_{os.getpid()}_{time.monotonic_ns()}")
        postgres.execute(f'CREATE DATABASE "{empty_databases[-1]}"')
    name = empty_databases.pop()
    yield postgres.url.rpartition("/")[0] + f"/{name}"
    postgres.empty(name)
    empty_databases.append(name)


class ObjectStore:
    """A throwaway S3 of the moto package."""

    BUCKET = "huhang"

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"s3://{self.BUCKET}/test"
        self.environment = {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it empty, and wait until it has a bucket."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + _STARTING_S
        bucket = f"http://127.0.0.1:{self.port}/{self.BUCKET}"
        while True:
            try:
                request = urllib.request.Request(bucket, method="PUT")
                urllib.request.urlopen(request, timeout=5).close()
            except OSError:
                assert time.monotonic() < until, "moto did not start"
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """End it; what it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """A running S3."""
    if not all(importlib.util.find_spec(name) for name in ("moto", "s3fs", "flask")):
        pytest.skip("没有装 moto 和 s3fs（make dev），跳过")
    store = ObjectStore()
    try:
        store.start()
        yield store
    finally:
        store.stop()


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def store_url(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The address of an empty store: a folder in common, and S3."""
    if request.param == "folder":
        return f"file://{tmp_path / 'in-common'}"
    store = request.getfixturevalue("object_store")
    for key, value in store.environment.items():
        monkeypatch.setenv(key, value)
    return f"{store.url}-{time.monotonic_ns()}"
