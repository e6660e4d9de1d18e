"""Typed reader of ``tables/campaigns.yaml``: the campaigns that every installation begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from knowledge.table_row import Row, load_mapping

FILE_NAME = "campaigns.yaml"
_SUNDAY = 6
_LAST_MONTH = 11
_LONGEST_AFTER = 60


@dataclass(frozen=True)
class Shipped:
    """A campaign of one year, ready to be kept; ``places`` are (name, kind) pairs."""

    code: str
    occasion: str
    name: str
    starts_on: date
    ends_on: date
    closes_on: date
    theme: str
    theme_source: str
    greeting: str
    program: str
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Theme:
    """What an occasion is about in one year, and where that can be read."""

    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class YearlyDays:
    """The days of every year: dates written MM-DD, or the last full week of a month."""

    fixed: tuple[str, str, str] | None
    last_week_of: int | None
    closes_after: int

    def of(self, year: int) -> tuple[date, date, date]:
        """First day, last day, and the last day on which the quiz is played."""
        if self.fixed is not None:
            first, last, close = (date.fromisoformat(f"{year}-{day}") for day in self.fixed)
            return first, last, close
        end = date(year, (self.last_week_of or 0) + 1, 1) - timedelta(days=1)
        while end.weekday() != _SUNDAY:
            end -= timedelta(days=1)
        return end - timedelta(days=6), end, end + timedelta(days=self.closes_after)


@dataclass(frozen=True)
class Yearly:
    """A campaign as the table has it, for any year."""

    id: str
    occasion: str
    name: str
    days: YearlyDays
    greeting: str
    program: str
    places: tuple[tuple[str, str], ...]

    def next(self, themes: Mapping[tuple[str, int], Theme], today: date) -> Shipped:
        """The campaign in the year of its next end."""
        year = today.year + (self.days.of(today.year)[1] < today)
        theme = themes.get((self.occasion, year), Theme())
        return Shipped(
            f"{self.id}{year}", self.occasion, self.name.format(year=year), *self.days.of(year),
            theme.text, theme.source, self.greeting, self.program, self.places,
        )  # fmt: skip


@dataclass(frozen=True)
class CampaignTable:
    """The campaigns, and the themes by occasion and year."""

    campaigns: tuple[Yearly, ...]
    themes: Mapping[tuple[str, int], Theme]


def next_campaigns(tables_dir: Path, today: date) -> list[Shipped]:
    """Each shipped campaign in the year of its next end.

    :raises SourceError: the table is damaged; file, line and key are named.
    """
    table = load_campaigns(tables_dir)
    return [campaign.next(table.themes, today) for campaign in table.campaigns]


def load_campaigns(tables_dir: Path) -> CampaignTable:
    """Read the table.

    :raises SourceError: it is damaged; file, line and key are named.
    """
    top = load_mapping(tables_dir / FILE_NAME)
    top.need("campaigns")
    campaigns = tuple(row.done(_yearly(row)) for row in top.children("campaigns"))
    themes = dict(row.done(_theme(row)) for row in top.children("themes"))
    return top.done(CampaignTable(campaigns, themes))


def _theme(row: Row) -> tuple[tuple[str, int], Theme]:
    occasion, year = row.text("occasion"), row.whole("year")
    return (occasion, year), Theme(row.text("theme"), row.text("source"))


def _yearly(row: Row) -> Yearly:
    row.name = row.text("id")
    places = tuple(
        child.done((child.text("name"), child.text("kind"))) for child in row.children("places")
    )
    return Yearly(
        row.name, row.text("occasion"), row.text("name"), _days(row), row.text("greeting"),
        row.text("program"), places,
    )  # fmt: skip


def _days(row: Row) -> YearlyDays:
    if row.get("last_week_of") is not None:
        month, after = row.whole("last_week_of"), row.whole("closes_after")
        if not 1 <= month <= _LAST_MONTH:
            raise row.error("last_week_of", f"应为 1 到 {_LAST_MONTH} 月")
        if after > _LONGEST_AFTER:
            raise row.error("closes_after", f"应为不超过 {_LONGEST_AFTER} 的天数")
        return YearlyDays(None, month, after)
    for key in ("starts", "ends", "closes"):
        try:
            date.fromisoformat(f"2001-{row.text(key)}")
        except ValueError:
            raise row.error(key, "应为每年都有的日子，写作 'MM-DD'") from None
    return YearlyDays((row.text("starts"), row.text("ends"), row.text("closes")), None, 0)
