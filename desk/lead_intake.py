"""A request for aid that comes in: a new one, or more about one that is known."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import lead_tables
from desk.contacts import credit_code as valid_credit_code
from desk.contacts import phone as valid_phone
from desk.conversations import storable
from desk.errors import InvalidRecordError, TransitionError
from desk.lead_types import Lead, Stage
from desk.leads import change, record_event, row_of
from desk.references import LEAD_PREFIX, new_reference
from desk.times import or_now

_ATTEMPTS = 8
_DAY = timedelta(days=1)
# What a repeated request may fill in or correct.
_UPDATABLE = ("district", "service_date", "spent", "brief", "industry")
_CONTACT = ("contact", "phone")
# Of what another contact says differently, each field.
_LONGEST_SAID = 2000


def company_key(name: str) -> str:
    """The form of a company name under which two spellings are one company."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s\W_]+", "", folded)


def dispute_key(country: str | None, right: str | None, procedure: str | None) -> str:
    """The dispute: country, right and procedure, spelling aside."""
    parts = (company_key(part or "") for part in (country, right, procedure))
    return "|".join(part[:60] for part in parts)


def upsert(
    conn: Connection,
    lead: Lead,
    *,
    most_a_day: int | None = None,
    is_staff: bool = False,
    now: datetime | None = None,
) -> tuple[str, bool]:
    """Register a lead, or update the one of the same company and dispute.

    Anybody may know a company and its dispute.  Who has neither the first contact's conversation nor phone
    is added as a further contact and fills in what is missing; what they say differently stands beside
    their name for the staff and replaces nothing.

    :param most_a_day: new leads that one conversation may make.
    :param is_staff: whether a member of staff writes down what they were told.
    :return: the reference and whether it is a new lead.
    :raises InvalidRecordError: naming the field that is missing or malformed.
    """
    lead = _checked(lead)
    moment = or_now(now)
    for _attempt in range(_ATTEMPTS):
        row = _matching(conn, lead)
        if row is not None:
            is_owner = is_staff or lead.sender == row.sender or lead.phone == row.phone
            changes = _corrections(row, lead) if is_owner else _additions(row, lead)
            return _merge(conn, row, lead, changes, moment), False
        if most_a_day is not None and _made_since(conn, lead.sender, moment - _DAY) >= most_a_day:
            raise InvalidRecordError(f"一天最多登记{most_a_day}条线索，还有更多请转人工办理")
        try:
            with conn.begin_nested():
                return _insert(conn, lead, moment), True
        except IntegrityError:
            continue  # somebody registered the same lead (or drew the same number) meanwhile
    raise TransitionError("线索登记繁忙，请再试一次")


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


def _matching(conn: Connection, lead: Lead) -> Any:
    """The stored lead of the same company and dispute: by credit code, else by name."""
    table = lead_tables.leads
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
    table = lead_tables.leads
    query = sa.select(sa.func.count()).where(table.c.sender == sender, table.c.created_at > moment)
    return int(conn.execute(query).scalar_one())


def _insert(conn: Connection, lead: Lead, moment: datetime) -> str:
    reference = new_reference(LEAD_PREFIX)
    conn.execute(
        sa.insert(lead_tables.leads).values(
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
    )
    record_event(conn, row_of(conn, reference), moment, lead.sender, "create", is_new=True)
    return reference


def _corrections(row: Any, lead: Lead) -> dict[str, Any]:
    """What changes where the first contact, or staff, says more; another contact stands beside the first."""
    changes = _different(row, lead)
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
    elif lead.phone not in {row.phone, *(item.get("phone") for item in row.other_contacts)}:
        entry = {"contact": lead.contact, "phone": lead.phone, "sender": lead.sender}
        changes["other_contacts"] = [*row.other_contacts, entry]
    return changes


def _additions(row: Any, lead: Lead) -> dict[str, Any]:
    """What changes where somebody else says more."""
    new = _different(row, lead)
    changes = {name: value for name, value in new.items() if not getattr(row, name)}
    said = {name: str(value)[:_LONGEST_SAID] for name, value in new.items() if name not in changes}
    if lead.credit_code is not None and lead.credit_code != row.credit_code:
        said["credit_code"] = lead.credit_code
    contacts = [dict(item) for item in row.other_contacts]
    own = next((item for item in contacts if item.get("phone") == lead.phone), None)
    if own is None:
        own = {"contact": lead.contact, "phone": lead.phone, "sender": lead.sender}
        contacts.append(own)
    if said:
        own["said"] = {**own.get("said", {}), **said}
    if contacts != list(row.other_contacts):
        changes["other_contacts"] = contacts
    return changes


def _different(row: Any, lead: Lead) -> dict[str, Any]:
    new = {name: getattr(lead, name) for name in _UPDATABLE}
    return {name: value for name, value in new.items() if value and value != getattr(row, name)}


def _merge(
    conn: Connection, row: Any, lead: Lead, changes: dict[str, Any], moment: datetime
) -> str:
    """Change the stored lead; the history says which fields changed, not their content."""
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
    record_event(conn, row, moment, lead.sender, "update", target=target, detail=detail)
    return str(row.reference)


def _short(text: str | None, limit: int) -> str | None:
    return text[:limit] if text else None
