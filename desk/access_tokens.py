"""Access tokens of accounts on other servers: one for all copies of ours.

Fetching a new token makes the old one invalid, so only the holder of the lease fetches.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk.channel_tables import channel_cursors, channel_tokens
from desk.times import or_now

# Longer than fetching takes; if its holder dies another copy fetches.
LEASE = timedelta(seconds=15)


@dataclass(frozen=True)
class Access:
    """A token as it stands; ``lease`` is set when the caller has to fetch a new one."""

    token: str | None
    expires_at: datetime | None
    lease: str | None = None


def get(conn: Connection, name: str) -> Access:
    """The token of an account; expired ones too."""
    row = conn.execute(sa.select(channel_tokens).where(channel_tokens.c.name == name)).first()
    return Access(None, None) if row is None else Access(row.token, row.expires_at)


def lease(
    conn: Connection,
    name: str,
    refused: str | None,
    good_until: datetime,
    *,
    now: datetime | None = None,
) -> Access:
    """The token, or the lease to fetch one, or neither while another copy fetches.

    :param refused: a token that the other server did not accept.
    :param good_until: the moment until which the token must last.
    """
    moment = or_now(now)
    try:
        with conn.begin_nested():
            conn.execute(sa.insert(channel_tokens).values(name=name))
    except IntegrityError:
        pass  # there already
    query = sa.select(channel_tokens).where(channel_tokens.c.name == name).with_for_update()
    row = conn.execute(query).one()
    is_good = row.token is not None and row.token != refused and row.expires_at > good_until
    if is_good:
        return Access(row.token, row.expires_at)
    if row.lease_until is not None and row.lease_until > moment:
        return Access(None, None)
    mine = secrets.token_hex(8)
    conn.execute(
        sa.update(channel_tokens)
        .where(channel_tokens.c.name == name)
        .values(lease=mine, lease_until=moment + LEASE)
    )
    return Access(None, None, mine)


def store(conn: Connection, name: str, mine: str, token: str, expires_at: datetime) -> None:
    """Keep a token that was fetched under a lease."""
    conn.execute(
        sa.update(channel_tokens)
        .where(channel_tokens.c.name == name, channel_tokens.c.lease == mine)
        .values(token=token, expires_at=expires_at, lease=None, lease_until=None)
    )


def give_up(conn: Connection, name: str, mine: str) -> None:
    """It could not be fetched; another may try."""
    conn.execute(
        sa.update(channel_tokens)
        .where(channel_tokens.c.name == name, channel_tokens.c.lease == mine)
        .values(lease=None, lease_until=None)
    )


def cursor(conn: Connection, name: str) -> str:
    """How far an account's messages have been fetched; empty at the beginning."""
    query = sa.select(channel_cursors.c.cursor).where(channel_cursors.c.name == name)
    return str(conn.execute(query).scalar() or "")


def cursors(conn: Connection, prefix: str) -> tuple[str, ...]:
    """What follows a prefix in the names of accounts of which something was fetched."""
    name = channel_cursors.c.name
    names = conn.execute(sa.select(name).where(name.startswith(prefix, autoescape=True))).scalars()
    return tuple(str(found).removeprefix(prefix) for found in names)


def move_cursor(conn: Connection, name: str, to: str) -> None:
    """The messages before this cursor are kept on our side."""
    done = conn.execute(
        sa.update(channel_cursors).where(channel_cursors.c.name == name).values(cursor=to)
    )
    if not done.rowcount:
        conn.execute(sa.insert(channel_cursors).values(name=name, cursor=to))
