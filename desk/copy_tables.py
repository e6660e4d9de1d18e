"""Tables by which copies of the server share out work: who is there, and who alone does what."""

from __future__ import annotations

import sqlalchemy as sa

from desk.tables import Instant, metadata

# ``host`` and ``begun`` tell a process from another that got its number later; ``deployment`` is of servers
# only, the same for all whose tokens are of one secret.
copies = sa.Table(
    "copies",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("host", sa.String(200), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("begun", sa.String(32), nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("deployment", sa.String(32)),
)

# ``token`` grows with every holder; ``state`` is what the holder last said of the work.
leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("holder", sa.String(32)),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)

# Allowances of people and addresses, where copies on several machines count together.  Losing them in a
# crash costs nothing, so PostgreSQL does not log them.
rate_buckets = sa.Table(
    "rate_buckets",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("level", sa.Float, nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
)
