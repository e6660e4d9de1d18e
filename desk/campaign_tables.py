"""Tables of campaigns: records, places, teams, rounds played, and counts that name nobody."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, part_of, row_id

campaigns = sa.Table(
    "campaigns",
    metadata,
    row_id(),
    sa.Column("code", sa.String(16), nullable=False, unique=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("occasion", sa.String(16), nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False, index=True),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("closes_on", sa.Date, nullable=False),
    sa.Column("theme", sa.String(200), nullable=False),
    sa.Column("theme_source", sa.String(300), nullable=False),
    sa.Column("greeting", sa.Text, nullable=False),
    sa.Column("program", sa.Text, nullable=False),
    sa.Column("prizes", sa.Text, nullable=False),
    sa.Column("questions", sa.JSON, nullable=False),
    sa.Column("center", sa.String(64)),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

campaign_places = sa.Table(
    "campaign_places",
    metadata,
    row_id(),
    part_of("campaign_id", "campaigns.id"),
    sa.Column("code", sa.String(8), nullable=False),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.UniqueConstraint("campaign_id", "code"),
)

campaign_teams = sa.Table(
    "campaign_teams",
    metadata,
    row_id(),
    part_of("campaign_id", "campaigns.id"),
    sa.Column("code", sa.String(8), nullable=False),
    sa.Column("name", sa.String(60), nullable=False),
    sa.UniqueConstraint("campaign_id", "code"),
    sa.UniqueConstraint("campaign_id", "name"),
)

# A round keeps what was drawn and chosen; who plays is not known.
campaign_plays = sa.Table(
    "campaign_plays",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    part_of("campaign_id", "campaigns.id"),
    sa.Column("place", sa.String(8), nullable=False),
    sa.Column("team", sa.String(8), nullable=False),
    sa.Column("audience", sa.String(12), nullable=False),
    sa.Column("snapshot", sa.String(100), nullable=False),
    sa.Column("questions", sa.JSON, nullable=False),
    sa.Column("choices", sa.JSON, nullable=False),
    sa.Column("given", sa.Integer, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("streak", sa.Integer, nullable=False),
    sa.Column("best", sa.Integer, nullable=False),
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Index("ix_campaign_plays_team", "campaign_id", "team"),
)

campaign_tallies = sa.Table(
    "campaign_tallies",
    metadata,
    sa.Column("campaign_id", sa.Integer, sa.ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("place", sa.String(8), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("event", sa.String(16), primary_key=True),
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
)  # fmt: skip

# Conversations that began at a campaign, by the id that says nothing of the person.
campaign_arrivals = sa.Table(
    "campaign_arrivals",
    metadata,
    sa.Column("sender", sa.String(64), primary_key=True),
    part_of("campaign_id", "campaigns.id"),
    sa.Column("place", sa.String(8), nullable=False),
    sa.Column("at", Instant, nullable=False),
)
