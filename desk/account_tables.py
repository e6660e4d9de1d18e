"""Tables of accounts and of the center itself: second factors, half-done logins, contacts, lead drafts."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata

# ``confirmed_at`` is null until the first code was right; ``last_step`` refuses a code used before.
staff_factors = sa.Table(
    "staff_factors",
    metadata,
    sa.Column("login", sa.String(64), primary_key=True),
    sa.Column("secret", sa.String(64), nullable=False),
    sa.Column("last_step", sa.Integer, nullable=False),
    sa.Column("confirmed_at", Instant),
)

# Whoever gave the right password and still owes the code.
staff_second_steps = sa.Table(
    "staff_second_steps",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("login", sa.String(64), nullable=False, index=True),
    sa.Column("expires_at", Instant, nullable=False),
)

center_contacts = sa.Table(
    "center_contacts",
    metadata,
    sa.Column("center", sa.String(64), primary_key=True),
    sa.Column("phone", sa.String(100), nullable=False),
    sa.Column("address", sa.String(200), nullable=False),
    sa.Column("website", sa.String(300), nullable=False),
    sa.Column("hours", sa.String(100), nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_on", sa.Date, nullable=False),
)

center_logos = sa.Table(
    "center_logos",
    metadata,
    sa.Column("center", sa.String(64), primary_key=True),
    sa.Column("picture", sa.LargeBinary, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_on", sa.Date, nullable=False),
)

lead_drafts = sa.Table(
    "lead_drafts",
    metadata,
    sa.Column("sender", sa.String(64), primary_key=True),
    sa.Column("phone", sa.String(32), nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("consent_version", sa.String(40), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False, index=True),
)
