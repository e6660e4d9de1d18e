"""Allowances as rows: a bucket a key, refilled by the database's clock."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

# Who has no row has all of their allowances, so a full bucket need not be kept.
_FULL_AFTER_S = 120

_TAKE = sa.text(
    "INSERT INTO rate_buckets AS b (key, level, at)"
    " VALUES (:key, :most - 1, extract(epoch FROM clock_timestamp()))"
    " ON CONFLICT (key) DO UPDATE SET level ="
    " least(:most, b.level + greatest(0, excluded.at - b.at) * :most / 60.0) - 1, at = excluded.at"
    " WHERE least(:most, b.level + greatest(0, excluded.at - b.at) * :most / 60.0) >= 1"
    " RETURNING b.key"
)
_LEVEL = sa.text(
    "SELECT least(:most, level + greatest(0, extract(epoch FROM clock_timestamp()) - at) * :most / 60.0)"
    " FROM rate_buckets WHERE key = :key"
)
_TIDY = sa.text(
    "DELETE FROM rate_buckets WHERE at < extract(epoch FROM clock_timestamp()) - :seconds"
)


def take(conn: Connection, key: str, per_minute: int) -> float | None:
    """Use one allowance; for PostgreSQL.

    :return: None when there was one, else what the bucket holds (below one).
    """
    values = {"key": digest(key), "most": float(per_minute)}
    if conn.execute(_TAKE, values).first() is not None:
        return None
    level = conn.execute(_LEVEL, values).scalar()
    return min(float(level or 0.0), 1.0)


def tidy(conn: Connection) -> None:
    """Forget buckets that are full again."""
    conn.execute(_TIDY, {"seconds": _FULL_AFTER_S})


def digest(key: str) -> str:
    """A key as it is stored: addresses and people are not to be read there."""
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:40]
