"""Claims of copies of the server that are gone: what they had begun waits again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import copies, deliveries, papers
from desk.channel_tables import channel_inbox
from desk.paper_tables import papers as paper_rows


def free_what_is_left(conn: Connection) -> int:
    """Give up the claims of copies that are gone.

    :return: how many copies had left some.
    """
    reading = sa.select(paper_rows.c.claimant).where(paper_rows.c.claimant.is_not(None))
    answering = sa.select(channel_inbox.c.claimed_by).where(
        channel_inbox.c.done_at.is_(None),
        channel_inbox.c.claimed_by.is_not(None),
        channel_inbox.c.claimed_until >= copies.present(conn),
    )
    claimants = {row[0] for query in (reading, answering) for row in conn.execute(query.distinct())}
    left = copies.gone(conn, claimants)
    for copy in left:
        papers.release(conn, copy)
        deliveries.release(conn, copy)
    return len(left)
