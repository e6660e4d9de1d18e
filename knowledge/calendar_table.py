"""Typed reader of ``tables/closed_days.yaml``: on which days each forum is closed.

A forum has a list of its own: what is taken from a package at a pinned version, what is written in
the table, and our corrections, each with its reason and source.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from knowledge.deadline_row import TypedRow
from knowledge.deadline_types import ClosingDays, Correction, Library
from knowledge.errors import SourceError
from knowledge.table_row import load_yaml

FILE_NAME = "closed_days.yaml"


def load_calendars(tables_dir: Path) -> tuple[dict[str, Library], dict[str, ClosingDays]]:
    """Read the packages the days are taken from, and every calendar.

    :raises SourceError: the file, a row or a value is missing or wrong; the message names it.
    """
    path = tables_dir / FILE_NAME
    top = TypedRow(path, FILE_NAME, load_yaml(path))
    libraries = {
        name: _library(TypedRow(path, f"libraries.{name}", value))
        for name, value in top.mapping("libraries").items()
    }
    calendars = {
        code: _closing_days(code, TypedRow(path, f"calendars.{code}", value))
        for code, value in top.mapping("calendars").items()
    }
    top.finish()
    for calendar in calendars.values():
        named = (*calendar.candidates, *calendar.offices.values())
        for code in _missing(named, calendars):
            raise SourceError(f"{path.name}：“{calendar.code}” 的 candidates：没有声明 {code}")
    return libraries, calendars


def _missing(codes: Iterable[str], calendars: dict[str, ClosingDays]) -> list[str]:
    return sorted(set(codes) - set(calendars))


def _library(row: TypedRow) -> Library:
    released = row.day("released")
    if released is None:
        raise row.error("released", "缺少")
    return row.done(Library(row.text("version"), released))


def _closing_days(code: str, row: TypedRow) -> ClosingDays:
    weekend = row.get("weekend")
    until = None if row.get("known_until") is None else row.whole("known_until")
    country, subdivision = row.optional_text("country"), row.optional_text("subdivision")
    return row.done(
        ClosingDays(
            code=code,
            name=row.text("name"),
            source=row.text("source"),
            country=country,
            subdivision=subdivision,
            categories=row.texts("categories"),
            weekend=None if weekend is None else row.numbers("weekend"),
            fixed=tuple(_month_day(row, text) for text in row.texts("fixed")),
            easter=row.numbers("easter"),
            add=tuple(_correction(item) for item in row.rows("add")),
            remove=tuple(_correction(item) for item in row.rows("remove")),
            known_until=until,
            ask=row.flag("ask"),
            candidates=row.texts("candidates"),
            offices={name: str(value) for name, value in row.mapping("offices").items()},
            note=row.optional_text("note"),
        )
    )


def _correction(row: TypedRow) -> Correction:
    days = row.days("dates")
    if not days:
        raise row.error("dates", "缺少")
    return row.done(Correction(days, row.text("reason"), row.text("source")))


def _month_day(row: TypedRow, text: str) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise row.error("fixed", f"“{text}” 应为 MM-DD") from None
    return day.month, day.day
