"""An empty casework database for each test: migrated once in a run, copied or emptied for every test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.util import LRUCache

from desk import engine as engines
from desk.engine import open_engine
from desk.migrations import migrate

# Beyond this many statements the oldest are compiled again.
_STATEMENTS = 5000


@lru_cache(maxsize=1)
def _migrated() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="huhang-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = open_engine(f"sqlite:///{folder / 'desk.sqlite'}")
    migrate(engine)
    engine.dispose()
    return folder / "desk.sqlite"


def fresh_database(path: Path) -> Engine:
    """An engine over a new SQLite file that has every table and no row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_migrated(), path)
    return open_engine(f"sqlite:///{path}")


@contextmanager
def cheap_engines() -> Iterator[None]:
    """Until the block ends, engines over databases of one kind share what their statements were compiled to.

    A program has one engine, and compiles a statement once; a run of tests has thousands.  No commit waits for
    the disk: a test that kills a process loses nothing by that, and none cuts the power.
    """
    with ExitStack() as stack:
        for name in ("_open_sqlite", "_open_postgresql"):
            stack.enter_context(mock.patch.object(engines, name, _alike(getattr(engines, name))))
        yield


def engine_as_served(path: Path) -> Engine:
    """An engine over a SQLite file, as a program opens it."""
    opened = engines._open_sqlite
    with mock.patch.object(engines, "_open_sqlite", getattr(opened, "__wrapped__", opened)):
        return open_engine(f"sqlite:///{path}")


def _alike(opened: Callable[..., Engine]) -> Callable[..., Engine]:
    """:param opened: opens an engine. :return: the same, with the dialect of the first that has met its database."""
    statements = LRUCache(_STATEMENTS)
    known: list[Any] = []

    @wraps(opened)
    def opened_alike(*arguments: Any) -> Engine:
        engine = opened(*arguments)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _leave_to_the_disk)
        if known and known[-1].server_version_info is not None:
            engine.dialect, engine._compiled_cache = known[-1], statements
        else:
            known.append(engine.dialect)
        return engine

    return opened_alike


def _leave_to_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


# What there is, so that a table, a column, a rule or a trigger that a test has changed is noticed.
_SHAPE = """
SELECT md5(string_agg(part, '|' ORDER BY part)) FROM (
  SELECT concat_ws(' ', n.nspname, c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull, a.attisdropped)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint WHERE conrelid <> 0
  UNION ALL SELECT concat_ws(' ', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS parts (part)
"""


class MigratedPostgres:
    """A database on PostgreSQL that is migrated once and emptied for each test.

    One whose tables a test changed is migrated anew.
    """

    def __init__(self, url: str) -> None:
        """:param url: the address of a database that is there."""
        self._url = url
        self._shape = ""
        self._emptying = ""

    def fresh(self) -> Engine:
        """An engine over the database, which has what migrations leave and no other row."""
        engine = open_engine(self._url)
        with engine.begin() as conn:
            if self._shape and conn.exec_driver_sql(_SHAPE).scalar() == self._shape:
                conn.exec_driver_sql(self._emptying)
                return engine
            for schema in ("public", "kept"):
                conn.exec_driver_sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
                conn.exec_driver_sql(f"CREATE SCHEMA {schema}")
        migrate(engine)
        with engine.begin() as conn:
            self._emptying = "; ".join(_emptying(conn))
            self._shape = str(conn.exec_driver_sql(_SHAPE).scalar())
        return engine


def _emptying(conn: Connection) -> Iterator[str]:
    """Statements that bring a database back to what is in it now; its rows are kept beside for that."""
    yield "SET LOCAL session_replication_role = replica"  # neither references nor triggers are in the way
    found = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    for table in conn.exec_driver_sql(found).scalars().all():
        yield f'DELETE FROM public."{table}"'
        if conn.exec_driver_sql(f'SELECT EXISTS (TABLE public."{table}")').scalar():
            conn.exec_driver_sql(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
            yield f'INSERT INTO public."{table}" OVERRIDING SYSTEM VALUE TABLE kept."{table}"'
    counted = (
        "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL"
        " FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
    )
    for name, value, is_used in conn.exec_driver_sql(counted).all():
        yield f"SELECT setval('public.\"{name}\"', {value}, {str(is_used).lower()})"
