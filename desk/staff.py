"""The people at the desk: accounts, one-time links, login and sessions.

Passwords are hashed with argon2, outside any transaction.  Attempts are counted by
:mod:`desk.attempts`.  Sessions and links are stored as digests.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from desk import attempts, audit, second_factor, tables
from desk.engine import one_starter, reading, writing
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.passwords import LoginError, check_password, digest, hasher
from desk.permissions import Permission, Role, may, sees
from desk.times import or_now

INVITATION_LIFE = timedelta(hours=72)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


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
    return staff_of(row_of(conn, login))


def listing(conn: Connection, *, center: str | None = None) -> tuple[Staff, ...]:
    """All accounts, or those of one center, by login."""
    query = sa.select(tables.staff).order_by(tables.staff.c.login)
    if center is not None:
        query = query.where(tables.staff.c.center == center)
    return tuple(staff_of(row) for row in conn.execute(query))


def disable(conn: Connection, login: str, actor: str) -> Staff:
    """Shut an account out at once: its sessions and links end."""
    row = row_of(conn, login)
    _keep_one_admin(conn, row)
    change(conn, row, is_active=False)
    end_access(conn, row.id)
    audit.record(conn, actor, "staff-disable", f"staff:{row.login}", center=row.center)
    return get(conn, login)


def change_role(conn: Connection, login: str, role: Role, center: str | None, actor: str) -> Staff:
    """Another role or center; open sessions end, so the change holds at once."""
    row = row_of(conn, login)
    if role is not Role.ADMIN:
        _keep_one_admin(conn, row)
    if role is Role.CENTER_ADMIN and center is None:
        raise InvalidRecordError("中心管理员要写明所属中心")
    change(conn, row, role=role.value, center=center)
    end_access(conn, row.id)
    detail = {"from": row.role, "to": role.value, "from_center": row.center, "to_center": center}
    audit.record(conn, actor, "role", f"staff:{row.login}", center=center, detail=detail)
    return get(conn, login)


def reset(conn: Connection, login: str, actor: str, *, now: datetime | None = None) -> str:
    """Take the password away and give a new one-time link; a disabled account is enabled again.

    :return: the link's secret, shown once.
    """
    row = row_of(conn, login)
    change(conn, row, password_hash=None, is_active=True)
    end_access(conn, row.id)
    second_factor.remove(conn, row.login, actor)
    attempts.clear(conn, login_key(login))
    audit.record(conn, actor, "staff-reset", f"staff:{row.login}", center=row.center)
    return invite(conn, login, now=now)


def invite(conn: Connection, login: str, *, now: datetime | None = None) -> str:
    """A secret with which the person sets a password once, within three days.

    :return: the secret, which is not stored.
    """
    row = row_of(conn, login)
    secret = secrets.token_urlsafe(32)
    conn.execute(
        sa.insert(tables.staff_invitations).values(
            token_hash=digest(secret), staff_id=row.id, expires_at=or_now(now) + INVITATION_LIFE
        )
    )
    return secret


def first_admin_invitation(
    conn: Connection, *, beside: bool = False, now: datetime | None = None
) -> str | None:
    """The link for the first administrator, made at each start until somebody has used one.

    :param beside: other copies are there; the links that they gave stay good.
    :return: None when an administrator with a password exists.
    """
    one_starter(conn)
    table = tables.staff
    admins = sa.select(table).where(table.c.role == Role.ADMIN.value, table.c.is_active.is_(True))
    rows = conn.execute(admins.order_by(table.c.id)).all()
    if any(row.password_hash for row in rows):
        return None
    login = (
        rows[0].login if rows else add(conn, "admin", "管理员", Role.ADMIN, None, "system").login
    )
    invitations = tables.staff_invitations
    key = row_of(conn, login).id
    if not beside:
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
        table.c.token_hash == digest(secret),
        table.c.used_at.is_(None),
        table.c.expires_at > moment,
    )
    query = sa.select(tables.staff.c.login).join(table, table.c.staff_id == tables.staff.c.id)
    with reading(engine) as conn:
        login = conn.execute(query.where(usable, tables.staff.c.is_active.is_(True))).scalar()
    if login is None:
        raise LoginError("链接已失效或已用过，请向管理员要新的链接")
    check_password(password, login)
    hashed = hasher().hash(password)
    with writing(engine) as conn:
        used = conn.execute(sa.update(table).where(usable).values(used_at=moment))
        if used.rowcount != 1:
            raise LoginError("链接已失效或已用过，请向管理员要新的链接")
        row = row_of(conn, login)
        change(conn, row, password_hash=hashed)
        end_access(conn, row.id)
        audit.record(conn, f"staff:{login}", "password", f"staff:{login}", now=moment)
        return get(conn, login)


def login_key(login: str) -> str:
    """Under what attempts of a login are counted."""
    return f"login:{login.strip().lower()}"


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


def end_access(conn: Connection, staff_id: int) -> None:
    """End the sessions and one-time links of an account."""
    for table in (tables.staff_sessions, tables.staff_invitations):
        conn.execute(sa.delete(table).where(table.c.staff_id == staff_id))
    conn.execute(
        sa.update(tables.staff).where(tables.staff.c.id == staff_id).values(last_seen_at=None)
    )


def change(conn: Connection, row: Any, **changes: Any) -> None:
    """Write values into the row of an account."""
    conn.execute(sa.update(tables.staff).where(tables.staff.c.id == row.id).values(**changes))


def row_of(conn: Connection, login: str) -> Any:
    """The row of an account."""
    query = sa.select(tables.staff).where(tables.staff.c.login == login.strip().lower())
    row = conn.execute(query).first()
    if row is None:
        raise NotFoundError(f"没有登录名为 {login} 的工作人员")
    return row


def staff_of(row: Any) -> Staff:
    """The account of a row."""
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
