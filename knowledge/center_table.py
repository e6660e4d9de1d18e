"""Typed reader of ``tables/centers.yaml``: the bodies that an enterprise may be pointed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.table_row import Row, load_rows

FILE_NAME = "centers.yaml"

LEVELS = ("national", "province", "city", "district")
STATUSES = ("active", "unverified", "summary", "retired")
DUTIES = (
    "overseas-guidance",
    "aid",
    "rapid-protection-domestic",
    "pre-examination",
    "customs",
    "court",
    "arbitration",
    "mediation",
    "notary",
    "hotline",
    "association",
    "authority",
    "funding",
    "information",
    "trade-fair",
)


@dataclass(frozen=True)
class Phone:
    """Numbers with the year of the page that gave them; ``show`` is false for tracing only."""

    numbers: tuple[str, ...]
    as_of: str | None
    note: str
    show: bool
    purpose: str | None = None


@dataclass(frozen=True)
class Address:
    """Where a body sits, as a page of that year had it."""

    text: str
    as_of: str


@dataclass(frozen=True)
class CenterSource:
    """The page a row rests on; ``url`` is None where it may not be shown."""

    title: str
    url: str | None


@dataclass(frozen=True)
class Center:
    """One body.

    ``industries``, ``rights`` and ``countries`` are None where the body takes all of them.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    level: str
    province: str | None
    city: str | None
    district: str | None
    duties: frozenset[str]
    regions: tuple[str, ...]
    industries: frozenset[str] | None
    pre_examination_industries: frozenset[str]
    rights: frozenset[str] | None
    countries: frozenset[str] | None
    handles_overseas: bool
    primary_eligible: bool
    status: str
    does: str
    batch: str | None
    named_in_policy: bool
    phone: Phone | None
    address: Address | None
    website: str | None
    source: CenterSource
    more_sources: tuple[CenterSource, ...]
    source_quality: str
    as_of: str
    verified: str
    note: str | None

    def takes(self, industry: str | None, country: str | None, right: str | None) -> bool:
        """Whether the body covers an industry, a country and a right.

        An unknown country or right is no obstacle; an unknown industry is one for a body that
        serves only certain industries.
        """
        if self.industries is not None and industry not in self.industries:
            return False
        if self.countries is not None and country is not None and country not in self.countries:
            return False
        return self.rights is None or right is None or right in self.rights


@dataclass(frozen=True)
class CenterTable:
    """All bodies by id, in file order."""

    centers: Mapping[str, Center]

    @property
    def national(self) -> Center:
        """The national guidance center, the fallback of every routing."""
        return self.centers["cn-ogc"]


def load_center_table(tables_dir: Path) -> CenterTable:
    """Read the table.

    :raises SourceError: naming the row and the key that is wrong.
    """
    path = tables_dir / FILE_NAME
    centers = {row.name: _center(row) for row in load_rows(path)}
    if "cn-ogc" not in centers:
        raise Row(path, "cn-ogc", {}).error("id", "缺少国家中心这一行")
    return CenterTable(centers)


def _center(row: Row) -> Center:
    duties = frozenset(row.texts("duties"))
    unknown = sorted(duties - set(DUTIES))
    if unknown or not duties:
        raise row.error("duties", f"“{'、'.join(unknown)}” 不在 {'、'.join(DUTIES)} 之中")
    center = Center(
        id=row.name,
        name=row.text("name"),
        aliases=row.texts("aliases"),
        level=row.choice("level", LEVELS),
        province=row.optional_text("province"),
        city=row.optional_text("city"),
        district=row.optional_text("district"),
        duties=duties,
        regions=row.texts("regions"),
        industries=row.texts_or_all("industries"),
        pre_examination_industries=frozenset(row.texts("pre_examination_industries")),
        rights=row.texts_or_all("rights"),
        countries=row.texts_or_all("countries"),
        handles_overseas=row.flag("handles_overseas"),
        primary_eligible=row.flag("primary_eligible"),
        status=row.choice("status", STATUSES),
        does=row.text("does"),
        batch=row.optional_text("batch"),
        named_in_policy=row.flag("named_in_policy"),
        phone=_phone(row.child("phone")),
        address=_address(row.child("address")),
        website=row.optional_text("website"),
        **provenance(row),
    )
    if center.primary_eligible and not (center.handles_overseas and center.status == "active"):
        raise row.error("primary_eligible", "首选机构必须办理涉外事务且状态为 active")
    row.finish()
    return center


def _phone(row: Row | None) -> Phone | None:
    if row is None:
        return None
    phone = Phone(
        numbers=row.texts("numbers"),
        as_of=row.optional_text("as_of"),
        note=row.text("note"),
        show=row.flag("show"),
        purpose=row.optional_text("purpose"),
    )
    row.finish()
    return phone


def _address(row: Row | None) -> Address | None:
    if row is None:
        return None
    address = Address(row.text("text"), row.text("as_of"))
    row.finish()
    return address


def provenance(row: Row) -> dict[str, Any]:
    """Where a row was read, how well and when, by the names of the fields that keep it."""
    return {
        "source": _source(row.needed_child("source")),
        "more_sources": tuple(_source(child) for child in row.children("more_sources")),
        "source_quality": row.text("source_quality"),
        "as_of": row.text("as_of"),
        "verified": row.text("verified"),
        "note": row.optional_text("note"),
    }


def _source(row: Row) -> CenterSource:
    source = CenterSource(row.text("title"), row.optional_text("url"))
    row.finish()
    return source
