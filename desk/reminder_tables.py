"""Tables of what staff are reminded of: one row a person and cause, and how each wants to be told."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, row_id

# Hours of the day in China; between ``quiet_from`` and ``quiet_to`` nothing is sent or shown by itself.
staff_reminding = sa.Table(
    "staff_reminding",
    metadata,
    sa.Column("login", sa.String(64), primary_key=True),
    sa.Column("is_on", sa.Boolean, nullable=False),
    sa.Column("email", sa.String(254), nullable=False),
    sa.Column("quiet_from", sa.Integer, nullable=False),
    sa.Column("quiet_to", sa.Integer, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)

# ``key`` names the cause, so that it reminds a person once; ``ended_at`` when it went away; ``mail_after``
# when a mail is tried again that was refused.
reminders = sa.Table(
    "reminders",
    metadata,
    row_id(),
    sa.Column("login", sa.String(64), nullable=False),
    sa.Column("key", sa.String(120), nullable=False),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("reference", sa.String(20), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("found_at", Instant, nullable=False, index=True),
    sa.Column("seen_at", Instant),
    sa.Column("shown_at", Instant),
    sa.Column("mailed_at", Instant),
    sa.Column("mail_tries", sa.Integer, nullable=False),
    sa.Column("mail_after", Instant),
    sa.Column("ended_at", Instant),
    sa.UniqueConstraint("login", "key"),
)
