"""The desk's clock: instants are aware and in UTC."""

from __future__ import annotations

from datetime import datetime, timezone


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(timezone.utc)


def or_now(moment: datetime | None) -> datetime:
    """``moment`` as UTC, or the present instant when none is given."""
    return utc_now() if moment is None else moment.astimezone(timezone.utc)
