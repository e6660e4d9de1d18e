"""Tables of the papers that people send to be read."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, row_id

# The content lies in a folder named ``uid``; ``files`` tells the name, kind and size of each in order.
papers = sa.Table(
    "papers",
    metadata,
    row_id(),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    sa.Column("sender", sa.String(64), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
    sa.Column("pages_done", sa.Integer, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("reading", sa.JSON),
    sa.Column("reason", sa.Text),
    sa.Column("claimant", sa.String(100)),
    sa.Column("lead", sa.String(20)),
    sa.Column("consent_version", sa.String(40), nullable=False),
    sa.Column("consent_at", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False, index=True),
    sa.UniqueConstraint("sender", "digest"),
    sa.CheckConstraint("status IN ('waiting', 'reading', 'read', 'done', 'failed')", name="status"),
)

# Papers whose row is gone and whose content has still to go.
paper_removals = sa.Table(
    "paper_removals", metadata, sa.Column("uid", sa.String(32), primary_key=True)
)
