"""Tables of sampling: answers drawn for judging, and what colleagues held of them."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata, part_of, row_id

# A drawn answer goes when its message goes; texts in it are masked.
sampled_answers = sa.Table(
    "sampled_answers",
    metadata,
    row_id(),
    part_of("message_id", "messages.id", unique=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("sources", sa.JSON, nullable=False),
    sa.Column("passage", sa.String(200), nullable=False),
    sa.Column("place", sa.String(32), nullable=False),
    sa.Column("procedure", sa.String(64), nullable=False),
    sa.Column("certainty", sa.String(8), nullable=False),
    # How many answers like it this one stands for.
    sa.Column("weight", sa.Float, nullable=False),
    sa.Column("drawn_by", sa.String(64), nullable=False),
    sa.Column("drawn_at", Instant, nullable=False, index=True),
    sa.Column("taken_as", sa.String(8)),
    sa.Column("taken_by", sa.String(64)),
    sa.Column("taken_at", Instant),
    sa.CheckConstraint("certainty IN ('high', 'middle', 'low')", name="certainty"),
    sa.CheckConstraint("taken_as IN ('answer', 'refuse', 'left')", name="taken_as"),
)

judgements = sa.Table(
    "judgements",
    metadata,
    row_id(),
    part_of("sample_id", "sampled_answers.id"),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("sample_id", "by"),
    sa.CheckConstraint("verdict IN ('right', 'partly', 'wrong')", name="verdict"),
)
