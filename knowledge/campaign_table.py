"""Typed reader of ``tables/campaigns.yaml``: the campaigns that every installation begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml

FILE_NAME = "campaigns.yaml"
_SUNDAY = 6


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


def next_campaigns(tables_dir: Path, today: date) -> list[Shipped]:
    """Each shipped campaign in the year of its next end.

    :raises SourceError: the table is damaged.
    """
    path = tables_dir / FILE_NAME
    try:
        value = load_yaml(path.read_text(encoding="utf-8"), FILE_NAME)
        if not isinstance(value, dict):
            raise SourceError(f"{FILE_NAME}：应有 campaigns 和 themes 两部分")
        themes = {(row["occasion"], row["year"]): row for row in value.get("themes") or ()}
        return [_next(row, themes, today) for row in value["campaigns"]]
    except OSError as error:
        raise SourceError(f"缺少表格 {FILE_NAME}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(f"{FILE_NAME}：格式不对（{error}）") from error


def _next(row: dict[str, Any], themes: dict[tuple[str, int], Any], today: date) -> Shipped:
    is_over = _days(row, today.year)[1] < today
    year = today.year + is_over
    starts, ends, closes = _days(row, year)
    theme = themes.get((row["occasion"], year), {})
    return Shipped(
        f"{row['id']}{year}", row["occasion"], row["name"].format(year=year), starts, ends, closes,
        theme.get("theme", ""), theme.get("source", ""), row["greeting"], row["program"],
        tuple((place["name"], place["kind"]) for place in row["places"]),
    )  # fmt: skip


def _days(row: dict[str, Any], year: int) -> tuple[date, date, date]:
    """First day, last day, and the last day on which the quiz is played."""
    if "last_week_of" in row:
        end = date(year, row["last_week_of"] + 1, 1) - timedelta(days=1)
        while end.weekday() != _SUNDAY:
            end -= timedelta(days=1)
        return end - timedelta(days=6), end, end + timedelta(days=row["closes_after"])
    starts, ends, closes = (
        date.fromisoformat(f"{year}-{row[key]}") for key in ("starts", "ends", "closes")
    )
    return starts, ends, closes
