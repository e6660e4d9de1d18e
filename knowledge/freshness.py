"""When a document must be read again: half a year after its last review, a year after its sources."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from knowledge.types import DocumentMeta, Kind

# A person has compared the document with its sources.
AFTER_REVIEW = timedelta(days=180)
# Nobody has since it was written: its facts age from the day they were true.
AFTER_SOURCES = timedelta(days=365)
_AS_OF = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def review_due(meta: DocumentMeta) -> date | None:
    """:return: the day by which a document is to be reviewed; None for official texts, which are their own source."""
    if meta.kind is Kind.LAW:
        return None
    if meta.reviewed_on is not None:
        return meta.reviewed_on + AFTER_REVIEW
    end = end_of(meta.as_of)
    return end + AFTER_SOURCES if end else None


def end_of(as_of: str | None) -> date | None:
    """:return: the last day of a day, month or year written as 2026-11-23, 2026-11 or 2026."""
    match = _AS_OF.fullmatch(as_of or "")
    if match is None:
        return None
    year, month = int(match[1]), int(match[2] or 12)
    try:
        return date(year, month, int(match[3] or calendar.monthrange(year, month)[1]))
    except (ValueError, calendar.IllegalMonthError):
        return None
