"""The people at the desk: accounts, one-time links, login and sessions.

Passwords are hashed with argon2, outside any transaction.  Attempts are counted by
:mod:`desk.attempts`.  Sessions and links are stored as digests.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from desk import attempts, audit, second_factor, tables
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.permissions import Permission, Role, may, sees
from desk.times import or_now
from knowledge.errors import DeskError

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
INVITATION_LIFE = timedelta(hours=72)
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
_SEEN_EVERY = timedelta(seconds=30)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


class LoginError(DeskError):
    """The login did not succeed; the message is the same whether the account exists or not."""


class CodeNeededError(DeskError):
    """The password was right and the account has a second factor; ``token`` lets the code follow."""

    def __init__(self, token: str) -> None:
        super().__init__("请输入验证器上的六位数字")
        self.token = token


@dataclass(frozen=True)
class Staff:
    """One member of staff; without a ``center`` they belong to the national desk and see all."""

    id: int
    login: str
    name: str
    role: Role
    center: str | None
    is_active: bool
    has_password: bool
    last_seen_at: datetime | None

    def may(
        self, permission: Permission, center: str | None = None, *, anywhere: bool = False
    ) -> bool:
        """Whether this person may do something with a record of ``center``.

        :param anywhere: ask about the permission alone.
        """
        return (
            self.is_active
            and may(self.role, permission)
            and (anywhere or sees(self.center, center))
        )


# --- accounts ----------------------------------------------------------------------------------


def add(
    conn: Connection,
    login: str,
    name: str,
    role: Role,
    center: str | None,
    actor: str,
    *,
    now: datetime | None = None,
) -> Staff:
    """A new account, without password until its one-time link is used.

    :raises InvalidRecordError: for a malformed or taken login.
    """
    login = unicodedata.normalize("NFKC", login).strip().lower()
    if not _LOGIN.fullmatch(login):
        raise InvalidRecordError("登录名应为2至64个小写字母、数字、点、横线或下划线")
    if not name.strip():
        raise InvalidRecordError("请填写姓名")
    if role is Role.CENTER_ADMIN and center is None:
        raise InvalidRecordError("中心管理员要写明所属中心")
    try:
        with conn.begin_nested():
            conn.execute(
                sa.insert(tables.staff).values(
                    login=login,
                    name=name.strip()[:100],
                    role=role.value,
                    center=center,
                    is_active=True,
                    created_at=or_now(now),
                )
            )
    except IntegrityError as error:
        raise InvalidRecordError(f"登录名 {login} 已被使用") from error
    audit.record(
        conn, actor, "staff-add", f"staff:{login}", center=center, detail={"role": role.value}
    )
    return get(conn, login)


def get(conn: Connection, login: str) -> Staff:
    """An account by login.

    :raises NotFoundError: when there is none.
    """
    return _staff(_row(conn, login))


def listing(conn: Connection, *, center: str | None = None) -> tuple[Staff, ...]:
    """All accounts, or those of one center, by login."""
    query = sa.select(tables.staff).order_by(tables.staff.c.login)
    if center is not None:
        query = query.where(tables.staff.c.center == center)
    return tuple(_staff(row) for row in conn.execute(query))


def disable(conn: Connection, login: str, actor: str) -> Staff:
    """Shut an account out at once: its sessions and links end."""
    row = _row(conn, login)
    _keep_one_admin(conn, row)
    _change(conn, row, is_active=False)
    _end_access(conn, row.id)
    audit.record(conn, actor, "staff-disable", f"staff:{row.login}", center=row.center)
    return get(conn, login)


def change_role(conn: Connection, login: str, role: Role, center: str | None, actor: str) -> Staff:
    """Another role or center; open sessions end, so the change holds at once."""
    row = _row(conn, login)
    if role is not Role.ADMIN:
        _keep_one_admin(conn, row)
    if role is Role.CENTER_ADMIN and center is None:
        raise InvalidRecordError("中心管理员要写明所属中心")
    _change(conn, row, role=role.value, center=center)
    _end_access(conn, row.id)
    detail = {"from": row.role, "to": role.value, "from_center": row.center, "to_center": center}
    audit.record(conn, actor, "role", f"staff:{row.login}", center=center, detail=detail)
    return get(conn, login)


def reset(conn: Connection, login: str, actor: str, *, now: datetime | None = None) -> str:
    """Take the password away and give a new one-time link; a disabled account is enabled again.

    :return: the link's secret, shown once.
    """
    row = _row(conn, login)
    _change(conn, row, password_hash=None, is_active=True)
    _end_access(conn, row.id)
    second_factor.remove(conn, row.login, actor)
    attempts.clear(conn, _login_key(login))
    audit.record(conn, actor, "staff-reset", f"staff:{row.login}", center=row.center)
    return invite(conn, login, now=now)


def invite(conn: Connection, login: str, *, now: datetime | None = None) -> str:
    """A secret with which the person sets a password once, within three days.

    :return: the secret, which is not stored.
    """
    row = _row(conn, login)
    secret = secrets.token_urlsafe(32)
    conn.execute(
        sa.insert(tables.staff_invitations).values(
            token_hash=_digest(secret), staff_id=row.id, expires_at=or_now(now) + INVITATION_LIFE
        )
    )
    return secret


def first_admin_invitation(conn: Connection, *, now: datetime | None = None) -> str | None:
    """The link for the first administrator, made at each start until somebody has used one.

    :return: None when an administrator with a password exists.
    """
    table = tables.staff
    admins = sa.select(table).where(table.c.role == Role.ADMIN.value, table.c.is_active.is_(True))
    rows = conn.execute(admins.order_by(table.c.id)).all()
    if any(row.password_hash for row in rows):
        return None
    login = (
        rows[0].login if rows else add(conn, "admin", "管理员", Role.ADMIN, None, "system").login
    )
    invitations = tables.staff_invitations
    key = _row(conn, login).id
    conn.execute(sa.delete(invitations).where(invitations.c.staff_id == key))
    return invite(conn, login, now=now)


def accept_invitation(
    engine: Engine, secret: str, password: str, *, now: datetime | None = None
) -> Staff:
    """Set the password that belongs to a one-time link.

    :raises LoginError: when the link is used, expired or unknown.
    :raises InvalidRecordError: when the password is too weak; the link stays usable.
    """
    moment = or_now(now)
    table = tables.staff_invitations
    usable = sa.and_(
        table.c.token_hash == _digest(secret),
        table.c.used_at.is_(None),
        table.c.expires_at > moment,
    )
    query = sa.select(tables.staff.c.login).join(table, table.c.staff_id == tables.staff.c.id)
    with reading(engine) as conn:
        login = conn.execute(query.where(usable, tables.staff.c.is_active.is_(True))).scalar()
    if login is None:
        raise LoginError("链接已失效或已用过，请向管理员要新的链接")
    check_password(password, login)
    hashed = _hasher().hash(password)
    with writing(engine) as conn:
        used = conn.execute(sa.update(table).where(usable).values(used_at=moment))
        if used.rowcount != 1:
            raise LoginError("链接已失效或已用过，请向管理员要新的链接")
        row = _row(conn, login)
        _change(conn, row, password_hash=hashed)
        _end_access(conn, row.id)
        audit.record(conn, f"staff:{login}", "password", f"staff:{login}", now=moment)
        return get(conn, login)


def check_password(password: str, login: str) -> None:
    """:raises InvalidRecordError: saying what the password lacks."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidRecordError(f"密码至少{SHORTEST_PASSWORD}个字符")
    if len(password) > LONGEST_PASSWORD:
        raise InvalidRecordError(f"密码最多{LONGEST_PASSWORD}个字符")
    folded = password.casefold()
    if (
        len(set(folded)) < 5
        or login.casefold() in folded
        or folded in "0123456789012345678901234567890"
    ):
        raise InvalidRecordError("密码太容易猜到，请换一个更长、更少规律的")


