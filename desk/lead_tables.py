"""The tables of requests for aid."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, part_of, row_id

leads = sa.Table(
    "leads",
    metadata,
    row_id(),
    sa.Column("reference", sa.String(20), nullable=False, unique=True),
    sa.Column("company_key", sa.String(200), nullable=False),
    sa.Column("dispute_key", sa.String(200), nullable=False),
    sa.Column("company", sa.String(200), nullable=False),
    sa.Column("credit_code", sa.String(18)),
    sa.Column("contact", sa.String(100), nullable=False),
    sa.Column("phone", sa.String(32), nullable=False),
    sa.Column("district", sa.String(100)),
    sa.Column("country", sa.String(64)),
    sa.Column("right", sa.String(64)),
    sa.Column("procedure", sa.String(64)),
    sa.Column("service_date", sa.Date),
    sa.Column("spent", sa.String(200)),
    sa.Column("brief", sa.Text),
    sa.Column("industry", sa.String(64)),
    sa.Column("consent_version", sa.String(40), nullable=False),
    sa.Column("consent_at", Instant, nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("sender", sa.String(64), nullable=False, index=True),
    sa.Column("other_contacts", sa.JSON, nullable=False),
    sa.Column("stage", sa.String(16), nullable=False, index=True),
    sa.Column("center", sa.String(64)),
    sa.Column("assignee", sa.String(40)),
    sa.Column("due_on", sa.Date),
    sa.Column("follow_up_on", sa.Date),
    sa.Column("created_at", Instant, nullable=False, index=True),
    sa.Column("updated_at", Instant, nullable=False),
    sa.UniqueConstraint("company_key", "dispute_key"),
    sa.UniqueConstraint("credit_code", "dispute_key"),
)


lead_events = sa.Table(
    "lead_events",
    metadata,
    row_id(),
    part_of("lead_id", "leads.id", index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("from_stage", sa.String(16)),
    sa.Column("to_stage", sa.String(16), nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("detail", sa.JSON, nullable=False),
)


# The one list of missing materials of a request; a lead sent again after withdrawal is a new request.
lead_supplements = sa.Table(
    "lead_supplements",
    metadata,
    row_id(),
    part_of("lead_id", "leads.id"),
    sa.Column("request", sa.Integer, nullable=False),
    sa.Column("items", sa.JSON, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("message", sa.String(64), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("lead_id", "request"),
)


lead_checks = sa.Table(
    "lead_checks",
    metadata,
    row_id(),
    part_of("lead_id", "leads.id", index=True),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("programs", sa.JSON, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
)


lead_follow_ups = sa.Table(
    "lead_follow_ups",
    metadata,
    row_id(),
    part_of("lead_id", "leads.id", index=True),
    sa.Column("result", sa.String(20), nullable=False, index=True),
    sa.Column("note", sa.Text),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False, index=True),
)


# The content lies in a file named ``uid``; nothing of the original name reaches the file system.
lead_files = sa.Table(
    "lead_files",
    metadata,
    row_id(),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    part_of("lead_id", "leads.id", index=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
)


# Files whose row is gone and whose content has still to go.
file_removals = sa.Table(
    "file_removals", metadata, sa.Column("uid", sa.String(32), primary_key=True)
)
