"""Tables of the channels that are other people's servers: who writes there, what came in, what goes out.

The content of deliveries lies here only until it stands in the conversation; ids of other servers lie
nowhere else.
"""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, part_of, row_id

# ``sender`` is the conversation that this person's messages belong to; two rows may share one.
channel_people = sa.Table(
    "channel_people",
    metadata,
    row_id(),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
    sa.Column("sender", sa.String(64), nullable=False, index=True),
    sa.Column("is_reachable", sa.Boolean, nullable=False),
    sa.Column("campaign", sa.String(64)),
    sa.Column("choices", sa.JSON, nullable=False),
    sa.Column("pending", sa.JSON, nullable=False),
    sa.Column("window_until", Instant),
    sa.Column("window_left", sa.Integer, nullable=False),
    sa.Column("heard_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("channel", "account", "address"),
)

# ``key`` is a digest, so that a delivery is known again after its content is gone.
channel_inbox = sa.Table(
    "channel_inbox",
    metadata,
    row_id(),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("person_id", sa.Integer, sa.ForeignKey("channel_people.id", ondelete="SET NULL")),
    sa.Column("heard", sa.JSON, nullable=False),
    sa.Column("answer", sa.Text),
    sa.Column("claimed_by", sa.String(100)),
    sa.Column("claimed_until", Instant),
    sa.Column("received_at", Instant, nullable=False, index=True),
    sa.Column("done_at", Instant),
)

channel_outbox = sa.Table(
    "channel_outbox",
    metadata,
    row_id(),
    part_of("person_id", "channel_people.id", index=True),
    sa.Column("message", sa.String(64), nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("error", sa.Integer),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("person_id", "message", "part"),
    sa.CheckConstraint("state IN ('ready', 'sending', 'kept', 'sent', 'failed')", name="state"),
)

# The access token of each account: one copy of the server fetches it, every copy uses it.
channel_tokens = sa.Table(
    "channel_tokens",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("token", sa.Text),
    sa.Column("expires_at", Instant),
    sa.Column("lease", sa.String(64)),
    sa.Column("lease_until", Instant),
)

# How far the messages of an account have been fetched.
channel_cursors = sa.Table(
    "channel_cursors",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("cursor", sa.String(128), nullable=False),
)

binding_codes = sa.Table(
    "binding_codes",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("sender", sa.String(64), nullable=False, index=True),
    sa.Column("expires_at", Instant, nullable=False, index=True),
)

widget_sites = sa.Table(
    "widget_sites",
    metadata,
    row_id(),
    sa.Column("key", sa.String(24), nullable=False, unique=True),
    sa.Column("origin", sa.String(255), nullable=False, unique=True),
    sa.Column("title", sa.String(40), nullable=False),
    sa.Column("greeting", sa.String(200), nullable=False),
    sa.Column("colour", sa.String(7), nullable=False),
    sa.Column("partner", sa.String(40), nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)