# --- login and sessions ------------------------------------------------------------------------


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
            conn, _login_key(login), moment, most=MAX_FAILURES, locked_for=LOCKED_FOR
        )
        row = conn.execute(sa.select(tables.staff).where(tables.staff.c.login == login)).first()
    if locked_until is not None:
        minutes = attempts.minutes_until(locked_until, moment)
        raise LoginError(f"尝试次数过多，请{minutes}分钟后再试，或请管理员重置")
    stored = row.password_hash if row is not None and row.is_active else None
    is_right = _verify(stored or _decoy(), password) and stored is not None
    needed: CodeNeededError | None = None
    with writing(engine) as conn:
        if not is_right or row is None:
            audit.record(
                conn,
                "system",
                "login-failed",
                f"login:{_digest(_login_key(login))[:16]}",
                now=moment,
            )
        elif second_factor.is_on(conn, row.login):
            attempts.clear(conn, _login_key(row.login))
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
            row = _row(conn, login)
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
    return _begin_session(conn, _row(conn, login), or_now(now))


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
            conn, _login_key(login), moment, most=MAX_FAILURES, locked_for=LOCKED_FOR
        )
        stored = _row(conn, login).password_hash
    if locked_until is not None:
        minutes = attempts.minutes_until(locked_until, moment)
        raise LoginError(f"尝试次数过多，请{minutes}分钟后再试")
    if not _verify(stored or _decoy(), old) or stored is None:
        raise LoginError("现在的密码不对，没有修改")
    hashed = _hasher().hash(new)
    with writing(engine) as conn:
        row = _row(conn, login)
        _change(conn, row, password_hash=hashed)
        _end_access(conn, row.id)
        audit.record(conn, f"staff:{login}", "password", f"staff:{login}", now=moment)
        return _begin_session(conn, _row(conn, login), moment)


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
            table.c.token_hash == _digest(secret),
            table.c.created_at > moment - SESSION_LIFE,
            table.c.seen_at > moment - SESSION_IDLE,
            tables.staff.c.is_active.is_(True),
        )
    )
    row = conn.execute(query).first()
    return None if row is None else _staff(row)


