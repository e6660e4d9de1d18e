"""Letting go of personal data that is no longer needed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import (
    attachments,
    audit,
    campaign_counts,
    campaign_plays,
    lead_drafts,
    lead_tables,
    matters,
    outgoing,
    papers,
    reach,
    reminders,
    tables,
)
from desk.leads import Stage
from desk.logins import SESSION_LIFE
from desk.privacy import ERASED, blank_tickets
from desk.tickets import Status
from desk.times import or_now
from desk.workbench_tables import misunderstood

_SETTLED = (Stage.FUNDED, Stage.REJECTED, Stage.WITHDRAWN)


@dataclass(frozen=True)
class Purged:
    """How much was removed or made anonymous."""

    messages: int
    conversations: int
    tickets: int
    leads: int
    questions: int
    files: int = 0
    matters: int = 0
    papers: int = 0
    addresses: int = 0


def purge(conn: Connection, before: datetime, actor: str, *, now: datetime | None = None) -> Purged:
    """Remove what ended before a moment: old messages, settled leads, the content of ended tickets.

    Whatever is still being worked on stays: conversations with an open ticket, leads under way.
    Refused questions keep their masked text for the trainers and lose their sender.  The content of
    files goes afterwards, by :func:`desk.attachments.sweep`.
    """
    moment = or_now(now)
    people, said = tables.conversations, tables.messages
    tickets = tables.tickets
    is_served = people.c.sender.in_(
        sa.select(tickets.c.sender).where(tickets.c.status.in_(tables.OPEN_STATUSES))
    )
    idle = sa.select(people.c.id).where(sa.not_(is_served))
    messages = _count(
        conn,
        sa.delete(said).where(said.c.created_at < before, said.c.conversation_id.in_(idle)),
    )
    conversations = _count(
        conn,
        sa.delete(people).where(
            people.c.updated_at < before,
            sa.not_(is_served),
            people.c.id.not_in(sa.select(said.c.conversation_id)),
        ),
    )
    ended = [Status.CLOSED.value, Status.ABANDONED.value, Status.RATING.value]
    blanked = blank_tickets(
        conn,
        sa.and_(
            tickets.c.status.in_(ended),
            sa.func.coalesce(tickets.c.closed_at, tickets.c.queued_at) < before,
            sa.not_(tickets.c.sender.startswith(f"{ERASED}-")),
        ),
    )
    files, settled = _remove_settled(conn, before)
    questions = _forget_senders(conn, before)
    _sweep_logins(conn, before, moment)
    campaign_counts.purge(conn, before)
    campaign_plays.purge(conn, before)
    lead_drafts.purge(conn, before)
    reminders.purge(conn, before)
    told = matters.purge(conn, before, now=moment)
    gone = papers.expire(conn, before, now=moment)
    outgoing.forget_old(conn, before)
    silent = reach.purge(conn, before)
    purged = Purged(messages, conversations, blanked, settled, questions, files, told, gone, silent)
    detail = {"before": before.isoformat(timespec="seconds"), **asdict(purged)}
    audit.record(conn, actor, "purge", "retention", detail=detail, now=moment)
    return purged


def _remove_settled(conn: Connection, before: datetime) -> tuple[int, int]:
    """Remove leads settled long ago with their files; how many files and leads."""
    leads = lead_tables.leads
    is_settled = sa.and_(
        leads.c.stage.in_([stage.value for stage in _SETTLED]), leads.c.updated_at < before
    )
    of_settled = sa.select(leads.c.id).where(is_settled)
    files = attachments.forget(conn, lead_tables.lead_files.c.lead_id.in_(of_settled))
    return files, _count(conn, sa.delete(leads).where(is_settled))


def _forget_senders(conn: Connection, before: datetime) -> int:
    """Take the senders off old refused and misunderstood questions; how many were refused."""
    refused = tables.unanswered
    questions = _count(
        conn,
        sa.update(refused)
        .where(refused.c.at < before, refused.c.sender != ERASED)
        .values(sender=ERASED),
    )
    conn.execute(
        sa.update(misunderstood)
        .where(misunderstood.c.at < before, misunderstood.c.sender != ERASED)
        .values(sender=ERASED)
    )
    return questions


def _sweep_logins(conn: Connection, before: datetime, moment: datetime) -> None:
    """Ended sessions, used or expired links and old attempts serve nobody."""
    sessions, links = tables.staff_sessions, tables.staff_invitations
    conn.execute(sa.delete(sessions).where(sessions.c.created_at < moment - SESSION_LIFE))
    conn.execute(
        sa.delete(links).where(sa.or_(links.c.used_at.is_not(None), links.c.expires_at < moment))
    )
    attempts = tables.login_attempts
    conn.execute(sa.delete(attempts).where(attempts.c.at < before))


def _count(conn: Connection, statement: Any) -> int:
    return int(conn.execute(statement).rowcount)
