"""The token by which a conversation is opened again; only its digest is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.conversations import ensure


def issue_token(conn: Connection, sender: str, channel: str = "web") -> str | None:
    """A secret for the one who began this conversation; only its hash is stored.

    :return: None when the conversation already has one: nobody else can obtain it.
    """
    conversation = ensure(conn, sender, channel)
    token = secrets.token_urlsafe(32)
    table = tables.conversations
    done = conn.execute(
        sa.update(table)
        .where(table.c.id == conversation.id, table.c.token_hash.is_(None))
        .values(token_hash=_hash(token))
    )
    return token if done.rowcount == 1 else None


def verify_token(conn: Connection, sender: str, token: str | None) -> bool:
    """Whether ``token`` is the one issued to this sender."""
    query = sa.select(tables.conversations.c.token_hash).where(
        tables.conversations.c.sender == sender
    )
    stored = conn.execute(query).scalar()
    # The comparison is made in every case so that its duration tells nothing.
    matches = hmac.compare_digest(_hash(token or ""), stored or _hash("no token was issued"))
    return bool(matches and stored and token)


def has_token(conn: Connection, sender: str) -> bool:
    """Whether this sender's conversation is protected by a token."""
    query = sa.select(tables.conversations.c.token_hash).where(
        tables.conversations.c.sender == sender
    )
    return conn.execute(query).scalar() is not None


def _hash(token: str) -> str:
    # Tokens are 32 random bytes, so a plain digest cannot be searched.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
