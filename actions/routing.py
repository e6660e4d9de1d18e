"""What was asked of the routing function and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from knowledge.center_table import Center
from knowledge.region_table import Region

NO_CONTACT = "电话和地址没有查到可引用的资料，请以官网公布为准"


@dataclass(frozen=True)
class Matter:
    """What was understood of a request; None where nothing was said or recognised."""

    region: Region | None
    industry: str | None
    country: str | None
    right: str | None
    role: str | None
    procedure: str | None
    industry_assumed: bool = False

    @property
    def is_domestic(self) -> bool:
        """Whether the dispute itself is in the Chinese mainland."""
        return self.country == "CN"


@dataclass(frozen=True)
class Referral:
    """A body and why it is named."""

    center: Center
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Id, name and reason; phone, address and site only where a source gave them."""
        center = self.center
        data: dict[str, Any] = {
            "id": center.id,
            "name": center.name,
            "reason": self.reason,
            "level": center.level,
            "does": center.does,
            "as_of": center.as_of,
            "source": center.source.title,
        }
        phone = center.phone if center.phone and center.phone.show else None
        if phone:
            data["phone"] = "、".join(phone.numbers)
            data["phone_as_of"] = phone.as_of
            data["phone_note"] = phone.note
        if center.address:
            data["address"] = center.address.text
            data["address_as_of"] = center.address.as_of
        if center.website:
            data["url"] = center.website
        if not phone and not center.address:
            data["contact_note"] = NO_CONTACT
        if center.note:
            data["note"] = center.note
        return data


@dataclass(frozen=True)
class Routing:
    """Where to go first, where to go else, and why."""

    matter: Matter
    primary: Referral
    fallback: Referral
    others: tuple[Referral, ...]
    rule: str
    reasons: tuple[str, ...]
    question: str | None

    def to_json(self) -> dict[str, Any]:
        """The object of ``huhang route`` and of the center card."""
        matter = self.matter
        return {
            "primary": self.primary.to_json(),
            "fallback": self.fallback.to_json(),
            "others": [other.to_json() for other in self.others],
            "rule": self.rule,
            "reasons": list(self.reasons),
            "question": self.question,
            "understood": {
                "region": matter.region.name if matter.region else None,
                "industry": matter.industry,
                "country": matter.country,
                "ip_type": matter.right,
                "role": matter.role,
                "matter": matter.procedure,
            },
        }
