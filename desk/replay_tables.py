"""Tables of replays: conversations asked again against a draft, and what would change."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, part_of, row_id

# ``reached`` is the last conversation that was asked again, ``until`` the last message looked at.
replays = sa.Table(
    "replays",
    metadata,
    row_id(),
    sa.Column("started_by", sa.String(64), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", sa.Integer, nullable=False),
    sa.Column("draft", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reached", sa.Integer, nullable=False),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.CheckConstraint("state IN ('running', 'stopping', 'stopped', 'done')", name="state"),
)

# A change goes when the message that was asked again goes; texts in it are masked.
replay_changes = sa.Table(
    "replay_changes",
    metadata,
    row_id(),
    part_of("replay_id", "replays.id", index=True),
    part_of("message_id", "messages.id", index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.CheckConstraint("kind IN ('gained', 'lost', 'passage', 'text')", name="kind"),
)
