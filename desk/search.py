"""One search over what the staff may see: people, the end of a phone, references, what was said.

Words are bound, never formatted; what is found is masked by whoever shows it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables, tables
from desk.conversations import storable
from desk.inbox_filters import visible
from desk.lead_types import Stage
from desk.permissions import Permission
from desk.references import canonical_reference
from desk.staff import Staff
from desk.tickets import Status

SHORTEST = 2
LONGEST = 100
_EACH = 20
_PHONE_END = 4
_AROUND = 40


@dataclass(frozen=True)
class FoundTicket:
    """A ticket that was sought; ``why`` says by what."""

    reference: str
    sender: str
    status: Status
    reason: str
    facts: Mapping[str, Any]
    center: str | None
    assignee: str | None
    created_at: datetime
    phone: str | None
    why: str


@dataclass(frozen=True)
class FoundLead:
    """A lead that was sought."""

    reference: str
    company: str
    contact: str
    phone: str
    stage: Stage
    country: str | None
    procedure: str | None
    center: str | None
    created_at: datetime
    why: str


@dataclass(frozen=True)
class FoundWords:
    """A message with the words, as a piece of text around them, and the person's last ticket."""

    ticket: str
    at: datetime
    direction: str
    text: str


@dataclass(frozen=True)
class Found:
    """Everything that was found, newest first in each part."""

    tickets: tuple[FoundTicket, ...] = ()
    leads: tuple[FoundLead, ...] = ()
    words: tuple[FoundWords, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.tickets or self.leads or self.words)


def may_search(person: Staff) -> bool:
    """Whether there is anything that this person could find."""
    return any(person.may(item, anywhere=True) for item in (Permission.SERVE, Permission.LEADS))


def search(conn: Connection, person: Staff, text: str) -> Found:
    """What a person may see that has these words.

    Two characters at least; four digits are also looked for at the end of phone numbers.
    """
    words = storable(unicodedata.normalize("NFKC", text)).strip()[:LONGEST]
    if len(words) < SHORTEST:
        return Found()
    may_serve = person.may(Permission.SERVE, anywhere=True)
    may_lead = person.may(Permission.LEADS, anywhere=True)
    return Found(
        _tickets(conn, person, words) if may_serve else (),
        _leads(conn, person, words) if may_lead else (),
        _said(conn, person, words) if may_serve else (),
    )


def _tickets(conn: Connection, person: Staff, words: str) -> tuple[FoundTicket, ...]:
    table = tables.tickets
    ends = _phone_ends(table.c.callback_phone, words)
    is_it = table.c.reference == canonical_reference(words)
    about = sa.or_(
        table.c.reason.contains(words, autoescape=True),
        sa.cast(table.c.facts, sa.Text).contains(words, autoescape=True),
        table.c.note.contains(words, autoescape=True),
    )
    why = sa.case((is_it, "编号"), (ends, "电话尾号"), else_="登记内容").label("why")
    query = (
        sa.select(table, why)
        .where(visible(person), sa.or_(is_it, ends, about))
        .order_by(table.c.id.desc())
        .limit(_EACH)
    )
    return tuple(
        FoundTicket(
            row.reference, row.sender, Status(row.status), row.reason, row.facts, row.center,
            row.assignee, row.created_at, row.callback_phone, row.why,
        )
        for row in conn.execute(query)
    )  # fmt: skip


def _leads(conn: Connection, person: Staff, words: str) -> tuple[FoundLead, ...]:
    table = lead_tables.leads
    ends = sa.or_(_phone_ends(table.c.phone, words), _others_end(words))
    is_it = table.c.reference == canonical_reference(words)
    named = sa.or_(
        table.c.company.contains(words, autoescape=True),
        table.c.contact.contains(words, autoescape=True),
        sa.cast(table.c.other_contacts, sa.Text).contains(words, autoescape=True),
    )
    about = table.c.brief.contains(words, autoescape=True)
    why = sa.case((is_it, "编号"), (ends, "电话尾号"), (named, "名称"), else_="简述").label("why")
    query = sa.select(table, why).where(sa.or_(is_it, ends, named, about))
    if person.center is not None:
        query = query.where(table.c.center == person.center)
    return tuple(
        FoundLead(
            row.reference, row.company, row.contact, row.phone, Stage(row.stage), row.country,
            row.procedure, row.center, row.created_at, row.why,
        )
        for row in conn.execute(query.order_by(table.c.id.desc()).limit(_EACH))
    )  # fmt: skip


def _said(conn: Connection, person: Staff, words: str) -> tuple[FoundWords, ...]:
    """Messages of people who have a ticket that this person sees."""
    said, people, table = tables.messages, tables.conversations, tables.tickets
    last = (
        sa.select(sa.func.max(table.c.id).label("id"), table.c.sender)
        .where(visible(person))
        .group_by(table.c.sender)
        .subquery()
    )
    query = (
        sa.select(table.c.reference, said.c.created_at, said.c.direction, said.c.text)
        .select_from(said)
        .join(people, people.c.id == said.c.conversation_id)
        .join(last, last.c.sender == people.c.sender)
        .join(table, table.c.id == last.c.id)
        .where(said.c.text.contains(words, autoescape=True))
        .order_by(said.c.id.desc())
        .limit(_EACH)
    )
    return tuple(
        FoundWords(row.reference, row.created_at, row.direction, around(row.text, words))
        for row in conn.execute(query)
    )


def around(text: str, words: str) -> str:
    """The piece of a text that has the words, with a little on both sides.

    The piece never begins or ends inside a run of digits, so that masking still knows a number.
    """
    place = text.casefold().find(words.casefold())
    start, end = max(0, place - _AROUND), max(0, place) + len(words) + _AROUND
    while start > 0 and _is_joined(text[start - 1]):
        start -= 1
    while end < len(text) and _is_joined(text[end]):
        end += 1
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _is_joined(letter: str) -> bool:
    return letter.isdigit() or letter in " -@." or (letter.isascii() and letter.isalpha())


def _phone_ends(column: Any, words: str) -> Any:
    digits = _end_of_phone(words)
    if digits is None:
        return sa.false()
    return sa.or_(
        column.endswith(digits, autoescape=True), column.contains(f"{digits}-", autoescape=True)
    )


def _others_end(words: str) -> Any:
    digits = _end_of_phone(words)
    if digits is None:
        return sa.false()
    others = sa.cast(lead_tables.leads.c.other_contacts, sa.Text)
    return others.contains(f'{digits}"', autoescape=True)


def _end_of_phone(words: str) -> str | None:
    """The digits of a phone number or its end that was typed; None when it is none."""
    digits = re.sub(r"\D", "", words)
    is_number = re.fullmatch(r"[\d\s\-+()]+", words) is not None
    return digits if is_number and len(digits) >= _PHONE_END else None
