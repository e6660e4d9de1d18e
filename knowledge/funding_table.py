"""Typed reader of ``tables/funding.yaml``: programs and what they ask, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.center_table import CenterSource, provenance
from knowledge.region_table import Region
from knowledge.table_row import Row, load_rows

FILE_NAME = "funding.yaml"

STATUSES = ("current", "expired", "unknown")
APPLICANTS = ("enterprise", "institution", "association", "individual", "service-provider")
TESTS = (
    "applicant",
    "no_other_grant",
    "not_dishonest",
    "not_foreign_controlled",
    "foreign_dispute",
    "spent",
    "procedure",
    "procedure_not",
    "outcome",
    "right",
    "role",
    "purpose",
    "closed_within",
    "contract_between",
    "deduct",
)
LISTED = ("procedure", "procedure_not", "outcome", "right", "role", "purpose")


@dataclass(frozen=True)
class ConditionTest:
    """How a condition is checked from facts."""

    kind: str
    any: frozenset[str] = frozenset()
    years: int | None = None
    after: date | None = None
    before: date | None = None
    what: str | None = None


@dataclass(frozen=True)
class Condition:
    """What a program asks or bars; without a test only the authority can tell."""

    text: str
    test: ConditionTest | None


@dataclass(frozen=True)
class Window:
    """When one may apply, or how long the program is in force."""

    text: str
    opens: date | None
    closes: date | None


@dataclass(frozen=True)
class Amount:
    """What the page said about money."""

    text: str
    ratio: str | None
    ceiling: str | None


@dataclass(frozen=True)
class Program:
    """One funding program or rule about funding."""

    id: str
    name: str
    province: str | None
    city: str | None
    district: str | None
    authority: str
    overseas: bool
    status: str
    kind: str
    recipient: str
    applicants: frozenset[str]
    supports: tuple[str, ...]
    amount: Amount
    conditions: tuple[Condition, ...]
    exclusions: tuple[Condition, ...]
    materials: tuple[str, ...]
    window: Window
    channel: str | None
    basis: str
    source: CenterSource
    more_sources: tuple[CenterSource, ...]
    source_quality: str
    as_of: str
    verified: str
    note: str | None

    def status_on(self, today: date) -> str:
        """The status, expired once the window has closed."""
        if self.window.closes is not None and self.window.closes < today:
            return "expired"
        return self.status

    @property
    def area(self) -> Region | None:
        """Where a company must be; None for the whole country."""
        return Region(self.province, self.city, self.district) if self.province else None

    @property
    def place(self) -> str:
        """The area in words."""
        return self.area.name if self.area else "全国"


def load_funding_table(tables_dir: Path) -> Mapping[str, Program]:
    """Read the programs by id, in file order.

    :raises SourceError: naming the row and the key that is wrong.
    """
    return {row.name: _program(row) for row in load_rows(tables_dir / FILE_NAME)}


def _program(row: Row) -> Program:
    applicants = frozenset(row.texts("applicants"))
    if not applicants <= set(APPLICANTS):
        raise row.error("applicants", f"应在 {'、'.join(APPLICANTS)} 之中")
    program = Program(
        id=row.name,
        name=row.text("name"),
        province=row.optional_text("province"),
        city=row.optional_text("city"),
        district=row.optional_text("district"),
        authority=row.text("authority"),
        overseas=row.flag("overseas"),
        status=row.choice("status", STATUSES),
        kind=row.choice("kind", ("program", "principle")),
        recipient=row.choice("recipient", ("applicant", "service-provider")),
        applicants=applicants,
        supports=row.texts("supports"),
        amount=_amount(row.needed_child("amount")),
        conditions=tuple(_condition(child) for child in row.children("conditions")),
        exclusions=tuple(_condition(child) for child in row.children("exclusions")),
        materials=row.texts("materials"),
        window=_window(row.needed_child("window")),
        channel=row.optional_text("channel"),
        basis=row.text("basis"),
        **provenance(row),
    )
    row.finish()
    return program


def _condition(row: Row) -> Condition:
    text = row.text("text")
    child = row.child("test")
    row.finish()
    return Condition(text, _test(child) if child else None)


def _test(row: Row) -> ConditionTest:
    years = row.get("years")
    if years is not None and (not isinstance(years, int) or years <= 0):
        raise row.error("years", "应为正整数")
    test = ConditionTest(
        kind=row.choice("kind", TESTS),
        any=frozenset(row.texts("any")),
        years=years,
        after=_date(row, "after"),
        before=_date(row, "before"),
        what=row.optional_text("what"),
    )
    if test.kind in LISTED and not test.any:
        raise row.error("any", "缺少")
    if test.kind == "closed_within" and test.years is None:
        raise row.error("years", "缺少")
    if test.kind == "contract_between" and (test.after is None or test.before is None):
        raise row.error("after", "after 和 before 都要有")
    if test.kind == "deduct" and test.what not in ("insurance", "settlement"):
        raise row.error("what", "应为 insurance 或 settlement")
    row.finish()
    return test


def _window(row: Row) -> Window:
    window = Window(row.text("text"), _date(row, "opens"), _date(row, "closes"))
    row.finish()
    return window


def _amount(row: Row) -> Amount:
    amount = Amount(row.text("text"), row.optional_text("ratio"), row.optional_text("ceiling"))
    row.finish()
    return amount


def _date(row: Row, key: str) -> date | None:
    value = row.get(key)
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise row.error(key, "应为 YYYY-MM-DD") from None
