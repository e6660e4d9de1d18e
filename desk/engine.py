"""Opening the casework database, and the two ways to use it: :func:`reading` and :func:`writing`.

SQLite runs in WAL mode with foreign keys, a busy timeout and full synchronisation, so that a committed
lead survives a killed process and a power cut; a transaction begins IMMEDIATE unless it was opened by
:func:`reading`, and those of one process take turns (:mod:`desk.write_queue`).  Failures of the database itself (locked, full, unreachable) become
:class:`knowledge.errors.StorageError`; what was half-written is rolled back.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from desk.write_queue import WriteQueue, begin_immediate, queue_of
from knowledge.errors import DeskError, StorageError
from knowledge.files import exclusive_lock

logger = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5000
# Any constant will do; it only has to be the same in every copy of the program.
_STARTING = 715_2026
# Ends the name of the file whose lock says that a copy is starting on a SQLite file.
STARTING = ".starting"
START_WAIT_S = 120.0
_LOOK_S = 0.01
_READ_ONLY = "desk_read_only"
_WAITED = "desk_waited"
_UNFLUSHED = "desk_unflushed"
# The queues of SQLite engines; PostgreSQL orders its writers itself.
_queues: weakref.WeakKeyDictionary[Engine, WriteQueue] = weakref.WeakKeyDictionary()


def open_engine(url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """Open the casework database.

    :param url: a SQLAlchemy address; a file for SQLite, or PostgreSQL.
    :raises DeskError: when the address is malformed or its folder cannot be made.
    """
    try:
        parsed = sa.engine.make_url(url)
    except ArgumentError as error:
        raise DeskError(
            "数据库地址无法识别，请检查 HUHANG_DATABASE_URL（例如 sqlite:////数据文件夹/desk.sqlite）"
        ) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(parsed, busy_timeout_ms)
    if backend == "postgresql":
        return _open_postgresql(parsed, busy_timeout_ms)
    raise DeskError(f"办件数据库不支持 {backend}，请使用 SQLite 文件或 PostgreSQL")


@contextmanager
def writing(engine: Engine, *, flushed: bool = True) -> Iterator[Connection]:
    """One transaction that may write: committed at the end, rolled back on any exception.

    :param flushed: False for a step of an exchange, which a killed process keeps and a power cut only
        after :func:`desk.flushing.flush`; until then nothing of it may be acknowledged.
    """
    try:
        with _turn(engine) as waited_s, engine.connect() as connection:
            connection = connection.execution_options(
                **{_WAITED: waited_s, _UNFLUSHED: not flushed}
            )
            with connection.begin():
                yield connection
    except (DBAPIError, PoolTimeoutError) as error:
        if isinstance(error, IntegrityError):
            raise
        raise _translated(error) from error


def _turn(engine: Engine) -> AbstractContextManager[float]:
    queue = _queues.get(engine)
    return contextlib.nullcontext(0.0) if queue is None else queue.turn()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the records, without waiting for a writer; nothing is committed."""
    try:
        with engine.connect() as connection:
            yield connection.execution_options(**{_READ_ONLY: True})
    except (DBAPIError, PoolTimeoutError) as error:
        if isinstance(error, IntegrityError):
            raise
        raise _translated(error) from error


def is_sqlite(connection: Connection) -> bool:
    """Whether the connection speaks to SQLite."""
    return bool(connection.dialect.name == "sqlite")


@contextmanager
def starting(engine: Engine) -> Iterator[None]:
    """Be the only copy of the program on this SQLite file that does what is done at the start.

    Who has the file waits for nobody else's patience: a first start takes long on a busy machine.  On
    PostgreSQL :func:`one_starter` does the same in each transaction.

    :raises StorageError: another one took too long.
    """
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file is None:
        yield
        return
    with exclusive_lock(Path(f"{file}{STARTING}"), START_WAIT_S) as held:
        if not held:
            raise StorageError("另一个程序正在准备办件数据库，请等它结束后再启动")
        yield


def one_starter(connection: Connection) -> None:
    """Have what copies of the program do when they start happen one after the other, until the transaction ends.

    SQLite has one writer at a time anyway.
    """
    if not is_sqlite(connection):
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{START_WAIT_S:.0f}s'"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_STARTING)))


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address, None for another kind of database.

    :raises DeskError: the address is malformed.
    """
    try:
        parsed = sa.engine.make_url(url)
    except ArgumentError as error:
        raise DeskError(
            "数据库地址无法识别，请检查 HUHANG_DATABASE_URL 和 HUHANG_TRACKER_URL"
        ) from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database).expanduser().absolute()


def make_private(path: Path) -> None:
    """Have a database file, there or to be made, and its log belong to the owner alone.

    A file that is there is not opened: closing it would take away the locks of every connection that
    this process has to it, and another process could then remove the log under them.

    :raises DeskError: it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            file = path.with_name(name)
            if file.exists() and file.stat().st_mode & 0o077:
                file.chmod(0o600)
    except OSError as error:
        raise DeskError(f"无法创建或打开数据库 {path}，请检查磁盘和权限") from error


