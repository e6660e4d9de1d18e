"""Who is logged in: password, second factor, sessions that end; attempts that are too many lock for a while."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from desk import attempts, audit, second_factor, tables
from desk.engine import writing
from desk.passwords import LoginError, check_password, decoy, digest, hasher, verify
from desk.staff import Staff, change, end_access, login_key, row_of, staff_of
from desk.times import or_now
from knowledge.errors import DeskError

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
_SEEN_EVERY = timedelta(seconds=30)


class CodeNeededError(DeskError):
    """The password was right and the account has a second factor; ``token`` lets the code follow."""

    def __init__(self, token: str) -> None:
        super().__init__("请输入验证器上的六位数字")
        self.token = token


def log_in(engine: Engine, login: str, password: str, *, now: datetime | None = None) -> str:
    """Check login and password and begin a session.

    :return: the session's secret, which is not stored; always a fresh one.
    :raises CodeNeededError: the password is right and a code has to follow.
    :raises LoginError: in every other case, after the same work.
    """
    moment = or_now(now)
    login = unicodedata.normalize("NFKC", login).strip().lower()[:64]
    with writing(engine) as conn:
        locked_until = attempts.count(
            conn, login_key(login), moment, most=MAX_FAILURES, locked_for=LOCKED_FOR
        )
        row = conn.execute(sa.select(tables.staff).where(tables.staff.c.login == login)).first()
    if locked_until is not None:
        minutes = attempts.minutes_until(locked_until, moment)
        raise LoginError(f"尝试次数过多，请{minutes}分钟后再试，或请管理员重置")
    stored = row.password_hash if row is not None and row.is_active else None
    is_right = verify(stored or decoy(), password) and stored is not None
    needed: CodeNeededError | None = None
    with writing(engine) as conn:
        if not is_right or row is None:
            audit.record(
                conn,
                "system",
                "login-failed",
                f"login:{digest(login_key(login))[:16]}",
                now=moment,
            )
        elif second_factor.is_on(conn, row.login):
            attempts.clear(conn, login_key(row.login))
            needed = CodeNeededError(second_factor.owe(conn, row.login, now=moment))
        else:
            return _begin_session(conn, row, moment, password=password)
    raise needed or LoginError("登录名或密码不对")


def give_code(engine: Engine, token: str, typed: str, *, now: datetime | None = None) -> str:
    """The second step of a login.

    :return: the session's secret.
    :raises LoginError: when the code is wrong, or the first step is too long ago.
    """
    moment = or_now(now)
    with writing(engine) as conn:
        login = second_factor.owing(conn, token, now=moment)
        if login is not None and second_factor.check(conn, login, typed, now=moment):
            row = row_of(conn, login)
            if row.is_active:
                second_factor.paid(conn, token)
                return _begin_session(conn, row, moment)
    if login is None:
        raise LoginError("等得太久了，请重新输入登录名和密码")
    raise LoginError("验证码不对或已用过，请输入新的一个；多次输错要等十五分钟")


def enter(conn: Connection, login: str, *, now: datetime | None = None) -> str:
    """Begin a session for somebody who has just proved who they are in another way.

    :return: the session's secret.
    """
    return _begin_session(conn, row_of(conn, login), or_now(now))


def change_password(
    engine: Engine, login: str, old: str, new: str, *, now: datetime | None = None
) -> str:
    """Replace one's own password; every session ends.

    :return: the secret of a fresh session.
    :raises LoginError: when the old password is wrong, or was wrong too often.
    :raises InvalidRecordError: when the new one is too weak.
    """
    moment = or_now(now)
    check_password(new, login)
    with writing(engine) as conn:
        locked_until = attempts.count(
            conn, login_key(login), moment, most=MAX_FAILURES, locked_for=LOCKED_FOR
        )
        stored = row_of(conn, login).password_hash
    if locked_until is not None:
        minutes = attempts.minutes_until(locked_until, moment)
        raise LoginError(f"尝试次数过多，请{minutes}分钟后再试")
    if not verify(stored or decoy(), old) or stored is None:
        raise LoginError("现在的密码不对，没有修改")
    hashed = hasher().hash(new)
    with writing(engine) as conn:
        row = row_of(conn, login)
        change(conn, row, password_hash=hashed)
        end_access(conn, row.id)
        audit.record(conn, f"staff:{login}", "password", f"staff:{login}", now=moment)
        return _begin_session(conn, row_of(conn, login), moment)


def session_staff(
    conn: Connection, secret: str | None, *, now: datetime | None = None
) -> Staff | None:
    """Who a session belongs to; None when it is unknown, ended, idle too long or too old."""
    if not secret:
        return None
    moment = or_now(now)
    table = tables.staff_sessions
    query = (
        sa.select(tables.staff)
        .join(table, table.c.staff_id == tables.staff.c.id)
        .where(
            table.c.token_hash == digest(secret),
            table.c.created_at > moment - SESSION_LIFE,
            table.c.seen_at > moment - SESSION_IDLE,
            tables.staff.c.is_active.is_(True),
        )
    )
    row = conn.execute(query).first()
    return None if row is None else staff_of(row)


def touch(conn: Connection, secret: str, *, now: datetime | None = None) -> None:
    """Keep a session alive and its owner online; writes at most every half minute."""
    moment = or_now(now)
    table = tables.staff_sessions
    is_it = table.c.token_hash == digest(secret)
    done = conn.execute(
        sa.update(table)
        .where(
            is_it,
            sa.or_(table.c.seen_at < moment - _SEEN_EVERY, table.c.seen_at == table.c.created_at),
        )
        .values(seen_at=moment)
    )
    if done.rowcount:
        owner = sa.select(table.c.staff_id).where(is_it).scalar_subquery()
        conn.execute(
            sa.update(tables.staff).where(tables.staff.c.id == owner).values(last_seen_at=moment)
        )


def log_out(conn: Connection, secret: str, *, now: datetime | None = None) -> None:
    """End a session; its owner no longer counts as online when it was the last one."""
    person = session_staff(conn, secret, now=now)
    table = tables.staff_sessions
    conn.execute(sa.delete(table).where(table.c.token_hash == digest(secret)))
    if person is None:
        return
    others = sa.select(table.c.id).where(table.c.staff_id == person.id)
    if conn.execute(others).first() is None:
        conn.execute(
            sa.update(tables.staff).where(tables.staff.c.id == person.id).values(last_seen_at=None)
        )
    audit.record(conn, f"staff:{person.login}", "logout", f"staff:{person.login}", now=now)


def _begin_session(
    conn: Connection, row: Any, moment: datetime, *, password: str | None = None
) -> str:
    attempts.clear(conn, login_key(row.login))
    changes: dict[str, Any] = {"last_seen_at": moment}
    if password is not None and hasher().check_needs_rehash(row.password_hash):
        changes["password_hash"] = hasher().hash(password)
    change(conn, row, **changes)
    secret = secrets.token_urlsafe(32)
    conn.execute(
        sa.insert(tables.staff_sessions).values(
            token_hash=digest(secret), staff_id=row.id, created_at=moment, seen_at=moment
        )
    )
    audit.record(
        conn, f"staff:{row.login}", "login", f"staff:{row.login}", center=row.center, now=moment
    )
    return secret
