"""Typed reader of ``tables/forum_holidays.yaml``: on which days each forum is closed.

A forum has a list of its own: what is taken from a package at a pinned version, what is written in
the table, and our corrections, each with its reason and source.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from knowledge.deadline_types import ClosingDays, Correction, Library
from knowledge.table_row import Row, load_mapping

FILE_NAME = "forum_holidays.yaml"


def load_forum_holidays(tables_dir: Path) -> tuple[dict[str, Library], dict[str, ClosingDays]]:
    """Read the packages the days are taken from, and every calendar.

    :raises SourceError: the file, a row or a value is missing or wrong; the message names it.
    """
    path = tables_dir / FILE_NAME
    top = load_mapping(path)
    libraries = {name: _library(row) for name, row in top.named_children("libraries").items()}
    rows = top.named_children("calendars")
    calendars = {code: _closing_days(code, row) for code, row in rows.items()}
    top.finish()
    for code, calendar in calendars.items():
        for key, named in (
            ("candidates", calendar.candidates),
            ("offices", calendar.offices.values()),
        ):
            missing = sorted(set(named) - set(calendars))
            if missing:
                raise rows[code].error(key, f"没有声明 {missing[0]}")
    return libraries, calendars


def _library(row: Row) -> Library:
    released = row.day("released")
    if released is None:
        raise row.error("released", "缺少")
    return row.done(Library(row.text("version"), released))


def _closing_days(code: str, row: Row) -> ClosingDays:
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
            fixed=tuple(month_day(row, "fixed", text) for text in row.texts("fixed")),
            easter=row.numbers("easter"),
            add=tuple(_correction(item) for item in row.children("add")),
            remove=tuple(_correction(item) for item in row.children("remove")),
            known_until=until,
            ask=row.flag("ask"),
            candidates=row.texts("candidates"),
            offices={name: str(value) for name, value in row.mapping("offices").items()},
            note=row.optional_text("note"),
        )
    )


def _correction(row: Row) -> Correction:
    days = row.days("dates")
    if not days:
        raise row.error("dates", "缺少")
    return row.done(Correction(days, row.text("reason"), row.text("source")))


def month_day(row: Row, key: str, text: str) -> tuple[int, int]:
    """A day of every year, MM-DD.

    :raises SourceError: it is none; the row and the key are named.
    """
    try:
        day = date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise row.error(key, f"“{text}” 应为 MM-DD") from None
    return day.month, day.day
