"""Counting tries at a secret, so that guessing is slow however many processes and callers guess.

An attempt is counted before the secret is compared, so guessing in parallel gains nothing.  Keys are
stored as digests.
"""

from __future__ import annotations

import contextlib
import hashlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import tables


def count(
    conn: Connection, key: str, moment: datetime, *, most: int, locked_for: timedelta
) -> datetime | None:
    """Count one attempt, before it is known whether it is right.

    :param most: attempts after which the next ones are locked out for ``locked_for``.
    :return: until when the key is locked, None when this attempt may go on.
    """
    table = tables.login_attempts
    is_it = _is(key)
    row = conn.execute(sa.select(table).where(is_it).with_for_update()).first()
    if row is None:
        # The same key may be tried elsewhere at this moment; then its row is there already.
        with contextlib.suppress(IntegrityError), conn.begin_nested():
            conn.execute(sa.insert(table).values(login_key=digest(key), failures=0, at=moment))
        row = conn.execute(sa.select(table).where(is_it).with_for_update()).one()
    if row.locked_until is not None and row.locked_until > moment:
        return row.locked_until  # type: ignore[no-any-return]  # SQLAlchemy 1.4 ships no types
    is_fresh = row.locked_until is not None or row.at < moment - locked_for
    failures = 1 if is_fresh else row.failures + 1
    until = moment + locked_for if failures >= most else None
    conn.execute(
        sa.update(table).where(is_it).values(failures=failures, locked_until=until, at=moment)
    )
    return None


def clear(conn: Connection, key: str) -> None:
    """Forget the attempts at a key, after a right one."""
    conn.execute(sa.delete(tables.login_attempts).where(_is(key)))


def minutes_until(locked_until: datetime, moment: datetime) -> int:
    """Whole minutes to wait, at least one."""
    return max(1, -int(-(locked_until - moment).total_seconds() // 60))


def digest(key: str) -> str:
    """How a key is stored."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _is(key: str) -> Any:
    return tables.login_attempts.c.login_key == digest(key)
