"""Codes by which a person shows on one channel that they are the person of a conversation on another."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk.channel_tables import binding_codes as table
from desk.times import or_now

LIFE = timedelta(minutes=10)
DIGITS = 8


def new_code(conn: Connection, sender: str, *, now: datetime | None = None) -> str:
    """A code for a conversation; an earlier one stops working.  Only its digest is stored."""
    moment = or_now(now)
    conn.execute(
        sa.delete(table).where(sa.or_(table.c.sender == sender, table.c.expires_at <= moment))
    )
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        try:
            with conn.begin_nested():
                conn.execute(
                    sa.insert(table).values(
                        digest=_digest(code), sender=sender, expires_at=moment + LIFE
                    )
                )
        except IntegrityError:  # somebody else has it now
            continue
        return code


def use(conn: Connection, code: str, *, now: datetime | None = None) -> str | None:
    """Whose conversation a code names; it works once.

    :return: None when it never was, was used or has ended.
    """
    row = conn.execute(sa.select(table).where(table.c.digest == _digest(code))).first()
    if row is None or row.expires_at <= or_now(now):
        return None
    gone = conn.execute(sa.delete(table).where(table.c.digest == row.digest)).rowcount
    return str(row.sender) if gone else None


def forget(conn: Connection, sender: str) -> None:
    """Remove a conversation's codes."""
    conn.execute(sa.delete(table).where(table.c.sender == sender))


def _digest(code: str) -> str:
    return hashlib.sha256(f"binding {code}".encode()).hexdigest()
