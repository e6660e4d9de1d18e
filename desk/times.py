"""The desk's clock: instants are aware and in UTC."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(timezone.utc)


def china_day(fixed: str | None) -> date:
    """The day that everybody here counts from.

    :param fixed: the day that the settings fix, as ISO text; without one it is today in China, wherever
        the server stands and whatever its own time zone is.
    """
    return date.fromisoformat(fixed) if fixed else utc_now().astimezone(CHINA).date()


def or_now(moment: datetime | None) -> datetime:
    """``moment`` as UTC, or the present instant when none is given."""
    return utc_now() if moment is None else moment.astimezone(timezone.utc)
