"""Requests for assistance or funding: one per company and dispute, however often it is sent.

The pair (company, dispute) is unique in the database, so two sessions that send the same request at
once end in one lead.  A lead says 「线索已登记，待受理机关审核」; nothing here decides on money.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import tables
from desk.contacts import credit_code as valid_credit_code
from desk.contacts import last_four
from desk.contacts import phone as valid_phone
from desk.conversations import storable
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.lead_types import STAGES, Lead, LeadEvent, Stage
from desk.references import LEAD_PREFIX, canonical_reference, new_reference
from desk.times import or_now

__all__ = [
    "STAGES",
    "Lead",
    "LeadEvent",
    "Stage",
    "assign",
    "change",
    "company_key",
    "dispute_key",
    "find",
    "get",
    "history",
    "lead_of",
    "listing",
    "move",
    "record_event",
    "row_of",
    "upsert",
]

_ATTEMPTS = 8
_DAY = timedelta(days=1)

# What a repeated request may fill in or correct.
_UPDATABLE = ("district", "service_date", "spent", "brief", "industry")
_CONTACT = ("contact", "phone")


def company_key(name: str) -> str:
    """The form of a company name under which two spellings are one company."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s\W_]+", "", folded)


def dispute_key(country: str | None, right: str | None, procedure: str | None) -> str:
    """The dispute: country, right and procedure, spelling aside."""
    parts = (company_key(part or "") for part in (country, right, procedure))
    return "|".join(part[:60] for part in parts)


def upsert(
    conn: Connection, lead: Lead, *, most_a_day: int | None = None, now: datetime | None = None
) -> tuple[str, bool]:
    """Register a lead, or update the one of the same company and dispute.

    Another person of the same company is added as a further contact and never replaces the first.

    :param most_a_day: new leads that one conversation may make.
    :return: the reference and whether it is a new lead.
    :raises InvalidRecordError: naming the field that is missing or malformed.
    """
    lead = _checked(lead)
    moment = or_now(now)
    for _attempt in range(_ATTEMPTS):
        row = _matching(conn, lead)
        if row is not None:
            return _merge(conn, row, lead, moment), False
        if most_a_day is not None and _made_since(conn, lead.sender, moment - _DAY) >= most_a_day:
            raise InvalidRecordError(f"一天最多登记{most_a_day}条线索，还有更多请转人工办理")
        try:
            with conn.begin_nested():
                return _insert(conn, lead, moment), True
        except IntegrityError:
            continue  # somebody registered the same lead (or drew the same number) meanwhile
    raise TransitionError("线索登记繁忙，请再试一次")


def find(conn: Connection, reference: str, phone_last4: str) -> Lead | None:
    """A lead by reference and the last four digits of a phone left with it; None for any mismatch."""
    table = tables.leads
    query = sa.select(table).where(table.c.reference == canonical_reference(reference))
    row = conn.execute(query).first()
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone_last4))
    if row is None or len(digits) != 4:
        return None
    phones = [row.phone, *(item.get("phone", "") for item in row.other_contacts)]
    return lead_of(row) if digits in {last_four(phone) for phone in phones} else None


def get(conn: Connection, reference: str) -> Lead:
    """A lead for staff.

    :raises NotFoundError: when there is none.
    """
    return lead_of(row_of(conn, reference))


def listing(
    conn: Connection,
    *,
    stage: Stage | None = None,
    sender: str | None = None,
    center: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> tuple[Lead, ...]:
    """Leads, newest first."""
    table = tables.leads
    query = sa.select(table)
    if stage is not None:
        query = query.where(table.c.stage == stage.value)
    if sender is not None:
        query = query.where(table.c.sender == sender)
    if center is not None:
        query = query.where(table.c.center == center)
    if since is not None:
        query = query.where(table.c.created_at >= since)
    if until is not None:
        query = query.where(table.c.created_at < until)
    query = query.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit)
    return tuple(lead_of(row) for row in conn.execute(query))


