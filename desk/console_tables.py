"""Tables that only the console uses: notes among staff, replies kept ready."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, row_id

ticket_notes = sa.Table(
    "ticket_notes",
    metadata,
    row_id(),
    sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

canned_replies = sa.Table(
    "canned_replies",
    metadata,
    row_id(),
    sa.Column("center", sa.String(64), index=True),
    sa.Column("title", sa.String(60), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)
