"""Lines to PostgreSQL that stay open: to hear notices of other copies, and to hold locks while one lives.

What is held or listened to by such a line ends with it: a copy that is killed frees its locks at once.
Everything here blocks but :meth:`Line.taken`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg2
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from knowledge.errors import StorageError

# A server that vanished without a word is noticed within about ten seconds.
_ALIVE = {
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 8000,
}


class Line:
    """One connection outside of the pool, without transactions."""

    def __init__(self, url: str) -> None:
        """Connect.

        :param url: a SQLAlchemy address of PostgreSQL.
        :raises StorageError: it cannot be reached.
        """
        engine = sa.create_engine(url, poolclass=NullPool, connect_args=_ALIVE)
        _, options = engine.dialect.create_connect_args(engine.url)
        try:
            self._connection: Any = psycopg2.connect(**{**options, **_ALIVE})
            self._connection.autocommit = True
            # What is sent here is no record: it need not be on the disk before it is heard.
            self._run("SET synchronous_commit = off", ())
        except psycopg2.Error as error:
            raise StorageError("连不上办件数据库，请稍后再试或联系管理员") from error

    def listen(self, channel: str) -> None:
        """Have what is sent to a channel arrive here.

        :raises StorageError: the line is gone.
        """
        self._guarded(f'LISTEN "{channel}"', ())

    def notify(self, channel: str, texts: Sequence[str]) -> None:
        """Send texts to a channel, each below 8000 bytes.

        :raises StorageError: the line is gone.
        """
        self._guarded(
            "SELECT pg_notify(%s, sent) FROM unnest(%s::text[]) AS sent", (channel, list(texts))
        )

    def fileno(self) -> int:
        """What becomes readable when something arrives."""
        return int(self._connection.fileno())

    def taken(self) -> list[str]:
        """What has arrived, in order.

        :raises StorageError: the line is gone.
        """
        try:
            self._connection.poll()
        except psycopg2.Error as error:
            raise StorageError("与办件数据库的连接断开了") from error
        texts = [notice.payload for notice in self._connection.notifies]
        self._connection.notifies.clear()
        return texts

    def try_lock(self, key: int) -> bool:
        """Take a lock unless another line holds it; it is held until :meth:`unlock` or the line's end.

        :param key: 64 bits, signed.
        :raises StorageError: the line is gone, and with it every lock it held.
        """
        return bool(self._guarded("SELECT pg_try_advisory_lock(%s)", (key,)))

    def unlock(self, key: int) -> bool:
        """Give a lock back.

        :return: whether it was held.
        :raises StorageError: the line is gone, and with it every lock it held.
        """
        return bool(self._guarded("SELECT pg_advisory_unlock(%s)", (key,)))

    def ask(self) -> None:
        """:raises StorageError: the line is gone, and with it every lock it held."""
        self._guarded("SELECT 1", ())

    def close(self) -> None:
        """End the line."""
        self._connection.close()

    def _guarded(self, statement: str, values: Sequence[Any]) -> Any:
        try:
            return self._run(statement, values)
        except psycopg2.Error as error:
            raise StorageError("与办件数据库的连接断开了") from error

    def _run(self, statement: str, values: Sequence[Any]) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone() if cursor.description else None
        return None if row is None else row[0]