def move(
    conn: Connection,
    reference: str,
    stage: Stage,
    actor: str,
    note: str | None = None,
    *,
    now: datetime | None = None,
) -> Lead:
    """Take a lead to another stage, with the step recorded.

    :raises TransitionError: when the stage cannot follow the present one.
    """
    row = row_of(conn, reference, lock=True)
    source = Stage(row.stage)
    if stage not in STAGES[source]:
        raise TransitionError(
            f"线索 {row.reference} 现在是「{source.label}」，不能改为「{stage.label}」"
        )
    if stage is Stage.SUPPLEMENT and not (note or "").strip():
        raise InvalidRecordError("补正要一次写明还缺什么材料")
    moment = or_now(now)
    change(conn, row, {"stage": stage.value, "updated_at": moment})
    record_event(conn, row.id, moment, actor, "stage", source, stage, note)
    return get(conn, row.reference)


def assign(
    conn: Connection,
    reference: str,
    actor: str,
    *,
    assignee: str | None = None,
    center: str | None = None,
    due_on: date | None = None,
    follow_up_on: date | None = None,
    now: datetime | None = None,
) -> Lead:
    """Set who works on a lead, where, and by when; what is None stays."""
    row = row_of(conn, reference, lock=True)
    given = {
        "assignee": assignee,
        "center": center,
        "due_on": due_on,
        "follow_up_on": follow_up_on,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    moment = or_now(now)
    stage = Stage(row.stage)
    change(conn, row, {**changes, "updated_at": moment})
    detail = {name: str(value) for name, value in changes.items()}
    record_event(conn, row.id, moment, actor, "assign", stage, stage, None, detail)
    return get(conn, row.reference)


def history(conn: Connection, reference: str) -> tuple[LeadEvent, ...]:
    """What happened to a lead, oldest first."""
    row = row_of(conn, reference)
    table = tables.lead_events
    query = sa.select(table).where(table.c.lead_id == row.id).order_by(table.c.id)
    return tuple(
        LeadEvent(e.at, e.actor, e.action, e.from_stage, e.to_stage, e.note, e.detail)
        for e in conn.execute(query)
    )


# --- rows --------------------------------------------------------------------------------------


def _checked(lead: Lead) -> Lead:
    """The lead as it is stored, or a refusal that names the field."""
    texts: dict[str, Any] = {}
    for item in fields(lead):
        value = getattr(lead, item.name)
        if isinstance(value, str) and not isinstance(value, Stage):
            texts[item.name] = storable(value).strip()
    lead = replace(lead, **texts)
    if not company_key(lead.company) or len(lead.company) > 200:
        raise InvalidRecordError("请填写企业名称（200字以内）")
    if not lead.contact or len(lead.contact) > 100:
        raise InvalidRecordError("请填写联系人（100字以内）")
    if not lead.consent_version:
        raise InvalidRecordError("未同意个人信息处理说明，不能登记")
    if not lead.sender:
        raise InvalidRecordError("缺少会话标识，不能登记")
    number = valid_phone(lead.phone)
    if number is None:
        raise InvalidRecordError("联系电话格式不对，请填写手机号或带区号的座机")
    code = None
    if lead.credit_code:
        code = valid_credit_code(lead.credit_code)
        if code is None:
            raise InvalidRecordError("统一社会信用代码校验不通过，请核对18位代码，也可以不填")
    return replace(lead, phone=number, credit_code=code)


def row_of(conn: Connection, reference: str, *, lock: bool = False) -> Any:
    """The stored row, for the desk's own modules; locked until the transaction ends if asked.

    :raises NotFoundError: when there is none.
    """
    table = tables.leads
    query = sa.select(table).where(table.c.reference == canonical_reference(reference))
    row = conn.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFoundError(f"没有编号为 {reference} 的线索")
    return row


def _matching(conn: Connection, lead: Lead) -> Any:
    """The stored lead of the same company and dispute: by credit code, else by name."""
    table = tables.leads
    same_dispute = table.c.dispute_key == dispute_key(lead.country, lead.right, lead.procedure)
    if lead.credit_code is not None:
        by_code = sa.select(table).where(same_dispute, table.c.credit_code == lead.credit_code)
        row = conn.execute(by_code.with_for_update()).first()
        if row is not None:
            return row
    by_name = sa.select(table).where(
        same_dispute, table.c.company_key == company_key(lead.company)[:200]
    )
    return conn.execute(by_name.with_for_update()).first()


def _made_since(conn: Connection, sender: str, moment: datetime) -> int:
    table = tables.leads
    query = sa.select(sa.func.count()).where(table.c.sender == sender, table.c.created_at > moment)
    return int(conn.execute(query).scalar_one())


def _insert(conn: Connection, lead: Lead, moment: datetime) -> str:
    reference = new_reference(LEAD_PREFIX)
    key = conn.execute(
        sa.insert(tables.leads).values(
            reference=reference,
            company_key=company_key(lead.company)[:200],
            dispute_key=dispute_key(lead.country, lead.right, lead.procedure),
            company=lead.company,
            credit_code=lead.credit_code,
            contact=lead.contact,
            phone=lead.phone,
            district=_short(lead.district, 100),
            country=_short(lead.country, 64),
            right=_short(lead.right, 64),
            procedure=_short(lead.procedure, 64),
            service_date=lead.service_date,
            spent=_short(lead.spent, 200),
            brief=lead.brief or None,
            industry=_short(lead.industry, 64),
            consent_version=lead.consent_version[:40],
            consent_at=lead.consent_at,
            channel=lead.channel[:32],
            sender=lead.sender[:64],
            other_contacts=[],
            stage=Stage.NEW.value,
            center=lead.center,
            created_at=moment,
            updated_at=moment,
        )
    ).inserted_primary_key[0]
    record_event(conn, key, moment, lead.sender, "create", None, Stage.NEW, None)
    return reference


def _merge(conn: Connection, row: Any, lead: Lead, moment: datetime) -> str:
    """Fill and correct the stored lead; the history says which fields changed, not their content."""
    new = {name: getattr(lead, name) for name in _UPDATABLE}
    changes = {name: value for name, value in new.items() if value and value != getattr(row, name)}
    if lead.credit_code is not None and row.credit_code is None:
        changes["credit_code"] = lead.credit_code
    if lead.sender == row.sender:
        changes.update(
            {
                name: getattr(lead, name)
                for name in _CONTACT
                if getattr(lead, name) != getattr(row, name)
            }
        )
    elif lead.phone != row.phone:
        known = {item.get("phone") for item in row.other_contacts}
        if lead.phone not in known:
            entry = {"contact": lead.contact, "phone": lead.phone, "sender": lead.sender}
            changes["other_contacts"] = [*row.other_contacts, entry]
    stage = Stage(row.stage)
    target = Stage.NEW if stage is Stage.WITHDRAWN else stage
    if target is not stage:
        changes["stage"] = target.value
    if not changes:
        return str(row.reference)
    detail = {"fields": sorted(changes)}
    if lead.sender == row.sender:
        changes.update(consent_version=lead.consent_version[:40], consent_at=lead.consent_at)
    change(conn, row, {**changes, "updated_at": moment})
    record_event(conn, row.id, moment, lead.sender, "update", stage, target, None, detail)
    return str(row.reference)


def change(conn: Connection, row: Any, changes: Mapping[str, Any]) -> None:
    """Change fields of a lead; the caller records the step."""
    conn.execute(sa.update(tables.leads).where(tables.leads.c.id == row.id).values(**changes))


def record_event(
    conn: Connection,
    lead_id: int,
    moment: datetime,
    actor: str,
    action: str,
    source: Stage | None,
    target: Stage,
    note: str | None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add a step to a lead's history."""
    conn.execute(
        sa.insert(tables.lead_events).values(
            lead_id=lead_id,
            at=moment,
            actor=actor,
            action=action,
            from_stage=None if source is None else source.value,
            to_stage=target.value,
            note=note,
            detail=dict(detail or {}),
        )
    )


def _short(text: str | None, limit: int) -> str | None:
    return text[:limit] if text else None


_LEAD_COLUMNS: Sequence[str] = tuple(
    item.name for item in fields(Lead) if item.name not in ("stage", "other_contacts")
)


def lead_of(row: Any) -> Lead:
    """The lead in a row of the table."""
    values = {name: getattr(row, name) for name in _LEAD_COLUMNS}
    return Lead(**values, stage=Stage(row.stage), other_contacts=tuple(row.other_contacts))
