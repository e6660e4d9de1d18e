"""A center's own contact, entered by its administrator; it stands before what public pages say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit
from desk.account_tables import center_contacts
from desk.contacts import phone as valid_phone
from desk.conversations import storable
from desk.errors import InvalidRecordError

_MOST_PHONES = 3
_LONGEST = {"address": 200, "website": 300, "hours": 100}


@dataclass(frozen=True)
class Contact:
    """How to reach a center; what was not given is empty.  ``phones`` are digits as they are dialled."""

    center: str
    phones: tuple[str, ...] = ()
    address: str = ""
    website: str = ""
    hours: str = ""
    changed_by: str = ""
    changed_on: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given."""
        return not (self.phones or self.address or self.website or self.hours)


def listing(conn: Connection) -> dict[str, Contact]:
    """Every contact that was entered, by center."""
    return {
        row.center: Contact(
            row.center, tuple(filter(None, row.phone.split("、"))), row.address, row.website,
            row.hours, row.changed_by, row.changed_on,
        )
        for row in conn.execute(sa.select(center_contacts))
    }  # fmt: skip


def save(conn: Connection, contact: Contact, actor: str, on: date) -> Contact:
    """Enter or change a center's contact; an empty one takes it away.

    :raises InvalidRecordError: naming the field that cannot be right.
    """
    kept = _checked(contact)
    table = center_contacts
    conn.execute(sa.delete(table).where(table.c.center == kept.center))
    if not kept.is_empty:
        conn.execute(
            sa.insert(table).values(
                center=kept.center,
                phone="、".join(kept.phones),
                address=kept.address,
                website=kept.website,
                hours=kept.hours,
                changed_by=actor[:64],
                changed_on=on,
            )
        )
    audit.record(conn, actor, "contact", kept.center, center=kept.center)
    return kept


def _checked(contact: Contact) -> Contact:
    numbers = []
    for typed in contact.phones:
        is_short = typed.strip() in ("12330", "12345", "12315")
        number = typed.strip() if is_short else valid_phone(typed)
        if number is None:
            raise InvalidRecordError(f"电话「{typed[:20]}」格式不对，请写手机号或带区号的座机")
        numbers.append(number)
    if len(numbers) > _MOST_PHONES:
        raise InvalidRecordError(f"电话最多{_MOST_PHONES}个")
    texts = {name: storable(getattr(contact, name)).strip() for name in _LONGEST}
    for name, label in (("address", "地址"), ("website", "网址"), ("hours", "服务时间")):
        if len(texts[name]) > _LONGEST[name]:
            raise InvalidRecordError(f"{label}最多{_LONGEST[name]}个字")
    site = texts["website"]
    if site and (not site.startswith(("https://", "http://")) or any(c.isspace() for c in site)):
        raise InvalidRecordError("网址请从 https:// 开始写")
    return Contact(
        contact.center,
        tuple(dict.fromkeys(numbers)),
        texts["address"],
        texts["website"],
        texts["hours"],
    )
