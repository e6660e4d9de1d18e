"""Making two conversations of one person one: everything on record of the one belongs to the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import (
    audit,
    binding,
    conversations,
    handoffs,
    lead_tables,
    leads,
    paper_files,
    reach,
    tables,
)
from desk.account_tables import lead_drafts
from desk.campaign_tables import campaign_arrivals
from desk.conversations import Conversation, Owner
from desk.errors import TransitionError
from desk.matter_tables import matter_links, matters
from desk.paper_tables import papers
from desk.times import or_now
from desk.workbench_tables import misunderstood


def join(conn: Connection, sender: str, main: str, *, now: datetime | None = None) -> None:
    """Move what a sender said, was told, left and began into the conversation of another.

    The audit entry says that the sender is no more; their dialogue state (Rasa's tracker) belongs to
    the caller.

    :raises TransitionError: while staff are waited for or serve; nothing is changed then.
    """
    moment = or_now(now)
    whose = conversations.ensure(conn, main, "web", now=moment)
    joined = conversations.ensure(conn, sender, "web", now=moment)
    if joined.owner is not Owner.BOT or whose.owner is not Owner.BOT:
        raise TransitionError("人工服务还没有结束，结束以后再绑定。")
    if handoffs.current(conn, sender) and handoffs.current(conn, main):
        raise TransitionError("两边都有待回电的登记，处理完以后再绑定。")
    _join_messages(conn, joined, whose, moment)
    _join_papers(conn, sender, main)
    _join_matters(conn, sender, main)
    for table in (
        tables.tickets, lead_tables.leads, tables.unanswered, misunderstood, matter_links,
    ):  # fmt: skip
        conn.execute(sa.update(table).where(table.c.sender == sender).values(sender=main))
    events = lead_tables.lead_events
    conn.execute(sa.update(events).where(events.c.actor == sender).values(actor=main))
    leads.replace_contact(conn, sender, main)
    _join_one(conn, lead_drafts, sender, main, lead_drafts.c.updated_at.desc())
    _join_one(conn, campaign_arrivals, sender, main, campaign_arrivals.c.at)
    reach.join(conn, sender, main)
    binding.forget(conn, sender)
    audit.record(conn, "user", "join", audit.sender_subject(sender), now=moment)


def _join_messages(
    conn: Connection, joined: Conversation, whose: Conversation, moment: datetime
) -> None:
    """All messages of both, numbered anew in the order of time."""
    table = tables.messages
    query = sa.select(table.c.id, table.c.conversation_id, table.c.client_id).where(
        table.c.conversation_id.in_((joined.id, whose.id))
    )
    rows = conn.execute(
        query.order_by(table.c.created_at, table.c.conversation_id, table.c.seq)
    ).all()
    known = {row.client_id for row in rows if row.conversation_id == whose.id}
    # Numbers above all that are in use, so that none is taken twice on the way.
    above = max(len(rows), joined.last_seq, whose.last_seq)
    for number, row in enumerate(rows, start=1):
        values: dict[str, Any] = {"conversation_id": whose.id, "seq": above + number}
        if row.conversation_id == joined.id and row.client_id in known:
            values["client_id"] = None
        conn.execute(sa.update(table).where(table.c.id == row.id).values(**values))
    conn.execute(
        sa.update(table).where(table.c.conversation_id == whose.id).values(seq=table.c.seq - above)
    )
    people = tables.conversations
    conn.execute(
        sa.update(people)
        .where(people.c.id == whose.id)
        .values(last_seq=len(rows), updated_at=moment)
    )


def _join_papers(conn: Connection, sender: str, main: str) -> None:
    theirs = sa.select(papers.c.digest).where(papers.c.sender == main)
    paper_files.forget(conn, sa.and_(papers.c.sender == sender, papers.c.digest.in_(theirs)))
    conn.execute(sa.update(papers).where(papers.c.sender == sender).values(sender=main))


def _join_one(conn: Connection, table: sa.Table, sender: str, main: str, order: Any) -> None:
    """Of what a person has one of, keep the one that comes first in an order."""
    theirs = table.c.sender.in_((sender, main))
    kept = conn.execute(sa.select(table.c.sender).where(theirs).order_by(order).limit(1)).scalar()
    if kept is None:
        return
    conn.execute(sa.delete(table).where(theirs, table.c.sender != kept))
    conn.execute(sa.update(table).where(table.c.sender == kept).values(sender=main))


def _join_matters(conn: Connection, sender: str, main: str) -> None:
    last = conn.execute(
        sa.select(sa.func.max(matters.c.number)).where(matters.c.sender == main)
    ).scalar()
    is_current = last is None
    conn.execute(
        sa.update(matters)
        .where(matters.c.sender == sender)
        .values(
            sender=main,
            number=matters.c.number + int(last or 0),
            **({} if is_current else {"is_current": False}),
        )
    )
