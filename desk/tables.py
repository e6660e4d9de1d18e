"""The core tables of the casework database, and what all its tables are made of.

Times are stored in UTC without a zone and come back aware; JSON columns hold only what is never
searched.  Rows are changed by the modules named after them and by nothing else.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

OPEN_STATUSES = ("waiting", "active", "callback")


class Instant(TypeDecorator):  # type: ignore[misc]  # SQLAlchemy 1.4 ships no types
    """An aware moment, stored as naive UTC so that SQLite and PostgreSQL agree."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database."""
        return None if value is None else value.replace(tzinfo=timezone.utc)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def row_id() -> sa.Column:
    """The column of a row's number, which the database gives."""
    return sa.Column("id", sa.Integer, primary_key=True)


def part_of(name: str, owner: str, **kept: Any) -> sa.Column:
    """The column that names the row this one is part of, and with which it goes.

    :param owner: that row's number, as ``table.id``.
    :param kept: how the column is kept: ``index``, ``unique``.
    """
    key = sa.ForeignKey(owner, ondelete="CASCADE")
    return sa.Column(name, sa.Integer, key, nullable=False, **kept)


migrations = sa.Table(
    "migrations",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("applied_at", Instant, nullable=False),
)

conversations = sa.Table(
    "conversations",
    metadata,
    row_id(),
    sa.Column("sender", sa.String(64), nullable=False, unique=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("owner", sa.String(16), nullable=False),
    sa.Column("token_hash", sa.String(64)),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False, index=True),
    sa.CheckConstraint("owner IN ('bot', 'waiting', 'human')", name="owner"),
)

messages = sa.Table(
    "messages",
    metadata,
    row_id(),
    sa.Column("uid", sa.String(64), nullable=False, unique=True),
    part_of("conversation_id", "conversations.id"),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("direction", sa.String(3), nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("client_id", sa.String(128)),
    sa.Column("reply_to", sa.String(64), index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False, index=True),
    sa.Column("delivered_at", Instant),
    sa.UniqueConstraint("conversation_id", "seq"),
    sa.UniqueConstraint("conversation_id", "client_id"),
    sa.CheckConstraint("direction IN ('in', 'out')", name="direction"),
)

citations = sa.Table(
    "citations",
    metadata,
    row_id(),
    part_of("message_id", "messages.id"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("document", sa.String(200), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("heading", sa.JSON, nullable=False),
    sa.Column("jurisdiction", sa.String(32)),
    sa.Column("basis", sa.Text),
    sa.Column("as_of", sa.String(32)),
    sa.Column("url", sa.Text),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("snapshot", sa.String(100), nullable=False),
    sa.Column("passage", sa.String(200), nullable=False),
    sa.Column("version", sa.String(100), nullable=False),
    sa.UniqueConstraint("message_id", "position"),
)

tickets = sa.Table(
    "tickets",
    metadata,
    row_id(),
    sa.Column("reference", sa.String(20), nullable=False, unique=True),
    sa.Column("sender", sa.String(64), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("center", sa.String(64)),
    sa.Column("assignee", sa.String(40)),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("deadline_on", sa.Date),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("queued_at", Instant, nullable=False),
    sa.Column("claimed_at", Instant),
    sa.Column("first_reply_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("callback_phone", sa.String(32)),
    sa.Column("callback_time", sa.String(200)),
    sa.Column("follow_up_on", sa.Date),
    sa.Column("outcome", sa.String(40)),
    sa.Column("note", sa.Text),
    sa.Column("rating", sa.Integer),
    sa.Column("rating_reason", sa.Text),
    sa.Index("ix_tickets_queue", "status", "queued_at"),
    sa.Index(
        "uq_tickets_one_open",
        "sender",
        unique=True,
        sqlite_where=sa.text("status IN ('waiting', 'active', 'callback')"),
        postgresql_where=sa.text("status IN ('waiting', 'active', 'callback')"),
    ),
    sa.CheckConstraint(
        "status IN ('waiting', 'active', 'callback', 'rating', 'closed', 'abandoned')",
        name="status",
    ),
)

ticket_events = sa.Table(
    "ticket_events",
    metadata,
    row_id(),
    sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.String(40), nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("from_status", sa.String(16)),
    sa.Column("to_status", sa.String(16), nullable=False),
    sa.Column("waited_s", sa.Integer),
    sa.Column("detail", sa.JSON, nullable=False),
)


audit_log = sa.Table(
    "audit_log",
    metadata,
    row_id(),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("actor", sa.String(64), nullable=False, index=True),
    sa.Column("action", sa.String(40), nullable=False, index=True),
    sa.Column("subject", sa.String(100), nullable=False, index=True),
    sa.Column("center", sa.String(64)),
    sa.Column("detail", sa.JSON, nullable=False),
)

feedback = sa.Table(
    "feedback",
    metadata,
    row_id(),
    part_of("message_id", "messages.id", unique=True),
    sa.Column("rating", sa.String(8), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("question", sa.Text),
    sa.Column("passages", sa.JSON, nullable=False),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.CheckConstraint("rating IN ('up', 'down')", name="rating"),
)

unanswered = sa.Table(
    "unanswered",
    metadata,
    row_id(),
    sa.Column("key", sa.String(64), nullable=False, index=True),
    sa.Column("sender", sa.String(64), nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("band", sa.String(16), nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("nearest", sa.JSON, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
)

staff = sa.Table(
    "staff",
    metadata,
    row_id(),
    sa.Column("login", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("center", sa.String(64)),
    sa.Column("password_hash", sa.String(200)),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("last_seen_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
)

# Kept by the digest of what was typed, so that an unknown login is locked exactly like a known one.
login_attempts = sa.Table(
    "login_attempts",
    metadata,
    sa.Column("login_key", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", Instant),
    sa.Column("at", Instant, nullable=False),
)

staff_sessions = sa.Table(
    "staff_sessions",
    metadata,
    row_id(),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    part_of("staff_id", "staff.id", index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)

staff_invitations = sa.Table(
    "staff_invitations",
    metadata,
    row_id(),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    part_of("staff_id", "staff.id", index=True),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)
