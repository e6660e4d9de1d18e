"""A second factor beside the password: an authenticator app, switched on by each person."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import attempts, audit, totp
from desk.account_tables import staff_factors, staff_second_steps
from desk.errors import InvalidRecordError
from desk.times import or_now

STEP_LIFE = timedelta(minutes=5)
_MOST = 5
_LOCKED_FOR = timedelta(minutes=15)


def is_on(conn: Connection, login: str) -> bool:
    """Whether a login needs a code."""
    query = sa.select(staff_factors.c.confirmed_at).where(staff_factors.c.login == login)
    return conn.execute(query).scalar() is not None


def begin(conn: Connection, login: str) -> str:
    """A secret to put into an app; it counts only once :func:`confirm` has seen a code.

    An unconfirmed secret is given again, so that looking at the page twice changes nothing.
    """
    row = conn.execute(sa.select(staff_factors).where(staff_factors.c.login == login)).first()
    if row is not None and row.confirmed_at is None:
        return str(row.secret)
    if row is not None:
        raise InvalidRecordError("两步验证已经打开，要换手机请先关闭")
    secret = totp.new_secret()
    conn.execute(sa.insert(staff_factors).values(login=login, secret=secret, last_step=-1))
    return secret


def confirm(conn: Connection, login: str, typed: str, *, now: datetime | None = None) -> bool:
    """Switch it on with the first right code.

    :return: False for a wrong code; it then stays off.
    """
    if not _take_code(conn, login, typed, or_now(now)):
        return False
    mine = staff_factors.c.login == login
    conn.execute(sa.update(staff_factors).where(mine).values(confirmed_at=or_now(now)))
    audit.record(conn, f"staff:{login}", "second-factor", f"staff:{login}", detail={"on": True})
    return True


def remove(conn: Connection, login: str, actor: str) -> None:
    """Switch it off."""
    gone = conn.execute(sa.delete(staff_factors).where(staff_factors.c.login == login)).rowcount
    conn.execute(sa.delete(staff_second_steps).where(staff_second_steps.c.login == login))
    if gone:
        audit.record(conn, actor, "second-factor", f"staff:{login}", detail={"on": False})


def check(conn: Connection, login: str, typed: str, *, now: datetime | None = None) -> bool:
    """Whether a code is right; each counts once, and guessing is slow.

    The caller commits in either case, so that a wrong code is counted.
    """
    moment = or_now(now)
    key = f"code:{login}"
    if attempts.count(conn, key, moment, most=_MOST, locked_for=_LOCKED_FOR) is not None:
        return False
    if not _take_code(conn, login, typed, moment):
        return False
    attempts.clear(conn, key)
    return True


def owe(conn: Connection, login: str, *, now: datetime | None = None) -> str:
    """Note that the password was right.

    :return: a token with which the code may be given within five minutes; only its digest is stored.
    """
    moment, table = or_now(now), staff_second_steps
    conn.execute(sa.delete(table).where(table.c.expires_at <= moment))
    token = secrets.token_urlsafe(32)
    conn.execute(
        sa.insert(table).values(
            token_hash=_digest(token), login=login, expires_at=moment + STEP_LIFE
        )
    )
    return token


def owing(conn: Connection, token: str, *, now: datetime | None = None) -> str | None:
    """Whose code is awaited; None when the token is unknown or too old."""
    table = staff_second_steps
    query = sa.select(table.c.login).where(
        table.c.token_hash == _digest(token), table.c.expires_at > or_now(now)
    )
    login = conn.execute(query).scalar()
    return None if login is None else str(login)


def paid(conn: Connection, token: str) -> None:
    """The token is used up."""
    table = staff_second_steps
    conn.execute(sa.delete(table).where(table.c.token_hash == _digest(token)))


def _take_code(conn: Connection, login: str, typed: str, moment: datetime) -> bool:
    mine = staff_factors.c.login == login
    row = conn.execute(sa.select(staff_factors).where(mine).with_for_update()).first()
    plain = re.sub(r"\D", "", typed)
    step = None if row is None else totp.step_of(row.secret, plain, moment, after=row.last_step)
    if row is None or step is None:
        return False
    is_newer = sa.and_(mine, staff_factors.c.last_step < step)
    done = conn.execute(sa.update(staff_factors).where(is_newer).values(last_step=step))
    return bool(done.rowcount == 1)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
