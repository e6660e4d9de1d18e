"""Tables of the inbox: how far each colleague has read, tags, and files sent to the person."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, row_id

ticket_reads = sa.Table(
    "ticket_reads",
    metadata,
    sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("login", sa.String(64), primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
)

ticket_tags = sa.Table(
    "ticket_tags",
    metadata,
    sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id"), primary_key=True),
    sa.Column("tag", sa.String(20), primary_key=True, index=True),
)

# The content lies in a file named ``uid``, beside the files of leads.
sent_files = sa.Table(
    "sent_files",
    metadata,
    row_id(),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
)
