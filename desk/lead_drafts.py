"""Requests for aid that were begun: left with a phone number for staff to call back, and files to hand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables, paper_files, paper_tables, papers, tables
from desk.account_tables import lead_drafts
from desk.contacts import phone as valid_phone
from desk.conversations import storable
from desk.errors import InvalidRecordError
from desk.times import or_now

FIELDS = (
    "company", "contact", "phone", "region", "country", "right", "stage", "served_on", "cost", "brief",
)  # fmt: skip
_LONGEST = 500


@dataclass(frozen=True)
class LeadDraft:
    """What somebody has filled in so far; ``fields`` has words, by the names of :data:`FIELDS`."""

    sender: str
    phone: str
    fields: Mapping[str, str]
    consent_version: str
    created_at: datetime
    updated_at: datetime


def keep(
    conn: Connection,
    sender: str,
    fields: Mapping[str, str],
    consent_version: str,
    *,
    now: datetime | None = None,
) -> str:
    """Keep a draft, or what has changed in it; one a person.

    :return: the phone number by which it may be called back.
    :raises InvalidRecordError: without consent or without a phone number.
    """
    if not consent_version:
        raise InvalidRecordError("同意个人信息处理说明后才能保存草稿")
    number = valid_phone(fields.get("phone", ""))
    if number is None:
        raise InvalidRecordError("留下手机号或带区号的座机，草稿才会交给工作人员")
    given = {
        name: storable(value).strip()[:_LONGEST]
        for name in FIELDS
        if isinstance(value := fields.get(name), str) and value.strip()
    }
    moment = or_now(now)
    values = {
        "phone": number,
        "fields": {**given, "phone": number},
        "consent_version": consent_version[:40],
        "updated_at": moment,
    }
    mine = lead_drafts.c.sender == sender
    if not conn.execute(sa.update(lead_drafts).where(mine).values(**values)).rowcount:
        conn.execute(sa.insert(lead_drafts).values(sender=sender, created_at=moment, **values))
    return number


def listing(conn: Connection, center: str | None = None) -> tuple[LeadDraft, ...]:
    """Drafts of people who have registered no lead since, newest first.

    :param center: only of people who have a ticket at this center (None: everybody).
    """
    table, registered, tickets = lead_drafts, lead_tables.leads, tables.tickets
    is_done = (
        sa.select(registered.c.id)
        .where(registered.c.sender == table.c.sender, registered.c.updated_at >= table.c.created_at)
        .exists()
    )
    query = sa.select(table).where(sa.not_(is_done)).order_by(table.c.updated_at.desc())
    if center is not None:
        own = sa.select(tickets.c.sender).where(tickets.c.center == center)
        query = query.where(table.c.sender.in_(own))
    return tuple(
        LeadDraft(
            row.sender, row.phone, row.fields, row.consent_version, row.created_at, row.updated_at
        )
        for row in conn.execute(query)
    )


def of_sender(conn: Connection, sender: str) -> LeadDraft | None:
    """The draft of one person, also after a lead was registered."""
    row = conn.execute(sa.select(lead_drafts).where(lead_drafts.c.sender == sender)).first()
    return None if row is None else LeadDraft(
        row.sender, row.phone, row.fields, row.consent_version, row.created_at, row.updated_at
    )  # fmt: skip


def take_back(conn: Connection, uid: str, sender: str) -> None:
    """Let go of a file that was to be handed in with a request; its content goes with the next sweep.

    :raises NotFoundError: there is none, or it is somebody else's.
    :raises InvalidRecordError: it was read, or went with a request already.
    """
    paper = papers.get(conn, uid, sender=sender)
    if not paper.is_material or paper.lead is not None:
        raise InvalidRecordError("这份文件已经读过或已经随登记交出，不能单独撤回")
    paper_files.forget(conn, paper_tables.papers.c.uid == uid)


def forget(conn: Connection, sender: str) -> int:
    """Remove a person's draft."""
    return int(conn.execute(sa.delete(lead_drafts).where(lead_drafts.c.sender == sender)).rowcount)


def purge(conn: Connection, before: datetime) -> int:
    """Remove drafts that were not touched since a moment."""
    old = lead_drafts.c.updated_at < before
    return int(conn.execute(sa.delete(lead_drafts).where(old)).rowcount)