def touch(conn: Connection, secret: str, *, now: datetime | None = None) -> None:
    """Keep a session alive and its owner online; writes at most every half minute."""
    moment = or_now(now)
    table = tables.staff_sessions
    is_it = table.c.token_hash == _digest(secret)
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
    conn.execute(sa.delete(table).where(table.c.token_hash == _digest(secret)))
    if person is None:
        return
    others = sa.select(table.c.id).where(table.c.staff_id == person.id)
    if conn.execute(others).first() is None:
        conn.execute(
            sa.update(tables.staff).where(tables.staff.c.id == person.id).values(last_seen_at=None)
        )
    audit.record(conn, f"staff:{person.login}", "logout", f"staff:{person.login}", now=now)


# --- rows --------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    # 19 MiB, two passes, one lane: OWASP's minimum for argon2id, about 30 ms on a small server.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache(maxsize=1)
def _decoy() -> str:
    """A hash to compare with when there is no account, so that both answers take equally long."""
    return _hasher().hash(secrets.token_urlsafe(16))


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher().verify(stored, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _login_key(login: str) -> str:
    return f"login:{login.strip().lower()}"


def _begin_session(
    conn: Connection, row: Any, moment: datetime, *, password: str | None = None
) -> str:
    attempts.clear(conn, _login_key(row.login))
    changes: dict[str, Any] = {"last_seen_at": moment}
    if password is not None and _hasher().check_needs_rehash(row.password_hash):
        changes["password_hash"] = _hasher().hash(password)
    _change(conn, row, **changes)
    secret = secrets.token_urlsafe(32)
    conn.execute(
        sa.insert(tables.staff_sessions).values(
            token_hash=_digest(secret), staff_id=row.id, created_at=moment, seen_at=moment
        )
    )
    audit.record(
        conn, f"staff:{row.login}", "login", f"staff:{row.login}", center=row.center, now=moment
    )
    return secret


def _keep_one_admin(conn: Connection, row: Any) -> None:
    """The last administrator cannot be shut out."""
    if row.role != Role.ADMIN.value or not row.is_active:
        return
    table = tables.staff
    others = sa.select(table.c.id).where(
        table.c.role == Role.ADMIN.value, table.c.is_active.is_(True), table.c.id != row.id
    )
    if conn.execute(others.with_for_update()).first() is None:
        raise TransitionError("这是最后一位系统管理员，请先指定另一位")


def _end_access(conn: Connection, staff_id: int) -> None:
    for table in (tables.staff_sessions, tables.staff_invitations):
        conn.execute(sa.delete(table).where(table.c.staff_id == staff_id))
    conn.execute(
        sa.update(tables.staff).where(tables.staff.c.id == staff_id).values(last_seen_at=None)
    )


def _change(conn: Connection, row: Any, **changes: Any) -> None:
    conn.execute(sa.update(tables.staff).where(tables.staff.c.id == row.id).values(**changes))


def _row(conn: Connection, login: str) -> Any:
    query = sa.select(tables.staff).where(tables.staff.c.login == login.strip().lower())
    row = conn.execute(query).first()
    if row is None:
        raise NotFoundError(f"没有登录名为 {login} 的工作人员")
    return row


def _staff(row: Any) -> Staff:
    return Staff(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        center=row.center,
        is_active=row.is_active,
        has_password=row.password_hash is not None,
        last_seen_at=row.last_seen_at,
    )
