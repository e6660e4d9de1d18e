"""Tables of what a person has told: one row a matter, and the links that open them without a login."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, row_id

matters = sa.Table(
    "matters",
    metadata,
    row_id(),
    sa.Column("sender", sa.String(64), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("is_current", sa.Boolean, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False, index=True),
    sa.UniqueConstraint("sender", "number"),
)

matter_links = sa.Table(
    "matter_links",
    metadata,
    row_id(),
    sa.Column("sender", sa.String(64), nullable=False, index=True),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
)
