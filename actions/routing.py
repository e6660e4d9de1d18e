"""What was asked of the routing function and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from desk.center_contacts import Contact
from knowledge.center_table import Center
from knowledge.region_table import Region

# Why a body is named that the person chose.
CHOSEN = "您在“我的事项”里选的"
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
    own: Contact | None = None

    def to_json(self) -> dict[str, Any]:
        """Id, name and reason; phone, address and site only where a source gave them.

        What the center itself has entered stands before what public pages say.
        """
        center, own = self.center, self.own
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
        if own is not None:
            data |= _entered(own)
        if "phone" not in data and "address" not in data:
            data["contact_note"] = NO_CONTACT
        if "phone" not in data:
            data["find"] = _way_to(center)
        if center.note:
            data["note"] = center.note
        return data


def _entered(own: Contact) -> dict[str, Any]:
    """What a center entered, with the day on which it did."""
    on = own.changed_on.isoformat() if own.changed_on else ""
    found: dict[str, Any] = {"entered_on": on}
    if own.phones:
        found |= {"phone": "、".join(own.phones), "phone_as_of": on, "phone_note": "中心自己填写"}
    if own.address:
        found |= {"address": own.address, "address_as_of": on}
    if own.website:
        found["url"] = own.website
    if own.hours:
        found["hours"] = own.hours
    return found


def _way_to(center: Center) -> str:
    """How to find a body's own contact where no source gives its number."""
    if center.website:
        return f"打开它的官网{center.website}，看“联系我们”"
    return f"搜“{center.name} 官网”，认准网址以gov.cn结尾的政府网站，看“联系我们”"


@dataclass(frozen=True)
class Hotline:
    """A number that can be called from anywhere in the country, and what it does."""

    number: str
    does: str
    note: str | None

    @classmethod
    def of(cls, center: Center) -> Hotline:
        """The hotline that a row of the table is.

        :raises ValueError: the row has no number that may be shown.
        """
        if center.phone is None or not center.phone.show:
            raise ValueError(f"{center.id} 没有可以显示的号码")
        return cls(center.phone.numbers[0], center.does, center.phone.note)

    def to_json(self) -> dict[str, str]:
        """Number and what it does, with what to know before dialling."""
        words = self.does.rstrip("。")
        return {"number": self.number, "does": f"{words}（{self.note}）" if self.note else words}


def contact_card(referral: Referral, hotlines: Iterable[Hotline]) -> dict[str, Any]:
    """The card of a body, with the hotlines where it has no number of its own."""
    card = referral.to_json()
    if "phone" not in card:
        card["hotlines"] = [line.to_json() for line in hotlines]
    return card


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
    hotlines: tuple[Hotline, ...] = ()

    def with_contacts(self, entered: Mapping[str, Contact]) -> Routing:
        """The same with what centers have entered of themselves."""

        def known(referral: Referral) -> Referral:
            return replace(referral, own=entered.get(referral.center.id))

        return replace(
            self,
            primary=known(self.primary),
            fallback=known(self.fallback),
            others=tuple(known(other) for other in self.others),
        )

    def led_by(self, center: Center) -> Routing:
        """The same with the body that the person chose in the first place."""
        found = self.primary.center
        beside = "" if found.id == center.id else f"；按您说的情况，建议的是{found.name}"
        return replace(self, primary=Referral(center, f"{CHOSEN}{beside}。"), question=None)

    def card(self) -> dict[str, Any]:
        """The card of the body to go to first."""
        return contact_card(self.primary, self.hotlines)

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
