"""The day that everybody counts from."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from desk import times


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 28, 15, 59, tzinfo=timezone.utc), date(2026, 11, 28)),
        (datetime(2026, 11, 28, 16, 0, tzinfo=timezone.utc), date(2026, 11, 29)),
    ],
)
def test_the_day_is_chinas_wherever_the_server_stands(monkeypatch, moment, day):
    monkeypatch.setattr(times, "utc_now", lambda: moment)
    assert times.china_day(None) == day


def test_a_day_that_is_fixed_stays():
    assert times.china_day("2026-04-26") == date(2026, 4, 26)


def test_bot_pages_and_publishing_share_the_one_clock(monkeypatch):
    from actions import context
    from curation import publishing
    from settings import load_settings

    moment = datetime(2026, 11, 28, 20, 0, tzinfo=timezone.utc)
    monkeypatch.setattr(times, "utc_now", lambda: moment)
    settings = load_settings({})
    assert context.clock(settings)() == publishing.today_of(settings) == date(2026, 11, 29)
