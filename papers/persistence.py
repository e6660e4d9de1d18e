"""A reading as JSON and back, whole: between processes and for whoever keeps it."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from knowledge.printed_dates import Meaning
from papers.types import (
    Amount,
    DateRead,
    Line,
    Number,
    PageImage,
    Party,
    PeriodRead,
    Reading,
)

_PLAIN = (
    "kind", "form", "confidence", "title", "country", "forum", "docket", "side", "language", "pages", "ocr",
    "seconds", "due",
)  # fmt: skip


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """:return: the contract's object with the lines and the sizes of the pages."""
    found = reading.to_json(lines=True)
    found["sizes"] = [[size.page, size.width, size.height, size.quarters] for size in reading.sizes]
    for row, item in zip(found["dates"], reading.dates, strict=True):
        row["line"] = item.line
    return found


def reading_from_json(found: dict[str, Any]) -> Reading:
    """The inverse of :func:`reading_to_json`."""
    return Reading(
        **{name: found[name] for name in _PLAIN},
        numbers=tuple(Number(**row) for row in found["numbers"]),
        parties=tuple(Party(**row) for row in found["parties"]),
        dates=tuple(_date(row) for row in found["dates"]),
        periods=tuple(PeriodRead(**row) for row in found["periods"]),
        amounts=tuple(Amount(**row) for row in found["amounts"]),
        demands=tuple(found["demands"]),
        questions=tuple(found["questions"]),
        signs=tuple(found["signs"]),
        gaps=tuple(found.get("gaps", ())),
        lines=tuple(_line(row) for row in found["lines"]),
        sizes=tuple(PageImage(*row) for row in found["sizes"]),
    )


def _date(row: dict[str, Any]) -> DateRead:
    return DateRead(
        date.fromisoformat(row["date"]),
        Meaning(row["meaning"]),
        row["text"],
        row["page"],
        row["confidence"],
        time.fromisoformat(row["time"]) if row.get("time") else None,
        row.get("line"),
    )


def _line(row: dict[str, Any]) -> Line:
    box = row["box"]
    return Line(row["text"], row["page"], row["confidence"], tuple(box) if box else None)
