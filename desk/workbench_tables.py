"""Tables of the trainers' workbench: releases, settings kept by the center, questions worked on, corrections."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, part_of, row_id

releases = sa.Table(
    "releases",
    metadata,
    row_id(),
    sa.Column("snapshot", sa.String(100), nullable=False, index=True),
    sa.Column("base", sa.String(100)),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("report", sa.JSON, nullable=False),
    sa.Column("contributors", sa.JSON, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("built_by", sa.String(64), nullable=False),
    sa.Column("built_at", Instant, nullable=False),
    sa.Column("submitted_by", sa.String(64)),
    sa.Column("submitted_at", Instant),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decided_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("message", sa.Text, nullable=False),
    sa.CheckConstraint(
        "state IN ('draft', 'submitted', 'publishing', 'published', 'returned', 'superseded')",
        name="state",
    ),
)

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)

question_topics = sa.Table(
    "question_topics",
    metadata,
    row_id(),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("assignee", sa.String(64)),
    sa.Column("passage", sa.String(200)),
    sa.Column("document", sa.String(200)),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("resolved_by", sa.String(64)),
    sa.Column("resolved_at", Instant),
    sa.CheckConstraint(
        "state IN ('assigned', 'attached', 'answered', 'out-of-scope')", name="state"
    ),
)

topic_questions = sa.Table(
    "topic_questions",
    metadata,
    part_of("topic_id", "question_topics.id", index=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("question", sa.Text, nullable=False),
)

misunderstood = sa.Table(
    "misunderstood",
    metadata,
    row_id(),
    sa.Column("key", sa.String(64), nullable=False, index=True),
    sa.Column("sender", sa.String(64), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("predicted", sa.String(64), nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("ranking", sa.JSON, nullable=False),
    sa.Column("origin", sa.String(8), nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("label", sa.String(64)),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decided_at", Instant),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.CheckConstraint("origin IN ('bot', 'staff')", name="origin"),
    sa.CheckConstraint("state IN ('open', 'labelled', 'dismissed')", name="state"),
)

# Counts only: which option was chosen on which day, never by whom.
quiz_tallies = sa.Table(
    "quiz_tallies",
    metadata,
    sa.Column("question", sa.String(64), primary_key=True),
    sa.Column("choice", sa.String(8), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("is_right", sa.Boolean, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
)

# Only the staff read it: a table of its own, so that no message object can carry it.
message_plans = sa.Table(
    "message_plans",
    metadata,
    sa.Column(
        "message_id",
        sa.Integer,
        sa.ForeignKey("messages.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("said_key", sa.String(32), nullable=False, index=True),
    sa.Column("question_key", sa.String(32), nullable=False, index=True),
    sa.Column("plan", sa.JSON, nullable=False),
)

release_comments = sa.Table(
    "release_comments",
    metadata,
    row_id(),
    sa.Column("release_id", sa.Integer, sa.ForeignKey("releases.id"), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
