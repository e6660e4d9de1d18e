"""Erasing what a person left, on request; masking lives in :mod:`desk.masking` and is re-exported."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import (
    attachments,
    audit,
    binding,
    campaign_counts,
    conversations,
    deliveries,
    handoffs,
    lead_drafts,
    lead_tables,
    leads,
    marks,
    matters,
    paper_files,
    reach,
    sent_files,
    tables,
)
from desk.console_tables import ticket_notes
from desk.inbox_tables import sent_files as sent_table
from desk.masking import MaskingFilter, mask, mask_value
from desk.paper_tables import papers
from desk.times import or_now
from desk.workbench_tables import misunderstood

__all__ = ["Erased", "MaskingFilter", "erase", "mask", "mask_value"]

ERASED = "erased"


@dataclass(frozen=True)
class Erased:
    """How much was removed."""

    messages: int
    leads: int
    tickets: int
    questions: int
    files: int = 0
    matters: int = 0
    papers: int = 0


def erase(
    conn: Connection,
    sender: str,
    *,
    actor: str = "user",
    reason: str = "",
    center: str | None = None,
    now: datetime | None = None,
) -> Erased:
    """Remove a person's messages, leads, questions, ids on other servers and the content of their tickets.

    The empty conversation and its token stay, so that the person can go on; tickets stay as numbers
    for the statistics, without name or content.  An audit entry says that it happened and how much.
    The dialogue state (Rasa's tracker) and the content of files (:func:`desk.attachments.sweep`)
    belong to the caller.
    """
    moment = or_now(now)
    of_sender = sa.select(lead_tables.leads.c.id).where(lead_tables.leads.c.sender == sender)
    conversation = conversations.ensure(conn, sender, "web", now=moment)
    handoffs.end_for_erasure(conn, sender, now=moment)
    files = attachments.forget(conn, lead_tables.lead_files.c.lead_id.in_(of_sender))
    erased = Erased(
        messages=_delete(
            conn, tables.messages, tables.messages.c.conversation_id == conversation.id
        ),
        leads=_delete(conn, lead_tables.leads, lead_tables.leads.c.sender == sender),
        tickets=blank_tickets(conn, tables.tickets.c.sender == sender),
        questions=_delete(conn, tables.unanswered, tables.unanswered.c.sender == sender),
        files=files,
        matters=matters.forget(conn, sender),
        papers=paper_files.forget(conn, papers.c.sender == sender),
    )
    for person in reach.of_sender(conn, sender):
        deliveries.forget(conn, person.id)
    reach.forget(conn, sender)
    binding.forget(conn, sender)
    _delete(conn, misunderstood, misunderstood.c.sender == sender)
    lead_drafts.forget(conn, sender)
    _forget_contact(conn, sender)
    campaign_counts.forget(conn, sender)
    detail = {**asdict(erased), **({"reason": reason} if reason else {})}
    audit.record(
        conn, actor, "erase", audit.sender_subject(sender), center=center, detail=detail, now=moment
    )
    return erased


def blank_tickets(conn: Connection, condition: Any) -> int:
    """Take name and content out of tickets; the row and its events stay as numbers.

    :return: how many tickets were blanked.
    """
    table, events = tables.tickets, tables.ticket_events
    keys = list(conn.execute(sa.select(table.c.id).where(condition)).scalars())
    for key in keys:
        conn.execute(
            sa.update(table)
            .where(table.c.id == key)
            .values(
                sender=f"{ERASED}-{secrets.token_hex(8)}",
                reason="",
                facts={},
                deadline_on=None,
                callback_phone=None,
                callback_time=None,
                note=None,
                rating_reason=None,
            )
        )
        conn.execute(sa.update(events).where(events.c.ticket_id == key).values(detail={}))
        conn.execute(sa.delete(ticket_notes).where(ticket_notes.c.ticket_id == key))
        marks.forget(conn, key)
        sent_files.forget(conn, sent_table.c.ticket_id == key)
    return len(keys)


def _delete(conn: Connection, table: sa.Table, condition: Any) -> int:
    return int(conn.execute(sa.delete(table).where(condition)).rowcount)


def _forget_contact(conn: Connection, sender: str) -> None:
    """Take a person out of leads that colleagues registered."""
    events = lead_tables.lead_events
    leads.replace_contact(conn, sender, None)
    conn.execute(sa.update(events).where(events.c.actor == sender).values(actor=ERASED))