def clear_log(engine: Engine) -> bool:
    """Write SQLite's log back into the database and empty it, so that erased text is gone from both.

    :return: False when readers or a writer were in the way; then the log is reused later.
    """
    if engine.dialect.name != "sqlite":
        return True
    with _turn(engine):
        connection = engine.raw_connection()
        try:
            busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            busy = 1
        finally:
            connection.close()
    if busy:
        logger.warning("the log of the database is in use and was not emptied")
    return not busy


def _open_sqlite(url: Any, busy_timeout_ms: int) -> Engine:
    if url.database in (None, "", ":memory:"):
        raise DeskError("办件数据库不能只放在内存里，请给出一个文件路径")
    path = Path(url.database).expanduser().absolute()
    make_private(path)
    engine = sa.create_engine(
        url.set(database=str(path)),
        future=True,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=24,
        connect_args={"check_same_thread": False, "timeout": busy_timeout_ms / 1000},
        json_serializer=_dumps,
    )

    def configure(dbapi_connection: Any, _record: Any) -> None:
        # The driver's own transaction handling would begin late and deferred; we begin ourselves.
        dbapi_connection.isolation_level = None
        dbapi_connection.execute(f"PRAGMA busy_timeout = {int(busy_timeout_ms)}")
        _use_log(dbapi_connection, busy_timeout_ms / 1000)
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",  # what a person asked to erase leaves no trace in free pages
        ):
            dbapi_connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(_READ_ONLY, False):
            connection.exec_driver_sql("BEGIN")
            return
        left_s = busy_timeout_ms / 1000 - options.get(_WAITED, 0.0)
        try:
            _flush_at_end(connection, is_wanted=not options.get(_UNFLUSHED, False))
            begin_immediate(connection.connection.dbapi_connection, left_s)
        except sqlite3.Error as error:
            raise _translated(error) from error

    _queues[engine] = queue_of(path)
    sa.event.listen(engine, "connect", configure)
    sa.event.listen(engine, "begin", begin)
    sa.event.listen(engine, "handle_error", _on_error)
    return engine


def _flush_at_end(connection: Connection, *, is_wanted: bool) -> None:
    """Have this transaction's commit bring the log to the disk, or leave that to a flush."""
    if connection.info.get(_UNFLUSHED, False) is is_wanted:
        mode = "FULL" if is_wanted else "NORMAL"
        connection.connection.dbapi_connection.execute(f"PRAGMA synchronous = {mode}")
        connection.info[_UNFLUSHED] = not is_wanted


def _use_log(connection: sqlite3.Connection, wait_s: float) -> None:
    """Have the file use a write-ahead log; SQLite does not wait for others that do the same just now.

    :raises sqlite3.OperationalError: the file was taken all the time.
    """
    until = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
            time.sleep(_LOOK_S)
        else:
            return


def _open_postgresql(url: Any, busy_timeout_ms: int) -> Engine:
    engine = sa.create_engine(
        url,
        future=True,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=24,
        connect_args={
            "connect_timeout": 5,
            "options": f"-c lock_timeout={int(busy_timeout_ms)} -c timezone=UTC",
        },
        json_serializer=_dumps,
    )
    sa.event.listen(engine, "handle_error", _on_error)
    return engine


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _on_error(context: Any) -> DeskError | None:
    error = context.sqlalchemy_exception
    if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
        return _translated(error)
    return None


def _translated(error: Exception) -> StorageError:
    """The Chinese account of a database failure; the statement and its values are not repeated."""
    reason = str(getattr(error, "orig", error)).lower()
    logger.error("database failure: %s", type(getattr(error, "orig", error)).__name__)
    if isinstance(error, PoolTimeoutError):
        return StorageError("办件数据库连接已用满，请稍后再试")
    if "locked" in reason or "busy" in reason or "lock timeout" in reason or "deadlock" in reason:
        return StorageError("办件数据库正忙，这次没有保存，请稍后再试")
    if "full" in reason or "no space" in reason:
        return StorageError("磁盘空间不足，这次没有保存；请联系管理员清理磁盘")
    if "readonly" in reason or "read-only" in reason or "permission" in reason:
        return StorageError("办件数据库不可写，这次没有保存；请联系管理员检查权限")
    if "malformed" in reason or "not a database" in reason:
        return StorageError("办件数据库文件已损坏，请用 huhang restore 从备份恢复")
    if "no such table" in reason or "undefinedtable" in reason or "does not exist" in reason:
        return StorageError("办件数据库尚未升级到当前版本，请重新启动服务")
    if "append-only" in reason:
        return StorageError("审计记录只能追加，不能修改或删除")
    if "connect" in reason or "unable to open" in reason:
        return StorageError("连不上办件数据库，请稍后再试或联系管理员")
    return StorageError("办件数据库出错，这次没有保存，请稍后再试")
